//! Someone goes for good. What they said stays, under nobody's name.

use confab_protocol::{DialogId, Person, UserId, Username};
use sqlx::SqliteConnection;

use super::{AccountError, AccountKind, kind_of, names};
use crate::store::{
    Change, Store,
    dialogs::take_out,
    row,
    writer::{Outcome, Stamp, Stop, Write},
};

struct DeleteAccount(UserId);

impl Store {
    /// Takes someone out of their groups, ends all their ways in, and forgets who they were. Guests
    /// may go, too. Direct dialogs stay with the other.
    ///
    /// # Errors
    ///
    /// [`AccountError::Unknown`].
    pub fn delete_account(
        &self,
        user: UserId,
    ) -> impl Future<Output = Result<(), AccountError>> + use<> {
        self.writer.write(DeleteAccount(user))
    }
}

impl Write for DeleteAccount {
    type Done = ();
    type Refusal = AccountError;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        _: &Stamp,
    ) -> Outcome<(), AccountError> {
        let user = &self.0;
        match kind_of(connection, user).await? {
            Some(AccountKind::Guest | AccountKind::Account) => {}
            Some(AccountKind::Deleted) | None => {
                return Err(Stop::Refused(AccountError::Unknown));
            }
        }
        let mut changes = Vec::new();
        for group in groups_of(connection, user).await? {
            let leaving = std::slice::from_ref(user);
            let left = take_out(connection, &group, leaving).await?;
            changes.extend(left);
        }
        let nobody = Person { id: user.clone(), username: Username::deleted() };
        forget(connection, &nobody).await?;
        changes.extend(names::tell(connection, &nobody).await?);
        changes.push(Change::Ended { user: user.clone(), session: None });
        Ok(((), changes))
    }
}

async fn groups_of(
    connection: &mut SqliteConnection,
    user: &UserId,
) -> Result<Vec<DialogId>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT m.dialog FROM members m JOIN dialogs d ON d.id = m.dialog
         WHERE m.user = ? AND d.kind = 'group'",
    )
    .bind(user.as_str())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| row::parsed(row, "dialog")).collect()
}

/// What is left is an id without a name, which messages and direct dialogs point to.
async fn forget(connection: &mut SqliteConnection, nobody: &Person) -> Result<(), sqlx::Error> {
    let Person { id: user, username } = nobody;
    sqlx::query(
        "UPDATE users SET username = ?, kind = 'deleted', login = NULL, login_key = NULL,
                          name_key = NULL, password_hash = NULL, last_seen_at = NULL
         WHERE id = ?",
    )
    .bind(username.as_str())
    .bind(user.as_str())
    .execute(&mut *connection)
    .await?;
    sqlx::query("UPDATE messages SET author_name = ? WHERE author = ?")
        .bind(username.as_str())
        .bind(user.as_str())
        .execute(&mut *connection)
        .await?;
    for sql in [
        "DELETE FROM sessions WHERE user = ?",
        "DELETE FROM tokens WHERE user = ?",
        // Nobody sends them again, and they would confirm what words were taken back.
        "DELETE FROM edits WHERE author = ?",
        "DELETE FROM members WHERE dialog = 'lobby' AND user = ?",
    ] {
        sqlx::query(sql).bind(user.as_str()).execute(&mut *connection).await?;
    }
    Ok(())
}
