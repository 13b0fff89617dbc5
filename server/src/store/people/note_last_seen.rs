//! Someone's last socket has closed.

use confab_protocol::UserId;
use sqlx::SqliteConnection;

use crate::store::{
    Store, Unavailable,
    writer::{Outcome, Stamp, Write},
};

struct NoteLastSeen(UserId);

impl Store {
    /// Notes that someone was here until now. Of who is only passing nothing is noted: a crowd that
    /// looks in and goes costs no commit.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn note_last_seen(&self, user: UserId) -> Result<(), Unavailable> {
        match self.account(&user).await? {
            Some(_) => self.writer.write(NoteLastSeen(user)).await,
            None => Ok(()),
        }
    }
}

impl Write for NoteLastSeen {
    type Done = ();
    type Refusal = Unavailable;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> Outcome<(), Unavailable> {
        sqlx::query("UPDATE users SET last_seen_at = ? WHERE id = ? AND kind <> 'deleted'")
            .bind(stamp.now_ms())
            .bind(self.0.as_str())
            .execute(connection)
            .await?;
        Ok(((), Vec::new()))
    }
}
