//! `/lab`: the connection, looked at and broken.

use confab_protocol::DialogId;
use leptos::prelude::*;
use stylers_macro::style_sheet;

use crate::{
    Bootstrap,
    components::{
        Banner, Controls, EventList, FrameLog, Header, MessageInput, RoundTrips, StateMachine,
        TopicBoxes, words,
    },
    dom::{Html, frame},
};

/// The connection lab: every frame, the state machine, and ways to break it (document 000).
#[component]
pub fn Lab(bootstrap: Bootstrap) -> Html {
    let el = frame(style_sheet!("app/src/pages/lab.css"));
    let words = words();
    let Bootstrap { page, demo, form_client_id, .. } = bootstrap;
    let bench = |heading| {
        el("section", "bench").attr("aria-label", heading).child(el("h2", "heading").text(heading))
    };
    let intro = el("div", "intro")
        .child(el("h1", "title").text(words.lab_heading()))
        .child(el("p", "about").text(words.lab_about()));
    let input = view! { <MessageInput dialog=DialogId::lobby() form_client_id notice=None/> };
    let benches = el("main", "benches")
        .child(intro)
        .child(
            bench(words.lab_machine())
                .child(view! { <StateMachine/> })
                .child(view! { <RoundTrips/> }),
        )
        .child(
            bench(words.lab_try()).child(view! { <Controls demo/> }).child(view! { <TopicBoxes/> }),
        )
        .child(bench(words.lab_events()).child(view! { <EventList/> }).child(input))
        .child(bench(words.lab_frames()).child(view! { <FrameLog/> }));
    let top = el("div", "top").child(view! { <Header page/> }).child(view! { <Banner/> });
    el("div", "lab").child(top).child(benches).into()
}
