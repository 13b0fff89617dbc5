//! What a person has to know while the connection is not there: never in the way, always with a
//! way on.

use std::time::Duration;

use confab_sync::{ClosedReason, Input, Status};
use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{
    surroundings,
    websocket_status::{countdown, error_text},
    words,
};

/// How often the countdown looks at the clock: often enough that no second is skipped.
const TICK: Duration = Duration::from_millis(250);

/// The countdown while the connection is being tried, and a toast with **Reconnect** when nothing
/// is tried any more.
///
/// On the server: nothing.
#[component]
pub fn Banner() -> impl IntoView {
    let around = surroundings();
    let (session, language) = (around.session, around.language);
    let now = RwSignal::new(session.now());
    Effect::new(move |_| {
        let counts =
            session.status.with(|status| matches!(status, Status::Reconnecting { retry_at: Some(_), .. }));
        if counts {
            now.set(session.now());
            if let Ok(ticking) = set_interval(move || now.set(session.now()), TICK) {
                on_cleanup(move || ticking.clear());
            }
        }
    });
    let shown = Memo::new(move |_| session.status.with(Shown::of));
    let error = Signal::derive(move || session.status.with(last_error));
    let count = Signal::derive(move || session.status.with(|s| countdown(language, s, now.get())));
    move || match shown.get() {
        Shown::Nothing => None,
        Shown::Reconnecting => Some(view! { <Reconnecting error count/> }.into_any()),
        Shown::Toast(reason) => Some(view! { <Toast reason error/> }.into_any()),
    }
}

fn last_error(status: &Status) -> String {
    match status {
        Status::Reconnecting { error, .. } | Status::Closed { error: Some(error), .. } => {
            error_text(error)
        }
        _ => String::new(),
    }
}

/// A strip under the header: what went wrong, how long until the next try, **Reconnect** now.
#[component]
fn Reconnecting(error: Signal<String>, count: Signal<String>) -> impl IntoView {
    let scope = style_sheet!("app/src/components/banner.css");
    let session = surroundings().session;
    view! { class=scope,
        <div class="strip" data-testid="reconnecting">
            <span class="what">{error}</span>
            <span class="when" data-testid="countdown">{count}</span>
            <button class="now" type="button" on:click=move |_| session.command(Input::Reconnect)>
                {words().reconnect}
            </button>
        </div>
    }
}

/// Nothing is tried any more: says why, and offers **Reconnect**.
#[component]
fn Toast(reason: ClosedReason, error: Signal<String>) -> impl IntoView {
    let scope = style_sheet!("app/src/components/banner.css");
    let session = surroundings().session;
    let text = match reason {
        ClosedReason::SentAway => words().sent_away,
        _ => words().gave_up,
    };
    view! { class=scope,
        <div class="toast" role="alert" data-testid="toast">
            <p class="text">{text}<span class="cause">{error}</span></p>
            <button class="now" type="button" on:click=move |_| session.command(Input::Reconnect)>
                {words().reconnect}
            </button>
        </div>
    }
}

/// What the banner shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Shown {
    Nothing,
    Reconnecting,
    Toast(ClosedReason),
}

impl Shown {
    fn of(status: &Status) -> Self {
        match status {
            // A blip that the quick retry mends is not worth a word.
            Status::Reconnecting { attempt: 0, .. } => Self::Nothing,
            Status::Reconnecting { .. } => Self::Reconnecting,
            Status::Closed { reason: ClosedReason::NotStarted, .. } => Self::Nothing,
            Status::Closed { reason, .. } => Self::Toast(*reason),
            Status::Connecting | Status::Open => Self::Nothing,
        }
    }
}
