//! The connection's states as a picture, the present one lit.

use confab_sync::Status;
use leptos::prelude::*;
use stylers_macro::style_sheet;

use crate::{
    components::{
        surroundings,
        websocket_status::{label, last_error},
        words,
    },
    dom::{Html, frame},
    words::fill,
};

/// The ways between the states, and the heads of their arrows.
const WAYS: &str = "M155 30H245M320 50V110M300 110V50M245 130H155M80 50V110M100 110V50";
const HEADS: &str = "M245 30l-8-5v10zM320 110l-5-8h10zM300 50l-5 8h10zM155 130l8-5v10zM80 110l-5-8h10zM100 50l-5 8h10z";

/// Four states and the ways between them (DESIGN §3), and the last error in words.
#[component]
pub fn StateMachine() -> Html {
    let el = frame(style_sheet!("app/src/components/lab/state_machine.css"));
    let status = surroundings().session.status;
    let words = words();
    // Where the middle of each box is, in the picture's units.
    let nodes = [
        (Node::Connecting, words.status_connecting(), 80, 30),
        (Node::Open, words.status_open(), 320, 30),
        (Node::Reconnecting, words.status_reconnecting(), 320, 130),
        (Node::Closed, words.status_closed(), 80, 130),
    ]
    .map(|(node, label, x, y): (_, _, u32, u32)| {
        let is_lit = move || status.with(Node::of) == node;
        let shape = el("rect", "box")
            .attr_of("x", move || (x - 75).to_string())
            .attr_of("y", move || (y - 20).to_string())
            .attr("width", "150")
            .attr("height", "40")
            .attr("rx", "12");
        let text = el("text", "label")
            .attr_of("x", move || x.to_string())
            .attr_of("y", move || (y + 5).to_string())
            .text(label);
        el("g", "node")
            .attr("data-state", node.name())
            .flag_live("data-lit", is_lit)
            .test_id("state")
            .child(shape)
            .child(text)
    });
    let picture = el("svg", "picture")
        .attr("viewBox", "0 0 400 160")
        .attr("role", "img")
        .attr_live("aria-label", move || {
            let label = status.with(|status| label(words, status));
            Some(fill(words.lab_says(), &[words.lab_machine(), label]))
        })
        .child(el("path", "way").attr("d", WAYS))
        .child(el("path", "head").attr("d", HEADS))
        .children(nodes);
    let detail = move || status.with(|status| last_error(words, status));
    el("div", "machine")
        .child(picture)
        .child(el("p", "detail").test_id("state-detail").text_live(detail))
        .into()
}

/// The states as they are drawn.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Node {
    Connecting,
    Open,
    Reconnecting,
    Closed,
}

impl Node {
    fn of(status: &Status) -> Self {
        match status {
            Status::Connecting => Self::Connecting,
            Status::Open => Self::Open,
            Status::Reconnecting { .. } => Self::Reconnecting,
            Status::Closed { .. } => Self::Closed,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Open => "open",
            Self::Reconnecting => "reconnecting",
            Self::Closed => "closed",
        }
    }
}
