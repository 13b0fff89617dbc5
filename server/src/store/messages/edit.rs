//! A message gets other words.

#[cfg(feature = "plants")]
use confab_protocol::plants::{Plant, is_planted};
use confab_protocol::{ClientId, MessageId, MessageText};
use sha2::{Digest, Sha256};
use sqlx::{Row, SqliteConnection};

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
    /// The author's name for this edit.
    pub client_id: ClientId,
    /// Which.
    pub message_id: MessageId,
    /// The words from now on, checked.
    pub text: MessageText,
}

impl Store {
    /// Gives a message other words; the same words again change nothing, and neither does the same
    /// edit, whatever the words have become since.
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
        if self.is_repeat(connection).await? {
            return Ok(own.unchanged());
        }
        if own.message.deleted_at.is_some() {
            return Err(Stop::Refused(AmendError::Deleted));
        }
        self.remember(connection).await?;
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

impl Edit {
    /// Whether it was made before. Its author may have thought better of it since, on another device:
    /// a repeat, whose first answer was lost, is no reason to take that back.
    async fn is_repeat(&self, connection: &mut SqliteConnection) -> Result<bool, Stop<AmendError>> {
        #[cfg(feature = "plants")]
        if is_planted(Plant::NoDedupe) {
            return Ok(false);
        }
        let earlier = sqlx::query("SELECT body_hash FROM edits WHERE author = ? AND client_id = ?")
            .bind(self.member.person().id.as_str())
            .bind(self.client_id.as_str())
            .fetch_optional(connection)
            .await?;
        let Some(row) = earlier else { return Ok(false) };
        let same = row.try_get::<&[u8], _>("body_hash")? == self.body_hash();
        if same { Ok(true) } else { Err(Stop::Refused(AmendError::Conflict)) }
    }

    async fn remember(&self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        sqlx::query("INSERT OR IGNORE INTO edits (author, client_id, body_hash) VALUES (?, ?, ?)")
            .bind(self.member.person().id.as_str())
            .bind(self.client_id.as_str())
            .bind(self.body_hash())
            .execute(connection)
            .await?;
        Ok(())
    }

    /// Recognises the same edit under the same `client_id`. Ids hold no byte 0xff, and neither does
    /// UTF-8.
    fn body_hash(&self) -> Vec<u8> {
        let mut hash = Sha256::new();
        for part in [self.message_id.as_str(), self.text.as_str()] {
            hash.update(part);
            hash.update([0xff]);
        }
        hash.finalize().to_vec()
    }
}
