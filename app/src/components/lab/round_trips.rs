//! How long a ping takes to come back.

use leptos::prelude::*;
use stylers_macro::style_sheet;

use crate::{
    components::{surroundings, words},
    words::fill,
};

/// The chart's width and height in its own units; it grows with the page.
const WIDTH: f32 = 300.0;
const HEIGHT: f32 = 60.0;
/// The chart's scale never gets finer than this, so that noise does not look like mountains.
const SCALE_MS_MIN: u32 = 10;

/// The last round trips as a line, and the last one as a number.
#[component]
pub fn RoundTrips() -> impl IntoView {
    let scope = style_sheet!("app/src/components/lab/round_trips.css");
    let trips = surroundings().session.round_trips;
    let last = move || match trips.with(|trips| trips.last().copied()) {
        Some(ms) => fill(words().lab_milliseconds, &[&ms.to_string()]),
        None => words().lab_round_trip_none.to_owned(),
    };
    let line = move || trips.with(|trips| points(trips));
    view! { class=scope,
        <figure class="trips">
            <figcaption class="caption">{words().lab_round_trip}": "<output class="last" data-testid="round-trip">{last}</output></figcaption>
            <svg class="chart" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" aria-hidden="true">
                <polyline class="line" points=line/>
            </svg>
        </figure>
    }
}

/// The line through the trips, the newest at the right edge.
fn points(trips: &[u32]) -> String {
    let most = trips.iter().copied().max().unwrap_or(0).max(SCALE_MS_MIN) as f32;
    let step = WIDTH / 59.0;
    let left = WIDTH - step * (trips.len().saturating_sub(1)) as f32;
    let mut text = String::new();
    for (index, ms) in trips.iter().enumerate() {
        let x = (left + step * index as f32) as i32;
        let y = (HEIGHT - 2.0 - (HEIGHT - 4.0) * *ms as f32 / most) as i32;
        text.push_str(&format!("{x},{y} "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stands_at_the_right_and_the_longest_at_the_top() {
        assert_eq!(points(&[]), "");
        assert_eq!(points(&[20]), "300,2 ");
        assert_eq!(points(&[0, 20]), "294,58 300,2 ");
        assert_eq!(points(&[5]), "300,30 ", "a quick ping is no mountain");
    }
}
