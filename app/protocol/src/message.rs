//! A message, who said it, the dialog it stands in, and the changes a dialog goes through.

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

words! {
    /// What a dialog is.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub enum DialogKind {
        /// Where everyone is.
        "lobby" => Lobby,
        /// Two people; there is one such dialog for each pair.
        "direct" => Direct,
        /// Some people under a title.
        "group" => Group,
    }
}

words! {
    /// What a member may do.
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub enum Role {
        /// Read, write, leave.
        #[default]
        "member" => Member,
        /// Also rename, add, remove, and pass this on.
        "owner" => Owner,
    }
}

words! {
    /// Whether someone is there to read.
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub enum PresenceState {
        /// A page of theirs is in front and in use.
        "online" => Online,
        /// Their pages are hidden or idle.
        "away" => Away,
        /// No socket of theirs is open.
        #[default]
        "offline" => Offline,
    }
}

wire! {
    /// Whether someone is there, and since when not.
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub struct Presence {
        /// There or not.
        "state" => state: PresenceState,
        /// When their last socket closed; for who is offline and was ever here.
        "lastSeenAt" => last_seen_at: Option<Timestamp> = default,
    }

    /// Someone who belongs to a dialog, with how far they have come in it. Both numbers only grow,
    /// and `read ≤ delivered ≤ last_seq` (DESIGN §7, G7).
    #[derive(Clone, Debug, Eq, PartialEq)]
    pub struct Member {
        /// Who.
        "id" => id: UserId,
        /// The name they go by.
        "username" => username: Username,
        /// What they may do.
        "role" => role: Role,
        /// The last message that a device of theirs has.
        "delivered" => delivered: Seq,
        /// The last message that they have seen.
        "read" => read: Seq,
    }

    /// What a reply shows of the message it answers.
    #[derive(Clone, Debug, Eq, PartialEq)]
    pub struct Quote {
        /// The answered message.
        "messageId" => message_id: MessageId,
        /// Where it stands, to jump there.
        "seq" => seq: Seq,
        /// Its author.
        "senderId" => sender_id: UserId,
        /// The author's name.
        "senderName" => sender_name: Username,
        /// The first [`Quote::CHARACTERS`] characters of its words; none once it is deleted.
        "content" => content: String,
        /// Whether it was deleted.
        "deleted" => deleted: bool,
    }

    /// A stored message (document 001; DESIGN §6). Once it is seen, only `content`, `quote`, `ev`,
    /// `editedAt` and `deletedAt` may change, and `senderName` once the account is gone; its place,
    /// `seq`, never does.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Message {
        /// The server's name for it.
        "messageId" => message_id: MessageId,
        /// The dialog it stands in.
        "dialogId" => dialog_id: DialogId,
        /// Its place in the dialog, dense from 1.
        "seq" => seq: Seq,
        /// The last change of it: of two states of one message the one with the greater `ev` is true.
        "ev" => ev: Ev,
        /// Its author.
        "senderId" => sender_id: UserId,
        /// The author's name when it was said; [`Username::deleted`] once the account is gone.
        "senderName" => sender_name: Username,
        /// The author's own name for it: with `senderId` the key of a bubble that never changes.
        "clientId" => client_id: ClientId,
        /// The words. User text: show it as text, never as HTML. Empty once it is deleted.
        "content" => content: String,
        /// What the words are.
        "type" => kind: MessageKind = default,
        /// What a client attached; Confab stores and returns it unread.
        "meta" => meta: Meta = default,
        /// The message it answers.
        "replyTo" => reply_to: Option<MessageId> = default,
        /// What is shown of the message it answers.
        "quote" => quote: Option<Quote> = default,
        /// When it was stored. `seq` gives the order; this agrees with it.
        "createdAt" => created_at: Timestamp,
        /// When its words were last changed.
        "editedAt" => edited_at: Option<Timestamp> = default,
        /// When it was deleted. A trace stays, because its place does.
        "deletedAt" => deleted_at: Option<Timestamp> = default,
    }

    /// A dialog as a line of someone's list: the same dialog reads differently for each member.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Dialog {
        /// Which.
        "dialogId" => dialog_id: DialogId,
        /// What it is.
        "kind" => kind: DialogKind,
        /// A group's title.
        "title" => title: Option<String> = default,
        /// The other one in a direct dialog.
        "peer" => peer: Option<Person> = default,
        /// Whether the other one is there.
        "presence" => presence: Option<Presence> = default,
        /// What we may do.
        "role" => role: Role,
        /// How many belong to it; 0 for the lobby, which counts nobody.
        "members" => members: u64,
        /// The last message, as a [`Message::preview`].
        "lastMessage" => last_message: Option<Message> = default,
        /// When something was last said, or when the dialog began: what the list is ordered by.
        "lastActivityAt" => last_activity_at: Timestamp,
        /// Messages of others after `read`, deleted ones left out; at most [`Dialog::UNREAD_MAX`].
        "unread" => unread: u64,
        /// How far we have read.
        "read" => read: Seq,
        /// Whether we asked it to be quiet.
        "muted" => muted: bool,
        /// The dialog's position in the same transaction.
        "ev" => ev: Ev,
    }
}

impl Quote {
    /// As much as two lines show.
    pub const CHARACTERS: usize = 140;

    /// What a reply shows of this message: the same on both sides, so that a reply on a screen
    /// follows its original without being fetched anew.
    pub fn of(message: &Message) -> Self {
        Self {
            message_id: message.message_id.clone(),
            seq: message.seq,
            sender_id: message.sender_id.clone(),
            sender_name: message.sender_name.clone(),
            content: message.content.chars().take(Self::CHARACTERS).collect(),
            deleted: message.deleted_at.is_some(),
        }
    }
}

impl Message {
    /// As much of its words as a line of a list could ever show.
    pub const PREVIEW_CHARACTERS: usize = 280;

    /// What a list of dialogs holds of it: the beginning of its words, and nothing that was attached
    /// or is quoted. A list of a hundred dialogs would weigh megabytes otherwise. The same on both
    /// sides, so that a list which follows the log is what a fresh one would be.
    pub fn preview(&self) -> Self {
        Self {
            content: self.content.chars().take(Self::PREVIEW_CHARACTERS).collect(),
            meta: Meta::default(),
            quote: None,
            ..self.clone()
        }
    }

    /// Someone goes by another name. That changes nothing of what they have said, unless they are gone
    /// for good: then it is nobody's, and so is what replies show of it.
    pub fn follow(&mut self, person: &Person) {
        if !person.username.is_deleted() {
            return;
        }
        if self.sender_id == person.id {
            self.sender_name.clone_from(&person.username);
        }
        if let Some(quote) = &mut self.quote
            && quote.sender_id == person.id
        {
            quote.sender_name.clone_from(&person.username);
        }
    }
}

impl Dialog {
    /// Beyond this nobody counts.
    pub const UNREAD_MAX: u64 = 1000;

    /// Where to begin reading, if the last page of so many messages does not reach back to it: the
    /// first that nobody here has seen. Few long ones fill a page, too
    /// ([`MessagesPage::reaches`](crate::rest::MessagesPage::reaches)).
    pub fn begins_at(&self, page: u32) -> Option<Seq> {
        let last = self.last_message.as_ref()?.seq;
        let beyond = last.0.saturating_sub(self.read.0) > u64::from(page);
        (self.unread > 0 && beyond).then_some(Seq(self.read.0 + 1))
    }
}

/// What a change did.
#[derive(Clone, Debug, PartialEq)]
pub enum DialogChange {
    /// A message was stored.
    MessageNew(Message),
    /// A message was edited or deleted.
    MessageUpdate(Message),
    /// Someone belongs to the dialog from now on.
    MemberAdded(Member),
    /// Someone belongs to the dialog no more: removed, or left.
    MemberRemoved(UserId),
    /// Someone else owns the group.
    OwnerChanged(UserId),
    /// The group has another title.
    Renamed(String),
    /// Someone goes by another name. Who is gone for good goes by [`Username::deleted`], in all they
    /// have said too; else what was said stays as it was heard ([`Message::follow`]).
    PersonUpdated(Person),
}

/// One line of a dialog's log (DESIGN §4, *The log*).
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(try_from = "Line"))]
pub struct DialogEvent {
    /// Its number, dense from 1.
    pub ev: Ev,
    /// What happened.
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
        "message" => message: Option<Message> = default,
        /// Who came.
        "member" => member: Option<Member> = default,
        /// Who left, or who owns.
        "userId" => user_id: Option<UserId> = default,
        /// The new title.
        "title" => title: Option<String> = default,
        /// Who is called otherwise.
        "person" => person: Option<Person> = default,
    }
}

words! {
    /// The variants of [`DialogChange`].
    #[derive(Clone, Copy, Debug)]
    enum ChangeKind {
        /// A message was stored.
        "message:new" => MessageNew,
        /// A message was edited or deleted.
        "message:update" => MessageUpdate,
        /// Someone came.
        "member:added" => MemberAdded,
        /// Someone left.
        "member:removed" => MemberRemoved,
        /// Someone else owns.
        "owner:changed" => OwnerChanged,
        /// Another title.
        "dialog:renamed" => Renamed,
        /// Another name.
        "person:update" => PersonUpdated,
    }
}

/// A line of a log lacks what its kind needs.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a change without what changed")]
pub(crate) struct Incomplete;

impl TryFrom<Line> for DialogEvent {
    type Error = Incomplete;

    fn try_from(line: Line) -> Result<Self, Incomplete> {
        let Line { ev, kind, message, member, user_id, title, person } = line;
        let change = match kind {
            ChangeKind::MessageNew => message.map(DialogChange::MessageNew),
            ChangeKind::MessageUpdate => message.map(DialogChange::MessageUpdate),
            ChangeKind::MemberAdded => member.map(DialogChange::MemberAdded),
            ChangeKind::MemberRemoved => user_id.map(DialogChange::MemberRemoved),
            ChangeKind::OwnerChanged => user_id.map(DialogChange::OwnerChanged),
            ChangeKind::Renamed => title.map(DialogChange::Renamed),
            ChangeKind::PersonUpdated => person.map(DialogChange::PersonUpdated),
        };
        Ok(Self { ev, change: change.ok_or(Incomplete)? })
    }
}

impl DialogEvent {
    fn kind(&self) -> ChangeKind {
        match self.change {
            DialogChange::MessageNew(_) => ChangeKind::MessageNew,
            DialogChange::MessageUpdate(_) => ChangeKind::MessageUpdate,
            DialogChange::MemberAdded(_) => ChangeKind::MemberAdded,
            DialogChange::MemberRemoved(_) => ChangeKind::MemberRemoved,
            DialogChange::OwnerChanged(_) => ChangeKind::OwnerChanged,
            DialogChange::Renamed(_) => ChangeKind::Renamed,
            DialogChange::PersonUpdated(_) => ChangeKind::PersonUpdated,
        }
    }
}

/// On the wire it is a [`Line`], and so the docs have it.
#[cfg(feature = "openapi")]
mod with_openapi {
    use utoipa::{
        PartialSchema, ToSchema,
        openapi::{RefOr, Schema},
    };

    use super::{DialogEvent, Line};

    impl PartialSchema for DialogEvent {
        fn schema() -> RefOr<Schema> {
            Line::schema()
        }
    }

    impl ToSchema for DialogEvent {
        fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
            Line::schemas(schemas);
        }
    }
}

impl FromJson for DialogEvent {
    fn from_json(json: &Json<'_>, fit: &mut Fit) -> Self {
        Line::from_json(json, fit).try_into().unwrap_or_else(|_| {
            fit.misfit();
            Self { ev: Ev(0), change: DialogChange::Renamed(String::new()) }
        })
    }
}

impl ToJson for DialogEvent {
    fn write_json(&self, writer: &mut Writer) {
        writer.open('{');
        writer.field("ev", &self.ev);
        writer.field("kind", &self.kind());
        match &self.change {
            DialogChange::MessageNew(message) | DialogChange::MessageUpdate(message) => {
                writer.field("message", message);
            }
            DialogChange::MemberAdded(member) => writer.field("member", member),
            DialogChange::MemberRemoved(user_id) | DialogChange::OwnerChanged(user_id) => {
                writer.field("userId", user_id);
            }
            DialogChange::Renamed(title) => writer.field("title", title),
            DialogChange::PersonUpdated(person) => writer.field("person", person),
        }
        writer.close('}');
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for DialogEvent {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut line = serializer.serialize_struct("DialogEvent", 3)?;
        line.serialize_field("ev", &self.ev)?;
        line.serialize_field("kind", &self.kind())?;
        match &self.change {
            DialogChange::MessageNew(message) | DialogChange::MessageUpdate(message) => {
                line.serialize_field("message", message)?;
            }
            DialogChange::MemberAdded(member) => line.serialize_field("member", member)?,
            DialogChange::MemberRemoved(user_id) | DialogChange::OwnerChanged(user_id) => {
                line.serialize_field("userId", user_id)?;
            }
            DialogChange::Renamed(title) => line.serialize_field("title", title)?,
            DialogChange::PersonUpdated(person) => line.serialize_field("person", person)?,
        }
        line.end()
    }
}
