//! To come in: as a guest, with a new account, with an account.
//!
//! A guest who makes an account, or chooses a name, stays the same person: their messages are
//! theirs. Whoever comes in otherwise is somebody else than before; the session they came with ends,
//! and so do the sockets of the passing guest that they were. Each way begins a new session, so that
//! no session from before is worth more afterwards.

use std::net::IpAddr;

use confab_protocol::{Person, UserId, rest};

use super::{
    AccountRefused, Auth, Identity,
    cookies::Cookies,
    hashing::Verdict,
    login::Login,
    name::ChosenName,
    password::{self, Password},
};
use crate::store::{AccountKind, IfPassing, Registration};

/// Someone has come in.
#[derive(Clone, Debug)]
pub struct Entered {
    /// As whom.
    pub me: rest::Me,
    /// What lets their browser stay in.
    pub cookies: Cookies,
}

impl Auth {
    /// Lets someone in as a guest, under a name if they want one.
    ///
    /// # Errors
    ///
    /// [`AccountRefused`]: no name, a taken one, or there are no guests here.
    pub async fn enter_as_guest(
        &self,
        identity: &Identity,
        at: IpAddr,
        new: &rest::NewGuest,
    ) -> Result<Entered, AccountRefused> {
        let parts = &self.0;
        if !parts.guests_allowed {
            return Err(AccountRefused::SignInRequired);
        }
        let name = new.name.as_deref().map(ChosenName::parse).transpose()?;
        parts.tries.register(at, parts.clock.now())?;
        let id = identity.guest();
        let person = match (identity.person(), id) {
            (Some(person), Some(_)) => person,
            _ => parts.guests.newcomer().person(),
        };
        let person = match name {
            Some(ChosenName { name, key }) => {
                let renamed = Person { id: person.id, username: name.clone() };
                let id = renamed.id.clone();
                parts.store.rename_person(id, name, key, IfPassing::Keep).await?;
                renamed
            }
            None => {
                parts.store.keep_guest(person.clone()).await?;
                person
            }
        };
        self.begin(identity, person, None).await
    }

    /// Makes an account and lets its owner in. A guest stays who they are.
    ///
    /// # Errors
    ///
    /// [`AccountRefused`] says what is wrong with name, login or password, or that it is taken.
    pub async fn register(
        &self,
        identity: &Identity,
        at: IpAddr,
        new: &rest::Registration,
    ) -> Result<Entered, AccountRefused> {
        let parts = &self.0;
        let login = Login::parse(&new.login)?;
        let ChosenName { name, key } = ChosenName::parse(&new.name)?;
        parts.tries.register(at, parts.clock.now())?;
        let words = [login.text.as_str(), login.key.as_str(), name.as_str()];
        let password = Password::choose(&new.password, &words)?;
        let password_hash = parts.hashing.hash(password).await?;
        let user = identity.guest().unwrap_or_else(|| parts.guests.newcomer().id);
        let person = Person { id: user.clone(), username: name.clone() };
        let registration = Registration {
            user,
            name,
            name_key: key,
            login: login.text.clone(),
            login_key: login.key,
            password_hash,
        };
        parts.store.register(registration).await?;
        self.begin(identity, person, Some(login.text)).await
    }

    /// Lets someone in who has an account.
    ///
    /// # Errors
    ///
    /// [`AccountRefused::WrongCredentials`], or too many tries.
    pub async fn sign_in(
        &self,
        identity: &Identity,
        at: IpAddr,
        claim: &rest::SignIn,
    ) -> Result<Entered, AccountRefused> {
        let login = Login::parse(&claim.login).ok();
        let key = login.map_or_else(String::new, |login| login.key);
        let user = self.prove(at, &key, &claim.password).await?;
        let account = self.0.store.account(&user).await?;
        let account = account.filter(|account| account.kind == AccountKind::Account);
        let account = account.ok_or(AccountRefused::WrongCredentials)?;
        self.begin(identity, account.person, account.login).await
    }

    /// Who proves by a password that a login is theirs. The work is the same whether there is such
    /// a login or not, so that its time tells nothing.
    pub(super) async fn prove(
        &self,
        at: IpAddr,
        login_key: &str,
        password: &str,
    ) -> Result<UserId, AccountRefused> {
        let parts = &self.0;
        parts.tries.sign_in(at, login_key, parts.clock.now())?;
        let found = parts.store.credentials(login_key).await?;
        let (user, stored) = found.map(|found| (found.user, found.password_hash)).unzip();
        let password = Password::claim(password);
        match (parts.hashing.verify(password, stored.clone()).await?, user.zip(stored)) {
            (Verdict::Right { better }, Some((user, before))) => {
                if let Some(hash) = better
                    && let Err(error) = parts.store.renew_hash(user.clone(), before, hash).await
                {
                    // The old one is as good as it was, and the next time tries again.
                    tracing::warn!(%error, "a password keeps its old hash");
                }
                Ok(user)
            }
            _ => Err(AccountRefused::WrongCredentials),
        }
    }

    /// Begins a session in place of the one that was.
    async fn begin(
        &self,
        before: &Identity,
        person: Person,
        login: Option<String>,
    ) -> Result<Entered, AccountRefused> {
        let parts = &self.0;
        let cookies = parts.sessions.begin(&person.id).await?.and(parts.guests.forget());
        match before {
            Identity::Session { key, .. } => parts.sessions.end(*key).await?,
            Identity::Passing(guest) if guest.id != person.id => {
                parts.store.end_passing(guest.id.clone()).await?;
            }
            _ => {}
        }
        let me = rest::Me { id: person.id, username: person.username, login };
        Ok(Entered { me, cookies })
    }

    /// How hard a password is to guess that someone is about to choose.
    ///
    /// # Errors
    ///
    /// [`AccountRefused::TooManyTries`].
    pub fn strength(
        &self,
        at: IpAddr,
        draft: &rest::PasswordDraft,
    ) -> Result<rest::Strength, AccountRefused> {
        self.0.tries.strength(at, self.0.clock.now())?;
        let words = [&draft.login, &draft.name].into_iter().flatten();
        let words: Vec<&str> = words.map(String::as_str).collect();
        Ok(password::strength(&draft.password, &words))
    }
}
