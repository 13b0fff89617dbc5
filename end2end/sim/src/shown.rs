//! What a device shows: the messages of its dialogs and their list, fetched once and kept up to date
//! by the reducers that the browser uses.

use std::collections::BTreeMap;

use confab_protocol::{
    DialogEvent, DialogId, Message, ServerFrame, UserId,
    rest::{DialogList, MessagesPage},
};
use confab_sync::reduce::{Listed, apply_event, apply_event_to_list, apply_to_list, merge_message};

/// Something to be fetched.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum What {
    /// The dialogs of the person.
    List,
    /// The latest messages of a dialog.
    Messages(DialogId),
}

/// What was heard while something was being fetched.
#[derive(Clone, Debug)]
enum Heard {
    Told(DialogId, DialogEvent),
    Frame(ServerFrame),
    Stored(Message),
}

/// What a device shows.
#[derive(Default)]
pub struct Shown {
    /// The dialogs.
    pub list: Option<DialogList>,
    /// Their messages.
    pub pages: BTreeMap<DialogId, MessagesPage>,
    fetching: BTreeMap<What, Vec<Heard>>,
}

impl Shown {
    /// Whether something is still being fetched.
    pub fn waits(&self) -> bool {
        !self.fetching.is_empty()
    }

    /// To be fetched; false if it is being fetched already.
    pub fn wants(&mut self, what: What) -> bool {
        let is_new = !self.fetching.contains_key(&what);
        self.fetching.entry(what).or_default();
        is_new
    }

    /// It cannot be had.
    pub fn gives_up(&mut self, what: &What) {
        self.fetching.remove(what);
    }

    /// The position is void: whatever is fetched now is newer.
    pub fn forgets(&mut self, dialog: &DialogId) {
        self.pages.remove(dialog);
        if let Some(heard) = self.fetching.get_mut(&What::Messages(dialog.clone())) {
            heard.clear();
        }
    }

    /// The page of a dialog came. Whether it is shown now; if not, what is shown is newer.
    pub fn takes_page(&mut self, dialog: &DialogId, mut page: MessagesPage) -> bool {
        let heard = self.fetching.remove(&What::Messages(dialog.clone())).unwrap_or_default();
        for heard in &heard {
            match heard {
                Heard::Told(of, event) if of == dialog => drop(apply_event(&mut page, event)),
                Heard::Stored(message) if message.dialog_id == *dialog => {
                    merge_message(&mut page, message);
                }
                _ => {}
            }
        }
        if self.pages.get(dialog).is_some_and(|shown| shown.ev > page.ev) {
            return false;
        }
        self.pages.insert(dialog.clone(), page);
        true
    }

    /// The list came. Whether it fits to what was heard meanwhile; if not, it is to be fetched again.
    pub fn takes_list(&mut self, mut list: DialogList, you: &UserId) -> bool {
        let heard = self.fetching.remove(&What::List).unwrap_or_default();
        let fits = heard.iter().all(|heard| hears(&mut list, heard, you) == Listed::Known);
        if fits {
            self.list = Some(list);
        }
        fits
    }

    /// A dialog changed. Whether the page kept pace, and whether the list did.
    pub fn told(&mut self, dialog: &DialogId, event: &DialogEvent, you: &UserId) -> (bool, bool) {
        let page = self.pages.get_mut(dialog);
        let pace = page.is_none_or(|page| apply_event(page, event) == Listed::Known);
        (pace, self.takes(Heard::Told(dialog.clone(), event.clone()), you))
    }

    /// The server said something. Whether the list is still known.
    pub fn frame(&mut self, frame: &ServerFrame, you: &UserId) -> bool {
        self.takes(Heard::Frame(frame.clone()), you)
    }

    /// A message of ours is stored.
    pub fn stored(&mut self, message: &Message, you: &UserId) {
        if let Some(page) = self.pages.get_mut(&message.dialog_id) {
            merge_message(page, message);
        }
        self.takes(Heard::Stored(message.clone()), you);
    }

    fn takes(&mut self, heard: Heard, you: &UserId) -> bool {
        let known = match &mut self.list {
            Some(list) => hears(list, &heard, you) == Listed::Known,
            None => true,
        };
        for waiting in self.fetching.values_mut() {
            waiting.push(heard.clone());
        }
        known
    }
}

fn hears(list: &mut DialogList, heard: &Heard, you: &UserId) -> Listed {
    match heard {
        Heard::Told(dialog, event) => apply_event_to_list(list, dialog, event, you),
        Heard::Frame(frame) => apply_to_list(list, frame, you),
        Heard::Stored(_) => Listed::Known,
    }
}
