//! To edit and to delete: the author of a message says something else, or takes it back. Its place
//! stays; everyone hears of it from the fan-out.

use confab_protocol::{ClientId, ErrorCode, MessageId, MessageText, Refusal};
use std::time::Duration;
use thiserror::Error;

use super::{Hub, Retry, Sent, send::STORAGE_RETRY};
use crate::store::{self, Appended, Delete, Edit, Member, Unavailable};

/// The message stays as it is.
#[derive(Debug, Error)]
pub enum AmendError {
    /// The words cannot be accepted.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Too many changes at once.
    #[error("too many messages at once")]
    TooMany {
        /// How long to wait.
        after: Duration,
    },
    /// There is no such dialog, or it is none of theirs.
    #[error("there is no such dialog for you")]
    NoSuchDialog,
    /// The dialog has no such message.
    #[error("there is no such message in this dialog")]
    UnknownMessage,
    /// Another wrote it.
    #[error("only its author can change a message")]
    NotYours,
    /// It is deleted.
    #[error("the message is deleted")]
    Deleted,
    /// They have used this `client_id` for another edit.
    #[error("this clientId was used for another edit; choose a new one")]
    Conflict,
    /// The database does not answer.
    #[error("the change could not be stored; try again")]
    Unavailable(#[source] Unavailable),
}

impl AmendError {
    /// The code for programs.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::TooMany { .. } => ErrorCode::TooManySends,
            Self::NoSuchDialog => ErrorCode::UnknownDialog,
            Self::UnknownMessage => ErrorCode::UnknownMessage,
            Self::NotYours => ErrorCode::NotYourMessage,
            Self::Deleted => ErrorCode::MessageDeleted,
            Self::Conflict => ErrorCode::ClientIdConflict,
            Self::Unavailable(_) => ErrorCode::StorageUnavailable,
        }
    }

    /// Whether the same change may succeed later, and after how long.
    pub fn retry(&self) -> Retry {
        match self {
            Self::TooMany { after } => Retry::After(*after),
            Self::Unavailable(_) => Retry::After(STORAGE_RETRY),
            _ => Retry::Never,
        }
    }
}

impl From<store::AmendError> for AmendError {
    fn from(error: store::AmendError) -> Self {
        match error {
            store::AmendError::NoSuchDialog => Self::NoSuchDialog,
            store::AmendError::UnknownMessage => Self::UnknownMessage,
            store::AmendError::NotYours => Self::NotYours,
            store::AmendError::Deleted => Self::Deleted,
            store::AmendError::Conflict => Self::Conflict,
            store::AmendError::Unavailable(why) => Self::Unavailable(why),
        }
    }
}

impl Hub {
    /// Changes the words of one's own message, once for each `client_id`. The place in the log's
    /// queue is taken when this is called, as with [`send`](Hub::send).
    ///
    /// # Errors
    ///
    /// [`AmendError`]; after any of them the message is as it was.
    pub fn edit(
        &self,
        member: Member,
        client_id: ClientId,
        message_id: MessageId,
        content: &str,
    ) -> impl Future<Output = Result<Sent, AmendError>> + use<> {
        let placed = self.place_edit(member, client_id, message_id, content);
        async move { Ok(changed(placed?.await?)) }
    }

    /// Takes one's own message back; a trace of it stays.
    ///
    /// # Errors
    ///
    /// [`AmendError`]; after any of them the message is as it was.
    pub fn delete(
        &self,
        member: Member,
        message_id: MessageId,
    ) -> impl Future<Output = Result<Sent, AmendError>> + use<> {
        let placed = self
            .count_send(&member)
            .map_err(|after| AmendError::TooMany { after })
            .map(|()| self.0.store.delete(Delete { member, message_id }));
        async move { Ok(changed(placed?.await?)) }
    }

    fn place_edit(
        &self,
        member: Member,
        client_id: ClientId,
        message_id: MessageId,
        content: &str,
    ) -> Result<impl Future<Output = Result<Appended, store::AmendError>> + use<>, AmendError> {
        let text = MessageText::parse(content, self.limits().message_characters as usize)?;
        self.count_send(&member).map_err(|after| AmendError::TooMany { after })?;
        Ok(self.0.store.edit(Edit { member, client_id, message_id, text }))
    }
}

fn changed(appended: Appended) -> Sent {
    Sent { message: appended.message, duplicate: appended.duplicate }
}
