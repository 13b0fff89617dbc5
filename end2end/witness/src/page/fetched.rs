//! What a page fetches, as it came.

use confab_protocol::{
    DialogId,
    rest::{DialogDetails, DialogList, MessagesPage},
};

use crate::{requests::Answer, shown::What};

/// What was fetched.
#[derive(Clone, Debug)]
pub enum Fetched {
    /// The dialogs of the person.
    List(DialogList),
    /// The latest messages of a dialog.
    Messages(MessagesPage),
    /// Who belongs to a dialog.
    Details(Box<DialogDetails>),
}

impl Fetched {
    /// What is to be looked at as well, once this was.
    pub fn leads_to(&self) -> Vec<What> {
        let Self::List(list) = self else { return Vec::new() };
        let dialogs = list.dialogs.iter().map(|line| &line.dialog_id);
        let both = |id: &DialogId| [What::Details(id.clone()), What::Messages(id.clone())];
        dialogs.flat_map(both).collect()
    }

    /// What an answer holds; nothing, if it says no.
    pub fn of(what: &What, answer: &Answer) -> Option<Self> {
        match what {
            What::List => answer.data().map(Self::List),
            What::Messages(_) => answer.data().map(Self::Messages),
            What::Details(_) => answer.data().map(|details| Self::Details(Box::new(details))),
        }
    }
}
