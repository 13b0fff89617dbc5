//! A proof that someone may act in a dialog.

use confab_protocol::{DialogId, Person};

/// Someone who may read and write a dialog, as `auth` found when it looked. The verbs take this
/// instead of a user id, so that none can forget to ask.
#[derive(Clone, Debug)]
pub struct Member {
    person: Person,
    dialog: DialogId,
}

impl Member {
    /// Puts the proof together. Only `auth` does this; a test of the arrows watches.
    pub(crate) fn attested(person: Person, dialog: DialogId) -> Self {
        Self { person, dialog }
    }

    /// Who.
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// Where.
    pub fn dialog(&self) -> &DialogId {
        &self.dialog
    }
}
