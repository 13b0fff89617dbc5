//! That what is shown may be out of date, and since when.

use std::time::Duration;

use confab_sync::{ClosedReason, Status};
use leptos::prelude::*;
use stylers_macro::style_sheet;

use crate::{
    Session,
    components::{dialog::Pane, surroundings, time::when_text, words},
    data::Messages,
    dom::{Element, effect, scoped},
    live::{EntryState, Reading},
    words::{Words, fill},
};

/// What catches up sooner is not worth a word.
const PATIENCE: Duration = Duration::from_secs(5);

/// Says when a dialog was updated last, and what is done about it, as soon as that is a while ago. It
/// lies over the list, so that nothing moves; and it is there while it is empty, so that what it says
/// is read out, once.
pub fn stale(pane: &Pane) -> Element {
    let el = scoped(style_sheet!("app/src/components/message_list.css"));
    let (session, words) = (surroundings().session, words());
    let (reading, dialog) = (pane.messages, pane.dialog.clone());
    let now = looks_again(session, reading);
    let text = move || {
        let age = age(session, reading, now.get()).filter(|(_, age)| *age >= PATIENCE);
        let at = age.and_then(|(since, _)| session.last_updated(&dialog, since));
        match at {
            Some(at) => fill(session.status.with(|status| text(words, status)), &[&when_text(at)]),
            None => String::new(),
        }
    };
    el("p", "stale").attr("role", "status").test_id("stale").text_live(text)
}

/// The engine's clock, when the entry has changed and when it has been stale for long enough.
fn looks_again(session: Session, reading: Reading<Messages>) -> RwSignal<u64> {
    let now = RwSignal::new(session.now().0);
    effect(move || {
        reading.state.track();
        let at = session.now().0;
        now.set(at);
        let rest = age(session, reading, at).and_then(|(_, age)| PATIENCE.checked_sub(age));
        if let Some(rest) = rest.filter(|rest| !rest.is_zero()) {
            let look = Box::new(move || _ = now.try_set(session.now().0));
            session.browser(|browser| browser.after(rest, look));
        }
    });
    now
}

/// Since when nobody vouches for the entry, and how long that is.
fn age(session: Session, reading: Reading<Messages>, now: u64) -> Option<(u64, Duration)> {
    let since = reading.state.with(|state| match state {
        EntryState::Stale { since } => Some(*since),
        _ => None,
    });
    let since = session.alone_since(since?);
    Some((since, Duration::from_millis(now.saturating_sub(since))))
}

fn text(words: &Words, status: &Status) -> &'static str {
    match status {
        Status::Open => words.stale_updating(),
        Status::Connecting
        | Status::Reconnecting { .. }
        | Status::Closed { reason: ClosedReason::NotStarted, .. } => words.stale_reconnecting(),
        Status::Closed { .. } => words.stale_closed(),
    }
}
