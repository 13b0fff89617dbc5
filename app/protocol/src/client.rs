//! What a client says.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{ClientId, DialogId, Ev, MessageId, MessageKind, Resume, frame::frames};

frames! {
    /// A frame from a client to the server (DESIGN §4).
    pub enum ClientFrame {
        /// Who I am and, if I have been here before, what I have already seen.
        "connecting" => Connecting(Connecting),
        /// Hear these topics too.
        "subscribe" => Subscribe(Topics),
        /// Hear these topics no more.
        "unsubscribe" => Unsubscribe(Unsubscribe),
        /// Say something in the lobby.
        "chat" => Chat(Chat),
        /// Hear every change of a dialog, beginning with what came after `after`.
        "dialog:join" => DialogJoin(DialogJoin),
        /// Hear a dialog no more.
        "dialog:leave" => DialogLeave(DialogLeave),
        /// Say something in a dialog; answered by `ack` or `nack`.
        "message:send" => MessageSend(MessageSend),
        /// Are you there? Answered by `pong` with the same `n`.
        "ping" => Ping(Ping),
    }
}

/// Payload of `connecting`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Connecting {
    /// A name for this socket's guest; without it the name on the cookie or a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Positions from before; the socket joins these dialogs and is told what it missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Resume>,
}

/// Payload of `subscribe`. Names are read one by one, so that an unknown one is answered by name.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Topics {
    /// Names of topics.
    pub topics: Vec<String>,
}

/// Payload of `unsubscribe`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Unsubscribe {
    /// Names of topics.
    pub topics: Vec<String>,
}

/// Payload of `chat` from a client.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Chat {
    /// The words.
    pub message: String,
    /// With it the message is acknowledged by `ack`, and a repeat is recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientId>,
}

/// Payload of `dialog:join`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DialogJoin {
    /// Which dialog.
    pub dialog_id: DialogId,
    /// The last change the client has; without it the dialog's present is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Ev>,
}

/// Payload of `dialog:leave`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DialogLeave {
    /// Which dialog.
    pub dialog_id: DialogId,
}

/// Payload of `message:send`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageSend {
    /// Where to.
    pub dialog_id: DialogId,
    /// The author's name for it, unique per author.
    pub client_id: ClientId,
    /// The words.
    pub content: String,
    /// What the words are.
    #[serde(rename = "type", default)]
    pub kind: MessageKind,
    /// Anything a client wants to keep with it.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub meta: Value,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
}

/// Payload of `ping`.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Ping {
    /// Comes back in the `pong`.
    #[serde(default)]
    pub n: u64,
}
