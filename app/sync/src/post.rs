//! What a person did to a dialog's messages and the server has not confirmed yet.

use confab_protocol::{
    ClientFrame, ClientId, DialogId, ErrorCode, Message, MessageDelete, MessageEdit, MessageId,
    MessageSend,
    json::{Fit, FromJson, Json, Object, ToJson, Writer},
};

/// An entry of the outbox: each is answered by `ack` or `nack` under its `clientId`.
///
/// As JSON it is the payload of its frame: what names no `messageId` is a new message, what names
/// one and has no `content` takes it back. So an outbox that holds nothing but new messages reads
/// as a list of [`MessageSend`].
#[derive(Clone, Debug, PartialEq)]
pub enum Post {
    /// Say something.
    Send(MessageSend),
    /// Say something else instead.
    Edit(MessageEdit),
    /// Take something back.
    Delete(MessageDelete),
}

/// A post of an earlier page life, or of another tab, as it was kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// What is to be delivered.
    pub post: Post,
    /// How far it had come.
    pub was: Was,
}

/// How far a post had come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Was {
    /// It waited.
    Queued,
    /// It was sent and not answered: the server may have it.
    Sent,
    /// It was refused for good, and waits for its author.
    Refused(ErrorCode),
}

impl Post {
    /// The author's name for it.
    pub fn client_id(&self) -> &ClientId {
        match self {
            Self::Send(send) => &send.client_id,
            Self::Edit(edit) => &edit.client_id,
            Self::Delete(delete) => &delete.client_id,
        }
    }

    /// Where it goes.
    pub fn dialog_id(&self) -> &DialogId {
        match self {
            Self::Send(send) => &send.dialog_id,
            Self::Edit(edit) => &edit.dialog_id,
            Self::Delete(delete) => &delete.dialog_id,
        }
    }

    /// The message that it changes; none for a new one.
    pub fn message_id(&self) -> Option<&MessageId> {
        match self {
            Self::Send(_) => None,
            Self::Edit(edit) => Some(&edit.message_id),
            Self::Delete(delete) => Some(&delete.message_id),
        }
    }

    /// The same under another name.
    pub fn renamed(mut self, client_id: ClientId) -> Self {
        *match &mut self {
            Self::Send(send) => &mut send.client_id,
            Self::Edit(edit) => &mut edit.client_id,
            Self::Delete(delete) => &mut delete.client_id,
        } = client_id;
        self
    }

    /// Whether this state of the message it changes is the one it asks for.
    pub(crate) fn is_done_in(&self, message: &Message) -> bool {
        if self.message_id() != Some(&message.message_id) {
            return false;
        }
        match self {
            Self::Send(_) => false,
            Self::Edit(edit) => message.deleted_at.is_none() && edit.content == message.content,
            Self::Delete(_) => message.deleted_at.is_some(),
        }
    }

    pub(crate) fn frame(&self) -> ClientFrame {
        match self {
            Self::Send(send) => ClientFrame::MessageSend(send.clone()),
            Self::Edit(edit) => ClientFrame::MessageEdit(edit.clone()),
            Self::Delete(delete) => ClientFrame::MessageDelete(delete.clone()),
        }
    }
}

impl FromJson for Post {
    fn from_json(json: &Json<'_>, fit: &mut Fit) -> Self {
        let object = Object::of(json, fit);
        let changes = object.get("messageId", fit).is_some();
        match (changes, object.get("content", fit).is_some()) {
            (false, _) => Self::Send(MessageSend::from_json(json, fit)),
            (true, true) => Self::Edit(MessageEdit::from_json(json, fit)),
            (true, false) => Self::Delete(MessageDelete::from_json(json, fit)),
        }
    }
}

impl ToJson for Post {
    fn write_json(&self, writer: &mut Writer) {
        match self {
            Self::Send(send) => send.write_json(writer),
            Self::Edit(edit) => edit.write_json(writer),
            Self::Delete(delete) => delete.write_json(writer),
        }
    }
}
