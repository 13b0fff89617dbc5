//! The focus goes through the list by the arrows.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{super::geometry::beside, View};
use crate::dom::Node;

impl View {
    /// The focus goes from message to message; whether it went.
    pub fn focus_next(self, by: i32) -> bool {
        let Some(rows) = self.rows.get() else { return false };
        let active = document().active_element();
        let here = active.filter(|active| active.class_list().contains("bubble"));
        let mut next = match &here {
            Some(bubble) => bubble.parent_element(),
            // From the list itself: the last one.
            None if by < 0 && is_focused(self.list) => rows.last_element_child(),
            None => return false,
        };
        if here.is_some() {
            next = beside(next, by);
        }
        // Past the lines that are no message.
        while let Some(row) = &next {
            let bubble = row.first_element_child();
            if let Some(bubble) = bubble.filter(|bubble| bubble.class_list().contains("bubble")) {
                let _ = bubble.unchecked_into::<HtmlElement>().focus();
                return true;
            }
            next = beside(next, by);
        }
        here.is_some()
    }
}

fn is_focused(node: Node) -> bool {
    let active = document().active_element();
    node.get().is_some_and(|node| active.is_some_and(|active| active.is_same_node(Some(&node))))
}
