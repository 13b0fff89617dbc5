//! Who belongs where, as the people themselves know it: each change of it is asked for while the
//! person concerned is held still, and noted when the server has answered.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard},
};

use confab_protocol::{DialogId, MessageId, UserId};
use rand::{RngExt, rngs::StdRng};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// The dialogs that someone belongs to.
pub type Dialogs = BTreeSet<DialogId>;

/// One of the thirty places for a dialog; a group that ends makes room for another.
#[derive(Clone, Debug)]
pub struct Slot {
    pub dialog: DialogId,
    /// Who owns it, as far as anyone has looked; a pair has no owner.
    pub owner: Option<usize>,
    pub is_group: bool,
}

/// Everyone, and everything they have.
pub struct World {
    pub ids: Vec<UserId>,
    memberships: Vec<RwLock<Dialogs>>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    slots: Vec<Slot>,
    /// Who belonged to each dialog in the beginning.
    began: BTreeMap<DialogId, BTreeSet<UserId>>,
    messages: Vec<(DialogId, MessageId)>,
}

/// Messages that can be answered, edited and deleted: the latest.
const MESSAGES_KEPT: usize = 500;

impl World {
    pub fn new(ids: Vec<UserId>) -> Self {
        let memberships = ids.iter().map(|_| RwLock::default()).collect();
        Self { ids, memberships, known: Mutex::default() }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap()
    }

    /// Holds someone still: nobody takes them in or out.
    pub async fn still(&self, who: usize) -> RwLockReadGuard<'_, Dialogs> {
        self.memberships[who].read().await
    }

    /// Whoever is to be taken in or out reads nothing meanwhile.
    pub async fn to_move(&self, who: usize) -> RwLockWriteGuard<'_, Dialogs> {
        self.memberships[who].write().await
    }

    /// The same of everyone. In one order, so that no two wait for each other.
    pub async fn all_to_move(&self) -> Vec<RwLockWriteGuard<'_, Dialogs>> {
        let mut all = Vec::new();
        for membership in &self.memberships {
            all.push(membership.write().await);
        }
        all
    }

    /// A dialog has begun, in a place of its own or in that of another.
    pub fn begin(&self, slot: Slot, members: &[usize], instead_of: Option<&DialogId>) {
        let mut known = self.known();
        let members = members.iter().map(|who| self.ids[*who].clone()).collect();
        known.began.insert(slot.dialog.clone(), members);
        match instead_of {
            None => known.slots.push(slot),
            Some(dialog) => {
                let place = known.slots.iter().position(|slot| slot.dialog == *dialog);
                let place = place.unwrap();
                known.slots[place] = slot;
            }
        }
    }

    /// Someone has looked who owns a group.
    pub fn owns(&self, dialog: &DialogId, owner: Option<&UserId>) {
        let owner = owner.and_then(|owner| self.ids.iter().position(|id| id == owner));
        for slot in self.known().slots.iter_mut().filter(|slot| slot.dialog == *dialog) {
            slot.owner = owner;
        }
    }

    pub fn somewhere(&self, random: &mut StdRng) -> Slot {
        let known = self.known();
        known.slots[random.random_range(0..known.slots.len())].clone()
    }

    /// One of the groups that someone owns.
    pub fn owned(&self, who: usize, random: &mut StdRng) -> Option<DialogId> {
        let known = self.known();
        let own: Vec<_> = known.slots.iter().filter(|slot| slot.owner == Some(who)).collect();
        (!own.is_empty()).then(|| own[random.random_range(0..own.len())].dialog.clone())
    }

    pub fn said(&self, dialog: DialogId, message: MessageId, random: &mut StdRng) {
        let mut known = self.known();
        if known.messages.len() < MESSAGES_KEPT {
            known.messages.push((dialog, message));
        } else {
            known.messages[random.random_range(0..MESSAGES_KEPT)] = (dialog, message);
        }
    }

    pub fn a_message(&self, random: &mut StdRng) -> Option<(DialogId, MessageId)> {
        let known = self.known();
        let count = known.messages.len();
        (count > 0).then(|| known.messages[random.random_range(0..count)].clone())
    }

    /// Whether a dialog is somebody's pair: they belong to it for good.
    pub fn is_group(&self, dialog: &DialogId) -> bool {
        self.known().slots.iter().any(|slot| slot.dialog == *dialog && slot.is_group)
    }

    /// Who belonged to each dialog in the beginning.
    pub fn began(&self) -> BTreeMap<DialogId, BTreeSet<UserId>> {
        self.known().began.clone()
    }
}

/// A word that stands in every message of a dialog and nowhere else.
pub fn word_of(dialog: &DialogId) -> String {
    format!("secret{}", dialog.as_str().replace('-', ""))
}
