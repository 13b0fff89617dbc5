//! What a device shows: the messages of its dialogs and their list, fetched once and kept up to date
//! by the reducers that the browser uses.

use std::collections::{BTreeMap, BTreeSet};

use confab_protocol::{
    DialogEvent, DialogId, Ev, Message, ServerFrame, UserId,
    rest::{DialogDetails, DialogList, MessagesPage},
};
use confab_sync::reduce::{
    Listed, apply_event, apply_event_to_list, apply_receipt, apply_to_details, apply_to_list,
    apply_update, caught_up_in_list, merge_message,
};

/// Something to be fetched.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum What {
    /// The dialogs of the person.
    List,
    /// The latest messages of a dialog.
    Messages(DialogId),
    /// Who belongs to a dialog, and how far they have read.
    Details(DialogId),
}

impl What {
    /// Of which dialog.
    pub fn dialog(&self) -> Option<&DialogId> {
        match self {
            Self::List => None,
            Self::Messages(dialog) | Self::Details(dialog) => Some(dialog),
        }
    }

    /// Where REST has it.
    pub fn path(&self) -> String {
        match self {
            Self::List => "/api/dialogs".to_owned(),
            Self::Details(dialog) => ["/api/dialogs/", dialog.as_str()].concat(),
            Self::Messages(dialog) => {
                ["/api/messages/dialog/", dialog.as_str(), "?limit=100"].concat()
            }
        }
    }
}

/// What was heard while something was being fetched.
#[derive(Clone, Debug)]
enum Heard {
    Told(DialogId, DialogEvent),
    Frame(ServerFrame),
    Stored(Message),
    CaughtUp(DialogId, Ev),
}

/// What a device shows.
#[derive(Default)]
pub struct Shown {
    /// The dialogs.
    pub list: Option<DialogList>,
    /// Their messages.
    pub pages: BTreeMap<DialogId, MessagesPage>,
    /// Who belongs to them.
    pub details: BTreeMap<DialogId, DialogDetails>,
    fetching: BTreeMap<What, Vec<Heard>>,
    /// Being fetched, and perhaps read too early.
    doubted: BTreeSet<What>,
}

impl Shown {
    /// Whether something is still being fetched.
    pub fn waits(&self) -> bool {
        !self.fetching.is_empty()
    }

    /// Whether who belongs to some dialog is shown or being fetched.
    pub fn wants_any_details(&self) -> bool {
        let mut fetching = self.fetching.keys();
        !self.details.is_empty() || fetching.any(|what| matches!(what, What::Details(_)))
    }

    /// What is shown of dialogs.
    pub fn of_dialogs(&self) -> BTreeSet<What> {
        let pages = self.pages.keys().cloned().map(What::Messages);
        pages.chain(self.details.keys().cloned().map(What::Details)).collect()
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

    /// The position is void, and so is what is being fetched.
    pub fn forgets(&mut self, dialog: &DialogId) {
        self.pages.remove(dialog);
        self.details.remove(dialog);
        self.doubts(What::Messages(dialog.clone()));
        self.doubts(What::Details(dialog.clone()));
    }

    /// What is being fetched, and does not catch up by a log, is to be fetched once more.
    pub fn doubts_what_is_in_no_log(&mut self) {
        let fetching = self.fetching.keys().filter(|what| !matches!(what, What::Messages(_)));
        self.doubted.extend(fetching.cloned());
    }

    /// If it is being fetched, it is to be fetched once more.
    pub fn doubts(&mut self, what: What) {
        if self.fetching.contains_key(&what) {
            self.doubted.insert(what);
        }
    }

    /// An answer came. Whether it is of no use.
    pub fn refuses(&mut self, what: &What) -> bool {
        let is_doubted = self.doubted.remove(what);
        if is_doubted {
            self.fetching.remove(what);
        }
        is_doubted
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

    /// The details of a dialog came. Whether they fit to what was heard meanwhile.
    pub fn takes_details(&mut self, mut details: DialogDetails, you: &UserId) -> bool {
        let dialog = details.dialog.dialog_id.clone();
        let heard = self.fetching.remove(&What::Details(dialog.clone())).unwrap_or_default();
        let fits = heard.iter().all(|heard| follows(&mut details, heard, you));
        let is_behind = self.pages.get(&dialog).is_some_and(|page| page.ev > details.dialog.ev);
        if fits && !is_behind {
            self.details.insert(dialog, details);
        }
        fits && !is_behind
    }

    /// A dialog changed. Whether the page kept pace, and what is to be fetched anew.
    pub fn told(
        &mut self,
        dialog: &DialogId,
        event: &DialogEvent,
        you: &UserId,
    ) -> (bool, Vec<What>) {
        let page = self.pages.get_mut(dialog);
        let pace = page.is_none_or(|page| apply_event(page, event) == Listed::Known);
        (pace, self.takes(&Heard::Told(dialog.clone(), event.clone()), you))
    }

    /// The engine has all of a dialog up to a position; what is to be fetched anew.
    pub fn caught_up(&mut self, dialog: DialogId, at: Ev, you: &UserId) -> Vec<What> {
        self.takes(&Heard::CaughtUp(dialog, at), you)
    }

    /// The server said something; what is to be fetched anew.
    pub fn frame(&mut self, frame: &ServerFrame, you: &UserId) -> Vec<What> {
        self.takes(&Heard::Frame(frame.clone()), you)
    }

    /// A message of ours is stored.
    pub fn stored(&mut self, message: &Message, you: &UserId) {
        if let Some(page) = self.pages.get_mut(&message.dialog_id) {
            merge_message(page, message);
        }
        self.takes(&Heard::Stored(message.clone()), you);
    }

    fn takes(&mut self, heard: &Heard, you: &UserId) -> Vec<What> {
        let mut lost = Vec::new();
        if let Some(list) = &mut self.list
            && hears(list, heard, you) != Listed::Known
        {
            lost.push(What::List);
        }
        // What is ours alone in the details is numbered in the list.
        let all = !lost.is_empty();
        for (dialog, details) in &mut self.details {
            if !follows(details, heard, you) || all {
                lost.push(What::Details(dialog.clone()));
            }
        }
        for waiting in self.fetching.values_mut() {
            waiting.push(heard.clone());
        }
        lost
    }
}

/// Whether the details of a dialog are still known.
fn follows(details: &mut DialogDetails, heard: &Heard, you: &UserId) -> bool {
    let dialog = details.dialog.dialog_id.clone();
    match heard {
        Heard::Told(of, event) if *of == dialog => {
            apply_to_details(details, event, you) != Listed::Gap
        }
        // What was read before the position is told by nobody any more.
        Heard::CaughtUp(of, at) if *of == dialog => details.dialog.ev >= *at,
        Heard::Frame(ServerFrame::Receipt(receipt)) if receipt.dialog_id == dialog => {
            apply_receipt(details, receipt) == Listed::Known
        }
        Heard::Frame(ServerFrame::DialogUpdate(update)) if update.dialog_id == dialog => {
            apply_update(details, update) != Listed::Gap
        }
        _ => true,
    }
}

fn hears(list: &mut DialogList, heard: &Heard, you: &UserId) -> Listed {
    match heard {
        Heard::Told(dialog, event) => apply_event_to_list(list, dialog, event, you),
        Heard::Frame(frame) => apply_to_list(list, frame, you),
        Heard::CaughtUp(dialog, at) => caught_up_in_list(list, dialog, *at),
        Heard::Stored(_) => Listed::Known,
    }
}
