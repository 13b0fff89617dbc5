//! The box to write in.

use std::rc::Rc;

use confab_protocol::{ClientId, DialogId, Refusal};
use confab_sync::Status;
use leptos::{ev, prelude::*};
use stylers_macro::style_sheet;
use wasm_bindgen::JsCast;
use web_sys::{HtmlTextAreaElement, KeyboardEvent};

use super::{surroundings, words};
use crate::{
    Notice,
    dom::{Element, Html, Node, effect, frame},
};

/// From how many characters before the limit on the count is shown.
const COUNT_FROM: usize = 500;

/// A text that grows with what is written, and **Send**. Enter sends, Shift+Enter starts a line,
/// and neither does anything while an input method composes. What is typed survives a reload, and
/// a refusal leaves it where it is.
///
/// On the server: a plain form that posts; with what was refused still in it.
#[component]
pub fn MessageInput(dialog: DialogId, form_client_id: ClientId, notice: Option<Notice>) -> Html {
    let el = frame(style_sheet!("app/src/components/message_input.css"));
    let around = surroundings();
    let (session, language, words) = (around.session, around.language, words());
    let limit = session.limits().message_characters;
    let why = move |code| words.refusal(language, code, limit.into());
    let first = notice.as_ref().map(|notice| notice.draft.clone()).unwrap_or_default();
    let text = RwSignal::new(first.clone());
    let refused = RwSignal::new(notice.map(|notice| why(notice.code)).unwrap_or_default());
    let node = Node::new();
    keep_draft(dialog.as_str(), node, text);

    let send: Rc<dyn Fn()> = Rc::new(move || {
        match session.send(dialog.clone(), &text.get_untracked()) {
            Ok(()) => {
                text.set(String::new());
                refused.set(String::new());
            }
            // A key hit once too often is not worth a word.
            Err(Refusal::MessageEmpty) if text.with_untracked(String::is_empty) => {}
            Err(refusal) => refused.set(why(refusal.code())),
        }
        if let Some(input) = node.get() {
            let _ = input.focus();
        }
    });
    let enter = send.clone();
    let submit = move |event: ev::Event| {
        event.prevent_default();
        send();
    };
    let keydown = move |event: ev::Event| {
        if event.dyn_ref::<KeyboardEvent>().is_some_and(is_plain_enter) {
            event.prevent_default();
            enter();
        }
    };
    let hint = move || {
        let waits = |status: &Status| {
            matches!(
                status,
                Status::Reconnecting { attempt: 1.., .. } | Status::Closed { error: Some(_), .. }
            )
        };
        let text =
            if session.status.with(waits) { words.offline_hint() } else { words.keys_hint() };
        text.to_owned()
    };
    let count = move || {
        let (characters, limit) = (text.with(|text| text.chars().count()), limit as usize);
        if characters > limit {
            language.count(&words.characters_over(), (characters - limit) as u64)
        } else if characters + COUNT_FROM > limit {
            language.count(&words.characters_left(), (limit - characters) as u64)
        } else {
            String::new()
        }
    };

    let hidden = Element::new("input")
        .attr("type", "hidden")
        .attr("name", "clientId")
        .attr_of("value", || form_client_id.as_str().to_owned());
    let input = el("textarea", "text")
        .node(node)
        .attr("name", "message")
        .attr("rows", "1")
        .attr("dir", "auto")
        .attr("aria-label", words.message())
        .attr_live("aria-invalid", move || {
            refused.with(|why| (!why.is_empty()).then(|| "true".to_owned()))
        })
        .attr("aria-describedby", "input-refused input-hint")
        .attr("placeholder", words.write_message())
        .test_id("input")
        .flag("required", true)
        .initial(first)
        .value_live(move || text.get())
        .on("input", move |_| text.set(written(node).unwrap_or_default()))
        .on("keydown", keydown);
    let send = el("button", "send").attr("type", "submit").test_id("send").text(words.send());
    // The copy in the attribute gives the box its height.
    let grow = el("div", "grow").attr_live("data-text", move || Some(text.get())).child(input);
    let refusal = el("p", "refused")
        .attr("id", "input-refused")
        .attr("role", "alert")
        .test_id("refused")
        .text_live(move || refused.get());
    let below = el("p", "hint")
        .attr("id", "input-hint")
        .child(el("span", "keys").text_live(hint))
        .child(el("span", "count").text_live(count));
    el("form", "message-input")
        .attr("method", "post")
        .attr("action", "/")
        .on("submit", submit)
        .child(hidden)
        .child(el("div", "line").child(grow).child(send))
        .child(refusal)
        .child(below)
        .into()
}

/// Enter alone, and not the one that ends a composition.
fn is_plain_enter(event: &KeyboardEvent) -> bool {
    event.key() == "Enter" && !event.shift_key() && !event.is_composing()
}

/// What stands in the box.
fn written(node: Node) -> Option<String> {
    node.get().map(|node| node.unchecked_into::<HtmlTextAreaElement>().value())
}

/// Takes up what was written before the page came alive, or else the draft of the last life of
/// this page, and keeps this one's.
fn keep_draft(dialog: &str, node: Node, text: RwSignal<String>) {
    let session = surroundings().session;
    let mut key = String::from("draft:");
    key.push_str(dialog);
    let mut is_first = true;
    effect(move || {
        if std::mem::take(&mut is_first) {
            let written = written(node);
            let kept = || session.browser(|browser| browser.recall(&key)).flatten();
            let draft = written.filter(|text| !text.is_empty()).or_else(kept);
            if let Some(draft) = draft.filter(|draft| !draft.is_empty()) {
                text.set(draft);
            }
        }
        text.with(|text| session.browser(|browser| browser.remember(&key, text)));
    });
}
