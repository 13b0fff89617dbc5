//! What the devices saw while it happened, for the checker to hold against the log.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use confab_protocol::{ClientId, DialogId, Epoch, Ev, Message, MessageId, Seq, UserId};

/// The book; clones write the same one.
#[derive(Clone, Default)]
pub struct Ledger(Arc<Mutex<Book>>);

/// What is written in it.
#[derive(Default)]
pub struct Book {
    /// What each device said, in its order.
    pub said: BTreeMap<usize, Vec<(DialogId, ClientId)>>,
    /// What the server said it has stored: the place of the message, and as of which change.
    pub acked: BTreeMap<ClientId, (DialogId, MessageId, Seq, Ev)>,
    /// What the server refused for good.
    pub refused: BTreeSet<ClientId>,
    /// Which changes a person's devices were told.
    pub heard: BTreeSet<(UserId, DialogId, Ev)>,
    /// Which changes a person's devices were told as they happened.
    pub live: BTreeSet<(UserId, DialogId, Ev)>,
    /// Which message a person's devices showed at which place.
    pub shown: BTreeSet<(DialogId, Seq, MessageId)>,
    /// By which changes a message got words that a person's devices showed.
    pub worded: BTreeMap<(MessageId, String), BTreeSet<Ev>>,
    /// Receipts, as far as each device was told.
    pub receipts: BTreeMap<(usize, DialogId, UserId), (Seq, Seq)>,
    /// Which changes a person's device was not told, though its socket had told it those before and
    /// behind.
    pub missed: BTreeSet<(usize, UserId, DialogId, Ev)>,
    /// The life of the database that was heard of last.
    pub epoch: Option<Epoch>,
    /// Those that a backup has ended.
    pub past: BTreeSet<Epoch>,
    /// What must not be, seen on a device: the count's name, and the story.
    pub wrong: Vec<(&'static str, String)>,
}

impl Book {
    /// The server said that a message is stored, as it is now.
    pub fn is_acked(&mut self, client_id: ClientId, message: &Message) {
        let Message { dialog_id, message_id, seq, ev, .. } = message;
        self.acked.insert(client_id, (dialog_id.clone(), message_id.clone(), *seq, *ev));
    }

    /// A device shows a message.
    pub fn shows(&mut self, message: &Message) {
        let Message { dialog_id, seq, message_id, .. } = message;
        self.shown.insert((dialog_id.clone(), *seq, message_id.clone()));
        self.is_worded(message);
    }

    /// A device heard what the words of a message are.
    pub fn is_worded(&mut self, message: &Message) {
        if message.deleted_at.is_none() {
            let words = (message.message_id.clone(), message.content.clone());
            self.worded.entry(words).or_default().insert(message.ev);
        }
    }

    /// The log is another one now: what it does not hold was never said, and what comes next may bear
    /// the same numbers. What it holds of a message is as of this change.
    pub fn keep_only(&mut self, holds: impl Fn(&DialogId, Seq, &MessageId) -> Option<Ev>) {
        self.acked.retain(|_, (dialog, id, seq, ev)| holds(dialog, *seq, id) >= Some(*ev));
        self.shown.retain(|(dialog, seq, id)| holds(dialog, *seq, id).is_some());
        self.worded.clear();
        self.heard.clear();
        self.live.clear();
        self.missed.clear();
        self.receipts.clear();
        self.past.extend(self.epoch.take());
    }
}

impl Ledger {
    /// To read or to write in it.
    pub fn open(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
