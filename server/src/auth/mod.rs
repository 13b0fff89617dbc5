//! Who you are and what you may.
//!
//! Someone who looks in is a passing guest, known by a signed cookie ([`Guests`]). Who comes in, as
//! a guest or with an account ([`enter`]), has a [`session`]; a script has a personal [`token`].
//! Both doors hand the head of a request to [`Auth::identify`] and get an [`Identity`]. A page of
//! another site may use none of it ([`Origins`]). What one may do to one's own [`account`] is here
//! too: change the name, the password, sign out, delete it.
//!
//! Who may act in a dialog gets a [`Member`], and the verbs take nothing less ([`Auth::member`]).
//!
//! Secrets are kept as hashes: passwords slow ([`hashing`]), what the server has made itself fast
//! ([`secret`]). Deliberately absent: frames, bodies of HTTP on the way out, and any state but the
//! cookie key and the counts of tries.

mod account;
mod cookies;
mod enter;
mod guest;
mod hashing;
mod identity;
mod login;
mod member;
mod name;
mod origin;
mod password;
mod refused;
#[cfg(test)]
mod rig;
mod secret;
mod session;
mod token;
mod tries;

use std::{path::Path, sync::Arc};

pub use cookies::Cookies;
pub use enter::Entered;
pub use guest::{Guest, Guests, KeyError};
pub use hashing::Hashing;
pub use identity::{Asks, Identity, Known};
pub use member::MemberError;
pub use name::NameError;
pub use origin::{OriginNotAllowed, Origins};
pub use password::PasswordRefused;
pub use refused::AccountRefused;
pub use secret::Secret;
pub use token::TokenError;

pub use crate::store::{AccountKind, Member};

use confab_protocol::{Person, UserId};

use crate::{
    ops::{Clock, Random, config},
    store::Store,
};

/// Knows people again and lets them in; clones share it.
#[derive(Clone)]
pub struct Auth(Arc<Parts>);

struct Parts {
    store: Store,
    clock: Clock,
    guests: Guests,
    guests_allowed: bool,
    sessions: session::Sessions,
    tokens: token::Tokens,
    hashing: Hashing,
    tries: tries::Tries,
    origins: Origins,
}

impl Auth {
    /// Reads the cookie key in the folder, or makes one.
    ///
    /// # Errors
    ///
    /// [`KeyError`] when the key can be neither read nor made.
    pub fn open(
        store: Store,
        folder: &Path,
        settings: &config::Settings,
        clock: Clock,
        random: Random,
    ) -> Result<Self, KeyError> {
        let (config, secure) = (&settings.auth, settings.http.behind_tls);
        let guests = Guests::open(folder, secure, clock.clone(), random)?;
        let sessions = session::Sessions::new(store.clone(), config, secure, clock.clone());
        let tokens = token::Tokens::new(store.clone(), clock.clone());
        Ok(Self(Arc::new(Parts {
            store,
            clock,
            guests,
            guests_allowed: config.guests,
            sessions,
            tokens,
            hashing: Hashing::new(config),
            tries: tries::Tries::new(config),
            origins: Origins::new(&settings.http.allowed_origins),
        })))
    }

    /// Knows passing guests again and makes new ones.
    pub fn guests(&self) -> &Guests {
        &self.0.guests
    }

    /// Whether people may read and write without an account.
    pub fn allows_guests(&self) -> bool {
        self.0.guests_allowed
    }

    /// Which pages may talk to the server.
    pub fn origins(&self) -> &Origins {
        &self.0.origins
    }

    /// Whether someone may come in at all: somebody may, and nobody where guests are welcome. Who
    /// believes to be signed in and is not may not, until they know.
    pub fn lets_in(&self, identity: &Identity) -> bool {
        match identity {
            Identity::Session { .. } | Identity::Token { .. } | Identity::Passing(_) => true,
            Identity::Nobody => self.0.guests_allowed,
            Identity::Ended => false,
        }
    }

    /// An id for somebody new.
    pub fn new_user_id(&self) -> UserId {
        self.0.guests.newcomer().id
    }

    /// A guest for as long as their socket is open, told apart by its number.
    pub fn guest_of_the_moment(&self, id: UserId, number: u64) -> Person {
        Guest { id, number, name: None }.person()
    }
}
