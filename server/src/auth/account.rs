//! What someone who is in may do to their own account, and how they leave.

use std::net::IpAddr;

use confab_protocol::{TokenId, rest};

use super::{
    AccountRefused, Auth, Identity, cookies::Cookies, enter::Entered, login::Login,
    name::ChosenName, password::Password,
};
use crate::store::{AccountError, IfPassing};

impl Auth {
    /// Who one is.
    ///
    /// # Errors
    ///
    /// [`AccountRefused::SignInRequired`] for nobody.
    pub async fn me(&self, identity: &Identity) -> Result<rest::Me, AccountRefused> {
        let person = identity.person().ok_or(AccountRefused::SignInRequired)?;
        let login = match identity.account() {
            Some(_) => self.0.store.account(&person.id).await?.and_then(|account| account.login),
            None => None,
        };
        Ok(rest::Me { id: person.id, username: person.username, login })
    }

    /// Goes by another name from now on.
    ///
    /// # Errors
    ///
    /// [`AccountRefused`]: no name, a taken one, or too many one after the other.
    pub async fn rename(
        &self,
        identity: &Identity,
        change: &rest::ChangedName,
    ) -> Result<rest::Me, AccountRefused> {
        let before = self.me(identity).await?;
        let ChosenName { name, key } = ChosenName::parse(&change.name)?;
        self.0.tries.rename(&before.id, self.0.clock.now())?;
        let if_passing = match identity.account() {
            Some(_) => IfPassing::Refuse,
            None => IfPassing::Keep,
        };
        self.0.store.rename_person(before.id.clone(), name.clone(), key, if_passing).await?;
        Ok(rest::Me { username: name, ..before })
    }

    /// Takes another password. All sessions end, and a new one begins for whoever asked by one.
    ///
    /// # Errors
    ///
    /// [`AccountRefused`]: the old one is wrong, or the new one is not taken.
    pub async fn change_password(
        &self,
        identity: &Identity,
        at: IpAddr,
        change: &rest::ChangedPassword,
    ) -> Result<Entered, AccountRefused> {
        let me = self.me_with_account(identity).await?;
        let login = me.login.clone().unwrap_or_default();
        let words = [login.as_str(), me.username.as_str()];
        let new = Password::choose(&change.new, &words)?;
        self.prove_again(at, &me, &change.old).await?;
        let hash = self.0.hashing.hash(new).await?;
        self.0.store.set_password(me.id.clone(), hash).await?;
        let cookies = match identity {
            Identity::Session { .. } => self.0.sessions.begin(&me.id).await?,
            _ => Cookies::default(),
        };
        Ok(Entered { me, cookies })
    }

    /// Leaves, with this browser or with all.
    ///
    /// # Errors
    ///
    /// [`Unavailable`](AccountRefused::Unavailable): the session still counts.
    pub async fn sign_out(
        &self,
        identity: &Identity,
        wish: &rest::SignOut,
    ) -> Result<Cookies, AccountRefused> {
        match (identity, identity.person()) {
            (_, Some(person)) if wish.everywhere => self.0.sessions.end_all(&person.id).await?,
            (Identity::Session { key, .. }, _) => self.0.sessions.end(*key).await?,
            (Identity::Passing(guest), _) => self.0.store.end_passing(guest.id.clone()).await?,
            _ => {}
        }
        Ok(self.gone())
    }

    /// Deletes the account. Its messages stay, under "deleted user".
    ///
    /// # Errors
    ///
    /// [`AccountRefused`]: the password is wrong.
    pub async fn delete(
        &self,
        identity: &Identity,
        at: IpAddr,
        farewell: &rest::Farewell,
    ) -> Result<Cookies, AccountRefused> {
        let me = self.me(identity).await?;
        if identity.account().is_some() {
            self.prove_again(at, &me, farewell.password.as_deref().unwrap_or_default()).await?;
        }
        match self.0.store.delete_account(me.id).await {
            // A guest who has not said anything is nothing but a cookie.
            Ok(()) | Err(AccountError::Unknown) => Ok(self.gone()),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes a personal token.
    ///
    /// # Errors
    ///
    /// [`AccountRefused`]: no account, or no name.
    pub async fn make_token(
        &self,
        identity: &Identity,
        new: &rest::NewToken,
    ) -> Result<rest::MadeToken, AccountRefused> {
        let me = self.me_with_account(identity).await?;
        Ok(self.0.tokens.make(&me.id, &new.name).await?)
    }

    /// One's personal tokens, newest first.
    ///
    /// # Errors
    ///
    /// [`AccountRefused`]: no account.
    pub async fn tokens(&self, identity: &Identity) -> Result<rest::TokenList, AccountRefused> {
        let me = self.me_with_account(identity).await?;
        Ok(self.0.tokens.of(&me.id).await?)
    }

    /// Removes a personal token; the sockets it opened are closed.
    ///
    /// # Errors
    ///
    /// [`AccountRefused`]: no account, or no such token of theirs.
    pub async fn remove_token(
        &self,
        identity: &Identity,
        id: TokenId,
    ) -> Result<(), AccountRefused> {
        let me = self.me_with_account(identity).await?;
        Ok(self.0.tokens.remove(&me.id, id).await?)
    }

    async fn me_with_account(&self, identity: &Identity) -> Result<rest::Me, AccountRefused> {
        let me = self.me(identity).await?;
        identity.account().map(|_| me).ok_or(AccountRefused::AccountRequired)
    }

    /// Asks for the password once more before something that cannot be undone.
    async fn prove_again(
        &self,
        at: IpAddr,
        me: &rest::Me,
        password: &str,
    ) -> Result<(), AccountRefused> {
        let login = me.login.as_deref().and_then(|login| Login::parse(login).ok());
        let key = login.map_or_else(String::new, |login| login.key);
        match self.prove(at, &key, password).await {
            Ok(user) if user == me.id => Ok(()),
            Ok(_) | Err(AccountRefused::WrongCredentials) => Err(AccountRefused::WrongPassword),
            Err(other) => Err(other),
        }
    }

    /// Lets a browser forget who it was.
    fn gone(&self) -> Cookies {
        self.0.sessions.forget().and(self.0.guests.forget())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::rig::{AT, PASSWORD, Rig};

    /// Between two reads a login may change hands: no client can be so quick on purpose.
    #[tokio::test]
    async fn whose_login_is_meanwhile_anothers_does_not_prove_who_they_are() {
        let rig = Rig::new().await;
        let (anna, bob) = (rig.registers("anna").await.me, rig.registers("bob").await.me);
        let proves = async |me: &rest::Me, password| rig.auth.prove_again(AT, me, password).await;
        assert!(proves(&anna, PASSWORD).await.is_ok());
        for (me, password) in
            [(rest::Me { login: bob.login, ..anna.clone() }, PASSWORD), (anna, "tea at twelve")]
        {
            let refused = proves(&me, password).await;
            assert!(matches!(refused, Err(AccountRefused::WrongPassword)), "{refused:?}");
        }
    }
}
