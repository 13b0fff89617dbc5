//! A way to an element's node.

use leptos::prelude::*;
use web_sys::HtmlElement;

use crate::local::Local;

/// A reference to an element's node; copies share it.
///
/// On the server it never holds one.
#[derive(Clone, Copy)]
pub struct Node(StoredValue<Local<HtmlElement>>);

impl Node {
    /// A reference to nothing yet; see [`Element::node`](super::Element::node).
    pub fn new() -> Self {
        Self(StoredValue::new(Local::none()))
    }

    /// The node, once it is in the page.
    pub fn get(self) -> Option<HtmlElement> {
        self.0.try_with_value(Local::get).flatten().map(|node| (*node).clone())
    }

    pub(super) fn set(self, node: HtmlElement) {
        self.0.set_value(Local::new(node));
    }
}
