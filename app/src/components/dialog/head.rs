//! The head of the open dialog.

use confab_protocol::{Dialog, DialogId, DialogKind, Presence};
use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{Pane, details::PANEL_ID};
use crate::{
    Open,
    components::{
        PeopleButton,
        avatar::avatar,
        chat::{Chat, chat, leads_to},
        modal::opens,
        presence::{presence_text, state_name, typing_text},
        surroundings, words,
    },
    dom::{Html, effect, scoped, switch, when},
    names::dialog_name,
    words::Words,
};

/// The way back, who or what this is, who is typing or there, and the way to more.
#[component]
pub fn Head(pane: Pane) -> Html {
    let el = scoped(style_sheet!("app/src/components/dialog/head.css"));
    let words = words();
    let Some(chat) = chat() else { return Html::nothing() };
    let seen = look_at(&pane, chat);
    let look = move || {
        let presence = seen.with(|seen| seen.presence)?;
        Some(state_name(presence.state).to_owned())
    };
    let picture = switch(
        move || seen.with(|seen| (seen.colour_of.clone(), seen.name.clone())),
        |(colour_of, name)| match name.is_empty() {
            false => avatar(colour_of, name).into(),
            true => Html::nothing(),
        },
    );
    let is_lobby = move || seen.with(|seen| seen.is_lobby);
    let name = move || seen.with(|seen| seen.name.clone());
    let back = leads_to(
        el("a", "back").attr("aria-label", words.back_to_list()).test_id("back").text("‹"),
        Open::home(),
    );
    let menu = opens(
        el("button", "menu")
            .attr("type", "button")
            .attr("aria-haspopup", "dialog")
            .attr("aria-label", words.details())
            .attr("title", words.details())
            .test_id("details-open")
            .text("⋯"),
        PANEL_ID,
    );
    let about =
        el("div", "about").child(el("h1", "title").test_id("dialog-title").text_live(name)).child(
            el("p", "below")
                .attr_live("data-presence", look)
                .test_id("dialog-status")
                .text_live(status(pane.dialog, chat, seen)),
        );
    el("header", "head")
        .child(back)
        .child(picture)
        .child(about)
        .child(when(is_lobby, || view! { <PeopleButton/> }.into()))
        .child(menu)
        .into()
}

/// The dialog as the list has it, or its details where the list is not there: the list is kept more
/// closely.
fn look_at(pane: &Pane, chat: Chat) -> RwSignal<Seen> {
    let (words, dialog, details) = (words(), pane.dialog.clone(), pane.details);
    let session = surroundings().session;
    let look = move || {
        let line = chat.line(&dialog, |line| Seen::of(words, line));
        let mut seen = line
            .or_else(|| {
                details.data.with(|details| Some(Seen::of(words, &details.as_ref()?.dialog)))
            })
            .unwrap_or_default();
        seen.presence = seen.presence.filter(|_| session.knows_who_is_here.get());
        seen
    };
    let seen = RwSignal::new(untrack(&look));
    effect(move || {
        let now = look();
        if seen.with_untracked(|before| *before != now) {
            seen.set(now);
        }
    });
    seen
}

/// Who is typing; or how many they are, or whether the other one is there.
fn status(dialog: DialogId, chat: Chat, seen: RwSignal<Seen>) -> impl Fn() -> String {
    let (language, words) = (surroundings().language, words());
    move || {
        let typing = chat.typing.data.with(|typing| {
            let typing = typing.iter().flatten().find(|typing| typing.dialog == dialog)?;
            Some(typing.people.iter().map(|person| person.username.clone()).collect::<Vec<_>>())
        });
        if let Some(names) = typing {
            return typing_text(words, &names);
        }
        let (members, presence) = seen.with(|seen| (seen.members, seen.presence));
        match (members, presence) {
            (Some(members), _) => language.count(&words.members_count(), members),
            (_, Some(presence)) => presence_text(words, &presence),
            _ => String::new(),
        }
    }
}

/// What the head shows of a dialog.
#[derive(Clone, Default, PartialEq)]
struct Seen {
    name: String,
    colour_of: String,
    is_lobby: bool,
    /// Of a group only.
    members: Option<u64>,
    presence: Option<Presence>,
}

impl Seen {
    fn of(words: &Words, dialog: &Dialog) -> Self {
        let colour_of = dialog.peer.as_ref().map_or(dialog.dialog_id.as_str(), |it| it.id.as_str());
        Self {
            name: dialog_name(words, dialog),
            colour_of: colour_of.to_owned(),
            is_lobby: dialog.kind == DialogKind::Lobby,
            members: (dialog.kind == DialogKind::Group).then_some(dialog.members),
            presence: dialog.presence,
        }
    }
}
