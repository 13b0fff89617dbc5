//! Someone gets another password; whoever came in with the old one is out.

use confab_protocol::UserId;
use sqlx::SqliteConnection;

use super::{AccountError, sessions::end_all};
use crate::store::{
    Change, Store,
    writer::{Outcome, Stamp, Stop, Write},
};

struct SetPassword {
    user: UserId,
    password_hash: String,
}

impl Store {
    /// Gives an account another password and ends all its sessions, that of whoever asks included:
    /// they get a new one.
    ///
    /// # Errors
    ///
    /// [`AccountError::Unknown`] of who has no account.
    pub fn set_password(
        &self,
        user: UserId,
        password_hash: String,
    ) -> impl Future<Output = Result<(), AccountError>> + use<> {
        self.writer.write(SetPassword { user, password_hash })
    }
}

impl Write for SetPassword {
    type Done = ();
    type Refusal = AccountError;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> Outcome<(), AccountError> {
        let sql = "UPDATE users SET password_hash = ? WHERE id = ? AND kind = 'account'";
        let changed = sqlx::query(sql)
            .bind(&self.password_hash)
            .bind(self.user.as_str())
            .execute(&mut *connection)
            .await?;
        if changed.rows_affected() == 0 {
            return Err(Stop::Refused(AccountError::Unknown));
        }
        end_all(connection, &self.user, stamp).await?;
        Ok(((), vec![Change::Ended { user: self.user.clone(), session: None }]))
    }
}
