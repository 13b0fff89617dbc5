//! Bodies of the HTTP routes (document 001): `{"success": true, "data": …}` or
//! `{"success": false, "error": …, "code": …}`.

use crate::{
    ClientId, ErrorCode, Ev, Message, MessageId, MessageKind, Meta,
    json::{Fit, FromJson, Json, Object, wire},
};

wire! {
    /// `POST /api/messages/dialog/{id}`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct NewMessage {
        /// The words.
        "content" => content: String,
        /// What the words are.
        "type" => kind: MessageKind = default,
        /// Anything a client wants to keep with it.
        "meta" => meta: Meta = default,
        /// The author's name for it; a repeat gets the first answer. Without it every request is new.
        "clientId" => client_id: Option<ClientId> = default,
        /// The message it answers.
        "replyTo" => reply_to: Option<MessageId> = default,
    }

    /// `GET /api/messages/dialog/{id}?before=<seq>`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct MessagesPage {
        /// Oldest first.
        "messages" => messages: Vec<Message>,
        /// The dialog's position that the page was read at, in the same transaction.
        "ev" => ev: Ev,
        /// Whether there are older ones.
        "hasMore" => has_more: bool,
    }
}

/// What every JSON route answers.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(untagged))]
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

wire! {
    /// `{"success": false, …}`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Failure {
        /// Always false.
        "success" => success: bool,
        /// What is wrong, for people.
        "error" => error: String,
        /// What is wrong, for programs.
        "code" => code: ErrorCode,
        /// Whether the same request may succeed later.
        "retry" => retry: bool = default,
        /// How long to wait before that, in milliseconds.
        "afterMs" => after_ms: Option<u64> = default,
    }
}

/// The half of [`Answer`] that a reader of data expects.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
pub struct Success<T> {
    /// What was asked for.
    pub data: T,
}

impl<T: FromJson> FromJson for Success<T> {
    fn from_json(json: &Json<'_>, fit: &mut Fit) -> Self {
        Self { data: T::from_json(Object::of(json, fit).must("data", fit), fit) }
    }
}
