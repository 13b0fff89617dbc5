//! What the server says.

use serde::{Deserialize, Serialize};

use crate::{
    ClientId, ConnectionId, DialogEvent, DialogId, Epoch, ErrorCode, Ev, Limits, Message, Person,
    Positions, Timestamp, UserId, frame::frames,
};

frames! {
    /// A frame from the server to a client (DESIGN §4).
    pub enum ServerFrame {
        /// The very first frame: who this socket is, and the rules here.
        "connection_established" => ConnectionEstablished(ConnectionEstablished),
        /// A greeting with this socket's number.
        "welcome" => Welcome(Welcome),
        /// Answer to `connecting`: who is here, and the lobby's last messages.
        "connected" => Connected(Connected),
        /// Someone came (topic `presence`).
        "joined" => Joined(Joined),
        /// Someone left and did not come back within the grace (topic `presence`).
        "disconnected" => Disconnected(Disconnected),
        /// The server's pulse, every 5 s (topic `heartbeat`).
        "heartbeat" => Heartbeat(Heartbeat),
        /// Something said in the lobby (topic `chat`).
        "chat" => Chat(ChatMessage),
        /// A message was stored in a dialog that this socket joined.
        "message:new" => MessageNew(MessageNew),
        /// Your message is stored, or was before.
        "ack" => Ack(Ack),
        /// Your message is not stored.
        "nack" => Nack(Nack),
        /// The changes after the position you gave, up to `to`.
        "dialog:sync" => DialogSync(DialogEvents),
        /// Your position is of no use: read the dialog afresh.
        "dialog:reset" => DialogReset(DialogReset),
        /// What was read under these tags is no longer true (topic `system`).
        "invalidate" => Invalidate(Invalidate),
        /// Answer to `ping`, with the positions of the joined dialogs.
        "pong" => Pong(Pong),
        /// A frame of yours was not understood or not accepted; the connection lives on.
        "error" => Error(ErrorFrame),
        /// The server is about to close; come back after `afterMs`.
        "bye" => Bye(Bye),
    }
}

/// Payload of `connection_established`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionEstablished {
    /// This socket's name in the server's registry and logs.
    pub connection_id: ConnectionId,
    /// The person this socket belongs to.
    pub user_id: UserId,
    /// The database's life; positions of another one are void.
    pub epoch: Epoch,
    /// How often the server sends a WebSocket ping, in milliseconds.
    pub ping_interval: u64,
    /// What is too much.
    pub limits: Limits,
}

/// Payload of `welcome`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Welcome {
    /// This socket's number since the server started, from 1 (document 000).
    pub client: u64,
    /// The greeting in English, for terminals; screens say it in their own language.
    pub message: String,
    /// When.
    pub time: Timestamp,
}

/// Payload of `connected` (document 003).
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Connected {
    /// The person this socket belongs to, with the name others see.
    pub you: Person,
    /// Who is here, yourself included; at most 200.
    pub connected_user_list: Vec<Person>,
    /// How many are here.
    pub connected_users: u64,
    /// The lobby's last messages, oldest first; empty for who resumes.
    pub messages_list: Vec<Message>,
    /// The last change of the lobby that `messagesList` contains.
    pub positions: Positions,
}

/// Payload of `joined`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Joined(pub Person);

/// Payload of `disconnected`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Disconnected(pub Person);

/// Payload of `heartbeat`: one frame, shared by all.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Heartbeat {
    /// When.
    pub time: Timestamp,
    /// How many sockets are open (document 002).
    pub connections: u64,
}

/// Payload of `chat` from the server.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct ChatMessage {
    /// The words. User text: show it as text, never as HTML.
    pub message: String,
    /// Who said it.
    pub from: Person,
    /// When it was stored.
    pub time: Timestamp,
}

/// Payload of `message:new`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageNew {
    /// Where.
    pub dialog_id: DialogId,
    /// The change's number in the dialog's log.
    pub ev: Ev,
    /// What.
    pub message: Message,
}

/// Payload of `ack`: sent after the commit, never before.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ack {
    /// Which send is answered.
    pub client_id: ClientId,
    /// The message as stored.
    pub message: Message,
    /// True when an earlier send with this `clientId` had stored it.
    pub duplicate: bool,
}

/// Payload of `nack`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Nack {
    /// Which send is answered.
    pub client_id: ClientId,
    /// What is wrong, for programs.
    pub code: ErrorCode,
    /// What is wrong, for people.
    pub message: String,
    /// Whether the same send may succeed later.
    pub retry: bool,
    /// How long to wait before that, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_ms: Option<u64>,
}

/// Payload of `dialog:sync`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DialogEvents {
    /// Where.
    pub dialog_id: DialogId,
    /// The changes, in order and without a gap.
    pub events: Vec<DialogEvent>,
    /// The position the reader has reached with them.
    pub to: Ev,
}

/// Payload of `dialog:reset`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DialogReset {
    /// Where.
    pub dialog_id: DialogId,
    /// Why the position cannot be used.
    pub why: ResetReason,
}

/// Why a position cannot be used.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetReason {
    /// More changes behind than are told one by one.
    TooFarBehind,
    /// The position belongs to another life of the database.
    OtherEpoch,
    /// The position lies ahead of the log.
    AheadOfLog,
}

/// Payload of `invalidate`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Invalidate {
    /// Tags of queries (document 004).
    pub tags: Vec<String>,
}

/// Payload of `pong`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Pong {
    /// The `n` of the `ping`.
    pub n: u64,
    /// The last change of each dialog this socket has joined: a lost *last* event shows here.
    #[serde(default)]
    pub positions: Positions,
}

/// Payload of `error`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct ErrorFrame {
    /// What is wrong, for programs.
    pub code: ErrorCode,
    /// What is wrong, for people.
    pub message: String,
    /// The type of the frame that is answered, as far as it could be read.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// Payload of `bye`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bye {
    /// Why, for people and logs.
    pub reason: String,
    /// When to come back, in milliseconds; different for each socket, so that not all come at once.
    pub after_ms: u64,
}
