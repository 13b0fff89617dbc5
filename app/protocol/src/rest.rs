//! Bodies of the HTTP routes (document 001): `{"success": true, "data": …}` or
//! `{"success": false, "error": …, "code": …}`.

mod accounts;

pub use accounts::{
    ChangedName, ChangedPassword, Farewell, MadeToken, NewGuest, NewToken, PasswordDraft,
    Registration, SignIn, SignOut, Strength, StrengthWord, Token, TokenList,
};

use crate::{
    ClientId, Dialog, DialogEvent, DialogId, DialogKind, ErrorCode, Ev, Member, Message, MessageId,
    MessageKind, Meta, Presence, ResetReason, Seq, Timestamp, Uev, UserId, Username,
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

    /// `PATCH /api/messages/dialog/{id}/{messageId}`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct EditedMessage {
        /// The words from now on.
        "content" => content: String,
    }

    /// `GET /api/messages/dialog/{id}?before|after|around=<seq>&limit=`. A run of messages without
    /// a gap.
    #[derive(Clone, Debug, PartialEq)]
    pub struct MessagesPage {
        /// Oldest first.
        "messages" => messages: Vec<Message>,
        /// The dialog's position that the page was read at, in the same transaction.
        "ev" => ev: Ev,
        /// Whether there are older ones.
        "hasMore" => has_more: bool,
        /// Whether there are newer ones.
        "hasNewer" => has_newer: bool = default,
    }

    /// `GET /api/messages/dialog/{id}/events?after=<ev>`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct EventsPage {
        /// The changes after the position, in order and without a gap; none if there is a `reset`.
        "events" => events: Vec<DialogEvent>,
        /// The position they lead to.
        "to" => to: Ev,
        /// The position is of no use, for this reason: read the dialog afresh.
        "reset" => reset: Option<ResetReason> = default,
    }

    /// `GET /api/dialogs`: by last activity, newest first.
    #[derive(Clone, Debug, PartialEq)]
    pub struct DialogList {
        /// The lines.
        "dialogs" => dialogs: Vec<Dialog>,
        /// The position of the list in one's own log, in the same transaction.
        "uev" => uev: Uev,
    }

    /// `GET /api/dialogs/{id}`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct DialogDetails {
        /// As a line of one's list; its `ev` is the position of all that is here.
        "dialog" => dialog: Dialog,
        /// Who belongs to it, in the order they came; none are listed for the lobby.
        "members" => members: Vec<Member>,
    }

    /// `POST /api/dialogs`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct NewDialog {
        /// `direct` or `group`.
        "kind" => kind: DialogKind,
        /// The others in it.
        "members" => members: Vec<UserId>,
        /// A group's title.
        "title" => title: Option<String> = default,
    }

    /// `PATCH /api/dialogs/{id}`: what is named is changed.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct ChangedDialog {
        /// Another title; for the owner of a group.
        "title" => title: Option<String> = default,
        /// Who owns the group from now on; for its owner.
        "owner" => owner: Option<UserId> = default,
        /// Whether it shall be quiet, for oneself.
        "muted" => muted: Option<bool> = default,
    }

    /// `POST` and `DELETE /api/dialogs/{id}/members`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct MembersChange {
        /// Who comes or goes. To leave, one names oneself.
        "members" => members: Vec<UserId>,
    }

    /// `POST /api/dialogs/{id}/read` and `…/delivered`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ReadUpTo {
        /// Up to which message.
        "seq" => seq: Seq,
    }

    /// Someone who was found.
    #[derive(Clone, Debug, PartialEq)]
    pub struct FoundPerson {
        /// Who.
        "id" => id: UserId,
        /// The name they go by.
        "username" => username: Username,
        /// Whether they are there.
        "presence" => presence: Presence,
    }

    /// `GET /api/people?query=`.
    #[derive(Clone, Debug, PartialEq)]
    pub struct PeopleList {
        /// Those whose name holds the query, without oneself; at most 50, by name.
        "people" => people: Vec<FoundPerson>,
        /// Whether there are more.
        "hasMore" => has_more: bool,
    }

    /// A piece of a message that was found.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Piece {
        /// The words. User text.
        "text" => text: String,
        /// Whether this is what was looked for.
        "hit" => hit: bool = default,
    }

    /// A message that was found.
    #[derive(Clone, Debug, PartialEq)]
    pub struct FoundMessage {
        /// Where.
        "dialogId" => dialog_id: DialogId,
        /// What the dialog is called for who asks: a title, or the other's name; nothing for the lobby.
        "dialogName" => dialog_name: Option<String> = default,
        /// Which.
        "messageId" => message_id: MessageId,
        /// Its place, to jump to.
        "seq" => seq: Seq,
        /// Its author.
        "senderName" => sender_name: Username,
        /// When it was stored.
        "createdAt" => created_at: Timestamp,
        /// The words around the hits.
        "pieces" => pieces: Vec<Piece>,
    }

    /// `GET /api/search?query=`: what one may see, and nothing else.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Found {
        /// People, by name.
        "people" => people: Vec<FoundPerson>,
        /// One's dialogs, by title or the other's name.
        "dialogs" => dialogs: Vec<Dialog>,
        /// Messages, newest first.
        "messages" => messages: Vec<FoundMessage>,
    }

    /// `GET /api/me`, and the answer to whoever signs in.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Me {
        /// Who.
        "id" => id: UserId,
        /// The name others see.
        "username" => username: Username,
        /// What one signs in with; a guest has none.
        "login" => login: Option<String> = default,
    }
}

impl MessagesPage {
    /// Whether it goes back as far as this message.
    pub fn reaches(&self, seq: Seq) -> bool {
        !self.has_more || self.messages.first().is_none_or(|first| first.seq <= seq)
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
