//! The head of the open dialog.

use confab_protocol::{Dialog, DialogKind, PresenceState};
use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{Pane, details::PANEL_ID};
use crate::{
    Open,
    components::{
        PeopleButton,
        avatar::avatar,
        chat::{chat, leads_to},
        modal::opens,
        presence::{presence_text, typing_text},
        surroundings, words,
    },
    dom::{Html, scoped, switch, when},
    names::dialog_name,
};

/// The way back, who or what this is, who is typing or there, and the way to more.
#[component]
pub fn Head(pane: Pane) -> Html {
    let el = scoped(style_sheet!("app/src/components/dialog/head.css"));
    let (around, words) = (surroundings(), words());
    let language = around.language;
    let Some(chat) = chat() else { return Html::nothing() };
    let (dialog, details) = (pane.dialog.clone(), pane.details);
    // The list is kept more closely; details are there when the list is not.
    let of = move |look: fn(&Dialog) -> Seen| {
        let line = chat.line(&dialog, look);
        line.or_else(|| details.data.with(|details| details.as_ref().map(|d| look(&d.dialog))))
    };
    let seen = move || of(Seen::of);
    let (named, below, pictured, kind) = (seen.clone(), seen.clone(), seen.clone(), seen);
    let name = move || named().map_or_else(String::new, |seen| dialog_name(words, &seen.0));
    let dialog = pane.dialog.clone();
    let text = move || {
        let typing = chat.typing.data.with(|typing| {
            let typing = typing.iter().flatten().find(|typing| typing.dialog == dialog)?;
            Some(typing.people.iter().map(|person| person.username.clone()).collect::<Vec<_>>())
        });
        if let Some(names) = typing {
            return typing_text(words, &names);
        }
        match below() {
            Some(Seen(Dialog { kind: DialogKind::Group, members, .. })) => {
                language.count(&words.members_count(), members)
            }
            Some(Seen(Dialog { presence: Some(presence), .. })) => presence_text(words, &presence),
            _ => String::new(),
        }
    };
    let look = {
        let kind = kind.clone();
        move || match kind()?.0.presence?.state {
            PresenceState::Online => Some("online".to_owned()),
            PresenceState::Away => Some("away".to_owned()),
            PresenceState::Offline => Some("offline".to_owned()),
        }
    };
    let picture = switch(
        move || pictured().map(|seen| (seen.colour_of(), dialog_name(words, &seen.0))),
        |seen| match seen {
            Some((colour_of, name)) => avatar(colour_of, name).into(),
            None => Html::nothing(),
        },
    );
    let is_lobby = move || kind().is_some_and(|seen| seen.0.kind == DialogKind::Lobby);
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
    el("header", "head")
        .child(back)
        .child(picture)
        .child(
            el("div", "about")
                .child(el("h1", "title").test_id("dialog-title").text_live(name))
                .child(
                    el("p", "below")
                        .attr_live("data-presence", look)
                        .test_id("dialog-status")
                        .text_live(text),
                ),
        )
        .child(when(is_lobby, || view! { <PeopleButton/> }.into()))
        .child(menu)
        .into()
}

/// What the head shows of a dialog.
#[derive(Clone)]
struct Seen(Dialog);

impl Seen {
    /// All but the words: they change with every message, and the head does not.
    fn of(dialog: &Dialog) -> Self {
        Self(Dialog { last_message: None, ..dialog.clone() })
    }

    fn colour_of(&self) -> String {
        let peer = self.0.peer.as_ref().map(|peer| peer.id.as_str());
        peer.unwrap_or(self.0.dialog_id.as_str()).to_owned()
    }
}
