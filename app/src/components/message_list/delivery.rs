//! How far a message of ours is.

use confab_protocol::{ClientId, Member, Seq};
use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{row::Shown, timeline::Reach};
use crate::{
    components::{dialog::Pane, refused::refused, surroundings, words},
    dom::{Html, scoped},
    names::person_name,
    session::OutgoingState,
    words::{Words, digits, fill},
};

/// ◷ on its way, ✓ stored, ✓✓ with another, coloured seen by another; in words for the ear, and in a
/// group with names. With a way on if it was refused.
pub fn delivery(state: OutgoingState, reach: Option<Reach>, post: &ClientId, row: Shown) -> Html {
    let el = scoped(style_sheet!("app/src/components/message_list/row.css"));
    let words = words();
    let reach = reach.unwrap_or_default();
    let (sign, name, text) = match state {
        OutgoingState::Queued => ("◷", "queued", words.delivery_queued()),
        OutgoingState::InFlight => ("◷", "sending", words.delivery_sending()),
        OutgoingState::Stored if reach.read > 0 => ("✓✓", "read", words.delivery_read()),
        OutgoingState::Stored if reach.delivered > 0 => {
            ("✓✓", "delivered", words.delivery_delivered())
        }
        OutgoingState::Stored => ("✓", "stored", words.delivery_stored()),
        OutgoingState::Waiting(_) => ("!", "waiting", words.delivery_queued()),
        OutgoingState::Failed(_) => ("!", "failed", words.delivery_failed()),
    };
    let refusal = state.refusal();
    let text = match row.get().and_then(|row| row.seq) {
        Some(seq) if name == "read" && reach.of > 1 => read_by(words, reach, seq),
        _ => text.to_owned(),
    };
    let sign = el("span", if refusal.is_some() { "delivery bad" } else { "delivery" })
        .attr("role", "img")
        .attr("aria-label", text.clone())
        .attr("title", text)
        .attr("data-state", name)
        .test_id("delivery")
        .text(sign);
    let mut foot = vec![sign.into()];
    if let Some(code) = refusal {
        let content = row.get().map(|row| row.content().to_owned()).unwrap_or_default();
        foot.extend(refused(code, post.clone(), &content).map(Html::from));
    }
    foot.into()
}

/// "Read by 3 of 5: Anna, Bob, Cem". The names as they are when it is drawn; it is drawn anew when
/// the numbers change.
fn read_by(words: &Words, reach: Reach, seq: Seq) -> String {
    let you = surroundings().session.you;
    let names = use_context::<Pane>().map(|pane| {
        pane.details.data.with_untracked(|details| {
            let members = details.iter().flat_map(|details| &details.members);
            let has_read = |member: &&Member| {
                member.read >= seq && you.with_untracked(|you| you.id != member.id)
            };
            let names = members.filter(has_read).map(|member| person_name(words, &member.username));
            names.collect::<Vec<String>>().join(", ")
        })
    });
    let (read, of) = (digits(reach.read as u64), digits(reach.of as u64));
    fill(words.read_by(), &[&read, &of, &names.unwrap_or_default()])
}
