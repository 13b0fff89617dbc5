//! Where the focus goes when what has it is taken out of the page.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

/// Whether the focus is in this node.
pub(super) fn has_focus(node: &Node) -> bool {
    document().active_element().is_some_and(|active| node.contains(Some(&active)))
}

/// The focus has gone with what was taken out. It goes on here, or else around here, or else in the
/// page's main part: wherever an element has a `tabindex`.
pub(super) fn refocus(here: &Element) {
    let main = || document().query_selector("main[tabindex], main [tabindex]").ok().flatten();
    // A piece that is not in the document has nothing around it, and says so by an error.
    if let Some(refuge) = here.closest("[tabindex]").ok().flatten().or_else(main) {
        let _ = refuge.unchecked_into::<HtmlElement>().focus();
    }
}
