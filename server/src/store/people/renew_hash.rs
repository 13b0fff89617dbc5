//! A password is the same, and its hash a better one. Nobody is signed out by it.

use confab_protocol::UserId;
use sqlx::SqliteConnection;

use crate::store::{
    Change, Store, Unavailable,
    writer::{Stamp, Stop, Write},
};

struct RenewHash {
    user: UserId,
    before: String,
    after: String,
}

impl Store {
    /// Replaces the hash of a password by another hash of it. If the password was changed meanwhile,
    /// nothing happens.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub fn renew_hash(
        &self,
        user: UserId,
        before: String,
        after: String,
    ) -> impl Future<Output = Result<(), Unavailable>> + use<> {
        self.writer.write(RenewHash { user, before, after })
    }
}

impl Write for RenewHash {
    type Done = ();
    type Refusal = Unavailable;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        _: &Stamp,
    ) -> Result<((), Vec<Change>), Stop<Unavailable>> {
        sqlx::query("UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?")
            .bind(&self.after)
            .bind(self.user.as_str())
            .bind(&self.before)
            .execute(connection)
            .await?;
        Ok(((), Vec::new()))
    }
}
