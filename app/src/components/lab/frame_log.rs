//! Every frame, both ways, as it was on the wire.

use leptos::prelude::*;
use stylers_macro::style_sheet;

use crate::{
    Direction,
    components::{
        surroundings,
        time::{Precision, time_of_day},
        words,
    },
    dom::{Element, Html, Item, frame, list, scoped},
    session::{FRAME_CHARACTERS_SHOWN, FRAMES_KEPT, LoggedFrame},
    words::{digits, fill},
};

/// The last frames, newest first, and how many and how much of them that is.
#[component]
pub fn FrameLog() -> Html {
    let el = frame(style_sheet!("app/src/components/lab/frame_log.css"));
    let notes = surroundings().session.notes;
    let words = words();
    let about = move || match notes.with(|notes| notes.frames.is_empty()) {
        true => words.lab_no_frames().to_owned(),
        false => fill(
            words.lab_kept(),
            &[&digits(FRAMES_KEPT as u64), &digits(FRAME_CHARACTERS_SHOWN as u64)],
        ),
    };
    let items = move || notes.with(|notes| notes.frames.iter().rev().map(item).collect());
    let clear = el("button", "clear")
        .attr("type", "button")
        .on("click", move |_| notes.update(|notes| notes.frames.clear()))
        .text(words.lab_clear());
    el("div", "frame-log")
        .child(el("div", "bar").child(el("span", "about").text_live(about)).child(clear))
        .child(
            el("ol", "frames")
                .attr("tabindex", "0")
                .attr("aria-label", words.lab_frames())
                .test_id("frames")
                .child(list(items)),
        )
        .into()
}

fn item(frame: &LoggedFrame) -> Item {
    let frame = frame.clone();
    Item { key: digits(frame.number), draw: Box::new(move || draw(frame)) }
}

fn draw(frame: LoggedFrame) -> Element {
    let el = scoped(style_sheet!("app/src/components/lab/frame_log.css"));
    let (class, sign, name, direction) = match frame.direction {
        Direction::Sent => ("frame-line sent", "↑", words().lab_sent(), "sent"),
        Direction::Received => ("frame-line", "↓", words().lab_received(), "received"),
    };
    el("li", class)
        .attr("data-direction", direction)
        .test_id("frame")
        .child(el("span", "way").attr("role", "img").attr("aria-label", name).text(sign))
        .child(el("span", "when").child(time_of_day(frame.at, Precision::Seconds)))
        .child(el("code", "json").text(frame.text))
}
