//! What a client says.

use crate::{
    ClientId, DialogId, Ev, MessageId, MessageKind, Meta, Resume, Seq, frame::frames, json::wire,
};

frames! {
    /// A frame from a client to the server (DESIGN §4).
    pub enum ClientFrame from client {
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
        /// Say something else instead; answered by `ack` or `nack`.
        "message:edit" => MessageEdit(MessageEdit),
        /// Take something back; answered by `ack` or `nack`.
        "message:delete" => MessageDelete(MessageDelete),
        /// I have begun to write; said again every 3 s at most.
        "typing:start" => TypingStart(TypingStart),
        /// I have stopped writing.
        "typing:stop" => TypingStop(TypingStop),
        /// My device has every message up to this one.
        "message:delivered" => MessageDelivered(MessageDelivered),
        /// I have seen every message up to this one.
        "message:read" => MessageRead(MessageRead),
        /// Whether I am at this page or away from it.
        "presence:set" => PresenceSet(PresenceSet),
        /// Are you there? Answered by `pong` with the same `n`.
        "ping" => Ping(Ping),
    }
}

wire! {
    /// Payload of `connecting`.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Connecting {
        /// A name for this socket's guest; without it the name on the cookie or a number.
        "username" => username: Option<String> = default,
        /// Positions from before; the socket joins these dialogs and is told what it missed.
        "resume" => resume: Option<Resume> = default,
    }

    /// Payload of `subscribe`. Names are read one by one, so that an unknown one is answered by name.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Topics {
        /// Names of topics.
        "topics" => topics: Vec<String>,
    }

    /// Payload of `unsubscribe`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Unsubscribe {
        /// Names of topics.
        "topics" => topics: Vec<String>,
    }

    /// Payload of `chat` from a client.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Chat {
        /// The words.
        "message" => message: String,
        /// With it the message is acknowledged by `ack`, and a repeat is recognised.
        "clientId" => client_id: Option<ClientId> = default,
    }

    /// Payload of `dialog:join`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct DialogJoin {
        /// Which dialog.
        "dialogId" => dialog_id: DialogId,
        /// The last change the client has; without it the dialog's present is taken.
        "after" => after: Option<Ev> = default,
    }

    /// Payload of `dialog:leave`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct DialogLeave {
        /// Which dialog.
        "dialogId" => dialog_id: DialogId,
    }

    /// Payload of `message:send`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct MessageSend {
        /// Where to.
        "dialogId" => dialog_id: DialogId,
        /// The author's name for it, unique per author.
        "clientId" => client_id: ClientId,
        /// The words.
        "content" => content: String,
        /// What the words are.
        "type" => kind: MessageKind = default,
        /// Anything a client wants to keep with it.
        "meta" => meta: Meta = default,
        /// The message it answers.
        "replyTo" => reply_to: Option<MessageId> = default,
    }

    /// Payload of `message:edit`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct MessageEdit {
        /// Where.
        "dialogId" => dialog_id: DialogId,
        /// Which message, one of one's own.
        "messageId" => message_id: MessageId,
        /// The author's name for this change; comes back in the answer.
        "clientId" => client_id: ClientId,
        /// The words from now on.
        "content" => content: String,
    }

    /// Payload of `message:delete`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct MessageDelete {
        /// Where.
        "dialogId" => dialog_id: DialogId,
        /// Which message, one of one's own.
        "messageId" => message_id: MessageId,
        /// The author's name for this change; comes back in the answer.
        "clientId" => client_id: ClientId,
    }

    /// Payload of `typing:start` from a client.
    #[derive(Clone, Debug, PartialEq)]
    pub struct TypingStart {
        /// Where.
        "dialogId" => dialog_id: DialogId,
    }

    /// Payload of `typing:stop` from a client.
    #[derive(Clone, Debug, PartialEq)]
    pub struct TypingStop {
        /// Where.
        "dialogId" => dialog_id: DialogId,
    }

    /// Payload of `message:delivered`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct MessageDelivered {
        /// Where.
        "dialogId" => dialog_id: DialogId,
        /// Up to which message.
        "seq" => seq: Seq,
    }

    /// Payload of `message:read`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct MessageRead {
        /// Where.
        "dialogId" => dialog_id: DialogId,
        /// Up to which message.
        "seq" => seq: Seq,
    }

    /// Payload of `presence:set`: of this socket. A person is online if one of theirs is.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct PresenceSet {
        /// Whether nobody is at it: hidden for 10 s, or idle for 5 minutes (DESIGN §5).
        "away" => away: bool,
    }

    /// Payload of `ping`.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Ping {
        /// Comes back in the `pong`.
        "n" => n: u64 = default,
    }
}
