//! A message gets other words.

use confab_protocol::{MessageId, MessageText};
use sqlx::SqliteConnection;

use super::{AmendError, Appended, amend::Own};
use crate::store::{
    Member, Store,
    writer::{Outcome, Stamp, Stop, Write},
};

/// Other words for a message of one's own.
#[derive(Clone, Debug)]
pub struct Edit {
    /// Who, where.
    pub member: Member,
    /// Which.
    pub message_id: MessageId,
    /// The words from now on, checked.
    pub text: MessageText,
}

impl Store {
    /// Gives a message other words; the same words again change nothing.
    ///
    /// # Errors
    ///
    /// [`AmendError`]; after any of them nothing is changed by this call.
    pub fn edit(&self, edit: Edit) -> impl Future<Output = Result<Appended, AmendError>> + use<> {
        self.writer.write(edit)
    }
}

impl Write for Edit {
    type Done = Appended;
    type Refusal = AmendError;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> Outcome<Appended, AmendError> {
        let own = Own::find(connection, &self.member, &self.message_id).await?;
        if own.message.deleted_at.is_some() {
            return Err(Stop::Refused(AmendError::Deleted));
        }
        if own.message.content == self.text.as_str() {
            return Ok(own.unchanged());
        }
        let edited = own.change(connection, |message| {
            self.text.as_str().clone_into(&mut message.content);
            // A clock that was set back must not have it edited before it was written.
            message.edited_at = Some(stamp.now.max(message.created_at));
        });
        Ok(edited.await?)
    }
}
