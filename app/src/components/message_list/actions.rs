//! What one can do with a message: answer it, copy it, and if it is ours, edit it or take it back.
//!
//! There is one bar of buttons for the whole list. It moves into the bubble that is pointed at, or
//! that has the focus, and so costs nothing for each message. It does not move away from under a
//! focus that is in it.

use leptos::{ev, prelude::*};
use stylers_macro::style_sheet;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    delivery::readers,
    row::Shown,
    timeline::{Body, Row},
};
use crate::{
    components::{
        clipboard,
        dialog::{Composing, Pane},
        focus_messages, surroundings, words,
    },
    dom::{Element, Html, Node, scoped, when},
    session::OutgoingState,
};

/// The bar; copies share it.
#[derive(Clone, Copy)]
pub struct Actions {
    bar: Node,
    /// The message it is about.
    about: RwSignal<Option<Shown>>,
    /// Whether it asks if the message shall really be taken back.
    asks: RwSignal<bool>,
    composing: RwSignal<Composing>,
}

impl Actions {
    /// The bar of a list; given to its rows.
    pub fn provide(pane: &Pane) -> Self {
        let actions = Self {
            bar: Node::new(),
            about: RwSignal::new(None),
            asks: RwSignal::new(false),
            composing: pane.composing,
        };
        provide_context(actions);
        actions
    }

    /// The bar of the list that this row is in.
    pub fn here() -> Self {
        use_context().unwrap_or_else(|| panic!("rows are in a list"))
    }

    /// For a row to call when it is pointed at or gets the focus.
    pub fn on_point(self, row: Shown) -> impl FnMut(ev::Event) + 'static {
        move |event| {
            let target = event.current_target().and_then(|li| li.dyn_into::<HtmlElement>().ok());
            if let Some(bubble) = target.and_then(|li| li.first_element_child()) {
                self.point(row, &bubble);
            }
        }
    }

    fn point(self, row: Shown, bubble: &web_sys::Element) {
        let Some(bar) = self.bar.get() else { return };
        let active = document().active_element();
        if bubble.contains(Some(&bar)) || bar.contains(active.as_deref()) {
            return;
        }
        let is_there = row.get().is_some_and(|row| row.seq.is_some() && row.body != Body::Deleted);
        if is_there {
            self.asks.set(false);
            self.about.set(Some(row));
            let _ = bubble.append_child(&bar);
        } else {
            bar.remove();
        }
    }

    /// The pointer has left the list.
    pub fn leave(self) {
        let Some(bar) = self.bar.get() else { return };
        let active = document().active_element();
        let has_focus = |element: &web_sys::Element| element.contains(active.as_deref());
        if !bar.parent_element().is_some_and(|bubble| has_focus(&bubble)) {
            bar.remove();
        }
    }

    /// Away with it, and the focus to where it is of use.
    fn done(self) {
        focus_messages();
        if let Some(bar) = self.bar.get() {
            bar.remove();
        }
    }

    /// The bar itself.
    pub fn bar(self) -> Html {
        let el = scoped(style_sheet!("app/src/components/message_list/actions.css"));
        let words = words();
        let button = move |text: &'static str, id: &'static str| {
            el("button", "act").attr("type", "button").test_id(id).text(text)
        };
        let row = move || self.about.get_untracked().and_then(Shown::get);
        let reply = move |_| {
            if let Some(quote) = row().and_then(|row| row.as_quote()) {
                self.composing.set(Composing::Reply(quote));
                self.bar.get().iter().for_each(|bar| bar.remove());
            }
        };
        let copy = move |_| {
            let session = surroundings().session;
            let text = row().map(|row| row.content().to_owned()).unwrap_or_default();
            let is_copied = clipboard::copy(&text);
            session.say(if is_copied { words.copied() } else { words.copy_failed() });
        };
        let edit = move |_| {
            if let Some(row) = row()
                && let Some(message_id) = row.message_id.clone()
            {
                let before = row.content().to_owned();
                self.composing.set(Composing::Edit { message_id, before });
                self.bar.get().iter().for_each(|bar| bar.remove());
            }
        };
        let is = move |look: fn(&Row) -> bool| {
            move || self.about.get().and_then(|row| row.try_with(look)).unwrap_or(false)
        };
        let is_mine = is(|row| row.is_mine);
        // Also when it has been stored since it was pointed at.
        let is_ours = is(|row| row.is_mine && row.state == OutgoingState::Stored);
        let readers = move || self.about.get().map(readers).unwrap_or_default();
        let ours = move || -> Html {
            vec![button(words.edit(), "edit").on("click", edit).into(), self.taking_back()].into()
        };
        Element::new("div")
            .child(
                el("div", "bar")
                    .node(self.bar)
                    .flag_live("data-mine", is_mine)
                    .attr("role", "group")
                    .attr("aria-label", words.actions())
                    // It comes to what is pointed at; nobody wants to hear that it did.
                    .attr("aria-live", "off")
                    .test_id("actions")
                    .child(button(words.reply(), "reply").on("click", reply))
                    .child(button(words.copy(), "copy").on("click", copy))
                    .child(when(is_ours, ours))
                    .child(el("p", "readers").test_id("readers").text_live(readers)),
            )
            .into()
    }

    /// The button that asks first.
    fn taking_back(self) -> Html {
        let el = scoped(style_sheet!("app/src/components/message_list/actions.css"));
        let words = words();
        let label = move || if self.asks.get() { words.delete_really() } else { words.delete() };
        el("button", "act")
            .attr("type", "button")
            .flag_live("data-asks", move || self.asks.get())
            .test_id("delete")
            .on("click", move |_| self.delete())
            .text_live(move || label().to_owned())
            .into()
    }

    /// Asked once more before a message is taken back from everyone.
    fn delete(self) {
        if !self.asks.get_untracked() {
            self.asks.set(true);
            return;
        }
        let Some(row) = self.about.get_untracked().and_then(Shown::get) else { return };
        if let (Some(pane), Some(message_id)) = (use_context::<Pane>(), row.message_id) {
            surroundings().session.delete(pane.dialog, message_id);
            surroundings().session.say(words().message_deleted());
        }
        self.done();
    }
}
