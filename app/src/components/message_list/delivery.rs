//! How far a message of ours is.

use confab_protocol::{ClientId, Member};
use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::row::Shown;
use crate::{
    components::{
        dialog::{Composing, Pane},
        refused::{refused, way_on},
        surroundings, words,
    },
    dom::{Html, scoped, switch},
    names::person_name,
    session::OutgoingState,
    words::{digits, fill},
};

/// ◷ on its way, ◷? perhaps stored, ✓ stored, ✓✓ with another, coloured seen by another; in words for the ear, and in a
/// group with names. With a way on if it was refused. The mark keeps its node: what changes is what
/// it says.
pub fn delivery(row: Shown) -> Html {
    let el = scoped(style_sheet!("app/src/components/message_list/row.css"));
    let text = move || Some(Mark::of(row).text(row));
    let mark = el("span", "delivery")
        .attr("role", "img")
        .attr_live("aria-label", text)
        .attr_live("title", text)
        .attr_live("data-state", move || Some(Mark::of(row).name().to_owned()))
        .test_id("delivery")
        .text_live(move || Mark::of(row).sign().to_owned());
    let ways_on = switch(
        move || row.with(|row| Some((row.state.refusal()?, row.post.clone()))),
        move |refusal| {
            let Some((code, post)) = refusal else { return Html::nothing() };
            let content = row.get().map(|row| row.content().to_owned()).unwrap_or_default();
            let mut ways = Vec::from(refused(*code, post.clone(), &content).map(Html::from));
            ways.extend(edit_again(row, post.clone(), content));
            ways.into()
        },
    );
    vec![mark.into(), ways_on].into()
}

/// **Edit**, for a message that was refused for good. A refused change is made anew by editing again.
fn edit_again(row: Shown, client_id: ClientId, before: String) -> Option<Html> {
    let (pane, shown) = (use_context::<Pane>()?, row.get()?);
    let is_final = matches!(shown.state, OutgoingState::Failed(_)) && shown.seq.is_none();
    let edit = move |_| {
        let (client_id, before) = (client_id.clone(), before.clone());
        pane.composing.set(Composing::Again { client_id, before });
    };
    is_final.then(|| way_on(words().edit(), shown.content()).on("click", edit).into())
}

/// How far it is, in one word.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Mark {
    Queued,
    Sending,
    Unconfirmed,
    Stored,
    Delivered,
    Read,
    Waiting,
    Failed,
}

impl Mark {
    #[inline(never)]
    fn of(row: Shown) -> Self {
        row.with(|row| {
            let reach = row.reach.unwrap_or_default();
            match row.state {
                OutgoingState::Queued => Self::Queued,
                OutgoingState::InFlight => Self::Sending,
                OutgoingState::Unconfirmed => Self::Unconfirmed,
                OutgoingState::Stored if reach.read > 0 => Self::Read,
                OutgoingState::Stored if reach.delivered > 0 => Self::Delivered,
                OutgoingState::Stored => Self::Stored,
                OutgoingState::Waiting(_) => Self::Waiting,
                OutgoingState::Failed(_) => Self::Failed,
            }
        })
    }

    fn sign(self) -> &'static str {
        match self {
            Self::Queued | Self::Sending => "◷",
            Self::Unconfirmed => "◷?",
            Self::Stored => "✓",
            Self::Delivered | Self::Read => "✓✓",
            Self::Waiting | Self::Failed => "!",
        }
    }

    /// For style sheets and tests.
    fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unconfirmed => "unconfirmed",
            Self::Stored => "stored",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Waiting => "waiting",
            Self::Failed => "failed",
        }
    }

    fn text(self, row: Shown) -> String {
        let words = words();
        let text = match self {
            Self::Queued | Self::Waiting => words.delivery_queued(),
            Self::Sending => words.delivery_sending(),
            Self::Unconfirmed => words.delivery_unconfirmed(),
            Self::Stored => words.delivery_stored(),
            Self::Delivered => words.delivery_delivered(),
            Self::Failed => words.delivery_failed(),
            Self::Read => {
                let readers = readers(row);
                if !readers.is_empty() {
                    return readers;
                }
                words.delivery_read()
            }
        };
        text.to_owned()
    }
}

/// "Read by 3 of 5: Anna, Bob, Cem": who of a group has read a message of ours; nothing as long as
/// nobody has, or where there is only one who could. The names are read again when [`Reach`](super::timeline::Reach) is another.
#[inline(never)]
pub fn readers(row: Shown) -> String {
    let (reach, seq) = row.with(|row| (row.reach.unwrap_or_default(), row.seq));
    let (Some(seq), Some(pane), 1.., 2..) = (seq, use_context::<Pane>(), reach.read, reach.of)
    else {
        return String::new();
    };
    let (you, words) = (surroundings().session.you, words());
    let names = pane.details.data.with_untracked(|details| {
        let members = details.iter().flat_map(|details| &details.members);
        let has_read =
            |member: &&Member| member.read >= seq && you.with_untracked(|you| you.id != member.id);
        let names = members.filter(has_read).map(|member| person_name(words, &member.username));
        names.collect::<Vec<String>>().join(", ")
    });
    let (read, of) = (digits(reach.read as u64), digits(reach.of as u64));
    fill(words.read_by(), &[&read, &of, &names])
}
