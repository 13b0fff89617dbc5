//! A dialog as the database has it: a log, and what a fresh fetch brings.

use confab_protocol::{
    ClientId, DialogChange, DialogEvent, DialogId, Ev, Message, MessageId, MessageKind, Meta,
    Person, Quote, Seq, Timestamp, UserId, Username, rest::MessagesPage,
};

use crate::choices::Choices;

/// Messages of a page (DESIGN §5).
const PAGE: usize = 50;

/// Who writes.
const PEOPLE: [&str; 3] = ["me", "you", "they"];

pub struct Room {
    pub id: DialogId,
    /// Every change, with its message as it was then.
    pub log: Vec<DialogEvent>,
    messages: Vec<Message>,
}

impl Room {
    pub fn new() -> Self {
        let id = DialogId::parse("d").expect("an id");
        Self { id, log: Vec::new(), messages: Vec::new() }
    }

    pub fn head(&self) -> Ev {
        Ev(self.log.len() as u64)
    }

    /// Something happens.
    pub fn changes(&mut self, choices: &mut Choices<'_>) {
        let ev = self.head().next();
        let change = match (choices.one_of(8), self.messages.is_empty()) {
            (0..4, _) | (_, true) => DialogChange::MessageNew(self.says(ev, choices)),
            (4..6, _) => {
                let place = choices.one_of(self.messages.len());
                let is_deleted = choices.one_of(4) == 0;
                let message = &mut self.messages[place];
                message.ev = ev;
                if is_deleted || message.deleted_at.is_some() {
                    message.content.clear();
                    message.deleted_at = Some(message.created_at);
                } else {
                    message.content.push('!');
                    message.edited_at = Some(message.created_at);
                }
                DialogChange::MessageUpdate(self.shown(place))
            }
            (6, _) => DialogChange::PersonUpdated(self.leaves(choices)),
            _ => DialogChange::Renamed("title".to_owned()),
        };
        self.log.push(DialogEvent { ev, change });
    }

    fn says(&mut self, ev: Ev, choices: &mut Choices<'_>) -> Message {
        let seq = Seq(self.messages.len() as u64 + 1);
        let original = self.messages.iter().rev().nth(choices.one_of(8)).cloned();
        let who = PEOPLE[choices.one_of(PEOPLE.len())];
        self.messages.push(Message {
            message_id: MessageId::parse(format!("m{seq}")).expect("an id"),
            dialog_id: self.id.clone(),
            seq,
            ev,
            sender_id: UserId::parse(who).expect("an id"),
            sender_name: Username::parse(who).expect("a name"),
            client_id: ClientId::parse(format!("c{seq}")).expect("an id"),
            content: format!("words {seq}"),
            kind: MessageKind::Text,
            meta: Meta::default(),
            reply_to: original.map(|original| original.message_id),
            quote: None,
            created_at: Timestamp::from_unix_ms(seq.0),
            edited_at: None,
            deleted_at: None,
        });
        self.shown(self.messages.len() - 1)
    }

    /// Somebody is gone for good, and what they said is nobody's.
    fn leaves(&mut self, choices: &mut Choices<'_>) -> Person {
        let id = UserId::parse(PEOPLE[choices.one_of(PEOPLE.len())]).expect("an id");
        let person = Person { id, username: Username::deleted() };
        self.messages.iter_mut().for_each(|message| message.follow(&person));
        person
    }

    /// A message as it reads now, with what it shows of another.
    fn shown(&self, place: usize) -> Message {
        let message = &self.messages[place];
        let is_original = |other: &&Message| Some(&other.message_id) == message.reply_to.as_ref();
        let quote = self.messages.iter().find(is_original).map(Quote::of);
        Message { quote, ..message.clone() }
    }

    /// A change as a catch-up tells it: with the message as it is now.
    pub fn as_now(&self, event: &DialogEvent) -> DialogEvent {
        let now = |message: &Message| self.shown(message.seq.0 as usize - 1);
        let change = match &event.change {
            DialogChange::MessageNew(message) => DialogChange::MessageNew(now(message)),
            DialogChange::MessageUpdate(message) => DialogChange::MessageUpdate(now(message)),
            other => other.clone(),
        };
        DialogEvent { ev: event.ev, change }
    }

    /// What a fetch brings now: the latest messages.
    pub fn page(&self) -> MessagesPage {
        self.page_from(Seq(self.messages.len().saturating_sub(PAGE) as u64 + 1))
    }

    /// The messages from one on.
    pub fn page_from(&self, first: Seq) -> MessagesPage {
        let from = first.0 as usize - 1;
        let messages = (from..self.messages.len()).map(|place| self.shown(place)).collect();
        MessagesPage { messages, ev: self.head(), has_more: from > 0, has_newer: false }
    }
}
