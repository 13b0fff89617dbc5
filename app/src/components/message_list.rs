//! The messages of a dialog, as far as they are loaded, and ours that are still on their way.

mod row;
mod timeline;

use confab_protocol::DialogId;
use confab_sync::Status;
use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{MESSAGES_ID, focus_messages, surroundings, words};
use crate::{
    data::Messages,
    dom::{Element, Html, Item, Node, frame, list, scoped, when},
    live::EntryState,
};

use row::message_row;
use timeline::{Row, RowKey, rows};

/// How near to its end the list must be to stay there when something new comes, in CSS pixels:
/// about two lines, so that a slip of the finger does not count as reading back.
const STICKY_PIXELS: i32 = 100;

/// Who said what, oldest first, in the one order of the log. Ours that are not stored yet stand
/// last and say so. The list keeps to its end, unless someone is reading back: then a button tells
/// how many are new.
///
/// The scroll area is laid out from its end (`column-reverse`), so it stands at the latest message
/// from the first paint on, without JavaScript too, and its scroll position counts from there: zero
/// is the end, and reading back is negative.
///
/// On the server: the last page, or that it cannot be read right now.
#[component]
pub fn MessageList(dialog: DialogId) -> Html {
    let el = frame(style_sheet!("app/src/components/message_list.css"));
    let made = scoped(style_sheet!("app/src/components/message_list.css"));
    let around = surroundings();
    let (session, language, words) = (around.session, around.language, words());
    let status = session.status;
    let is_alive = around.is_alive;
    let reading = around.live.read::<Messages>(dialog);
    let node = Node::new();
    let (follow, mut seen) = (Follow::new(node), Seen::default());
    let mut shown = Vec::new();
    let items = move || {
        let rows = reading.data.with(|page| {
            let stored = page.as_ref().map(|page| &page.messages[..]).unwrap_or_default();
            let (you, outbox) = (session.you.read(), session.outbox.read());
            rows(stored, &outbox, &you)
        });
        follow.changed(&mut seen, &rows);
        shown = renewed(std::mem::take(&mut shown), rows);
        shown.iter().map(item).collect()
    };

    let state = move || {
        let stored = reading.data.with(|page| page.as_ref().map(|page| page.messages.len()));
        let is_empty = stored.unwrap_or(0) == 0 && session.outbox.with(Vec::is_empty);
        let has_page = stored.is_some();
        let text = match reading.state.get() {
            EntryState::Failed { .. } => words.history_failed(),
            // The page came without history; a living one asks for it.
            EntryState::Loading if !has_page && is_alive.get() => words.loading(),
            EntryState::Loading if !has_page => words.history_unavailable(),
            EntryState::Stale { .. } if status.with(|status| *status != Status::Open) => {
                words.stale()
            }
            _ if is_empty => words.no_messages(),
            _ => "",
        };
        text.to_owned()
    };
    let failed = move || reading.state.with(|state| matches!(state, EntryState::Failed { .. }));
    let again = move || {
        let button = made("button", "again").attr("type", "button").text(words.try_again());
        let again = move |_| {
            reading.refetch();
            focus_messages();
        };
        button.on("click", again).into()
    };
    let latest = move || {
        made("button", "latest")
            .attr("type", "button")
            .test_id("new-messages")
            .on("click", move |_| {
                follow.to_end();
                focus_messages();
            })
            .text_live(move || language.count(&words.new_messages(), follow.unseen.get()))
            .into()
    };
    let log = el("div", "message-list")
        .node(node)
        .attr("id", MESSAGES_ID)
        .attr("role", "log")
        .attr("tabindex", "0")
        .attr("aria-label", words.messages())
        .test_id("messages")
        .on("scroll", move |_| follow.scrolled())
        .child(
            Element::new("div")
                .child(el("ol", "rows").child(list(items)))
                .child(el("p", "state").test_id("messages-state").text_live(state))
                .child(when(failed, again))
                .child(Element::new("div").attr("id", "latest")),
        );
    el("div", "frame").child(log).child(when(move || follow.unseen.get() > 0, latest)).into()
}

/// Each row in a signal of its own, so that a change draws one row anew and no other.
type RowSignal = ArcRwSignal<Row>;

fn item(row: &RowSignal) -> Item {
    let row = row.clone();
    let key = row.with_untracked(|row| row.key.text());
    Item { key, draw: Box::new(move || message_row(row.into())) }
}

/// The signals of these rows. A row that was shown already keeps its signal, and tells it only
/// what is new. Both are in nearly the same order: each search begins where the last one ended.
fn renewed(shown: Vec<RowSignal>, rows: Vec<Row>) -> Vec<RowSignal> {
    let mut from = 0;
    let signal = |row: Row| {
        let is_it = |place: &usize| shown[*place].with_untracked(|shown| shown.key == row.key);
        let Some(place) = (from..shown.len()).chain(0..from).find(is_it) else {
            return RowSignal::new(row);
        };
        from = place + 1;
        let signal = shown[place].clone();
        if signal.with_untracked(|shown| *shown != row) {
            signal.set(row);
        }
        signal
    };
    rows.into_iter().map(signal).collect()
}

/// Whether the list keeps to its end, and what came while it did not.
#[derive(Clone, Copy)]
struct Follow {
    list: Node,
    is_read_back: RwSignal<bool>,
    unseen: RwSignal<u64>,
}

/// How the list was when it was drawn last.
#[derive(Default)]
struct Seen {
    count: usize,
    last: Option<RowKey>,
}

impl Follow {
    fn new(list: Node) -> Self {
        Self { list, is_read_back: RwSignal::new(false), unseen: RwSignal::new(0) }
    }

    /// Before each change: keeps to the end, or counts what is new.
    fn changed(self, seen: &mut Seen, rows: &[Row]) {
        let last = rows.last();
        let now = Seen { count: rows.len(), last: last.map(|row| row.key.clone()) };
        let before = std::mem::replace(seen, now);
        if seen.last == before.last {
            return;
        }
        let is_mine = last.is_some_and(|row| row.is_mine);
        if !self.is_read_back.get_untracked() || before.count == 0 || is_mine {
            self.to_end();
        } else {
            let came = seen.count.saturating_sub(before.count) as u64;
            self.unseen.update(|unseen| *unseen += came);
        }
    }

    fn scrolled(self) {
        let Some(list) = self.list.get() else { return };
        let at_end = -list.scroll_top() <= STICKY_PIXELS;
        self.is_read_back.set(!at_end);
        if at_end && self.unseen.get_untracked() > 0 {
            self.unseen.set(0);
        }
    }

    fn to_end(self) {
        self.is_read_back.set(false);
        self.unseen.set(0);
        if let Some(list) = self.list.get() {
            list.set_scroll_top(0);
        }
    }
}
