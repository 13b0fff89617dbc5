//! One dialog of the list.

use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::line::{By, Line, Preview};
use crate::{
    Open,
    components::{
        avatar::avatar,
        chat::{chat, leads_to},
        presence::{presence_name, state_name, typing_text},
        surroundings,
        time::{machine_text, when_text},
        words,
    },
    dom::{Element, Html, scoped, switch, when},
    names::person_name,
    words::{Words, digits, fill},
};

/// A link to the dialog, with what there is to know of it before it is opened.
pub fn row(line: RwSignal<Line>) -> Element {
    let el = scoped(style_sheet!("app/src/components/dialog_list/row.css"));
    let (words, chat) = (words(), chat());
    let is_home = move || chat.is_some_and(|chat| chat.open.with(|open| open.is_home));
    let link = el("a", "line")
        .attr_live("aria-current", move || {
            // At `/` a narrow screen shows the list alone, and the line of what is not to be seen is no
            // other than the rest: there the style sheet does not look at it, and nobody hears of it.
            let current = if is_home() { "false" } else { "page" };
            line.with(|line| line.is_open.then(|| current.to_owned()))
        })
        .test_id("dialog")
        .child(picture(line))
        .child(
            el("bdi", "name")
                .test_id("dialog-name")
                .text_live(move || line.with(|line| line.name.clone())),
        )
        .child(
            el("time", "when")
                .attr_live("datetime", move || Some(machine_text(line.with(|line| line.at))))
                .text_live(move || when_text(line.with(|line| line.at))),
        )
        .child(
            el("span", "preview")
                .attr("dir", "auto")
                .attr_live("data-kind", move || {
                    line.with(|line| Some(kind(&line.preview).to_owned()))
                })
                .test_id("preview")
                .text_live(move || line.with(|line| preview(words, &line.preview))),
        )
        .child(signs(line));
    let open = Open::dialog(line.with_untracked(|line| line.dialog.clone()));
    el("li", "row")
        .flag_live("data-muted", move || line.with(|line| line.is_muted))
        .child(leads_to(link, open))
}

/// Who it is, and whether they are there.
fn picture(line: RwSignal<Line>) -> Html {
    let el = scoped(style_sheet!("app/src/components/dialog_list/row.css"));
    let words = words();
    switch(
        move || line.with(|line| (line.colour_of.clone(), line.name.clone(), line.presence)),
        move |(colour_of, name, presence)| {
            let dot = presence.as_ref().map(|state| {
                el("span", "dot")
                    .attr("data-state", state_name(*state))
                    .attr("role", "img")
                    .attr("aria-label", presence_name(words, *state))
                    .test_id("presence")
            });
            el("span", "picture").child(avatar(colour_of, name)).children(dot).into()
        },
    )
}

/// Whether it is muted, and how much is new.
fn signs(line: RwSignal<Line>) -> Element {
    let el = scoped(style_sheet!("app/src/components/dialog_list/row.css"));
    let (words, language) = (words(), surroundings().language);
    let unread = switch(
        move || line.with(|line| line.unread),
        move |unread| match unread {
            0 => Html::nothing(),
            unread => el("span", "badge")
                .attr("role", "img")
                .attr("aria-label", language.count(&words.unread(), *unread))
                .test_id("unread")
                .text(if *unread > 99 { "99+".to_owned() } else { digits(*unread) })
                .into(),
        },
    );
    let muted = move || {
        el("span", "muted")
            .attr("role", "img")
            .attr("aria-label", words.muted())
            .attr("title", words.muted())
            .test_id("muted")
            .into()
    };
    let muted = when(move || line.with(|line| line.is_muted), muted);
    el("span", "signs").child(muted).child(unread)
}

fn kind(preview: &Preview) -> &'static str {
    match preview {
        Preview::Nothing => "nothing",
        Preview::Draft(_) => "draft",
        Preview::Typing(_) => "typing",
        Preview::Said(..) => "said",
        Preview::Deleted => "deleted",
    }
}

fn preview(words: &Words, preview: &Preview) -> String {
    match preview {
        Preview::Nothing => String::new(),
        Preview::Draft(text) => fill(words.draft(), &[text]),
        Preview::Typing(names) => typing_text(words, names),
        Preview::Said(By::Peer, text) => text.clone(),
        Preview::Said(By::You, text) => fill(words.says(), &[words.you(), text]),
        Preview::Said(By::One(name), text) => {
            fill(words.says(), &[&person_name(words, name), text])
        }
        Preview::Deleted => words.message_deleted().to_owned(),
    }
}
