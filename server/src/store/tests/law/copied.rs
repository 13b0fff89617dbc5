//! A dialog as a client has it, which follows what is told.

use confab_protocol::{
    Dialog, DialogChange, DialogEvent, DialogId, Ev, Member as Participant, Message, Person, Quote,
    Receipt, Role, Seq, Username,
};

use super::super::rig::{Rig, member};
use crate::store::Place;

/// A dialog as a client has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Copied {
    messages: Vec<Message>,
    members: Vec<Participant>,
    title: Option<String>,
    peer: Option<Person>,
    last_sender: Option<Username>,
    pub ev: Ev,
}

impl Copied {
    pub async fn read(rig: &Rig, person: &Person, dialog: &DialogId) -> Self {
        let proof = member(person, dialog);
        let page = rig.store.page(&proof, Place::Latest, 10_000).await.unwrap();
        assert!(!page.has_more && !page.has_newer);
        let details = rig.store.dialog(&proof).await.unwrap();
        assert_eq!(details.dialog.ev, page.ev);
        let Dialog { title, peer, last_message, .. } = details.dialog;
        let last_sender = last_message.map(|message| message.sender_name);
        let (messages, members) = (page.messages, details.members);
        Self { messages, members, title, peer, last_sender, ev: page.ev }
    }

    pub fn apply(&mut self, event: &DialogEvent) {
        assert_eq!(event.ev, self.ev.next(), "no gap, nothing twice");
        self.ev = event.ev;
        match &event.change {
            DialogChange::MessageNew(message) => {
                assert_eq!(message.seq.0, self.messages.len() as u64 + 1);
                self.messages.push(message.clone());
                self.last_sender = Some(message.sender_name.clone());
            }
            DialogChange::MessageUpdate(message) => {
                self.messages[message.seq.0 as usize - 1] = message.clone();
                let answers =
                    |other: &&mut Message| other.reply_to.as_ref() == Some(&message.message_id);
                for answer in self.messages.iter_mut().filter(answers) {
                    answer.quote = Some(Quote::of(message));
                }
            }
            DialogChange::MemberAdded(newcomer) => self.members.push(newcomer.clone()),
            DialogChange::MemberRemoved(user) => self.members.retain(|other| other.id != *user),
            DialogChange::OwnerChanged(user) => {
                for other in &mut self.members {
                    other.role = if other.id == *user { Role::Owner } else { Role::Member };
                }
            }
            DialogChange::Renamed(title) => self.title = Some(title.clone()),
            DialogChange::PersonUpdated(person) => self.call(person),
        }
    }

    fn call(&mut self, person: &Person) {
        for other in self.members.iter_mut().filter(|other| other.id == person.id) {
            other.username = person.username.clone();
        }
        for peer in self.peer.iter_mut().filter(|peer| peer.id == person.id) {
            *peer = person.clone();
        }
        self.messages.iter_mut().for_each(|message| message.follow(person));
        self.last_sender = self.messages.last().map(|message| message.sender_name.clone());
    }

    pub fn hear(&mut self, receipt: &Receipt) {
        for other in self.members.iter_mut().filter(|other| other.id == receipt.user_id) {
            assert!(receipt.delivered >= other.delivered && receipt.read >= other.read, "grows");
            assert!(receipt.read <= receipt.delivered);
            assert!(receipt.delivered.0 <= self.messages.len() as u64);
            (other.delivered, other.read) = (receipt.delivered, receipt.read);
        }
    }

    /// What the log tells; how far everyone has read is not in it.
    pub fn logged(mut self) -> Self {
        for other in &mut self.members {
            (other.delivered, other.read) = (Seq(0), Seq(0));
        }
        self
    }
}
