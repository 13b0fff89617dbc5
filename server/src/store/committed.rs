//! What the store has to tell: changes that cannot be lost any more, and that it works again.

use confab_protocol::{DialogId, Ev, Message};

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

/// One line of a dialog's log, on its way to those who listen.
#[derive(Clone, Debug)]
pub struct Change {
    /// Where.
    pub dialog: DialogId,
    /// Its number in the dialog's log.
    pub ev: Ev,
    /// The message that is new.
    pub message: Message,
}
