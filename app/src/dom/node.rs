//! A way to an element's node.

use std::cell::RefCell;

use leptos::prelude::on_cleanup;
use web_sys::HtmlElement;

use crate::local::{Handle, Local};

/// A reference to an element's node, for as long as the owner that made it; copies share it.
///
/// On the server it never holds one.
#[derive(Clone, Copy)]
pub struct Node(Handle<RefCell<Option<HtmlElement>>>);

impl Node {
    /// A reference to nothing yet; see [`Element::node`](super::Element::node).
    pub fn new() -> Self {
        if !cfg!(target_arch = "wasm32") {
            return Self(Handle::none());
        }
        let local = Local::new(RefCell::default());
        let handle = local.handle();
        on_cleanup(move || drop(local));
        Self(handle)
    }

    /// The node, once it is in the page.
    pub fn get(self) -> Option<HtmlElement> {
        self.0.get()?.borrow().clone()
    }

    pub(super) fn set(self, node: HtmlElement) {
        if let Some(place) = self.0.get() {
            place.replace(Some(node));
        }
    }
}
