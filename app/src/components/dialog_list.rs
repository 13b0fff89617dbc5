//! Our dialogs, by last activity.

mod line;
mod row;

use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{Palette, chat::chat, keyed::renewed, palette::opens_palette, surroundings, words};
use crate::{
    Page,
    dom::{Element, Html, Item, frame, list, scoped, when},
    live::EntryState,
};

use line::{Beside, Line};
use row::row;

/// The id of the list.
pub const DIALOGS_ID: &str = "dialogs";

/// The column of dialogs: each with what happened last in it, whether the other one is there, and how
/// much is new; above them the ways to more: search, people.
///
/// On the server: the list as it was read, or that it cannot be read right now.
#[component]
pub fn DialogList() -> Html {
    let el = frame(style_sheet!("app/src/components/dialog_list.css"));
    let made = scoped(style_sheet!("app/src/components/dialog_list.css"));
    let (around, words) = (surroundings(), words());
    let (session, is_alive) = (around.session, around.is_alive);
    let Some(chat) = chat() else { return Html::nothing() };
    let reading = chat.dialogs;
    let mut shown = Vec::new();
    let items = move || {
        let lines = reading.data.with(|list| {
            let dialogs = list.as_ref().map(|list| &list.dialogs[..]).unwrap_or_default();
            let (open, you) = (chat.open.read(), session.you.read());
            let (drafts, typing) = (session.drafts.read(), chat.typing.data.read());
            let beside = Beside {
                words,
                you: &you.id,
                open: &open.dialog,
                drafts: &drafts,
                typing: typing.as_deref().unwrap_or_default(),
                knows_who_is_here: session.knows_who_is_here.get(),
            };
            dialogs.iter().map(|dialog| Line::of(dialog, &beside)).collect()
        });
        shown = renewed(std::mem::take(&mut shown), lines);
        shown.iter().map(item).collect()
    };
    let state = move || {
        let has_list = reading.data.with(Option::is_some);
        let text = match reading.state.get() {
            EntryState::Failed { .. } => words.dialogs_failed(),
            EntryState::Loading if !has_list && is_alive.get() => words.loading(),
            EntryState::Loading if !has_list => words.dialogs_unavailable(),
            _ => "",
        };
        text.to_owned()
    };
    let failed = move || reading.state.with(|state| matches!(state, EntryState::Failed { .. }));
    let again = move || {
        made("button", "again")
            .attr("type", "button")
            .test_id("dialogs-retry")
            .text(words.try_again())
            .on("click", move |_| reading.refetch())
            .into()
    };
    el("nav", "dialogs")
        .attr("aria-label", words.dialogs())
        .child(ways())
        .child(el("ul", "rows").attr("id", DIALOGS_ID).test_id("dialogs").child(list(items)))
        .child(el("p", "state").test_id("dialogs-state").text_live(state))
        .child(when(failed, again))
        .child(view! { <Palette/> })
        .into()
}

/// The ways to more.
fn ways() -> Element<true> {
    let el = frame(style_sheet!("app/src/components/dialog_list.css"));
    let words = words();
    let search = opens_palette(
        el("a", "way")
            .attr("href", Page::Search.path())
            .attr("aria-keyshortcuts", "Control+K Meta+K")
            .test_id("palette-open")
            .text(words.search()),
    );
    let people = el("a", "way main")
        .attr("href", Page::People.path())
        .test_id("new-dialog")
        .text(words.new_dialog());
    el("div", "ways").child(search).child(people)
}

fn item(line: &ArcRwSignal<Line>) -> Item {
    let line = line.clone();
    let key = line.with_untracked(|line| line.dialog.as_str().to_owned());
    Item { key, draw: Box::new(move || row(line.into())) }
}
