//! What the server says.

use crate::{
    ClientId, ConnectionId, Dialog, DialogEvent, DialogId, Epoch, ErrorCode, Ev, Limits, Message,
    Person, Positions, Seq, Timestamp, Uev, UserId, Username,
    frame::frames,
    json::{Fit, FromJson, Json, Object, json_newtype, wire, words},
};

frames! {
    /// A frame from the server to a client (DESIGN §4).
    pub enum ServerFrame from server {
        /// The very first frame: who this socket is, and the rules here.
        "connection_established" => ConnectionEstablished(ConnectionEstablished),
        /// A greeting with this socket's number.
        "welcome" => Welcome(Welcome),
        /// Answer to `connecting`: who is here, and the lobby's last messages.
        "connected" => Connected(Connected),
        /// Someone came, or goes by another name for good (topic `presence`).
        "joined" => Joined(Joined),
        /// Someone left and did not come back within the grace (topic `presence`).
        "disconnected" => Disconnected(Disconnected),
        /// The server's pulse, every 5 s (topic `heartbeat`).
        "heartbeat" => Heartbeat(Heartbeat),
        /// Something said in the lobby (topic `chat`).
        "chat" => Chat(ChatMessage),
        /// A message was stored in a dialog that this socket joined, or in any of yours (topic `dialogs`).
        "message:new" => MessageNew(MessageNew),
        /// A message was edited or deleted there.
        "message:update" => MessageUpdate(MessageUpdate),
        /// Something else changed there: members, owner, title, names.
        "dialog:event" => DialogChanged(DialogChanged),
        /// A line of your list of dialogs is new or another, or gone (topic `dialogs`).
        "dialog:update" => DialogUpdate(DialogUpdate),
        /// Someone has begun to write (topic `typing`).
        "typing:start" => TypingStarted(TypingStarted),
        /// Someone has stopped writing (topic `typing`).
        "typing:stop" => TypingStopped(TypingStopped),
        /// Someone has got or seen more there.
        "receipt" => Receipt(Receipt),
        /// Someone went away from their page, or came back to it (topic `presence`).
        "presence:update" => PresenceUpdate(PresenceUpdate),
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

wire! {
    /// Payload of `connection_established`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ConnectionEstablished {
        /// This socket's name in the server's registry and logs.
        "connectionId" => connection_id: ConnectionId,
        /// The person this socket belongs to.
        "userId" => user_id: UserId,
        /// The database's life; positions of another one are void.
        "epoch" => epoch: Epoch,
        /// How often the server sends a WebSocket ping, in milliseconds.
        "pingInterval" => ping_interval: u64,
        /// What is too much.
        "limits" => limits: Limits,
    }

    /// Payload of `welcome`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Welcome {
        /// This socket's number since the server started, from 1 (document 000).
        "client" => client: u64,
        /// The greeting in English, for terminals; screens say it in their own language.
        "message" => message: String,
        /// When.
        "time" => time: Timestamp,
    }

    /// Payload of `connected` (document 003): the answer to `connecting`. Once more, without messages,
    /// to who was too slow to be told who came and went meanwhile.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Connected {
        /// The person this socket belongs to, with the name others see.
        "you" => you: Person,
        /// Who is here, yourself included; at most 200.
        "connectedUserList" => connected_user_list: Vec<Person>,
        /// How many are here.
        "connectedUsers" => connected_users: u64,
        /// Those of the list who are away.
        "away" => away: Vec<UserId> = default,
        /// The lobby's last messages, oldest first; empty for who resumes.
        "messagesList" => messages_list: Vec<Message>,
        /// The last change of the lobby that `messagesList` contains.
        "positions" => positions: Positions,
        /// What to compare a page with; for who resumes, while the database answers.
        "digest" => digest: Option<Digest> = default,
    }

    /// What someone's list and the dialogs they have open come to. Every change of them makes one of
    /// the numbers greater and none smaller, so a page that comes to the same lacks nothing.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct Digest {
        /// The position of their own log.
        "uev" => uev: Uev,
        /// The positions of all their dialogs, added up.
        "changes" => changes: u64,
        /// How far all members of the open dialogs have got and seen them, added up; the lobby, where
        /// nobody says so, does not count.
        "receipts" => receipts: u64,
    }
}

/// Payload of `dialog:event`: a line of the log with the dialog it belongs to.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct DialogChanged {
    /// Where.
    #[cfg_attr(feature = "serde", serde(rename = "dialogId"))]
    pub dialog_id: DialogId,
    /// What.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub event: DialogEvent,
}

impl FromJson for DialogChanged {
    fn from_json(json: &Json<'_>, fit: &mut Fit) -> Self {
        let dialog_id = Object::of(json, fit).must("dialogId", fit);
        Self {
            dialog_id: DialogId::from_json(dialog_id, fit),
            event: DialogEvent::from_json(json, fit),
        }
    }
}

/// Payload of `joined`: who has come, or who is here and has chosen another name for good.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize), serde(transparent))]
pub struct Joined(pub Person);

/// Payload of `disconnected`.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize), serde(transparent))]
pub struct Disconnected(pub Person);

json_newtype!(Joined, Disconnected);

wire! {
    /// Payload of `heartbeat`: one frame, shared by all.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Heartbeat {
        /// When.
        "time" => time: Timestamp,
        /// How many sockets are open (document 002).
        "connections" => connections: u64,
    }

    /// Payload of `chat` from the server.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ChatMessage {
        /// The words. User text: show it as text, never as HTML.
        "message" => message: String,
        /// Who said it.
        "from" => from: Person,
        /// When it was stored.
        "time" => time: Timestamp,
    }

    /// Payload of `message:new`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct MessageNew {
        /// Where.
        "dialogId" => dialog_id: DialogId,
        /// The change's number in the dialog's log.
        "ev" => ev: Ev,
        /// What.
        "message" => message: Message,
    }

    /// Payload of `message:update`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct MessageUpdate {
        /// Where.
        "dialogId" => dialog_id: DialogId,
        /// The change's number in the dialog's log.
        "ev" => ev: Ev,
        /// The message as it is now.
        "message" => message: Message,
    }

    /// Payload of `dialog:update`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct DialogUpdate {
        /// Which dialog.
        "dialogId" => dialog_id: DialogId,
        /// The number of this change in your own log, dense from 1: a gap means that another was missed.
        "uev" => uev: Uev,
        /// How the dialog reads now; nothing once it is none of yours any more.
        "dialog" => dialog: Option<Dialog> = default,
    }

    /// Payload of `typing:start` from the server. Void after 5 s, and with a message of the same
    /// person.
    #[derive(Clone, Debug, PartialEq)]
    pub struct TypingStarted {
        /// Where.
        "dialogId" => dialog_id: DialogId,
        /// Who.
        "userId" => user_id: UserId,
        /// The name they go by.
        "username" => username: Username,
    }

    /// Payload of `typing:stop` from the server.
    #[derive(Clone, Debug, PartialEq)]
    pub struct TypingStopped {
        /// Where.
        "dialogId" => dialog_id: DialogId,
        /// Who.
        "userId" => user_id: UserId,
    }

    /// Payload of `receipt`. Both numbers only grow; what is less than what one has is old.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Receipt {
        /// Where.
        "dialogId" => dialog_id: DialogId,
        /// Who.
        "userId" => user_id: UserId,
        /// The last message that a device of theirs has.
        "delivered" => delivered: Seq,
        /// The last message that they have seen.
        "read" => read: Seq,
    }

    /// Payload of `presence:update`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct PresenceUpdate {
        /// Who.
        "userId" => user_id: UserId,
        /// Whether all their sockets are away.
        "away" => away: bool,
    }

    /// Payload of `ack`: sent after the commit, never before.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Ack {
        /// Which send is answered.
        "clientId" => client_id: ClientId,
        /// The message as stored.
        "message" => message: Message,
        /// True when an earlier send with this `clientId` had stored it.
        "duplicate" => duplicate: bool,
    }

    /// Payload of `nack`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Nack {
        /// Which send is answered.
        "clientId" => client_id: ClientId,
        /// What is wrong, for programs.
        "code" => code: ErrorCode,
        /// What is wrong, for people.
        "message" => message: String,
        /// Whether the same send may succeed later.
        "retry" => retry: bool,
        /// How long to wait before that, in milliseconds.
        "afterMs" => after_ms: Option<u64> = default,
    }

    /// Payload of `dialog:sync`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct DialogEvents {
        /// Where.
        "dialogId" => dialog_id: DialogId,
        /// The changes, in order and without a gap.
        "events" => events: Vec<DialogEvent>,
        /// The position the reader has reached with them.
        "to" => to: Ev,
    }

    /// Payload of `dialog:reset`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct DialogReset {
        /// Where.
        "dialogId" => dialog_id: DialogId,
        /// Why the position cannot be used.
        "why" => why: ResetReason,
    }
}

words! {
    /// Why a position cannot be used.
    #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
    pub enum ResetReason {
        /// More changes behind than are told one by one.
        "too_far_behind" => TooFarBehind,
        /// The position belongs to another life of the database.
        "other_epoch" => OtherEpoch,
        /// The position lies ahead of the log.
        "ahead_of_log" => AheadOfLog,
    }
}

wire! {
    /// Payload of `invalidate`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Invalidate {
        /// Tags of queries (document 004).
        "tags" => tags: Vec<String>,
    }

    /// Payload of `pong`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Pong {
        /// The `n` of the `ping`.
        "n" => n: u64,
        /// The last change of each dialog this socket has joined: a lost *last* event shows here.
        "positions" => positions: Positions = default,
    }

    /// Payload of `error`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ErrorFrame {
        /// What is wrong, for programs.
        "code" => code: ErrorCode,
        /// What is wrong, for people.
        "message" => message: String,
        /// The type of the frame that is answered, as far as it could be read.
        "type" => kind: Option<String> = default,
        /// The dialog that could not be joined, so that nobody goes on asking for it.
        "dialogId" => dialog_id: Option<DialogId> = default,
    }

    /// Payload of `bye`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Bye {
        /// Why, for people and logs.
        "reason" => reason: String,
        /// When to come back, in milliseconds; different for each socket, so that not all come at once.
        "afterMs" => after_ms: u64,
    }
}
