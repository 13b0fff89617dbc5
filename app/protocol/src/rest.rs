//! Bodies of the HTTP routes (document 001): `{"success": true, "data": …}` or
//! `{"success": false, "error": …, "code": …}`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{ClientId, ErrorCode, Ev, Message, MessageId, MessageKind};

/// `POST /api/messages/dialog/{id}`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewMessage {
    /// The words.
    pub content: String,
    /// What the words are.
    #[serde(rename = "type", default)]
    pub kind: MessageKind,
    /// Anything a client wants to keep with it.
    #[serde(default)]
    pub meta: Value,
    /// The author's name for it; a repeat gets the first answer. Without it every request is new.
    #[serde(default)]
    pub client_id: Option<ClientId>,
    /// The message it answers.
    #[serde(default)]
    pub reply_to: Option<MessageId>,
}

/// `GET /api/messages/dialog/{id}?before=<seq>`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessagesPage {
    /// Oldest first.
    pub messages: Vec<Message>,
    /// The dialog's position that the page was read at, in the same transaction.
    pub ev: Ev,
    /// Whether there are older ones.
    pub has_more: bool,
}

/// What every JSON route answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Answer<T> {
    /// It worked.
    Data {
        /// Always true.
        success: bool,
        /// What was asked for.
        data: T,
    },
    /// It did not.
    Error(Failure),
}

impl<T> Answer<T> {
    /// `{"success": true, "data": …}`.
    pub fn data(data: T) -> Self {
        Self::Data { success: true, data }
    }
}

/// `{"success": false, …}`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// Always false.
    pub success: bool,
    /// What is wrong, for people.
    pub error: String,
    /// What is wrong, for programs.
    pub code: ErrorCode,
    /// Whether the same request may succeed later.
    #[serde(default)]
    pub retry: bool,
    /// How long to wait before that, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_ms: Option<u64>,
}

/// The half of [`Answer`] that a reader of data expects.
#[derive(Clone, Debug, Deserialize)]
pub struct Success<T> {
    /// What was asked for.
    pub data: T,
}
