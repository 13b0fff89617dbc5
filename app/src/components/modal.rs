//! Windows over the page: the browser's own `<dialog>`, which keeps the focus in and gives it back,
//! and goes with Escape.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlDialogElement;

use super::{chat::target, words};
use crate::dom::Element;

/// A button that opens the window of this id.
pub fn opens(button: Element, id: &'static str) -> Element {
    button.on("click", move |_| open(id))
}

/// Opens a window.
pub fn open(id: &str) {
    if let Some(window) = find(id).filter(|window| !window.open()) {
        let _ = window.show_modal();
    }
}

/// Closes a window; the focus goes back to where it was.
pub fn close(id: &str) {
    if let Some(window) = find(id) {
        window.close();
    }
}

fn find(id: &str) -> Option<HtmlDialogElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// A window that goes when somebody clicks beside it.
pub fn goes_when_left<const FRAME: bool>(window: Element<FRAME>) -> Element<FRAME> {
    window.on("click", |event| {
        // Its own area is covered by what is in it.
        if let Some(window) = target(&event).and_then(|it| it.dyn_into::<HtmlDialogElement>().ok())
        {
            window.close();
        }
    })
}

/// The button that closes the window of this id.
pub fn close_button(button: Element, id: &'static str) -> Element {
    let label = words().close();
    button
        .attr("type", "button")
        .attr("aria-label", label)
        .attr("title", label)
        .text("✕")
        .on("click", move |_| close(id))
}
