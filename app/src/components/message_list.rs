//! The messages of a dialog, as far as they are loaded, and ours that are still on their way.

mod row;
mod timeline;

use std::collections::HashMap;

use confab_protocol::DialogId;
use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{surroundings, words};
use crate::{
    data::Messages,
    dom::{Element, Item, Node, list, scoped, when},
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
/// On the server: the last page.
#[component]
pub fn MessageList(dialog: DialogId) -> AnyView {
    let el = scoped(style_sheet!("app/src/components/message_list.css"));
    let around = surroundings();
    let (session, language, words) = (around.session, around.language, words());
    let reading = around.live.read::<Messages>(dialog);
    let all = Memo::new(move |_| {
        let you = session.you.get();
        reading.data.with(|page| {
            let stored = page.as_ref().map(|page| &page.messages[..]).unwrap_or_default();
            session.outbox.with(|outbox| Rows::new(rows(stored, outbox, &you)))
        })
    });
    let (node, follow) = (Node::new(), Follow::new());
    follow.watch(node, all);

    let state = move || {
        let is_empty = all.with(|all| all.order.is_empty());
        let has_page = reading.data.with(Option::is_some);
        let text = match reading.state.get() {
            EntryState::Failed { .. } => words.history_failed,
            EntryState::Loading if !has_page => words.loading,
            EntryState::Stale { .. } => words.stale,
            _ if is_empty => words.no_messages,
            _ => "",
        };
        text.to_owned()
    };
    let failed = move || reading.state.with(|state| matches!(state, EntryState::Failed { .. }));
    let again = move || {
        let button = el("button", "again").attr("type", "button").text(words.try_again);
        button.on("click", move |_| reading.refetch()).view()
    };
    let latest = move || {
        el("button", "latest")
            .attr("type", "button")
            .test_id("new-messages")
            .on("click", move |_| follow.to_end(node))
            .text_live(move || language.count(&words.new_messages, follow.unseen.get()))
            .view()
    };
    let log = el("div", "message-list")
        .node(node)
        .attr("id", "messages")
        .attr("role", "log")
        .attr("tabindex", "0")
        .attr("aria-label", words.messages)
        .test_id("messages")
        .on("scroll", move |_| follow.scrolled(node))
        .child(
            Element::new("div")
                .child(el("ol", "rows").child(list(move || items(all))))
                .child(el("p", "state").test_id("messages-state").text_live(state))
                .child(when(failed, again))
                .child(Element::new("div").attr("id", "latest")),
        );
    el("div", "frame").child(log).child(when(move || follow.unseen.get() > 0, latest)).view()
}

fn items(all: Memo<Rows>) -> Vec<Item> {
    let item = |key: &RowKey| {
        let key = key.clone();
        let name = key.to_string();
        let row = move || Memo::new(move |_| all.with(|all| all.by_key.get(&key).cloned()));
        Item { key: name, draw: Box::new(move || message_row(row())) }
    };
    all.with(|all| all.order.iter().map(item).collect())
}

/// The rows, and where to find each.
#[derive(Clone, Debug, Default, PartialEq)]
struct Rows {
    order: Vec<RowKey>,
    by_key: HashMap<RowKey, Row>,
}

impl Rows {
    fn new(rows: Vec<Row>) -> Self {
        let order = rows.iter().map(|row| row.key.clone()).collect();
        Self { order, by_key: rows.into_iter().map(|row| (row.key.clone(), row)).collect() }
    }
}

/// Whether the list keeps to its end, and what came while it did not.
#[derive(Clone, Copy)]
struct Follow {
    at_end: StoredValue<bool>,
    unseen: RwSignal<u64>,
}

impl Follow {
    fn new() -> Self {
        Self { at_end: StoredValue::new(true), unseen: RwSignal::new(0) }
    }

    /// After each change: keeps to the end, or counts what is new.
    fn watch(self, list: Node, rows: Memo<Rows>) {
        Effect::new(move |before: Option<(usize, Option<RowKey>)>| {
            let now = rows.with(|rows| (rows.order.len(), rows.order.last().cloned()));
            let (count, last) = before.unwrap_or_default();
            let came = now.0.saturating_sub(count) as u64;
            let ours = rows.with(|rows| {
                let last = rows.order.last().and_then(|key| rows.by_key.get(key));
                last.is_some_and(|row| row.is_mine)
            });
            if now.1 != last {
                if self.at_end.get_value() || ours || count == 0 {
                    self.to_end(list);
                } else {
                    self.unseen.update(|unseen| *unseen += came);
                }
            }
            now
        });
    }

    fn scrolled(self, list: Node) {
        let Some(list) = list.get_untracked() else { return };
        let at_end = -list.scroll_top() <= STICKY_PIXELS;
        self.at_end.set_value(at_end);
        if at_end && self.unseen.get_untracked() > 0 {
            self.unseen.set(0);
        }
    }

    fn to_end(self, list: Node) {
        self.at_end.set_value(true);
        self.unseen.set(0);
        if let Some(list) = list.get_untracked() {
            list.set_scroll_top(0);
        }
    }
}
