//! A message that the server did not take.

use confab_protocol::{ClientId, ErrorCode};
use stylers_macro::style_sheet;

use super::{focus_messages, surroundings};
use crate::dom::{Element, scoped};

/// So much of a message tells its buttons from those of another, to those who only hear them.
const NAME_CHARACTERS: usize = 30;

/// Why it did not, and what can be done about it: **Retry** and **Discard**.
pub fn refused(code: ErrorCode, client_id: ClientId, content: &str) -> [Element; 3] {
    let el = scoped(style_sheet!("app/src/components/refused.css"));
    let around = surroundings();
    let (session, words) = (around.session, around.words);
    let other = client_id.clone();
    let retry = move |_| {
        session.retry(&client_id);
        focus_messages();
    };
    let discard = move |_| {
        session.discard(&other);
        focus_messages();
    };
    [
        el("span", "why").text(around.reasons().refusal(code)),
        way_on(words.retry(), content).on("click", retry),
        way_on(words.discard(), content).on("click", discard),
    ]
}

/// A button for what can be done about a message; its name tells which message.
pub fn way_on(text: &'static str, content: &str) -> Element {
    let el = scoped(style_sheet!("app/src/components/refused.css"));
    let mut name = String::from(text);
    name.push_str(": ");
    name.extend(content.chars().take(NAME_CHARACTERS));
    el("button", "act").attr("type", "button").attr("aria-label", name).text(text)
}
