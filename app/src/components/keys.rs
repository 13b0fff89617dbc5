//! Keys that mean something everywhere in the chat, the list of them, and whether the page is in
//! front.

use leptos::{ev, prelude::*};
use stylers_macro::style_sheet;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventTarget, HtmlElement, KeyboardEvent, VisibilityState};

use super::{
    chat::{Chat, chat},
    modal::{self, close_button, goes_when_left},
    palette::open_palette,
    surroundings, words,
};
use crate::dom::{Element, Html, effect, frame, scoped, still};

/// The id of the window.
const KEYS_ID: &str = "keys";

/// The list of keys, which `?` opens; and the keys themselves, for as long as the page lives.
///
/// On the server: the list, closed.
#[component]
pub fn Keys() -> Html {
    let el = frame(style_sheet!("app/src/components/keys.css"));
    if let Some(chat) = chat() {
        listen(chat);
    }
    let made = scoped(style_sheet!("app/src/components/keys.css"));
    let close = close_button(made("button", "close").test_id("keys-close"), KEYS_ID);
    let heading = move || el("h2", "heading").attr("id", "keys-heading").text(words().keys());
    let window = el("dialog", "window")
        .attr("id", KEYS_ID)
        .attr("aria-labelledby", "keys-heading")
        .test_id("keys")
        .child(
            el("div", "inside")
                .child(el("header", "top").child(still(heading)).child(close))
                .child(still(list)),
        );
    goes_when_left(window).into()
}

fn list() -> Element {
    let el = scoped(style_sheet!("app/src/components/keys.css"));
    let row = |(keys, meaning)| {
        el("div", "row")
            .child(el("dt", "keys").child(el("kbd", "key").text(keys)))
            .child(el("dd", "meaning").text(meaning))
    };
    el("dl", "list").children(surroundings().language.standing().keys.map(row))
}

/// Hears the whole page from the moment it is alive.
fn listen(chat: Chat) {
    effect(move || {
        on(&document(), "keydown", move |event| pressed(chat, &event));
        on(&window(), "popstate", move |_| chat.follow_address());
        let look = move || {
            let is_seen = document().visibility_state() == VisibilityState::Visible;
            let is_front = is_seen && document().has_focus().unwrap_or(false);
            if chat.is_front.get_untracked() != is_front {
                chat.is_front.set(is_front);
            }
        };
        look();
        on(&document(), "visibilitychange", move |_| look());
        for name in ["focus", "blur"] {
            on(&window(), name, move |_| look());
        }
    });
}

/// For as long as the page lives.
fn on(target: &EventTarget, name: &str, mut hear: impl FnMut(ev::Event) + 'static) {
    let owner = Owner::current().unwrap_or_default();
    let hear = Closure::<dyn FnMut(ev::Event)>::new(move |event| owner.with(|| hear(event)));
    let _ = target.add_event_listener_with_callback(name, hear.as_ref().unchecked_ref());
    hear.forget();
}

fn pressed(chat: Chat, event: &ev::Event) {
    let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
    if key.is_composing() {
        return;
    }
    let (has_alt, has_control) = (key.alt_key(), key.ctrl_key() || key.meta_key());
    match key.key().as_str() {
        // The same key writes another letter under a Cyrillic layout.
        "k" | "K" | "л" | "Л" if has_control && !has_alt => open_palette(),
        "ArrowUp" if has_alt && !has_control => chat.step(-1),
        "ArrowDown" if has_alt && !has_control => chat.step(1),
        "?" if !has_alt && !has_control && !is_writing() => modal::open(KEYS_ID),
        _ => return,
    }
    event.prevent_default();
}

/// Whether keys are letters now.
fn is_writing() -> bool {
    let active = document().active_element().and_then(|it| it.dyn_into::<HtmlElement>().ok());
    active
        .is_some_and(|active| matches!(active.tag_name().as_str(), "TEXTAREA" | "INPUT" | "SELECT"))
}

/// What has happened, for whoever does not see it: stored, not sent, copied.
#[component]
pub fn Announcements() -> Html {
    let el = frame(style_sheet!("app/src/components/keys.css"));
    let said = surroundings().session.said;
    el("div", "said").attr("role", "status").test_id("said").text_live(move || said.get()).into()
}
