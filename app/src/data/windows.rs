//! Which part of a dialog's messages is wanted.
//!
//! A dialog is read through a window: a run of messages without a gap. It begins at the latest or
//! around a message, and grows at either end when someone scrolls there. A component says what it
//! wants here and asks the entry to fetch; the query takes the wish. Scrolling and jumping so take
//! the way of every other fetch: one at a time, with what is heard meanwhile kept.
//!
//! A window also knows where its messages come from: what this browser kept is true as of a time, and
//! its position has to be told to the engine before anything is heard of what came after it.
//!
//! On the server nothing is wanted.

use std::{cell::RefCell, rc::Rc};

use confab_protocol::{DialogEvent, DialogId, Seq, Timestamp, rest::MessagesPage};

use super::Place;
use crate::local::{Handle, Local};

/// How many messages a window holds at most. Beyond it, what is furthest from the reader goes and
/// can be fetched again. Twenty pages: nobody scrolls that far to find what search finds.
const MESSAGES_MAX: usize = 1_000;

/// What is wanted of one dialog.
struct Window {
    dialog: DialogId,
    wanted: Option<Place>,
    /// What the engine tells while a page is fetched that makes the window longer.
    heard: Option<Vec<DialogEvent>>,
    /// Whether a page is on its way that takes the place of the window.
    is_replaced: bool,
    is_read_back: bool,
    /// The first message on the screen, the last time that somebody read back.
    looked_at: Option<Seq>,
    /// Whether nothing is shown yet, so that what this browser kept may be.
    may_recall: bool,
    /// What is shown was kept, is true as of this time, and has not caught up.
    recalled_at: Option<Timestamp>,
    /// Whether the engine does not know yet where that stands in the log.
    is_untold: bool,
    /// Whether the position of what is shown is of no use any more.
    is_void: bool,
    /// Whether any of it is to be shown at all.
    is_open: bool,
}

impl Window {
    fn new(dialog: DialogId) -> Self {
        Self {
            dialog,
            wanted: None,
            heard: None,
            is_replaced: false,
            is_read_back: false,
            looked_at: None,
            may_recall: false,
            recalled_at: None,
            is_untold: false,
            is_void: false,
            is_open: false,
        }
    }

    /// Scrolling makes a window longer that is about to go: it waits, or the page that says where the
    /// new one stands in the log would never come.
    fn want(&mut self, place: Place) -> bool {
        let goes = self.is_replaced || self.wanted.is_some_and(|wanted| !wanted.extends());
        let is_taken = !(goes && place.extends());
        if is_taken {
            self.wanted = Some(place);
        }
        is_taken
    }

    fn begin(&mut self) -> Place {
        let place = self.wanted.take().unwrap_or(Place::Latest);
        self.heard = place.extends().then(Vec::new);
        self.is_replaced = !place.extends();
        place
    }

    /// Who reads back goes on where they are.
    fn reset(&mut self) {
        let here = self.looked_at.filter(|_| self.is_read_back);
        self.wanted = Some(here.map_or(Place::Latest, Place::Around));
        self.is_void = true;
    }

    fn came(&mut self) {
        self.is_replaced = false;
        self.recalled_at = None;
        self.is_untold = false;
        self.is_void = false;
    }

    fn failed(&mut self, place: Place) {
        self.wanted.get_or_insert(place);
        self.heard = None;
        self.is_replaced = false;
    }
}

/// The windows of this tab; copies share them.
#[derive(Clone, Copy)]
pub struct Windows(Handle<RefCell<Vec<Window>>>);

impl Windows {
    /// Nothing is wanted yet.
    pub fn new() -> Self {
        match cfg!(target_arch = "wasm32") {
            true => Self(Local::new(RefCell::default()).leak()),
            false => Self(Handle::none()),
        }
    }

    /// Without types, to be downloaded once.
    fn with(self, dialog: &DialogId, act: &mut dyn FnMut(&mut Window)) {
        let Some(windows) = self.0.get() else { return };
        let windows: Rc<RefCell<Vec<Window>>> = windows;
        let mut windows = windows.borrow_mut();
        if let Some(window) = windows.iter_mut().find(|window| window.dialog == *dialog) {
            return act(window);
        }
        let mut window = Window::new(dialog.clone());
        act(&mut window);
        windows.push(window);
    }

    /// This part is wanted next; unless it is of a window that is about to go.
    pub fn want(self, dialog: &DialogId, place: Place) -> bool {
        let mut is_taken = false;
        self.with(dialog, &mut |window| is_taken = window.want(place));
        is_taken
    }

    /// Somebody reads back: what is old stays rather than what is new.
    pub fn read_back(self, dialog: &DialogId, is_read_back: bool) {
        self.with(dialog, &mut |window| window.is_read_back = is_read_back);
    }

    /// The part to be fetched now: what was wanted, or the latest.
    pub(super) fn begin(self, dialog: &DialogId) -> Place {
        let mut place = Place::Latest;
        self.with(dialog, &mut |window| place = window.begin());
        place
    }

    /// Whether something else is wanted since the fetch began.
    pub(super) fn is_outdated(self, dialog: &DialogId) -> bool {
        let mut is_outdated = false;
        self.with(dialog, &mut |window| is_outdated = window.wanted.is_some());
        is_outdated
    }

    /// It could not be fetched; whoever tries again means the same.
    pub(super) fn failed(self, dialog: &DialogId, place: Place) {
        self.with(dialog, &mut |window| window.failed(place));
    }

    /// It has come.
    pub(super) fn came(self, dialog: &DialogId) {
        self.with(dialog, &mut Window::came);
    }

    /// Somebody reads back, and this is the first message that they see.
    pub fn looks_at(self, dialog: &DialogId, seq: Option<Seq>) {
        self.with(dialog, &mut |window| window.looked_at = seq);
    }

    /// The position of what is shown is void: it is to be fetched anew.
    pub(super) fn reset(self, dialog: &DialogId) {
        self.with(dialog, &mut Window::reset);
    }

    /// Somebody looks at the dialog, or nobody does any more.
    pub(super) fn opens(self, dialog: &DialogId, is_open: bool) {
        self.with(dialog, &mut |window| window.is_open = is_open);
    }

    /// Whether somebody looks at the dialog.
    pub fn is_open(self, dialog: &DialogId) -> bool {
        let mut is_open = false;
        self.with(dialog, &mut |window| is_open = window.is_open);
        is_open
    }

    /// Nothing is shown yet.
    pub(super) fn is_new(self, dialog: &DialogId) {
        self.with(dialog, &mut |window| {
            window.came();
            window.may_recall = true;
        });
    }

    /// Whether what this browser kept may be shown; once, for what is fetched later is newer.
    pub(super) fn may_recall(self, dialog: &DialogId) -> bool {
        let mut may_recall = false;
        self.with(dialog, &mut |window| may_recall = std::mem::take(&mut window.may_recall));
        may_recall
    }

    /// What this browser kept is about to be shown, true as of this time.
    pub(super) fn recalled(self, dialog: &DialogId, at: Timestamp) {
        self.with(dialog, &mut |window| {
            window.came();
            window.recalled_at = Some(at);
            window.is_untold = true;
        });
    }

    /// Whether the engine is to be told now where it stands in the log.
    pub(super) fn is_to_be_told(self, dialog: &DialogId) -> bool {
        let mut is_untold = false;
        self.with(dialog, &mut |window| is_untold = std::mem::take(&mut window.is_untold));
        is_untold
    }

    /// The engine has told everything there is; whether it knew what is shown.
    pub(super) fn caught_up(self, dialog: &DialogId) -> bool {
        let mut knew = true;
        self.with(dialog, &mut |window| {
            knew = !window.is_untold;
            window.recalled_at.take_if(|_| knew);
        });
        knew
    }

    /// As of when what is shown is true, if it was kept and has not caught up.
    pub fn recalled_at(self, dialog: &DialogId) -> Option<Timestamp> {
        let mut at = None;
        self.with(dialog, &mut |window| at = window.recalled_at);
        at
    }

    /// Whether what is shown may be of another life of the database: nobody has seen any of it.
    pub fn is_void(self, dialog: &DialogId) -> bool {
        let mut is_void = false;
        self.with(dialog, &mut |window| is_void = window.is_void);
        is_void
    }

    /// Whether what is shown, and the position that it was read at, are worth keeping.
    pub fn is_worth_keeping(self, dialog: &DialogId) -> bool {
        let mut is_worth = false;
        self.with(dialog, &mut |window| {
            is_worth = window.recalled_at.is_none() && !window.is_void;
        });
        is_worth
    }

    pub(super) fn hear(self, dialog: &DialogId, event: &DialogEvent) {
        self.with(dialog, &mut |window| {
            if let Some(heard) = &mut window.heard {
                heard.push(event.clone());
            }
        });
    }

    /// What was heard while the page came that makes the window longer; nothing if it replaces it.
    pub(super) fn heard(self, dialog: &DialogId) -> Option<Vec<DialogEvent>> {
        let mut heard = None;
        self.with(dialog, &mut |window| heard = window.heard.take());
        heard
    }

    /// Keeps the window within bounds after something has come at its end.
    pub(super) fn trim(self, dialog: &DialogId, page: &mut MessagesPage) {
        let mut is_read_back = false;
        self.with(dialog, &mut |window| is_read_back = window.is_read_back);
        trim(page, is_read_back);
    }
}

/// Half of the window goes if it is too long, so that this is rare: the newer half if what is older
/// is looked at.
pub(super) fn trim(page: &mut MessagesPage, looks_at_older: bool) {
    let half = page.messages.len() / 2;
    if page.messages.len() <= MESSAGES_MAX {
        return;
    }
    if looks_at_older {
        page.messages.truncate(half);
        page.has_newer = true;
    } else {
        page.messages.drain(..half);
        page.has_more = true;
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The messages from one place to another.
    pub(in crate::data) fn page(from: usize, to: usize) -> MessagesPage {
        let text = r#"{"messages": [MESSAGES], "ev": 1, "hasMore": false, "hasNewer": false}"#;
        let one = r#"{"messageId": "m", "dialogId": "lobby", "seq": SEQ, "ev": 1, "senderId": "a",
            "senderName": "A", "clientId": "c", "content": "x", "kind": "text", "meta": {},
            "createdAt": "2026-01-01T00:00:00.000Z"}"#;
        let all: Vec<_> = (from..=to).map(|seq| one.replace("SEQ", &seq.to_string())).collect();
        let text = text.replace("MESSAGES", &all.join(","));
        confab_protocol::json::read(&text).expect("a page")
    }

    #[test]
    fn a_window_that_is_about_to_go_is_not_made_longer() {
        let mut window = Window::new(DialogId::lobby());
        assert_eq!(window.begin(), Place::Latest);
        assert!(!window.want(Place::Before(Seq(7))), "its page is on its way");
        assert!(window.want(Place::Around(Seq(3))));
        assert!(!window.want(Place::After(Seq(9))));
        assert_eq!(window.begin(), Place::Around(Seq(3)), "wanted before it was begun");
        window.failed(Place::Around(Seq(3)));
        assert!(!window.want(Place::Before(Seq(7))));
        assert_eq!(window.begin(), Place::Around(Seq(3)), "tried again");
        window.is_replaced = false;
        assert!(window.want(Place::Before(Seq(7))));
        assert!(window.want(Place::Latest));
        assert_eq!(window.begin(), Place::Latest, "who jumps has scrolled in vain");
    }

    #[test]
    fn after_a_reset_who_reads_back_goes_on_where_they_are() {
        let mut window = Window::new(DialogId::lobby());
        window.looked_at = Some(Seq(7));
        window.reset();
        assert_eq!((window.begin(), window.is_void), (Place::Latest, true));
        window.is_read_back = true;
        window.wanted = Some(Place::Before(Seq(1)));
        window.reset();
        assert_eq!(window.begin(), Place::Around(Seq(7)), "what was asked for is of no use");
        window.came();
        assert!(!window.is_void);
    }

    #[test]
    fn a_window_that_is_too_long_loses_the_end_that_nobody_looks_at() {
        let ends = |count, looks_at_older| {
            let mut page = page(1, count);
            trim(&mut page, looks_at_older);
            let (first, last) = (page.messages.first(), page.messages.last());
            let ends = first.map(|first| first.seq.0).zip(last.map(|last| last.seq.0));
            (ends, page.has_more, page.has_newer)
        };
        assert_eq!(ends(1_000, true), (Some((1, 1_000)), false, false));
        assert_eq!(ends(1_050, true), (Some((1, 525)), false, true));
        assert_eq!(ends(1_050, false), (Some((526, 1_050)), true, false));
    }
}
