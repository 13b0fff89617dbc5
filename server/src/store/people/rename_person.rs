//! Someone goes by another name from now on. What they have said stays as it was heard.

use confab_protocol::{Person, UserId, Username};
use sqlx::SqliteConnection;

use super::{AccountError, AccountKind, kind_of, must_be_free, names};
use crate::store::{
    Store,
    writer::{Outcome, Stamp, Stop, Write},
};

/// What becomes of a name that somebody chooses who is only passing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum IfPassing {
    /// They are kept, as a guest of that name.
    Keep,
    /// Nobody is called so.
    Refuse,
}

struct RenamePerson {
    person: Person,
    name_key: String,
    if_passing: IfPassing,
}

impl Store {
    /// Gives someone a name that nobody else may have.
    ///
    /// # Errors
    ///
    /// [`AccountError::NameTaken`]; [`AccountError::Unknown`] of who is deleted, or is passing and not to
    /// be kept.
    pub fn rename_person(
        &self,
        user: UserId,
        name: Username,
        name_key: String,
        if_passing: IfPassing,
    ) -> impl Future<Output = Result<Person, AccountError>> + use<> {
        let person = Person { id: user, username: name };
        self.writer.write(RenamePerson { person, name_key, if_passing })
    }
}

impl Write for RenamePerson {
    type Done = Person;
    type Refusal = AccountError;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> Outcome<Person, AccountError> {
        match kind_of(connection, &self.person.id).await? {
            Some(AccountKind::Guest | AccountKind::Account) => {}
            None if self.if_passing == IfPassing::Keep => {}
            _ => return Err(Stop::Refused(AccountError::Unknown)),
        }
        must_be_free(connection, &self.name_key, &self.person.id).await?;
        let changed = sqlx::query(
            "INSERT INTO users (id, username, kind, created_at, name_key)
             VALUES (?, ?, 'guest', ?, ?) ON CONFLICT (id) DO UPDATE
             SET username = excluded.username, name_key = excluded.name_key
             WHERE username <> excluded.username OR name_key IS NOT excluded.name_key",
        )
        .bind(self.person.id.as_str())
        .bind(self.person.username.as_str())
        .bind(stamp.now_ms())
        .bind(&self.name_key)
        .execute(&mut *connection)
        .await?;
        let changes = match changed.rows_affected() {
            0 => Vec::new(),
            _ => names::tell(connection, &self.person).await?,
        };
        Ok((self.person.clone(), changes))
    }
}
