//! One bubble.

use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{
    actions::Actions,
    content::content,
    delivery::delivery,
    timeline::{Body, Line, Row},
};
use crate::{
    components::{
        dialog::quoted,
        surroundings,
        time::{Precision, time_of_day, time_text},
        words,
    },
    dom::{Element, Html, scoped, switch},
    names::person_name,
    words::digits,
};

/// Who said what and when, and what it answers; ours with how far they are, and with **Retry** when
/// they were refused. Named by author and time. What one can do with it comes when it is pointed at
/// or has the focus.
pub fn message_row(line: RwSignal<Line>, first: &Row) -> Element {
    let el = scoped(style_sheet!("app/src/components/message_list/row.css"));
    let (words, is_alive) = (words(), surroundings().is_alive);
    let row = Shown { line };
    let author = move || match row.with(|row| row.is_mine) {
        true => words.you().to_owned(),
        false => row.with(|row| person_name(words, &row.author)),
    };
    let name = move || {
        let mut name = author();
        name.push_str(", ");
        name.push_str(&time_text(is_alive, row.with(|row| row.at), Precision::Minutes));
        Some(name)
    };
    let time =
        switch(move || row.with(|row| row.at), |at| time_of_day(*at, Precision::Minutes).into());
    let edited = move || if row.with(|row| row.is_edited) { words.edited() } else { "" }.to_owned();
    let answered = switch(
        move || row.with(|row| row.quote.clone()),
        |quote| quote.as_ref().map_or_else(Html::nothing, |quote| quoted(quote).into()),
    );
    let said = switch(
        move || row.with(|row| row.body.clone()),
        move |body| match body {
            Body::Words(words) => content(words).test_id("content").into(),
            Body::Deleted => {
                el("p", "deleted").test_id("deleted").text(words.message_deleted()).into()
            }
        },
    );
    let bubble = el("article", "bubble")
        .attr("tabindex", "-1")
        .attr_live("aria-label", name)
        .child(el("header", "head").child(el("bdi", "author").test_id("author").text_live(author)))
        .child(answered)
        .child(said)
        .child(
            el("footer", "foot")
                // How far a message is, is said by who sent it (`Session::say`), and not by each mark.
                .attr("aria-live", "off")
                .child(el("span", "edited").test_id("edited").text_live(edited))
                .child(time)
                .child(if first.is_mine { delivery(row) } else { Html::nothing() }),
        );
    let actions = Actions::here();
    // Where links from elsewhere lead, without JavaScript too.
    let place = first.seq.map(|seq| ["m", &digits(seq.0)].concat());
    place
        .into_iter()
        .fold(el("li", "row"), |row, place| row.attr("id", place))
        .flag("data-mine", first.is_mine)
        .flag_live("data-continues", move || row.with(|row| row.continues))
        .flag_live("data-failed", move || row.with(|row| row.state.refusal().is_some()))
        .test_id("message")
        // Not only when the row is entered: the bar goes when something is done with it.
        .on("pointerover", actions.on_point(row))
        .on("focusin", actions.on_point(row))
        .child(bubble)
}

/// The bubble of a line; copies are the same. Lines keep their kind: it is a part of their key.
#[derive(Clone, Copy)]
pub struct Shown {
    line: RwSignal<Line>,
}

impl Shown {
    /// Looks at it, and again when it is another.
    pub fn with<T>(self, look: impl FnOnce(&Row) -> T) -> T {
        self.line.with(|line| match line {
            Line::Message(row) => look(row),
            _ => not_a_message(),
        })
    }

    /// Looks at it, and again when it is another, for as long as it is shown.
    pub fn try_with<T>(self, look: impl FnOnce(&Row) -> T) -> Option<T> {
        self.line.try_with(|line| line.message().map(look)).flatten()
    }

    /// As it is now, if it is still shown.
    pub fn get(self) -> Option<Row> {
        self.line.try_with_untracked(|line| line.message().cloned()).flatten()
    }
}

/// Without types, to be downloaded once.
#[cold]
fn not_a_message() -> ! {
    panic!("a line keeps its kind")
}
