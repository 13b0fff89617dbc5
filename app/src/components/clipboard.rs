//! Copies a text.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDocument, HtmlElement, HtmlTextAreaElement};

/// Copies a text; whether it worked. The old way, because the new one does not exist where a page
/// came without TLS, as it does in many a home.
pub fn copy(text: &str) -> bool {
    let document = document();
    let before = document.active_element();
    let (Some(body), Ok(area)) = (document.body(), document.create_element("textarea")) else {
        return false;
    };
    let area: HtmlTextAreaElement = area.unchecked_into();
    area.set_value(text);
    // A modal dialog would not let anything beside it have a selection; there is none over a list.
    let _ = body.append_child(&area);
    area.select();
    let is_copied = document.unchecked_into::<HtmlDocument>().exec_command("copy");
    area.remove();
    if let Some(before) = before {
        let _ = before.unchecked_into::<HtmlElement>().focus();
    }
    is_copied.unwrap_or(false)
}
