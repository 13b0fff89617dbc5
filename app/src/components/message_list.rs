//! The messages of a dialog, as far as they are loaded, and ours that are still on their way.

mod actions;
mod content;
mod delivery;
mod geometry;
mod row;
mod stale;
mod timeline;
mod view;

use confab_protocol::{Dialog, DialogId, Member, Seq};
use leptos::{
    ev,
    prelude::*,
    task::{spawn_local, tick},
};
use stylers_macro::style_sheet;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use super::{
    MESSAGES_ID, WRITE_ID,
    chat::{address, chat, is_plain, leads_to},
    dialog::Pane,
    focus, focus_messages,
    keyed::renewed,
    surroundings,
    time::{Room, day_of, day_text},
    words,
};
use crate::{
    Open,
    data::{Messages, Place},
    dom::{Element, Html, Item, effect, list, scoped, when},
    live::{EntryState, Reading},
};

use actions::Actions;
use row::message_row;
use stale::stale;
use timeline::{Line, Timeline};
use view::View;

/// Who said what, oldest first, in the one order of the log; with a line where a day begins and one
/// where what is new begins. Ours that are not stored yet stand last and say so. The list keeps to
/// its end, unless someone is reading back: then a button tells how many are new. Older messages
/// come as one scrolls to them, and what was looked for is shown wherever it is.
///
/// The scroll area is laid out from its end (`column-reverse`), so it stands at the latest message
/// from the first paint on, without JavaScript too, and its scroll position counts from there: zero
/// is the end, and reading back is negative.
///
/// On the server: the page that was read, in days of UTC; or that it cannot be read right now.
#[component]
pub fn MessageList(pane: Pane) -> Html {
    let el = scoped(style_sheet!("app/src/components/message_list.css"));
    let view = View::new(&pane);
    let actions = Actions::provide(&pane);
    effect(move || view.look());
    effect(move || view.jump());
    let dialog = pane.dialog.clone();
    el("div", "frame")
        .child(log(&pane, view, actions))
        .child(stale(&pane))
        .child(when(move || view.is_away_from_latest(), move || latest(&dialog, view)))
        .child(el("div", "aside").flag("hidden", true).child(actions.bar()))
        .into()
}

/// What is read aloud: what comes while one looks, and nothing else.
fn log(pane: &Pane, view: View, actions: Actions) -> Element {
    let el = scoped(style_sheet!("app/src/components/message_list.css"));
    let (words, reading) = (words(), pane.messages);
    let is_coming = RwSignal::new(true);
    effect(move || {
        let is_fresh = reading.state.with(|state| *state == EntryState::Fresh);
        // The rows of a page are drawn before anything after them is news.
        spawn_local(async move {
            tick().await;
            let _ = is_coming.try_set(!is_fresh);
        });
    });
    let older = move || if view.is_fetching.get() { words.loading() } else { "" }.to_owned();
    let failed = move || reading.state.with(|state| matches!(state, EntryState::Failed { .. }));
    el("div", "message-list")
        .node(view.list)
        .attr("id", MESSAGES_ID)
        .attr("role", "log")
        // What is read from the past is not news, nor is a page that has just come.
        .attr_live("aria-live", move || {
            let is_past = view.is_fetching.get() || is_coming.get();
            Some(if is_past { "off" } else { "polite" }.to_owned())
        })
        .attr("tabindex", "0")
        .attr("aria-label", words.messages())
        .test_id("messages")
        .on("scroll", move |_| view.scrolled())
        .on("keydown", move |event| moved(view, &event))
        .on("pointerleave", move |_| actions.leave())
        .child(
            Element::new("div")
                .child(el("p", "older").test_id("older").text_live(older))
                .children(earlier(pane))
                .child(el("ol", "rows").node(view.rows).child(list(rows(pane.clone(), view))))
                .child(el("p", "state").test_id("messages-state").text_live(state(reading)))
                .child(when(failed, move || again(reading)))
                .child(Element::new("div").attr("id", "latest")),
        )
}

/// The lines, each with a signal of its own.
fn rows(pane: Pane, view: View) -> impl FnMut() -> Vec<Item> {
    let around = surroundings();
    let (session, is_alive) = (around.session, around.is_alive);
    let mut shown = Vec::new();
    move || {
        let is_alive = is_alive.get();
        let lines = pane.messages.data.with(|page| {
            pane.details.data.with(|details| {
                let members: &[Member] = details.as_ref().map_or(&[], |details| &details.members);
                let (you, outbox) = (session.you.read(), session.outbox.read());
                let timeline = Timeline {
                    dialog: &pane.dialog,
                    page: page.as_ref(),
                    outbox: &outbox,
                    you: &you,
                    members,
                    read: pane.read,
                    day_of: &|at| day_of(at, is_alive),
                };
                timeline.lines()
            })
        });
        view.changes(&lines);
        shown = renewed(std::mem::take(&mut shown), lines);
        view.shows(&shown);
        shown.iter().map(item).collect()
    }
}

/// What there is to know of the list besides its lines; nothing if all is well.
fn state(reading: Reading<Messages>) -> impl Fn() -> String {
    let (around, words) = (surroundings(), words());
    let (session, is_alive) = (around.session, around.is_alive);
    move || {
        let stored = reading.data.with(|page| page.as_ref().map(|page| page.messages.len()));
        let is_empty = stored.unwrap_or(0) == 0 && session.outbox.with(Vec::is_empty);
        let has_page = stored.is_some();
        let text = match reading.state.get() {
            EntryState::Failed { .. } => words.history_failed(),
            // The page came without history; a living one asks for it.
            EntryState::Loading if !has_page && is_alive.get() => words.loading(),
            EntryState::Loading if !has_page => words.history_unavailable(),
            // Whoever does not know whether there are any says nothing.
            EntryState::Fresh if is_empty => words.no_messages(),
            _ => "",
        };
        text.to_owned()
    }
}

/// Asks once more for what could not be read.
fn again(reading: Reading<Messages>) -> Html {
    let el = scoped(style_sheet!("app/src/components/message_list.css"));
    let again = move |_| {
        reading.refetch();
        focus_messages();
    };
    let button = el("button", "again").attr("type", "button").text(words().try_again());
    button.test_id("messages-retry").on("click", again).into()
}

/// The way to the end, for whoever reads back. A link, for those who have no scripts: if what is new
/// is more than a page, its beginning is all that they see.
fn latest(dialog: &DialogId, view: View) -> Html {
    let el = scoped(style_sheet!("app/src/components/message_list.css"));
    let (words, language) = (words(), surroundings().language);
    let (chat, here) = (chat(), dialog.clone());
    let last = |line: &Dialog| line.last_message.as_ref().map(|last| last.seq);
    let at = untrack(|| chat.and_then(|chat| chat.line(dialog, last).flatten()));
    let open = Open { at, ..Open::dialog(dialog.clone()) };
    let unread = move || chat.and_then(|chat| chat.line(&here, |line| line.unread));
    el("a", "latest")
        .attr("href", address(&open))
        .test_id("new-messages")
        .on("click", move |event| {
            if is_plain(&event) {
                event.prevent_default();
                view.to_latest();
                focus_messages();
            }
        })
        .text_live(move || match unread().unwrap_or_default() {
            0 => words.to_latest().to_owned(),
            unread => language.count(&words.new_messages(), unread),
        })
        .into()
}

/// The way to what was said before, for whoever has no script; see the style sheet.
fn earlier(pane: &Pane) -> Option<Element> {
    let el = scoped(style_sheet!("app/src/components/message_list.css"));
    let first = pane.messages.data.with_untracked(|page| {
        let page = page.as_ref().filter(|page| page.has_more)?;
        page.messages.first().map(|first| first.seq)
    });
    let open = Open { at: Some(first?), ..Open::dialog(pane.dialog.clone()) };
    Some(leads_to(el("a", "earlier").test_id("earlier").text(words().older()), open))
}

fn item(line: &ArcRwSignal<Line>) -> Item {
    let line = line.clone();
    let key = line.with_untracked(Line::key);
    Item { key, draw: Box::new(move || draw(line.into())) }
}

fn draw(line: RwSignal<Line>) -> Element {
    let el = scoped(style_sheet!("app/src/components/message_list.css"));
    match line.get_untracked() {
        Line::Message(row) => message_row(line, &row),
        Line::New => el("li", "new").test_id("new-divider").text(words().new_here()),
        Line::Day(day) => el("li", "day")
            .test_id("day")
            .child(el("span", "date").text_live(move || day_text(day, Room::Wide))),
    }
}

/// With the arrows from message to message, and with Escape to the box.
fn moved(view: View, event: &ev::Event) {
    let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
    if key.alt_key() || key.ctrl_key() || key.meta_key() {
        return;
    }
    match key.key().as_str() {
        "ArrowUp" if view.focus_next(-1) => key.prevent_default(),
        "ArrowDown" if view.focus_next(1) => key.prevent_default(),
        "Escape" => focus(WRITE_ID),
        _ => {}
    }
}

/// The part of a dialog that shows more of it at either end.
fn beyond(
    first: Option<Seq>,
    last: Option<Seq>,
    more: [bool; 2],
    near: [bool; 2],
) -> Option<Place> {
    match (first, last) {
        (Some(first), _) if more[0] && near[0] => Some(Place::Before(first)),
        (_, Some(last)) if more[1] && near[1] => Some(Place::After(last)),
        _ => None,
    }
}
