//! One bubble.

use confab_protocol::ClientId;
use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::timeline::Row;
use crate::{
    components::{
        surroundings,
        time::{Precision, time_of_day},
        words,
    },
    dom::{live, scoped},
    session::OutgoingState,
};

/// Who said what and when; ours with how far they are, and with **Retry** when they failed.
pub fn message_row(row: Memo<Option<Row>>) -> AnyView {
    let el = scoped(style_sheet!("app/src/components/message_list/row.css"));
    let you = words().you;
    // A row that leaves the list is asked once more before its view is gone.
    let is = move |look: fn(&Row) -> bool| row.with(|row| row.as_ref().is_some_and(look));
    let text = move |part: fn(&Row) -> &str| {
        row.with(|row| row.as_ref().map(part).unwrap_or_default().to_owned())
    };
    let author = move || match is(|row| row.is_mine) {
        true => you.to_owned(),
        false => text(|row| &row.author),
    };
    let at = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.at)));
    let ours = Memo::new(move |_| {
        let ours = |row: &Row| row.is_mine.then(|| (row.state, row.client_id.clone()));
        row.with(|row| row.as_ref().and_then(ours))
    });
    let time = live(move || match at.get() {
        Some(at) => time_of_day(at, Precision::Minutes),
        None => ().into_any(),
    });
    let how_far = live(move || match ours.get() {
        Some((state, client_id)) => delivery(state, client_id),
        None => ().into_any(),
    });
    let bubble = el("article", "bubble")
        .child(el("header", "head").child(el("bdi", "author").test_id("author").text_live(author)))
        .child(
            el("p", "content")
                .attr("dir", "auto")
                .test_id("content")
                .text_live(move || text(|row| &row.content)),
        )
        .child(el("footer", "foot").child(time).child(how_far));
    el("li", "row")
        .class_if("mine", move || is(|row| row.is_mine))
        .class_if("continues", move || is(|row| row.continues))
        .class_if("failed", move || is(|row| matches!(row.state, OutgoingState::Failed(_))))
        .test_id("message")
        .child(bubble)
        .view()
}

/// How far a message of ours is: a sign for the eye, words for the ear, and a way on if it failed.
fn delivery(state: OutgoingState, client_id: ClientId) -> AnyView {
    let el = scoped(style_sheet!("app/src/components/message_list/row.css"));
    let around = surroundings();
    let (session, language, words) = (around.session, around.language, words());
    let (sign, name, text) = match state {
        OutgoingState::Queued => ("◷", "queued", words.delivery_queued),
        OutgoingState::InFlight => ("◷", "sending", words.delivery_sending),
        OutgoingState::Stored => ("✓", "stored", words.delivery_stored),
        OutgoingState::Failed(_) => ("!", "failed", words.delivery_failed),
    };
    let failed = matches!(state, OutgoingState::Failed(_));
    let sign = el("span", if failed { "delivery bad" } else { "delivery" })
        .attr("role", "img")
        .attr("aria-label", text)
        .attr("title", text)
        .attr("data-state", name)
        .test_id("delivery")
        .text(sign)
        .view();
    let OutgoingState::Failed(code) = state else { return sign };
    let limit = session.limits().message_characters.into();
    let act = |text| el("button", "act").attr("type", "button").text(text);
    let again = client_id.clone();
    let ways_on = [
        sign,
        el("span", "why").text(words.refusal(language, code, limit)).view(),
        act(words.retry).on("click", move |_| session.retry(&again)).view(),
        act(words.discard).on("click", move |_| session.discard(&client_id)).view(),
    ];
    ways_on.into_iter().collect::<Vec<_>>().into_any()
}
