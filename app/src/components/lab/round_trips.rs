//! How long a ping takes to come back.

use leptos::prelude::*;
use stylers_macro::style_sheet;

use crate::{
    components::{surroundings, words},
    dom::{Html, frame},
    session::ROUND_TRIPS_KEPT,
    words::{digits, fill},
};

/// The chart's width and height in its own units; it grows with the page.
const WIDTH: u32 = 59 * 5;
const HEIGHT: u32 = 60;
const VIEW_BOX: &str = "0 0 295 60";
/// Room above and below the line, for its own thickness.
const MARGIN: u32 = 2;
/// The chart's scale never gets finer than this, so that noise does not look like mountains.
const SCALE_MS_MIN: u32 = 10;

/// The last round trips as a line, and the last one as a number.
#[component]
pub fn RoundTrips() -> Html {
    let el = frame(style_sheet!("app/src/components/lab/round_trips.css"));
    let notes = surroundings().session.notes;
    let words = words();
    let last = move || match notes.with(|notes| notes.round_trips.last().copied()) {
        Some(ms) => fill(words.lab_milliseconds(), &[&digits(ms)]),
        None => words.lab_round_trip_none().to_owned(),
    };
    let caption = el("figcaption", "caption")
        .text(words.lab_round_trip())
        .text(": ")
        .child(el("span", "last").test_id("round-trip").text_live(last));
    let line = move || Some(notes.with(|notes| points(&notes.round_trips)));
    let chart = el("svg", "chart")
        .attr("viewBox", VIEW_BOX)
        .attr("preserveAspectRatio", "none")
        .attr("aria-hidden", "true")
        .child(el("polyline", "line").attr_live("points", line));
    el("figure", "trips").child(caption).child(chart).into()
}

/// The line through the trips, the newest at the right edge.
fn points(trips: &[u32]) -> String {
    let most = trips.iter().copied().max().unwrap_or(0).max(SCALE_MS_MIN);
    let step = WIDTH / (ROUND_TRIPS_KEPT as u32 - 1);
    let mut text = String::new();
    for (ago, ms) in (0..trips.len() as u32).rev().zip(trips) {
        let x = WIDTH.saturating_sub(step * ago);
        let y = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * ms / most;
        for (number, end) in [(x, ','), (y, ' ')] {
            text.push_str(&digits(number));
            text.push(end);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stands_at_the_right_and_the_longest_at_the_top() {
        assert_eq!(points(&[]), "");
        assert_eq!(points(&[20]), "295,2 ");
        assert_eq!(points(&[0, 20]), "290,58 295,2 ");
        assert_eq!(points(&[5]), "295,30 ", "a quick ping is no mountain");
        assert!(points(&[1; ROUND_TRIPS_KEPT]).starts_with("0,"));
    }
}
