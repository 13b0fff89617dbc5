//! What a person has to know while the connection is not there: never in the way, always with a
//! way on.

use std::{cell::Cell, rc::Rc, time::Duration};

use confab_sync::{ClosedReason, Input, Moment, Status};
use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{
    focus_messages, surroundings, url,
    websocket_status::{countdown, last_error},
    words,
};
use crate::{
    Page,
    dom::{Html, effect, scoped, switch},
    session::has_ended,
};

/// How often the countdown looks at the clock: often enough that no second is skipped.
const TICK: Duration = Duration::from_millis(250);

/// The countdown while the connection is being tried, and a toast with **Reconnect** when nothing
/// is tried any more.
///
/// On the server: nothing.
#[component]
pub fn Banner() -> Html {
    let el = scoped(style_sheet!("app/src/components/banner.css"));
    let around = surroundings();
    let (session, language, words) = (around.session, around.language, words());
    let now = ticking();
    let error = move || session.status.with(|status| last_error(words, status));
    let reconnect = move || {
        el("button", "now")
            .attr("type", "button")
            .on("click", move |_| {
                session.command(Input::Reconnect);
                focus_messages();
            })
            .text(words.reconnect())
    };
    let mut shown = Shown::Nothing;
    switch(
        move || {
            shown = session.status.with(|status| shown.then(status));
            shown
        },
        move |shown| match shown {
            Shown::Nothing => Html::nothing(),
            Shown::Reconnecting => el("div", "strip")
                .attr("role", "status")
                .test_id("reconnecting")
                .child(el("span", "what").text_live(error))
                // To be looked at: nobody wants to hear every second of it.
                .child(el("span", "when").attr("role", "timer").test_id("countdown").text_live(
                    move || {
                        session
                            .status
                            .with(|status| countdown(words, language, status, Moment(now.get())))
                    },
                ))
                .child(reconnect())
                .into(),
            Shown::SignedOut => el("div", "toast")
                .attr("role", "alert")
                .test_id("toast")
                .child(el("p", "text").text(words.signed_out()))
                .child(el("a", "now").attr("href", way_in()).test_id("sign-in").text(words.login()))
                .into(),
            Shown::Toast(reason) => {
                let text = match reason {
                    ClosedReason::SentAway => words.sent_away(),
                    _ => words.gave_up(),
                };
                el("div", "toast")
                    .attr("role", "alert")
                    .test_id("toast")
                    .child(el("p", "text").text(text).child(el("span", "cause").text_live(error)))
                    .child(reconnect())
                    .into()
            }
        },
    )
}

/// To the page to sign in on, and from there back to where we are.
fn way_in() -> String {
    let location = window().location();
    let here = [location.pathname(), location.search()].map(Result::unwrap_or_default).concat();
    [Page::Login.path(), "?to=", &url::escaped(&here)].concat()
}

/// The engine's clock in milliseconds, moving while there is something to count down.
fn ticking() -> RwSignal<u64> {
    let session = surroundings().session;
    let now = RwSignal::new(session.now().0);
    let is_due = Rc::new(Cell::new(false));
    effect(move || {
        now.track();
        let waits =
            |status: &Status| matches!(status, Status::Reconnecting { retry_at: Some(_), .. });
        if session.status.with(waits) && !is_due.replace(true) {
            let is_due = is_due.clone();
            let tick = Box::new(move || {
                is_due.set(false);
                now.set(session.now().0);
            });
            session.browser(|browser| browser.after(TICK, tick));
        }
    });
    now
}

/// What the banner shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Shown {
    Nothing,
    Reconnecting,
    /// The session is over: coming back as nobody would only be refused.
    SignedOut,
    Toast(ClosedReason),
}

impl Shown {
    /// What is shown next.
    fn then(self, status: &Status) -> Self {
        match status {
            Status::Connecting | Status::Open => Self::Nothing,
            // A blip that the quick retry mends is not worth a word. What was said already stays.
            Status::Reconnecting { attempt: 0, .. } if self == Self::Nothing => Self::Nothing,
            Status::Reconnecting { .. } => Self::Reconnecting,
            Status::Closed { reason: ClosedReason::NotStarted | ClosedReason::Stopped, .. } => {
                Self::Nothing
            }
            status if has_ended(status) => Self::SignedOut,
            Status::Closed { reason, .. } => Self::Toast(*reason),
        }
    }
}
