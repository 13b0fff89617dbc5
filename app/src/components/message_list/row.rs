//! One bubble.

use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::timeline::Row;
use crate::{
    components::{
        refused::refused,
        time::{Precision, time_of_day},
        words,
    },
    dom::{Element, Html, scoped, switch},
    session::OutgoingState,
};

/// Who said what and when; ours with how far they are, and with **Retry** when they were refused.
pub fn message_row(row: RwSignal<Row>) -> Element {
    let el = scoped(style_sheet!("app/src/components/message_list/row.css"));
    let you = words().you();
    let is = |look: fn(&Row) -> bool| move || row.with(look);
    let text = |part: fn(&Row) -> &str| move || row.with(|row| part(row).to_owned());
    let author = move || match row.with(|row| row.is_mine) {
        true => you.to_owned(),
        false => row.with(|row| row.author.clone()),
    };
    let time =
        switch(move || row.with(|row| row.at), |at| time_of_day(*at, Precision::Minutes).into());
    let how_far = switch(
        move || row.with(|row| row.is_mine.then_some(row.state)),
        move |state| state.map_or_else(Html::nothing, |state| delivery(state, row)),
    );
    let bubble = el("article", "bubble")
        .child(el("header", "head").child(el("bdi", "author").test_id("author").text_live(author)))
        .child(
            el("p", "content")
                .attr("dir", "auto")
                .test_id("content")
                .text_live(text(|row| &row.content)),
        )
        .child(el("footer", "foot").child(time).child(how_far));
    el("li", "row")
        .flag_live("data-mine", is(|row| row.is_mine))
        .flag_live("data-continues", is(|row| row.continues))
        .flag_live("data-failed", is(|row| row.state.refusal().is_some()))
        .test_id("message")
        .child(bubble)
}

/// How far a message of ours is: a sign for the eye, words for the ear, and a way on if it was refused.
fn delivery(state: OutgoingState, row: RwSignal<Row>) -> Html {
    let el = scoped(style_sheet!("app/src/components/message_list/row.css"));
    let words = words();
    let (sign, name, text) = match state {
        OutgoingState::Queued => ("◷", "queued", words.delivery_queued()),
        OutgoingState::InFlight => ("◷", "sending", words.delivery_sending()),
        OutgoingState::Stored => ("✓", "stored", words.delivery_stored()),
        OutgoingState::Waiting(_) => ("!", "waiting", words.delivery_queued()),
        OutgoingState::Failed(_) => ("!", "failed", words.delivery_failed()),
    };
    let refusal = state.refusal();
    let sign = el("span", if refusal.is_some() { "delivery bad" } else { "delivery" })
        .attr("role", "img")
        .attr("aria-label", text)
        .attr("title", text)
        .attr("data-state", name)
        .test_id("delivery")
        .text(sign);
    let mut foot = vec![sign.into()];
    if let Some(code) = refusal {
        let (client_id, content) =
            row.with_untracked(|row| (row.key.client_id().clone(), row.content.clone()));
        foot.extend(refused(code, client_id, &content).map(Html::from));
    }
    foot.into()
}
