//! A message, who said it, and the changes a dialog goes through.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{ClientId, DialogId, Ev, MessageId, Seq, Timestamp, UserId, Username};

/// Someone, as others see them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// The name they go by.
    pub username: Username,
}

/// What a message's `content` is.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageKind {
    /// Words.
    #[default]
    Text,
}

/// A stored message (document 001; DESIGN §6). Once it is seen, only `content`, `editedAt` and
/// `deletedAt` may change; its place, `seq`, never does.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// The server's name for it.
    pub message_id: MessageId,
    /// The dialog it stands in.
    pub dialog_id: DialogId,
    /// Its place in the dialog, dense from 1.
    pub seq: Seq,
    /// Its author.
    pub sender_id: UserId,
    /// The author's name.
    pub sender_name: Username,
    /// The author's own name for it: with `senderId` the key of a bubble that never changes.
    pub client_id: ClientId,
    /// The words. User text: show it as text, never as HTML.
    pub content: String,
    /// What the words are.
    #[serde(rename = "type", default)]
    pub kind: MessageKind,
    /// What a client attached; Confab stores and returns it unread.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub meta: Value,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
    /// When it was stored. `seq` gives the order; this agrees with it.
    pub created_at: Timestamp,
}

/// What a change did.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "kind", content = "message")]
pub enum DialogChange {
    /// A message was stored.
    #[serde(rename = "message:new")]
    MessageNew(Message),
}

/// One line of a dialog's log (DESIGN §4, *The log*).
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DialogEvent {
    /// Its number, dense from 1.
    pub ev: Ev,
    /// What happened.
    #[serde(flatten)]
    pub change: DialogChange,
}
