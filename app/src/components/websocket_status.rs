//! How the connection is (documents 000 and 004).

use std::time::Duration;

use confab_sync::{ConnectionError, Status};
use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{
    surroundings,
    time::{Precision, time_text},
    words,
};
use crate::{Language, data::Pulse, words::fill};

/// The state of the connection in words and colour, the server's last pulse while it is open, the
/// countdown and the last error while it is not.
///
/// On the server: connecting, because that is what the page will do first.
#[component]
pub fn WebsocketStatus() -> impl IntoView {
    let scope = style_sheet!("app/src/components/websocket_status.css");
    let around = surroundings();
    let status = around.session.status;
    let pulse = around.live.read::<Pulse>(());
    let is = move |wanted: Look| status.with(|status| Look::of(status) == wanted);
    let label = move || status.with(|status| label(status));
    let language = around.language;
    let beat = move || {
        let beat = pulse.data.with(|pulse| pulse.as_ref().and_then(|pulse| pulse.heartbeat));
        match (status.with(Look::of), beat) {
            (Look::Open, Some(beat)) => {
                let time = time_text(beat.time, Precision::Seconds);
                let connections = language.count(&words().connections, beat.connections);
                format!("{} · {connections}", fill(words().heartbeat, &[&time]))
            }
            (Look::Open, None) => words().no_heartbeat.to_owned(),
            _ => String::new(),
        }
    };
    view! { class=scope,
        <div class="websocket-status" data-testid="status" data-state=move || status.with(|s| Look::of(s).name())>
            <span class="dot" class:open=move || is(Look::Open) class:waiting=move || is(Look::Waiting)
                class:closed=move || is(Look::Closed) aria-hidden="true"></span>
            <span class="label" role="status" aria-label=words().status data-testid="status-label">{label}</span>
            <span class="beat" data-testid="pulse">{beat}</span>
        </div>
    }
}

/// The three looks of a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Look {
    Open,
    Waiting,
    Closed,
}

impl Look {
    fn of(status: &Status) -> Self {
        use confab_sync::ClosedReason;
        match status {
            Status::Open => Self::Open,
            Status::Connecting
            | Status::Reconnecting { .. }
            | Status::Closed { reason: ClosedReason::NotStarted, .. } => Self::Waiting,
            Status::Closed { .. } => Self::Closed,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waiting => "connecting",
            Self::Closed => "closed",
        }
    }
}

fn label(status: &Status) -> &'static str {
    let words = words();
    match (Look::of(status), status) {
        (Look::Open, _) => words.status_open,
        (_, Status::Reconnecting { .. }) => words.status_reconnecting,
        (Look::Waiting, _) => words.status_connecting,
        (Look::Closed, _) => words.status_closed,
    }
}

/// A connection error in words.
pub fn error_text(error: &ConnectionError) -> String {
    let words = words();
    match error {
        ConnectionError::Unreachable => words.error_unreachable.to_owned(),
        ConnectionError::Lost => words.error_lost.to_owned(),
        ConnectionError::Silent => words.error_silent.to_owned(),
        ConnectionError::Dropped => words.error_dropped.to_owned(),
        ConnectionError::ClosedByServer { code, reason } => {
            fill(words.error_closed, &[&code.to_string(), reason])
        }
    }
}

/// "attempt 2 of 5 · next try in 3 seconds", counting down.
pub fn countdown(language: Language, status: &Status, now: confab_sync::Moment) -> String {
    let words = words();
    let Status::Reconnecting { attempt, of, retry_at, .. } = status else { return String::new() };
    let wait = match retry_at {
        None => words.trying_now.to_owned(),
        Some(at) => {
            let left = Duration::from_millis(at.0.saturating_sub(now.0));
            language.count(&words.retry_in, left.as_millis().div_ceil(1000) as u64)
        }
    };
    match attempt {
        0 => wait,
        attempt => {
            let attempt = fill(words.attempt, &[&attempt.to_string(), &of.to_string()]);
            format!("{attempt} · {wait}")
        }
    }
}
