//! The list as somebody looks at it: which part is on the screen, whether it keeps to its end, and
//! how much of it has been seen. All that touches the scroll position is here.
//!
//! On the server: nothing.

mod focus;
mod seen;

use std::cell::{Cell, RefCell};

use confab_protocol::{DialogId, Seq, rest::MessagesPage};
use leptos::{
    prelude::*,
    task::{spawn_local, tick},
};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{
    beyond,
    geometry::{center, first_below, top},
    timeline::{Line, RowKey},
};
use crate::{
    Session,
    components::{
        chat::{Chat, chat},
        dialog::Pane,
        surroundings,
    },
    data::{Messages, Place},
    dom::Node,
    live::{EntryState, Reading},
    local::{Handle, Local},
};

use seen::Past;

/// How near to its end the list must be to stay there when something new comes, in CSS pixels:
/// about two lines, so that a slip of the finger does not count as reading back.
const STICKY_PIXELS: i32 = 100;

/// How near to an end of the window more of it is fetched: about a screen, so that it is mostly
/// there before it is looked for.
const FETCH_PIXELS: i32 = 800;

/// So much of a message may lie below the edge and it is seen all the same.
const HIDDEN_PIXELS: f64 = 8.0;

/// The view; copies share it.
#[derive(Clone, Copy)]
pub struct View {
    /// The scroll area.
    pub list: Node,
    /// The list in it.
    pub rows: Node,
    /// Whether more of the past is on its way.
    pub is_fetching: RwSignal<bool>,
    is_read_back: RwSignal<bool>,
    /// Whether something new lies before what is shown, and does not count as read.
    skips: RwSignal<bool>,
    messages: Reading<Messages>,
    session: Session,
    chat: Option<Chat>,
    kept: Handle<Kept>,
}

/// What no one watches.
struct Kept {
    dialog: DialogId,
    lines: RefCell<Vec<ArcRwSignal<Line>>>,
    /// How the list was when it was drawn last.
    seen: RefCell<Seen>,
    /// The message that was asked for because it was not there.
    asked: RefCell<Option<Seq>>,
    /// How much of what lies between counts as read.
    past: Past,
    /// Whether the list goes to its end as soon as it is there.
    wants_end: Cell<bool>,
    /// How often the list is about to be moved to where it belongs: until then, where it stands says
    /// nothing about what anybody sees.
    moves: Cell<u32>,
}

#[derive(Default)]
struct Seen {
    last: Option<RowKey>,
    /// Whether something is shown.
    is_drawn: bool,
    /// Whether the line is shown, or has been, where what is new begins.
    is_opened: bool,
}

impl View {
    /// The view of a dialog's messages.
    pub fn new(pane: &Pane) -> Self {
        let kept = match cfg!(target_arch = "wasm32") {
            false => Handle::none(),
            true => {
                let dialog = pane.dialog.clone();
                let lines = RefCell::default();
                let (seen, asked) = (RefCell::default(), RefCell::default());
                let at = chat().and_then(|chat| chat.open.with_untracked(|open| open.at));
                let past = Past::default();
                past.is_led.set(at.is_some());
                let (wants_end, moves) = (Cell::new(false), Cell::new(0));
                let local = Local::new(Kept { dialog, lines, seen, asked, past, wants_end, moves });
                let handle = local.handle();
                on_cleanup(move || drop(local));
                handle
            }
        };
        let session = surroundings().session;
        session.windows.read_back(&pane.dialog, false);
        Self {
            list: Node::new(),
            rows: Node::new(),
            is_fetching: RwSignal::new(false),
            is_read_back: RwSignal::new(false),
            skips: RwSignal::new(false),
            messages: pane.messages,
            session,
            chat: chat(),
            kept,
        }
    }

    // Before and after each change of the lines.

    /// Before each change: keeps to the end, or keeps what is looked at where it is.
    pub fn changes(self, lines: &[Line]) {
        let Some(kept) = self.kept.get() else { return };
        let last = lines.iter().rev().find_map(Line::message);
        let new = lines.iter().position(|line| *line == Line::New);
        let before = kept.seen.take();
        let now = Seen {
            last: last.map(|row| row.key.clone()),
            is_drawn: !lines.is_empty(),
            is_opened: before.is_opened || new.is_some(),
        };
        let has_news = now.last != before.last;
        kept.seen.replace(now);
        if let Some(new) = new.filter(|_| !before.is_opened) {
            return self.opened(new);
        }
        if !before.is_drawn {
            return;
        }
        let is_ours = last.is_some_and(|row| row.is_mine && row.seq.is_none());
        let has_newer = self.page(|page| page.has_newer).unwrap_or(false);
        if has_news && is_ours {
            self.to_latest();
        } else if kept.wants_end.get() && !has_newer {
            self.to_end();
        } else if self.is_read_back.get_untracked() {
            self.hold();
        } else if has_news && !self.is_in_front() {
            self.stay_at_unread();
        } else if has_news {
            self.to_end();
        }
    }

    /// After each change.
    pub fn shows(self, lines: &[ArcRwSignal<Line>]) {
        if let Some(kept) = self.kept.get() {
            kept.lines.replace(lines.to_vec());
        }
    }

    /// Who has something new before them begins where it begins.
    fn opened(self, place: usize) {
        self.moves(Box::new(move |list| {
            if let Some(line) = self.row_at(place)
                && top(&line) < top(&list)
            {
                line.scroll_into_view();
            }
        }));
    }

    /// What comes while nobody looks does not push out of sight what has come before it.
    fn stay_at_unread(self) {
        self.moves(Box::new(move |list| {
            if let Some(row) = self.first_unread()
                && top(&row) < top(&list)
            {
                row.scroll_into_view();
            }
        }));
    }

    /// What stands at the top of the screen stays where it is, whatever comes above or below it. Not
    /// every browser sees to that by itself, so none is let (`overflow-anchor`).
    fn hold(self) {
        let (Some(list), Some(rows)) = (self.list.get(), self.rows.get()) else { return };
        let edge = top(&list);
        let Some(first) = first_below(&rows, edge) else { return };
        let before = top(&first);
        self.moves(Box::new(move |list| {
            if first.is_connected() {
                let moved = (top(&first) - before).round() as i32;
                if moved != 0 {
                    list.set_scroll_top(list.scroll_top() + moved);
                }
            }
        }));
    }

    /// Moves the list once the change is drawn, and only then looks where it stands.
    fn moves(self, act: Box<dyn FnOnce(HtmlElement)>) {
        let Some(kept) = self.kept.get() else { return };
        kept.moves.set(kept.moves.get() + 1);
        spawn_local(async move {
            tick().await;
            let Some(kept) = self.kept.get() else { return };
            if let Some(list) = self.list.get() {
                act(list);
            }
            kept.moves.set(kept.moves.get() - 1);
            self.scrolled();
        });
    }

    // Scrolling.

    /// Somebody scrolled, or the list did.
    pub fn scrolled(self) {
        let (Some(list), Some(kept)) = (self.list.get(), self.kept.get()) else { return };
        if kept.moves.get() > 0 {
            return;
        }
        let from_end = -list.scroll_top();
        let has_newer = self.page(|page| page.has_newer).unwrap_or(false);
        let is_read_back = has_newer || from_end > STICKY_PIXELS;
        if is_read_back != self.is_read_back.get_untracked() {
            self.is_read_back.set(is_read_back);
            self.session.windows.read_back(&kept.dialog, is_read_back);
        }
        if is_read_back {
            let first = self.on_screen(&kept, &list).map(|(first, _)| first);
            self.session.windows.looks_at(&kept.dialog, first);
        }
        self.fetch_more(&list);
        self.mark_seen();
    }

    /// Fetches what lies beyond the window, if an end of it is near.
    fn fetch_more(self, list: &HtmlElement) {
        let is_busy = self.is_fetching.get_untracked()
            || self.messages.state.with_untracked(|state| *state != EntryState::Fresh);
        if is_busy || list.client_height() == 0 {
            return;
        }
        let from_end = -list.scroll_top();
        let from_start = list.scroll_height() - list.client_height() - from_end;
        let place = self.page(|page| {
            let (first, last) = (page.messages.first(), page.messages.last());
            let near = [from_start < FETCH_PIXELS, from_end < FETCH_PIXELS];
            let more = [page.has_more, page.has_newer];
            beyond(first.map(|first| first.seq), last.map(|last| last.seq), more, near)
        });
        if let Some(place) = place.flatten() {
            self.fetch(place);
        }
    }

    fn fetch(self, place: Place) {
        let Some(kept) = self.kept.get() else { return };
        if self.session.windows.want(&kept.dialog, place) {
            self.is_fetching.set(true);
            self.messages.refetch();
        }
    }

    fn page<T>(self, look: impl FnOnce(&MessagesPage) -> T) -> Option<T> {
        self.messages.data.with_untracked(|page| page.as_ref().map(look))
    }

    /// Whether there is a way to the latest to be shown.
    pub fn is_away_from_latest(self) -> bool {
        let has_newer = self.messages.data.with(|page| page.as_ref().is_some_and(|p| p.has_newer));
        self.is_read_back.get() || has_newer || self.skips.get()
    }

    /// To the latest message, wherever the window is. Who wants that has done with what lies between.
    pub fn to_latest(self) {
        let has_newer = self.page(|page| page.has_newer) == Some(true);
        if let Some(kept) = self.kept.get() {
            kept.past.is_done.set(true);
            kept.wants_end.set(has_newer);
        }
        if has_newer {
            self.fetch(Place::Latest);
        }
        self.to_end();
        self.mark_seen();
    }

    fn to_end(self) {
        self.is_read_back.set(false);
        if let Some(kept) = self.kept.get() {
            kept.wants_end
                .set(kept.wants_end.get() && self.page(|page| page.has_newer) == Some(true));
            self.session.windows.read_back(&kept.dialog, false);
        }
        if let Some(list) = self.list.get() {
            list.set_scroll_top(0);
        }
    }

    // Effects.

    /// After what is shown, or whether anyone sees it, has changed.
    pub fn look(self) {
        self.messages.data.track();
        let is_settled = self.messages.state.with(|state| *state != EntryState::Loading);
        if let Some(chat) = self.chat {
            chat.is_front.track();
            chat.open.track();
            chat.dialogs.data.track();
        }
        if is_settled && self.is_fetching.get_untracked() {
            spawn_local(async move {
                // What was fetched is in the page, and was not read out.
                tick().await;
                self.is_fetching.set(false);
            });
        }
        spawn_local(async move {
            tick().await;
            self.scrolled();
        });
    }

    /// Shows the message that is looked for, as soon as it is there.
    pub fn jump(self) {
        let Some(chat) = self.chat else { return };
        let (Some(seq), Some(kept)) = (chat.jump.get(), self.kept.get()) else { return };
        let is_there = self.messages.data.with(|page| {
            page.as_ref().map(|page| page.messages.iter().any(|message| message.seq == seq))
        });
        match is_there {
            // It is on its way.
            None => {}
            Some(true) => spawn_local(async move {
                tick().await;
                self.show(seq);
                chat.jump.set(None);
            }),
            Some(false) => {
                let asked = kept.asked.replace(Some(seq));
                if asked != Some(seq) {
                    self.fetch(Place::Around(seq));
                }
            }
        }
    }

    fn show(self, seq: Seq) {
        let Some(kept) = self.kept.get() else { return };
        kept.asked.take();
        kept.past.is_led.set(true);
        let is_it =
            |line: &ArcRwSignal<Line>| line.with_untracked(|line| line.message()?.seq) == Some(seq);
        let place = kept.lines.borrow().iter().position(is_it);
        let Some(row) = place.and_then(|place| self.row_at(place)) else { return };
        if let Some(article) = row.first_element_child() {
            // Twice: focusing may scroll, and scrolls to where it likes.
            let _ = article.unchecked_ref::<HtmlElement>().focus();
        }
        center(&row);
        self.scrolled();
    }

    fn row_at(self, place: usize) -> Option<Element> {
        self.rows.get()?.children().item(place as u32)
    }
}
