//! What the store has to tell: changes that cannot be lost any more, and that it works again.

use std::{collections::BTreeSet, sync::Arc};

use confab_protocol::{DialogEvent, DialogId, DialogUpdate, Receipt, UserId};

use super::SessionKey;

/// What the store tells the fan-out, in the order in which it happened.
#[derive(Clone, Debug)]
pub enum News {
    /// Something was stored.
    Committed(Box<Committed<Change>>),
    /// The database works again, after it did not. Whoever could not read may ask anew.
    Recovered,
}

/// Something that is in a synced commit. Only the writer makes these, and the fan-out takes nothing
/// else: telling people of a message before it is stored does not compile (DESIGN §7, G1).
#[derive(Clone, Debug)]
pub struct Committed<T>(T);

impl<T> Committed<T> {
    /// Called by the writer after the commit, and nowhere else.
    pub(super) fn after_commit(change: T) -> Self {
        Self(change)
    }

    /// What was committed.
    pub fn into_inner(self) -> T {
        self.0
    }
}

/// Something that others are to hear of. One write may make several, told in their order.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// One line of a dialog's log.
    Log {
        /// Where.
        dialog: DialogId,
        /// The line.
        event: DialogEvent,
        /// Who may hear of it.
        readers: Readers,
    },
    /// Someone has got or seen more of a dialog. The lobby tells nobody.
    Receipt {
        /// Who, where, how far.
        receipt: Receipt,
        /// Who may hear of it.
        readers: Readers,
    },
    /// One line of a person's own log.
    Personal {
        /// Whose.
        user: UserId,
        /// The dialog as it reads for them now; none when it is theirs no more.
        update: DialogUpdate,
    },
    /// Someone's way in has ended: their sockets are closed with 4001 (DESIGN §7, G8).
    Ended {
        /// Whose.
        user: UserId,
        /// Only those that were opened with this session or token; else all.
        session: Option<SessionKey>,
    },
}

/// Who may hear of a change: those who belong to the dialog right after it. Who was just removed is
/// none of them, who was just added is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Readers {
    /// It happened in the lobby.
    Everyone,
    /// These.
    Members(Arc<BTreeSet<UserId>>),
}

impl Readers {
    /// Whether someone is one of them.
    pub fn include(&self, user: &UserId) -> bool {
        match self {
            Self::Everyone => true,
            Self::Members(members) => members.contains(user),
        }
    }
}
