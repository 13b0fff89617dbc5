//! What this browser keeps of the dialogs that were open, so that they are there at once the next
//! time, and without a server (docs/decisions/011).
//!
//! One text per dialog holds the position and the messages, so neither is ever without the other. It
//! is what the entry of the dialog holds: whatever the log said of it, edits and deletions too, has
//! been done to it. It is written a moment after each change and when the page goes.
//!
//! It is thrown away when it is somebody else's, when the database has begun another life, when the
//! session ends, and when the dialog is ours no more.

use std::{cell::RefCell, rc::Rc, time::Duration};

use confab_protocol::{DialogId, Epoch, Timestamp, json, json_object, rest::MessagesPage};
use leptos::prelude::*;

use super::Session;
use crate::{
    Bootstrap,
    browser::Forgotten,
    local::{Handle, Local},
};

/// How many messages of a dialog are kept, the latest: four pages.
const MESSAGES_KEPT: usize = 200;

/// How long a change may wait to be kept: what changes meanwhile is kept with it.
const PATIENCE: Duration = Duration::from_secs(1);

/// A timeline as it is kept.
#[derive(Clone, Debug, PartialEq)]
struct Kept {
    /// The life of the database that the position belongs to.
    epoch: Epoch,
    /// When it was true.
    at: Timestamp,
    page: MessagesPage,
}

json_object!(Kept {
    "epoch" => epoch,
    "at" => at,
    "page" => page,
});

impl Kept {
    /// The end of a page.
    fn of(epoch: Epoch, at: Timestamp, page: &MessagesPage) -> Self {
        let beyond = page.messages.len().saturating_sub(MESSAGES_KEPT);
        let page = MessagesPage {
            messages: page.messages.iter().skip(beyond).cloned().collect(),
            ev: page.ev,
            has_more: page.has_more || beyond > 0,
            has_newer: page.has_newer,
        };
        Self { epoch, at, page }
    }
}

/// What this tab knows of it; copies share it.
#[derive(Clone, Copy)]
pub(super) struct Timelines(Handle<RefCell<Shelf>>);

struct Shelf {
    epoch: Epoch,
    /// Whether nothing is kept any more: the session has ended.
    is_over: bool,
    /// What has changed, and how it is kept.
    due: Vec<(DialogId, Rc<dyn Fn()>)>,
}

impl Timelines {
    pub fn new(bootstrap: &Bootstrap) -> Self {
        let epoch = bootstrap.epoch.clone();
        match cfg!(target_arch = "wasm32") {
            true => {
                let shelf = Shelf { epoch, is_over: false, due: Vec::new() };
                Self(Local::new(RefCell::new(shelf)).leak())
            }
            false => Self(Handle::none()),
        }
    }

    fn with(self, act: &mut dyn FnMut(&mut Shelf)) {
        if let Some(shelf) = self.0.get() {
            act(&mut shelf.borrow_mut());
        }
    }

    /// The life of the database; nothing if nothing is kept any more.
    fn epoch(self) -> Option<Epoch> {
        let mut epoch = None;
        self.with(&mut |shelf| epoch = (!shelf.is_over).then(|| shelf.epoch.clone()));
        epoch
    }
}

impl Session {
    /// What is kept of a dialog, and as of when it is true.
    pub async fn recall(self, dialog: DialogId) -> Option<(MessagesPage, Timestamp)> {
        let owner = self.owner_id();
        let asked = self.browser(|browser| browser.recall_timeline(&owner, dialog.as_str()))?;
        let kept: Kept = json::read(&asked.await?).ok()?;
        let is_of_this_life = self.timelines.epoch()? == kept.epoch;
        is_of_this_life.then_some((kept.page, kept.at))
    }

    /// A dialog has changed: it is kept soon. What is written is what there is then.
    pub fn keeps_soon(self, dialog: &DialogId, keep: &Rc<dyn Fn()>) {
        let mut is_first = false;
        self.timelines.with(&mut |shelf| {
            is_first = shelf.due.is_empty();
            if !shelf.due.iter().any(|(due, _)| due == dialog) {
                shelf.due.push((dialog.clone(), keep.clone()));
            }
        });
        if is_first {
            let keep = Box::new(move || self.keeps_now());
            self.browser(|browser| browser.after(PATIENCE, keep));
        }
    }

    /// The page may go, or has changed a moment ago.
    pub fn keeps_now(self) {
        let mut due = Vec::new();
        self.timelines.with(&mut |shelf| due = std::mem::take(&mut shelf.due));
        due.iter().for_each(|(_, keep)| keep());
    }

    /// Keeps a dialog as it is shown, stale since then if it is; unless its end is not shown, or its
    /// position is of no use.
    pub fn keep_timeline(&self, dialog: &DialogId, page: &MessagesPage, since: Option<u64>) {
        let is_ours = !self.denied.with_untracked(|denied| denied.contains(dialog));
        if page.has_newer || !is_ours || !self.windows.is_worth_keeping(dialog) {
            return;
        }
        let (Some(epoch), Some(at)) = (self.timelines.epoch(), self.true_at(dialog, since)) else {
            return;
        };
        let text = json::write(&Kept::of(epoch, at, page));
        let owner = self.owner_id();
        self.browser(|browser| browser.keep_timeline(&owner, dialog.as_str(), text));
    }

    /// A dialog is ours no more.
    pub(super) fn forget_timeline(&self, dialog: &DialogId) {
        let owner = self.owner_id();
        let one = Forgotten::One { owner: &owner, dialog: dialog.as_str() };
        self.browser(|browser| browser.forget_timelines(one));
    }

    /// What others have read with this browser is none of ours.
    pub(super) fn forget_others(&self) {
        let owner = self.owner_id();
        self.browser(|browser| browser.forget_timelines(Forgotten::Others { owner: &owner }));
    }

    /// Nobody is signed in any more.
    pub fn forget_timelines(&self) {
        self.timelines.with(&mut |shelf| shelf.is_over = true);
        self.browser(|browser| browser.forget_timelines(Forgotten::All));
    }

    /// The server says which life the database is in. What was kept in another is void.
    pub(super) fn lives_in(&self, epoch: &Epoch) {
        let mut is_another = false;
        self.timelines.with(&mut |shelf| {
            is_another = shelf.epoch != *epoch;
            shelf.epoch = epoch.clone();
        });
        if is_another {
            // What was stored in the other life, this one need not hold.
            self.forget_stored(&|_, _| true);
            self.browser(|browser| browser.forget_timelines(Forgotten::All));
        }
    }

    fn owner_id(&self) -> String {
        self.owner.with_untracked(|owner| owner.id.as_str().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use confab_protocol::Ev;

    /// A page of so many messages at the end of a dialog.
    fn page(count: u64) -> MessagesPage {
        let one = |seq: u64| {
            let text = r#"{"messageId":"m","dialogId":"d","seq":SEQ,"ev":1,"senderId":"a","senderName":"A",
                "clientId":"c","content":"x","createdAt":"2026-01-01T00:00:00.000Z"}"#;
            json::read(&text.replace("SEQ", &seq.to_string())).expect("a message")
        };
        let messages = (1..=count).map(one).collect();
        MessagesPage { messages, ev: Ev(count), has_more: false, has_newer: false }
    }

    fn kept(count: u64) -> Kept {
        let epoch = Epoch::parse("e").unwrap();
        Kept::of(epoch, Timestamp::from_unix_ms(1), &page(count))
    }

    #[test]
    fn the_end_of_a_long_dialog_is_kept_with_its_position() {
        let Kept { page, .. } = kept(250);
        let ends = page.messages.first().zip(page.messages.last());
        assert_eq!(ends.map(|(first, last)| (first.seq.0, last.seq.0)), Some((51, 250)));
        assert_eq!((page.ev, page.has_more), (Ev(250), true), "what is older can be fetched");
        assert!(!kept(200).page.has_more);
    }

    #[test]
    fn what_is_kept_is_read_as_it_was() {
        let kept = kept(3);
        assert_eq!(json::read::<Kept>(&json::write(&kept)), Ok(kept));
    }
}
