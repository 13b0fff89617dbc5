//! A message loses its words. A trace stays, because its place does.

use confab_protocol::MessageId;
use sqlx::SqliteConnection;

use super::{AmendError, Appended, amend::Own};
use crate::store::{
    Member, Store,
    writer::{Outcome, Stamp, Write},
};

/// A message of one's own that is to go.
#[derive(Clone, Debug)]
pub struct Delete {
    /// Who, where.
    pub member: Member,
    /// Which.
    pub message_id: MessageId,
}

impl Store {
    /// Takes the words of a message away; doing it again changes nothing.
    ///
    /// # Errors
    ///
    /// [`AmendError`]; after any of them nothing is changed by this call.
    pub fn delete(
        &self,
        delete: Delete,
    ) -> impl Future<Output = Result<Appended, AmendError>> + use<> {
        self.writer.write(delete)
    }
}

impl Write for Delete {
    type Done = Appended;
    type Refusal = AmendError;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> Outcome<Appended, AmendError> {
        let own = Own::find(connection, &self.member, &self.message_id).await?;
        if own.message.deleted_at.is_some() {
            return Ok(own.unchanged());
        }
        let deleted = own.change(connection, |message| {
            message.content.clear();
            message.deleted_at = Some(stamp.now.max(message.created_at));
        });
        Ok(deleted.await?)
    }
}
