//! Someone's last socket has closed.

use confab_protocol::UserId;
use sqlx::SqliteConnection;

use crate::store::{
    Store, Unavailable,
    writer::{Outcome, Stamp, Write},
};

struct NoteLastSeen(UserId);

impl Store {
    /// Notes that someone was here until now. Of who is only passing nothing is noted.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub fn note_last_seen(
        &self,
        user: UserId,
    ) -> impl Future<Output = Result<(), Unavailable>> + use<> {
        self.writer.write(NoteLastSeen(user))
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
