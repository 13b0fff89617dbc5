//! What there is to know of the open dialog, and to do to it.

use confab_protocol::{DialogKind, Role};
use leptos::{ev, prelude::*};
use stylers_macro::style_sheet;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::{
    Pane,
    manage::Manage,
    members::{add_members, members},
};
use crate::{
    components::{
        chat::{Chat, chat},
        modal::{close_button, goes_when_left},
        words,
    },
    data::Details,
    dom::{Element, Html, Node, effect, scoped, switch},
    live::Reading,
    names::dialog_name,
};

/// The id of the window.
pub const PANEL_ID: &str = "details";

/// What decides how the panel looks.
#[derive(Clone, Copy, Eq, PartialEq)]
struct Look {
    kind: DialogKind,
    role: Role,
}

/// Members with their roles; for the owner of a group also its title, adding, removing and passing
/// it on; for everyone muting, and leaving a group.
///
/// On the server: closed and empty.
#[component]
pub fn DetailsPanel(pane: Pane) -> Html {
    let el = scoped(style_sheet!("app/src/components/dialog/details.css"));
    let Some(chat) = chat() else { return Html::nothing() };
    let manage = Manage::new(pane.dialog.clone());
    let (details, failed) = (pane.details, manage.failed);
    let is_alive = crate::components::surroundings().is_alive;
    let look = move || {
        let look = details.data.with(|details| {
            let dialog = &details.as_ref()?.dialog;
            Some(Look { kind: dialog.kind, role: dialog.role })
        });
        look.filter(|_| is_alive.get())
    };
    let inside = switch(look, move |look| {
        let Some(Look { kind, role }) = look else { return Html::nothing() };
        let is_owner = *kind == DialogKind::Group && *role == Role::Owner;
        let mut parts: Vec<Html> = Vec::new();
        if is_owner {
            parts.push(title(&pane, &manage));
        }
        if *kind == DialogKind::Group {
            parts.push(members(&pane, &manage));
        }
        if is_owner {
            parts.push(add_members(&pane, &manage));
        }
        parts.push(mute(&pane, &manage, chat));
        if *kind == DialogKind::Group {
            parts.push(leave(&manage));
        }
        parts.into()
    });
    let window = el("dialog", "details")
        .attr("id", PANEL_ID)
        .attr("aria-labelledby", "details-heading")
        .test_id("details")
        .child(
            el("div", "inside")
                .child(top(details))
                .child(
                    el("p", "failed")
                        .attr("role", "alert")
                        .test_id("details-failed")
                        .text_live(move || failed.get()),
                )
                .child(
                    // Here goes on who has given the group away, and with it most of what is in it.
                    el("div", "parts")
                        .attr("role", "group")
                        .attr("aria-labelledby", "details-heading")
                        .attr("tabindex", "-1")
                        .child(inside),
                ),
        );
    goes_when_left(window).into()
}

/// What it is called, and the way out.
fn top(details: Reading<Details>) -> Element {
    let el = scoped(style_sheet!("app/src/components/dialog/details.css"));
    let words = words();
    let name = move || {
        details.data.with(|details| {
            details.as_ref().map(|details| dialog_name(words, &details.dialog)).unwrap_or_default()
        })
    };
    el("header", "top")
        .child(el("h2", "heading").attr("id", "details-heading").text_live(name))
        .child(close_button(el("button", "close").test_id("details-close"), PANEL_ID))
}

/// The title, to be changed.
fn title(pane: &Pane, manage: &Manage) -> Html {
    let el = scoped(style_sheet!("app/src/components/dialog/details.css"));
    let words = words();
    let (details, node, manage) = (pane.details, Node::new(), manage.clone());
    let field = move || node.get().and_then(|node| node.dyn_into::<HtmlInputElement>().ok());
    effect(move || {
        let title = details.data.with(|details| details.as_ref()?.dialog.title.clone());
        if let (Some(field), Some(title)) = (field(), title) {
            field.set_value(&title);
        }
    });
    let submit = move |event: ev::Event| {
        event.prevent_default();
        if let Some(field) = field() {
            manage.rename(field.value());
        }
    };
    let input = el("input", "field")
        .node(node)
        .attr("aria-label", words.group_title())
        .attr("maxlength", "100")
        .attr("autocomplete", "off")
        .test_id("title");
    let save = el("button", "act").attr("type", "submit").test_id("rename").text(words.rename());
    el("form", "line").on("submit", submit).child(input).child(save).into()
}

fn mute(pane: &Pane, manage: &Manage, chat: Chat) -> Html {
    let (words, manage, dialog) = (words(), manage.clone(), pane.dialog.clone());
    let is_muted = move || chat.line(&dialog, |line| line.muted).unwrap_or(false);
    let (shown, now) = (is_muted.clone(), is_muted);
    button("mute")
        .attr_live("aria-pressed", move || Some(if shown() { "true" } else { "false" }.to_owned()))
        .text(words.mute())
        .on("click", move |_| manage.mute(!untrack(&now)))
        .into()
}

/// Asked once more: who has left does not come back by themselves.
fn leave(manage: &Manage) -> Html {
    let (words, manage, asks) = (words(), manage.clone(), RwSignal::new(false));
    let label = move || if asks.get() { words.leave_really() } else { words.leave() }.to_owned();
    button("leave")
        .flag_live("data-asks", move || asks.get())
        .on("click", move |_| match asks.get_untracked() {
            true => manage.leave(),
            false => asks.set(true),
        })
        .text_live(label)
        .into()
}

fn button(id: &'static str) -> Element {
    let el = scoped(style_sheet!("app/src/components/dialog/details.css"));
    el("button", "wide").attr("type", "button").test_id(id)
}
