//! What happened, line by line: document 000's MessageList.

use confab_protocol::{ErrorCode, Timestamp};
use confab_sync::ConnectionError;
use leptos::prelude::*;
use stylers_macro::style_sheet;

use crate::{
    components::{
        MESSAGES_ID,
        refused::refused,
        surroundings,
        time::{Precision, time_of_day},
        websocket_status::error_text,
        words,
    },
    data::{LabEvent, LabEvents, LabLine},
    dom::{Element, Html, Item, frame, list, scoped},
    session::Outgoing,
    words::{digits, fill},
};

/// "Welcome, client #1 (15:56:12)", the pulse, "You: Hello! (15:56:20)", errors and closes, newest
/// first; and above them what we said and the server did not take.
#[component]
pub fn EventList() -> Html {
    let el = frame(style_sheet!("app/src/components/lab/event_list.css"));
    let around = surroundings();
    let (session, reading) = (around.session, around.live.read::<LabEvents>(()));
    let refused = move || session.outbox.with(|outbox| outbox.iter().filter_map(refusal).collect());
    let items = move || {
        reading
            .data
            .with(|data| data.iter().flat_map(|data| data.lines.iter().rev()).map(item).collect())
    };
    el("div", "events")
        .attr("id", MESSAGES_ID)
        .attr("role", "log")
        // Every pulse is a line; nobody wants to hear each of them.
        .attr("aria-live", "off")
        .attr("tabindex", "0")
        .attr("aria-label", words().lab_events())
        .test_id("events")
        .child(el("ol", "lines").child(list(refused)).child(list(items)))
        .into()
}

fn item(line: &LabLine) -> Item {
    let line = line.clone();
    Item { key: digits(line.number), draw: Box::new(move || draw(line)) }
}

fn draw(line: LabLine) -> Element {
    let (sign, name) = look(&line.event);
    draw_line(sign, name, text(&line.event), line.at)
}

/// A message that was refused, for as long as it is; drawn anew when the reason is another.
fn refusal(outgoing: &Outgoing) -> Option<Item> {
    let code = outgoing.state.refusal()?;
    let (client_id, at) = (outgoing.client_id().clone(), outgoing.at);
    let content = outgoing.content().to_owned();
    let mut key = client_id.as_str().to_owned();
    key.push_str(code.as_str());
    let draw = move || {
        let text = fill(words().lab_says(), &[words().you(), &content]);
        let el = scoped(style_sheet!("app/src/components/lab/event_list.css"));
        let ways_on = refused(code, client_id, &content);
        draw_line(BAD, "nack", text, at).child(el("div", "ways-on").children(ways_on))
    };
    Some(Item { key, draw: Box::new(draw) })
}

const BAD: &str = "❌";

/// The blanks between the parts are for those who copy the line, or hear it.
fn draw_line(sign: &'static str, name: &'static str, text: String, at: Timestamp) -> Element {
    let el = scoped(style_sheet!("app/src/components/lab/event_list.css"));
    el("li", if sign == BAD { "event bad" } else { "event" })
        .attr("data-event", name)
        .test_id("event")
        .child(el("span", "sign").attr("aria-hidden", "true").text(sign))
        .text(" ")
        .child(el("span", "what").attr("dir", "auto").text(text))
        .text(" ")
        .child(el("span", "when").text("(").child(time_of_day(at, Precision::Seconds)).text(")"))
}

fn look(event: &LabEvent) -> (&'static str, &'static str) {
    match event {
        LabEvent::Welcome(_) => ("🔌", "welcome"),
        LabEvent::Pulse(_) => ("❤️", "heartbeat"),
        LabEvent::Chat { .. } => ("💬", "chat"),
        LabEvent::Refused(_) => (BAD, "refused"),
        LabEvent::Broke(ConnectionError::Unreachable) => (BAD, "error"),
        LabEvent::Broke(_) => (BAD, "disconnected"),
    }
}

fn text(event: &LabEvent) -> String {
    let around = surroundings();
    let words = around.words;
    match event {
        LabEvent::Welcome(client) => fill(words.welcome(), &[&digits(*client)]),
        LabEvent::Pulse(_) => words.lab_pulse().to_owned(),
        LabEvent::Chat { from, message } => {
            let is_you = around.session.you.with_untracked(|you| you.id == from.id);
            let name = if is_you { words.you() } else { from.username.as_str() };
            fill(words.lab_says(), &[name, message])
        }
        // What the server says without being asked for anything: the history is not there.
        LabEvent::Refused(ErrorCode::StorageUnavailable) => words.history_unavailable().to_owned(),
        LabEvent::Refused(code) => around.reasons().refusal(*code),
        LabEvent::Broke(error) => {
            let label = match error {
                ConnectionError::Unreachable => words.lab_error(),
                _ => words.lab_disconnected(),
            };
            fill(label, &[&error_text(words, error)])
        }
    }
}
