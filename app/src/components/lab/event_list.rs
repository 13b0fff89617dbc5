//! What happened, line by line: document 000's MessageList.

use leptos::prelude::*;
use stylers_macro::style_sheet;

use crate::{
    components::{
        surroundings,
        time::{Precision, time_of_day},
        websocket_status::error_text,
        words,
    },
    data::{LabEvent, LabEvents, LabLine},
    dom::{Element, Html, Item, list, scoped},
    words::fill,
};

/// "Welcome, client #1 (15:56:12)", the pulse, "You: Hello! (15:56:20)", errors and closes, newest
/// first.
#[component]
pub fn EventList() -> Html {
    let el = scoped(style_sheet!("app/src/components/lab/event_list.css"));
    let reading = surroundings().live.read::<LabEvents>(());
    let items = move || {
        reading
            .data
            .with(|data| data.iter().flat_map(|data| data.lines.iter().rev()).map(item).collect())
    };
    el("ol", "events")
        .attr("role", "log")
        .attr("tabindex", "0")
        .attr("aria-label", words().lab_events)
        .test_id("events")
        .child(list(items))
        .into()
}

fn item(line: &LabLine) -> Item {
    let line = line.clone();
    Item { key: line.number.to_string(), draw: Box::new(move || draw(line)) }
}

fn draw(line: LabLine) -> Element {
    let el = scoped(style_sheet!("app/src/components/lab/event_list.css"));
    let (sign, name) = look(&line.event);
    let is_bad = matches!(line.event, LabEvent::Error(_) | LabEvent::Disconnected(_));
    el("li", if is_bad { "event bad" } else { "event" })
        .attr("data-event", name)
        .test_id("event")
        .child(el("span", "sign").attr("aria-hidden", "true").text(sign))
        .child(el("span", "what").attr("dir", "auto").text(text(&line.event)))
        .child(
            el("span", "when").text("(").child(time_of_day(line.at, Precision::Seconds)).text(")"),
        )
}

fn look(event: &LabEvent) -> (&'static str, &'static str) {
    match event {
        LabEvent::Welcome(_) => ("🔌", "welcome"),
        LabEvent::Pulse(_) => ("❤️", "heartbeat"),
        LabEvent::Chat { .. } => ("💬", "chat"),
        LabEvent::Error(_) => ("❌", "error"),
        LabEvent::Disconnected(_) => ("❌", "disconnected"),
    }
}

fn text(event: &LabEvent) -> String {
    let words = words();
    match event {
        LabEvent::Welcome(client) => fill(words.lab_welcome, &[&client.to_string()]),
        LabEvent::Pulse(_) => words.lab_pulse.to_owned(),
        LabEvent::Chat { from, message } => {
            let is_you = surroundings().session.you.with_untracked(|you| you.id == from.id);
            let name = if is_you { words.you } else { from.username.as_str() };
            fill(words.lab_says, &[name, message])
        }
        LabEvent::Error(message) => fill(words.lab_error, &[message]),
        LabEvent::Disconnected(error) => fill(words.lab_disconnected, &[&error_text(words, error)]),
    }
}
