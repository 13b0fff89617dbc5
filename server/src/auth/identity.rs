//! Who is asking: what a request's credentials are worth.
//!
//! Both doors ask here, with nothing but the head of the request. A token is the strongest word,
//! then a session, then the cookie of a passing guest. Credentials that count no more are not the
//! same as none: whoever believes to be signed in must hear that they are not, instead of writing
//! under another name.
//!
//! What a browser sends by itself counts only if the page is ours. That its Origin is allowed, both
//! doors have looked at before ([`Origins`](super::Origins)); here it matters whether there is one:
//!
//! | request | session | passing guest |
//! |---|---|---|
//! | a plain read | counts | counts |
//! | with an Origin, or `Sec-Fetch-Site: same-origin` | counts | counts |
//! | with neither header: a script | counts | does not: it asked nobody for a session |
//! | any other `Sec-Fetch-Site`: a page of another site | does not | does not |

use axum::http::{HeaderMap, header::ORIGIN};
use confab_protocol::{Person, UserId};

use super::{Auth, Guest, cookies::Cookies, session, token};
use crate::{
    ops::registry::SessionKey,
    store::{Account, AccountKind, Unavailable},
};

/// Who is asking.
#[derive(Clone, Debug)]
pub enum Identity {
    /// Someone who has come in with this browser.
    Session {
        /// Who.
        person: Person,
        /// With an account or as a guest.
        kind: AccountKind,
        /// Their session; their sockets end with it.
        key: SessionKey,
    },
    /// A script of someone.
    Token {
        /// Whose.
        person: Person,
        /// With an account or as a guest.
        kind: AccountKind,
        /// Their token; the script's sockets end with it.
        key: SessionKey,
    },
    /// A guest who looked in and is known by a signed cookie.
    Passing(Guest),
    /// Someone whose session or token counts no more.
    Ended,
    /// Someone without credentials.
    Nobody,
}

/// What a request wants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Asks {
    /// To read: a plain GET or HEAD, whose answer other sites cannot see.
    ToRead,
    /// To change something, or to open a socket.
    ToAct,
}

/// Who is asking, and what their browser is to remember of it.
#[derive(Clone, Debug)]
pub struct Known {
    /// Who.
    pub identity: Identity,
    /// Goes out with the answer.
    pub cookies: Cookies,
}

impl Identity {
    /// Who, if it is someone.
    pub fn person(&self) -> Option<Person> {
        match self {
            Self::Session { person, .. } | Self::Token { person, .. } => Some(person.clone()),
            Self::Passing(guest) => Some(guest.person()),
            Self::Ended | Self::Nobody => None,
        }
    }

    /// Who, if it is someone with an account.
    pub fn account(&self) -> Option<&Person> {
        match self {
            Self::Session { person, kind: AccountKind::Account, .. }
            | Self::Token { person, kind: AccountKind::Account, .. } => Some(person),
            _ => None,
        }
    }

    /// What sockets are opened with, and end with.
    pub fn session(&self) -> Option<SessionKey> {
        match self {
            Self::Session { key, .. } | Self::Token { key, .. } => Some(*key),
            Self::Passing(_) | Self::Ended | Self::Nobody => None,
        }
    }

    /// The guest that may stay the same person by making an account or choosing a name.
    pub(super) fn guest(&self) -> Option<UserId> {
        match self {
            Self::Session { person, kind: AccountKind::Guest, .. } => Some(person.id.clone()),
            Self::Passing(guest) => Some(guest.id.clone()),
            _ => None,
        }
    }
}

/// Whose page is asking.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Witness {
    Ours,
    Script,
    Stranger,
}

impl Witness {
    /// Fetch Metadata §2.4: browsers say themselves from where a request comes.
    fn of(headers: &HeaderMap, asks: Asks) -> Self {
        let site = headers.get("sec-fetch-site");
        if asks == Asks::ToRead || headers.contains_key(ORIGIN) {
            return Self::Ours;
        }
        match site {
            Some(site) if site == "same-origin" => Self::Ours,
            Some(_) => Self::Stranger,
            None => Self::Script,
        }
    }
}

impl Auth {
    /// Finds out who is asking. Whoever has sent an Origin that is not ours must have been refused
    /// before.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when someone came with credentials and the database does not answer.
    pub async fn identify(&self, headers: &HeaderMap, asks: Asks) -> Result<Known, Unavailable> {
        let nothing = Cookies::default();
        match self.0.tokens.find(headers).await? {
            token::Found::Nothing => {}
            token::Found::Ended => {
                return Ok(Known { identity: Identity::Ended, cookies: nothing });
            }
            token::Found::Live { owner, key } => {
                let known = self.someone(owner);
                let identity = known.map_or(Identity::Ended, |(person, kind)| Identity::Token {
                    person,
                    kind,
                    key,
                });
                return Ok(Known { identity, cookies: nothing });
            }
        }
        let witness = Witness::of(headers, asks);
        if witness == Witness::Stranger {
            return Ok(Known { identity: Identity::Nobody, cookies: nothing });
        }
        match self.0.sessions.find(headers).await? {
            session::Found::Nothing => {}
            session::Found::Ended => {
                return Ok(Known { identity: Identity::Ended, cookies: self.0.sessions.forget() });
            }
            session::Found::Live { owner, key, cookies } => {
                return Ok(match self.someone(owner) {
                    Some((person, kind)) => {
                        Known { identity: Identity::Session { person, kind, key }, cookies }
                    }
                    None => Known { identity: Identity::Ended, cookies: self.0.sessions.forget() },
                });
            }
        }
        let passing = match self.0.guests.known(headers) {
            Some(guest) if witness == Witness::Ours => self.passing(guest).await?,
            _ => None,
        };
        let identity = passing.map_or(Identity::Nobody, Identity::Passing);
        Ok(Known { identity, cookies: nothing })
    }

    /// Whether who was identified a moment ago would be so now. A socket asks once it can be found
    /// and closed: a session that ended in between has looked for it in vain.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn still_counts(&self, identity: &Identity) -> Result<bool, Unavailable> {
        match identity {
            Identity::Session { key, .. } => self.0.sessions.is_live(*key).await,
            Identity::Token { key, .. } => self.0.tokens.is_live(*key).await,
            Identity::Passing(_) | Identity::Ended | Identity::Nobody => Ok(true),
        }
    }

    /// Someone who may come in.
    fn someone(&self, account: Account) -> Option<(Person, AccountKind)> {
        let may = match account.kind {
            AccountKind::Account => true,
            AccountKind::Guest => self.0.guests_allowed,
            AccountKind::Deleted => false,
        };
        may.then_some((account.person, account.kind))
    }

    /// A guest whose cookie counts: nobody has made an account of them since. One who chose a name
    /// goes by it.
    async fn passing(&self, guest: Guest) -> Result<Option<Guest>, Unavailable> {
        if !self.0.guests_allowed {
            return Ok(None);
        }
        Ok(match self.0.store.account(&guest.id).await? {
            None => Some(guest),
            Some(account) if account.kind == AccountKind::Guest => {
                let name = account.has_own_name.then_some(account.person.username);
                Some(Guest { name, ..guest })
            }
            Some(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use confab_protocol::Timestamp;

    use super::*;
    use crate::{auth::rig::Rig, store::NewToken};

    /// Who came and went between being identified and being found in the registry: no client can be
    /// so quick on purpose.
    #[tokio::test]
    async fn who_was_identified_a_moment_ago_is_not_once_their_session_or_token_has_ended() {
        let rig = Rig::new().await;
        let Rig { auth, store, clock, .. } = &rig;
        let me = rig.registers("anna").await.me;
        let person = Person { id: me.id.clone(), username: me.username };
        let (kind, key) = (AccountKind::Account, SessionKey([7; 32]));
        let later = Timestamp::from_unix_ms(clock.wall().unix_ms() + 1_000);
        store.save_session(key, me.id.clone(), later).await.unwrap();
        let session = Identity::Session { person: person.clone(), kind, key };
        assert!(auth.still_counts(&session).await.unwrap());
        store.end_session(key).await.unwrap();
        assert!(!auth.still_counts(&session).await.unwrap());

        let key = SessionKey([8; 32]);
        let new = NewToken { user: me.id.clone(), key, name: "script".to_owned() };
        let made = store.add_token(new).await.unwrap();
        let token = Identity::Token { person, kind, key };
        assert!(auth.still_counts(&token).await.unwrap());
        store.remove_token(me.id, made.token_id).await.unwrap();
        assert!(!auth.still_counts(&token).await.unwrap());
    }

    #[test]
    fn a_page_counts_as_ours_only_if_something_says_so() {
        let witness = |asks, headers: &[(&'static str, &str)]| {
            let headers = headers.iter().map(|(name, value)| {
                (axum::http::HeaderName::from_static(name), value.parse().unwrap())
            });
            Witness::of(&headers.collect(), asks)
        };
        for site in ["cross-site", "same-site", "none", "SAME-ORIGIN", ""] {
            let headers = [("sec-fetch-site", site)];
            assert_eq!(witness(Asks::ToAct, &headers), Witness::Stranger, "{site}");
            assert_eq!(witness(Asks::ToRead, &headers), Witness::Ours, "{site}");
        }
        assert_eq!(witness(Asks::ToAct, &[("sec-fetch-site", "same-origin")]), Witness::Ours);
        assert_eq!(witness(Asks::ToAct, &[("origin", "https://chat.example")]), Witness::Ours);
        assert_eq!(witness(Asks::ToAct, &[]), Witness::Script);
    }
}
