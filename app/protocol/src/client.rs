//! What a client says.

use crate::{
    ClientId, DialogId, Ev, MessageId, MessageKind, Meta, Resume, frame::frames, json::wire,
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

    /// Payload of `ping`.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Ping {
        /// Comes back in the `pong`.
        "n" => n: u64 = default,
    }
}
