//! How the connection is (documents 000 and 004).

use confab_protocol::CloseCode;
use confab_sync::{ClosedReason, ConnectionError, Moment, Status};
use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{
    surroundings,
    time::{Precision, time_text},
    words,
};
use crate::{
    Language,
    data::{LastPulse, Pulse},
    dom::{Html, frame},
    words::{Words, digits, fill},
};

/// The state of the connection in words and colour, and what the server said last of itself while it
/// is open: its welcome, then each pulse. The rest of DESIGN §3, the countdown, the last error and
/// **Reconnect**, stands in the [`Banner`](super::Banner), where there is room for it.
///
/// On the server: connecting, because that is what the page will do first.
#[component]
pub fn WebsocketStatus() -> Html {
    let el = frame(style_sheet!("app/src/components/websocket_status.css"));
    let around = surroundings();
    let (status, language, words) = (around.session.status, around.language, words());
    let local = around.is_alive;
    let pulse = around.live.read::<Pulse>(());
    let look = move || status.with(Look::of);
    let beat = move || {
        if look() != Look::Open {
            return String::new();
        }
        pulse.data.with(|pulse| match pulse {
            Some(LastPulse { heartbeat: Some(beat), .. }) => {
                let time = time_text(local, beat.time, Precision::Seconds);
                let mut text = fill(words.heartbeat(), &[&time]);
                text.push_str(" · ");
                text.push_str(&language.count(&words.connections(), beat.connections));
                text
            }
            Some(LastPulse { welcome: Some(client), .. }) => {
                fill(words.welcome(), &[&digits(*client)])
            }
            _ => String::new(),
        })
    };
    let dot = el("span", "dot").attr("aria-hidden", "true");
    let label = el("span", "label")
        .attr("role", "status")
        .attr("aria-label", words.status())
        .test_id("status-label")
        .text_live(move || status.with(|status| label(words, status)).to_owned());
    el("div", "websocket-status")
        .test_id("status")
        .attr_live("data-state", move || Some(look().name().to_owned()))
        .child(dot)
        .child(label)
        .child(el("span", "beat").test_id("pulse").text_live(beat))
        .into()
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

/// The state of the connection in words.
pub fn label(words: &Words, status: &Status) -> &'static str {
    match (Look::of(status), status) {
        (Look::Open, _) => words.status_open(),
        (_, Status::Reconnecting { .. }) => words.status_reconnecting(),
        (Look::Waiting, _) => words.status_connecting(),
        (Look::Closed, _) => words.status_closed(),
    }
}

/// What went wrong last, in words; nothing when nothing did.
pub fn last_error(words: &Words, status: &Status) -> String {
    match status {
        Status::Reconnecting { error, .. } | Status::Closed { error: Some(error), .. } => {
            error_text(words, error)
        }
        _ => String::new(),
    }
}

/// A connection error in words.
pub fn error_text(words: &Words, error: &ConnectionError) -> String {
    let text = match error {
        ConnectionError::Unreachable => words.error_unreachable(),
        ConnectionError::Lost => words.error_lost(),
        ConnectionError::Silent => words.error_silent(),
        ConnectionError::Dropped => words.error_dropped(),
        ConnectionError::ClosedByServer { code, .. } => {
            return fill(close_text(words, *code), &[&digits(*code)]);
        }
    };
    text.to_owned()
}

/// What a close code means. The server's own words are English; they stand in the lab's frame log.
fn close_text(words: &Words, code: u16) -> &'static str {
    match CloseCode::from_number(code) {
        CloseCode::Restart => words.error_restart(),
        CloseCode::TooBig => words.error_too_big(),
        CloseCode::TooSlow => words.error_too_slow(),
        CloseCode::TooManyConnections => words.error_too_many(),
        CloseCode::TooFast => words.error_too_fast(),
        _ => words.error_closed(),
    }
}

/// "attempt 2 of 5 · next try in 3 seconds", counting down.
pub fn countdown(words: &Words, language: Language, status: &Status, now: Moment) -> String {
    let Status::Reconnecting { attempt, of, retry_at, .. } = status else { return String::new() };
    let wait = match retry_at {
        None => words.trying_now().to_owned(),
        Some(at) => language.count(&words.retry_in(), at.0.saturating_sub(now.0).div_ceil(1000)),
    };
    if *attempt == 0 {
        return wait;
    }
    let mut text = fill(words.attempt(), &[&digits(*attempt), &digits(*of)]);
    text.push_str(" · ");
    text.push_str(&wait);
    text
}
