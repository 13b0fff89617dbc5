//! To send: a message is checked, stored, and acknowledged. The others hear of it from the fan-out.

use confab_protocol::{
    ClientId, ErrorCode, Message, MessageId, MessageKind, MessageText, Meta, Refusal,
};
use std::time::Duration;
use thiserror::Error;

use super::Hub;
use crate::store::{Append, AppendError, Member, Unavailable};

/// A message as it came through a door, unchecked.
#[derive(Clone, Debug)]
pub struct SendMessage {
    /// The author's name for it.
    pub client_id: ClientId,
    /// The words.
    pub content: String,
    /// What the words are.
    pub kind: MessageKind,
    /// What a client attached.
    pub meta: Meta,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
}

/// The message is stored.
#[derive(Clone, Debug)]
pub struct Sent {
    /// As stored.
    pub message: Message,
    /// Whether an earlier send with this `clientId` had stored it.
    pub duplicate: bool,
}

/// The message is not stored.
#[derive(Debug, Error)]
pub enum SendError {
    /// The words cannot be accepted.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// More attached than a message may carry.
    #[error("{bytes} bytes of meta are attached, at most {META_BYTES_MAX} are allowed")]
    MetaTooLong {
        /// Bytes of its JSON.
        bytes: usize,
    },
    /// Too many messages at once.
    #[error("too many messages at once")]
    TooMany {
        /// How long to wait.
        after: Duration,
    },
    /// The `clientId` belongs to another message.
    #[error("this clientId was used for another message")]
    Conflict,
    /// There is no such dialog, or it is none of theirs.
    #[error("there is no such dialog for you")]
    UnknownDialog,
    /// The message that it answers is not in this dialog.
    #[error("the message that this one answers is not in this dialog")]
    UnknownMessage,
    /// The database does not answer.
    #[error("the message could not be stored; try again")]
    Unavailable(#[source] Unavailable),
}

impl SendError {
    /// The code for programs.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::MetaTooLong { .. } => ErrorCode::MessageTooLong,
            Self::TooMany { .. } => ErrorCode::TooManySends,
            Self::Conflict => ErrorCode::ClientIdConflict,
            Self::UnknownDialog => ErrorCode::UnknownDialog,
            Self::UnknownMessage => ErrorCode::UnknownMessage,
            Self::Unavailable(_) => ErrorCode::StorageUnavailable,
        }
    }

    /// Whether the same send may succeed later, and after how long.
    pub fn retry(&self) -> Retry {
        match self {
            Self::TooMany { after } => Retry::After(*after),
            Self::Unavailable(_) => Retry::After(STORAGE_RETRY),
            _ => Retry::Never,
        }
    }
}

/// Bytes of JSON that a client may attach to a message. With the longest message it still makes a
/// frame of the size that clients may send themselves.
const META_BYTES_MAX: usize = 16 * 1024;

/// How long to wait before what the database did not do is asked again: about the time in which a lock or
/// a full disk may have passed.
pub(crate) const STORAGE_RETRY: Duration = Duration::from_secs(1);

/// Whether to try again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Retry {
    /// It would be refused again.
    Never,
    /// Not before this time has passed.
    After(Duration),
}

impl From<AppendError> for SendError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Conflict => Self::Conflict,
            AppendError::NoSuchDialog => Self::UnknownDialog,
            AppendError::UnknownMessage => Self::UnknownMessage,
            AppendError::Unavailable(why) => Self::Unavailable(why),
        }
    }
}

impl Hub {
    /// Sends a message. The place in the log's queue is taken when this is called, not when the
    /// future is first polled, so that a device's sends keep their order (DESIGN §7, G4).
    ///
    /// # Errors
    ///
    /// [`SendError`]; after any of them nothing is stored by this call.
    pub fn send(
        &self,
        member: Member,
        send: SendMessage,
    ) -> impl Future<Output = Result<Sent, SendError>> + use<> {
        let placed = self.place(member, send);
        async move {
            let appended = placed?.await?;
            Ok(Sent { message: appended.message, duplicate: appended.duplicate })
        }
    }

    fn place(
        &self,
        member: Member,
        send: SendMessage,
    ) -> Result<impl Future<Output = Result<crate::store::Appended, AppendError>> + use<>, SendError>
    {
        let characters_max = self.limits().message_characters as usize;
        let text = MessageText::parse(&send.content, characters_max)?;
        let bytes = if send.meta.is_null() { 0 } else { send.meta.to_string().len() };
        if bytes > META_BYTES_MAX {
            return Err(SendError::MetaTooLong { bytes });
        }
        self.count_send(&member).map_err(|after| SendError::TooMany { after })?;
        let SendMessage { client_id, kind, meta, reply_to, .. } = send;
        Ok(self.0.store.append(Append { member, client_id, text, kind, meta, reply_to }))
    }

    /// Counts one message or change of a person; an error says how long to wait.
    pub(super) fn count_send(&self, member: &Member) -> Result<(), Duration> {
        self.0.sends.count(&member.person().id, self.0.clock.now())
    }
}
