//! What we have said and done that the log does not show yet.

use confab_protocol::{ClientId, DialogId, ErrorCode, Ev, MessageSend, Timestamp};
use confab_sync::Post;

/// A message of ours on its way into the log, or a change of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    /// What is sent.
    pub post: Post,
    /// When it was written, by this device's clock.
    pub at: Timestamp,
    /// Its place in the line: more than those that were known when it was written, in whichever tab.
    pub order: u64,
    /// How far it is.
    pub state: OutgoingState,
    /// As of which change its dialog's log holds it, once the server has said that it does. A page that
    /// has come that far shows it in its place, or shows another part.
    pub ev: Option<Ev>,
    /// Whether the browser keeps it, so that it does not go with this tab.
    pub is_kept: bool,
}

impl Outgoing {
    /// Our name for it.
    pub fn client_id(&self) -> &ClientId {
        self.post.client_id()
    }

    /// Whether nobody has proof yet that the server has it.
    pub fn is_unsent(&self) -> bool {
        self.state != OutgoingState::Stored
    }

    /// The message, if it is a new one of this dialog.
    pub fn message_to(&self, dialog: &DialogId) -> Option<&MessageSend> {
        match &self.post {
            Post::Send(send) if send.dialog_id == *dialog => Some(send),
            _ => None,
        }
    }

    /// Its words; none of a deletion.
    pub fn content(&self) -> &str {
        match &self.post {
            Post::Send(send) => &send.content,
            Post::Edit(edit) => &edit.content,
            Post::Delete(_) => "",
        }
    }
}

/// How far a message of ours is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OutgoingState {
    /// It waits for the connection or its turn.
    Queued,
    /// It is under way.
    InFlight,
    /// It was sent, and there was no answer: the server may have it or not.
    Unconfirmed,
    /// The server has it.
    Stored,
    /// It was refused for now. It keeps its place, and is tried again by itself.
    Waiting(ErrorCode),
    /// It was refused, and will not be tried again by itself.
    Failed(ErrorCode),
}

impl OutgoingState {
    /// Whether whoever sends has something to do with it.
    pub fn is_under_way(self) -> bool {
        !matches!(self, Self::Stored | Self::Failed(_))
    }

    /// Why the server did not take it, if that is where it stands.
    pub fn refusal(self) -> Option<ErrorCode> {
        match self {
            Self::Waiting(code) | Self::Failed(code) => Some(code),
            Self::Queued | Self::InFlight | Self::Unconfirmed | Self::Stored => None,
        }
    }
}
