//! A message, who said it, and the changes a dialog goes through.

use crate::{
    ClientId, DialogId, Ev, MessageId, Meta, Seq, Timestamp, UserId, Username,
    json::{Fit, FromJson, Json, ToJson, Writer, wire, words},
};

wire! {
    /// Someone, as others see them.
    #[derive(Clone, Debug, Eq, PartialEq)]
    pub struct Person {
        /// Who.
        "id" => id: UserId,
        /// The name they go by.
        "username" => username: Username,
    }
}

words! {
    /// What a message's `content` is.
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub enum MessageKind {
        /// Words.
        #[default]
        "text" => Text,
    }
}

wire! {
    /// A stored message (document 001; DESIGN §6). Once it is seen, only `content`, `editedAt` and
    /// `deletedAt` may change; its place, `seq`, never does.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Message {
        /// The server's name for it.
        "messageId" => message_id: MessageId,
        /// The dialog it stands in.
        "dialogId" => dialog_id: DialogId,
        /// Its place in the dialog, dense from 1.
        "seq" => seq: Seq,
        /// Its author.
        "senderId" => sender_id: UserId,
        /// The author's name.
        "senderName" => sender_name: Username,
        /// The author's own name for it: with `senderId` the key of a bubble that never changes.
        "clientId" => client_id: ClientId,
        /// The words. User text: show it as text, never as HTML.
        "content" => content: String,
        /// What the words are.
        "type" => kind: MessageKind = default,
        /// What a client attached; Confab stores and returns it unread.
        "meta" => meta: Meta = default,
        /// The message it answers.
        "replyTo" => reply_to: Option<MessageId> = default,
        /// When it was stored. `seq` gives the order; this agrees with it.
        "createdAt" => created_at: Timestamp,
    }
}

/// What a change did.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(tag = "kind", content = "message"))]
pub enum DialogChange {
    /// A message was stored.
    #[cfg_attr(feature = "serde", serde(rename = "message:new"))]
    MessageNew(Message),
}

/// One line of a dialog's log (DESIGN §4, *The log*).
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize), serde(from = "Line"))]
pub struct DialogEvent {
    /// Its number, dense from 1.
    pub ev: Ev,
    /// What happened.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub change: DialogChange,
}

wire! {
    /// A [`DialogEvent`] as it stands on the wire, to be read without looking for its variant first.
    #[derive(Debug)]
    struct Line {
        /// Its number.
        "ev" => ev: Ev,
        /// What happened.
        "kind" => kind: ChangeKind,
        /// To which message.
        "message" => message: Message,
    }
}

words! {
    /// The variants of [`DialogChange`].
    #[derive(Clone, Copy, Debug)]
    enum ChangeKind {
        /// A message was stored.
        "message:new" => MessageNew,
    }
}

impl From<Line> for DialogEvent {
    fn from(line: Line) -> Self {
        let ChangeKind::MessageNew = line.kind;
        Self { ev: line.ev, change: DialogChange::MessageNew(line.message) }
    }
}

impl FromJson for DialogEvent {
    fn from_json(json: &Json<'_>, fit: &mut Fit) -> Self {
        Line::from_json(json, fit).into()
    }
}

impl ToJson for DialogEvent {
    fn write_json(&self, writer: &mut Writer) {
        let DialogChange::MessageNew(message) = &self.change;
        writer.open('{');
        writer.field("ev", &self.ev);
        writer.field("kind", &ChangeKind::MessageNew);
        writer.field("message", message);
        writer.close('}');
    }
}
