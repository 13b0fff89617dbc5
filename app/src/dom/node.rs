//! A way to an element's node.

use leptos::{prelude::*, reactive::send_wrapper_ext::SendOption};
use web_sys::HtmlElement;

/// A reference to an element's node; copies share it.
///
/// On the server it never holds one.
#[derive(Clone, Copy)]
pub struct Node(StoredValue<SendOption<HtmlElement>>);

impl Node {
    /// A reference to nothing yet; see [`Element::node`](super::Element::node).
    pub fn new() -> Self {
        Self(StoredValue::new(SendOption::new_local(None)))
    }

    /// The node, once it is in the page.
    pub fn get(self) -> Option<HtmlElement> {
        self.0.try_with_value(|node| (**node).clone()).flatten()
    }

    pub(super) fn set(self, node: HtmlElement) {
        self.0.set_value(SendOption::new_local(Some(node)));
    }
}
