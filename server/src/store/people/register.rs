//! Someone gets an account.

use confab_protocol::{Person, UserId, Username};
use sqlx::SqliteConnection;

use super::{AccountError, AccountKind, kind_of, must_be_free, names};
use crate::store::{
    Store,
    writer::{Outcome, Stamp, Stop, Write},
};

/// An account to be.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Who: nobody yet, or a guest, who stays the same person.
    pub user: UserId,
    /// What others will call them.
    pub name: Username,
    /// The same for all names that look the same.
    pub name_key: String,
    /// What they will sign in with, as they typed it.
    pub login: String,
    /// The same for all ways to write it.
    pub login_key: String,
    /// Argon2id in PHC form.
    pub password_hash: String,
}

impl Store {
    /// Makes an account of a guest, or of nobody.
    ///
    /// # Errors
    ///
    /// [`AccountError::LoginTaken`], [`AccountError::NameTaken`]; [`AccountError::Unknown`] of who
    /// has an account already or is deleted.
    pub fn register(
        &self,
        registration: Registration,
    ) -> impl Future<Output = Result<Person, AccountError>> + use<> {
        self.writer.write(registration)
    }
}

impl Write for Registration {
    type Done = Person;
    type Refusal = AccountError;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> Outcome<Person, AccountError> {
        if !matches!(kind_of(connection, &self.user).await?, None | Some(AccountKind::Guest)) {
            return Err(Stop::Refused(AccountError::Unknown));
        }
        let holder: Option<String> = sqlx::query_scalar("SELECT id FROM users WHERE login_key = ?")
            .bind(&self.login_key)
            .fetch_optional(&mut *connection)
            .await?;
        if holder.is_some() {
            return Err(Stop::Refused(AccountError::LoginTaken));
        }
        must_be_free(connection, &self.name_key, &self.user).await?;

        sqlx::query(
            "INSERT INTO users (id, username, kind, created_at, login, login_key, name_key,
                                password_hash)
             VALUES (?, ?, 'account', ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
             SET username = excluded.username, kind = excluded.kind, login = excluded.login,
                 login_key = excluded.login_key, name_key = excluded.name_key,
                 password_hash = excluded.password_hash",
        )
        .bind(self.user.as_str())
        .bind(self.name.as_str())
        .bind(stamp.now_ms())
        .bind(&self.login)
        .bind(&self.login_key)
        .bind(&self.name_key)
        .bind(&self.password_hash)
        .execute(&mut *connection)
        .await?;
        let person = Person { id: self.user.clone(), username: self.name.clone() };
        let changes = names::tell(connection, &person).await?;
        Ok((person, changes))
    }
}
