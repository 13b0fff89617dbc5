//! One group as the database has it, and as it reads afresh at any moment.

use std::collections::BTreeMap;

use confab_protocol::{
    ClientId, Dialog, DialogChange, DialogEvent, DialogId, DialogKind, Ev, Member, Message,
    MessageId, MessageKind, Meta, Person, Quote, Receipt, Role, Seq, Timestamp, UserId, Username,
    rest::{DialogDetails, MessagesPage},
};

use crate::{rig::user, server::role};

pub struct Room {
    pub id: DialogId,
    pub title: String,
    pub muted: bool,
    /// Every change, with messages as they were then.
    pub log: Vec<DialogEvent>,
    /// As they are now.
    pub messages: Vec<Message>,
    pub members: Vec<Member>,
    /// What people are called now who are not called by their id.
    names: BTreeMap<UserId, Username>,
}

impl Room {
    /// We, who own it, and one other.
    pub fn new(id: DialogId) -> Self {
        let mut room = Self {
            id,
            title: "title".to_owned(),
            muted: false,
            log: Vec::new(),
            messages: Vec::new(),
            members: Vec::new(),
            names: BTreeMap::new(),
        };
        room.add("me");
        room.add("you");
        room.owned_by("me");
        room
    }

    pub fn head(&self) -> Ev {
        Ev(self.log.len() as u64)
    }

    pub fn has(&self, who: &str) -> bool {
        self.member(who).is_some()
    }

    pub fn owner(&self) -> String {
        let owner = self.members.iter().find(|member| member.role == Role::Owner);
        owner.map(|member| member.id.to_string()).unwrap_or_default()
    }

    pub fn commit(&mut self, change: DialogChange) -> DialogEvent {
        let event = DialogEvent { ev: self.head().next(), change };
        self.log.push(event.clone());
        event
    }

    /// The event as it reads now: the message in it as it is now, people as they are called now.
    pub fn as_now(&self, event: &DialogEvent) -> DialogEvent {
        let now = |message: &Message| self.shown(&self.messages[message.seq.0 as usize - 1]);
        let change = match &event.change {
            DialogChange::MessageNew(message) => DialogChange::MessageNew(now(message)),
            DialogChange::MessageUpdate(message) => DialogChange::MessageUpdate(now(message)),
            DialogChange::MemberAdded(member) => {
                let username = self.name(&member.id);
                DialogChange::MemberAdded(Member { username, ..member.clone() })
            }
            DialogChange::PersonUpdated(person) => {
                let (id, username) = (person.id.clone(), self.name(&person.id));
                DialogChange::PersonUpdated(Person { id, username })
            }
            other => other.clone(),
        };
        DialogEvent { ev: event.ev, change }
    }

    /// A message as it reads now: what it shows of another is as that one is now.
    pub fn shown(&self, message: &Message) -> Message {
        let original = message.reply_to.as_ref().and_then(|reply_to| {
            self.messages.iter().find(|original| original.message_id == *reply_to)
        });
        Message { quote: original.map(Quote::of), ..message.clone() }
    }

    pub fn store(
        &mut self,
        sender: &str,
        client_id: ClientId,
        content: String,
        reply_to: Option<MessageId>,
        unix_ms: u64,
    ) -> Message {
        let seq = Seq(self.messages.len() as u64 + 1);
        let message = Message {
            message_id: MessageId::parse(format!("{}-{}", self.id, seq.0)).expect("an id"),
            dialog_id: self.id.clone(),
            seq,
            ev: self.head().next(),
            sender_id: user(sender),
            sender_name: self.name(&user(sender)),
            client_id,
            content,
            kind: MessageKind::Text,
            meta: Meta::parse("{\"mood\":1}").expect("JSON"),
            reply_to,
            quote: None,
            created_at: Timestamp::from_unix_ms(unix_ms),
            edited_at: None,
            deleted_at: None,
        };
        self.messages.push(message.clone());
        self.shown(&message)
    }

    pub fn amend(&mut self, seq: Seq, act: &dyn Fn(&mut Message)) -> Message {
        let ev = self.head().next();
        let message = &mut self.messages[seq.0 as usize - 1];
        act(message);
        (message.ev, message.edited_at) = (ev, Some(message.created_at));
        let message = message.clone();
        self.shown(&message)
    }

    /// Who comes has nothing to catch up with.
    pub fn add(&mut self, who: &str) -> Option<Member> {
        let last = Seq(self.messages.len() as u64);
        let (id, username, role) = (user(who), self.name(&user(who)), Role::Member);
        let member = Member { id, username, role, delivered: last, read: last };
        let is_new = !self.has(who);
        is_new.then(|| self.members.push(member.clone()));
        is_new.then_some(member)
    }

    pub fn remove(&mut self, who: &str) {
        self.members.retain(|member| member.id != user(who));
    }

    pub fn owned_by(&mut self, who: &str) {
        self.members.iter_mut().for_each(|member| member.role = role(member.id == user(who)));
    }

    /// What was said stays as it was heard, unless it is nobody's any more.
    pub fn calls(&mut self, person: &Person) {
        self.names.insert(person.id.clone(), person.username.clone());
        for member in self.members.iter_mut().filter(|member| member.id == person.id) {
            member.username = person.username.clone();
        }
        let said = self.messages.iter_mut().filter(|message| message.sender_id == person.id);
        for message in said.filter(|_| person.username.is_deleted()) {
            message.sender_name = person.username.clone();
        }
    }

    /// Whether anything was said by someone.
    pub fn heard(&self, who: &str) -> bool {
        self.messages.iter().any(|message| message.sender_id == user(who))
    }

    /// What was new in it, if anything was.
    pub fn advance(&mut self, who: &str, delivered: Seq, read: Seq) -> Option<Receipt> {
        let last = Seq(self.messages.len() as u64);
        let (dialog_id, user_id) = (self.id.clone(), user(who));
        let member = self.members.iter_mut().find(|member| member.id == user_id)?;
        let before = (member.delivered, member.read);
        member.delivered = member.delivered.max(delivered.min(last));
        member.read = member.read.max(read.min(last));
        let (delivered, read) = (member.delivered, member.read);
        (before != (delivered, read)).then_some(Receipt { dialog_id, user_id, delivered, read })
    }

    /// How far the author of a message has come with it: no further than to what waits for them.
    pub fn comes_to(&mut self, message: &Message) -> Option<Receipt> {
        let who = message.sender_id.as_str();
        let Member { delivered, read, .. } = *self.member(who)?;
        let reach = |from| match self.waiting(who, from).next() {
            Some(_) => from,
            None => message.seq,
        };
        let (delivered, read) = (reach(delivered), reach(read));
        self.advance(who, delivered, read)
    }

    /// What of others has come after a message and still stands.
    fn waiting(&self, who: &str, seq: Seq) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(move |message| {
            message.sender_id != user(who) && message.deleted_at.is_none() && message.seq > seq
        })
    }

    pub fn page(&self, from: usize, most: usize) -> MessagesPage {
        let to = self.messages.len().min(from + most);
        let messages = self.messages[from..to].iter().map(|message| self.shown(message)).collect();
        let (has_more, has_newer) = (from > 0, to < self.messages.len());
        MessagesPage { messages, ev: self.head(), has_more, has_newer }
    }

    /// As it reads for us, or for someone who has just been turned out.
    pub fn line(&self) -> Dialog {
        let me = self.member("me");
        let read = me.map_or(Seq(0), |me| me.read);
        let last = self.messages.last();
        Dialog {
            dialog_id: self.id.clone(),
            kind: DialogKind::Group,
            title: Some(self.title.clone()),
            peer: None,
            presence: None,
            role: me.map(|me| me.role).unwrap_or_default(),
            members: self.members.len() as u64,
            last_message: last.map(|message| self.shown(message).preview()),
            last_activity_at: last.map_or(Timestamp::from_unix_ms(0), |message| message.created_at),
            unread: self.waiting("me", read).count() as u64,
            read,
            muted: self.muted,
            ev: self.head(),
        }
    }

    pub fn details(&self) -> DialogDetails {
        DialogDetails { dialog: self.line(), members: self.members.clone() }
    }

    fn member(&self, who: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.id.as_str() == who)
    }

    fn name(&self, who: &UserId) -> Username {
        let own = || Username::parse(who.as_str()).expect("a name");
        self.names.get(who).cloned().unwrap_or_else(own)
    }
}

/// Who it is by.
pub fn is_ours(sender: &UserId) -> bool {
    sender.as_str() == "me"
}
