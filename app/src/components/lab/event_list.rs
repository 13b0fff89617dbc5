//! What happened, line by line: document 000's MessageList.

use leptos::prelude::*;
use stylers_macro::style_sheet;

use crate::{
    components::{TimeOfDay, surroundings, time::Precision, websocket_status::error_text, words},
    data::{LabEvent, LabEvents},
    words::fill,
};

/// "Welcome, client #1 (15:56:12)", the pulse, "You: Hello! (15:56:20)", errors and closes, newest
/// first.
#[component]
pub fn EventList() -> impl IntoView {
    let scope = style_sheet!("app/src/components/lab/event_list.css");
    let around = surroundings();
    let session = around.session;
    let reading = around.live.read::<LabEvents>(());
    let lines = move || {
        reading.data.with(|data| {
            data.iter().flat_map(|data| data.lines.iter().rev().cloned()).collect::<Vec<_>>()
        })
    };
    let text = move |event: &LabEvent| match event {
        LabEvent::Welcome(client) => fill(words().lab_welcome, &[&client.to_string()]),
        LabEvent::Pulse(_) => words().lab_pulse.to_owned(),
        LabEvent::Chat { from, message } => {
            let is_you = session.you.with_untracked(|you| you.id == from.id);
            let name = if is_you { words().you } else { from.username.as_str() };
            fill(words().lab_says, &[name, message])
        }
        LabEvent::Error(message) => fill(words().lab_error, &[message]),
        LabEvent::Disconnected(error) => fill(words().lab_disconnected, &[&error_text(error)]),
    };
    view! { class=scope,
        <ol class="events" role="log" aria-label=words().lab_events tabindex="0" data-testid="events">
            <For each=lines key=|line| line.number let(line)>
                {
                    let (sign, name) = look(&line.event);
                    let is_bad = matches!(line.event, LabEvent::Error(_) | LabEvent::Disconnected(_));
                    view! { class=scope,
                        <li class="event" class:bad=is_bad data-testid="event" data-event=name>
                            <span class="sign" aria-hidden="true">{sign}</span>
                            <span class="what" dir="auto">{text(&line.event)}</span>
                            <span class="when">"("<TimeOfDay at=line.at precision=Precision::Seconds/>")"</span>
                        </li>
                    }
                }
            </For>
        </ol>
    }
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
