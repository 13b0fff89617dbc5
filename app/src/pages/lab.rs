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
};

/// The connection lab: every frame, the state machine, and ways to break it (document 000).
#[component]
pub fn Lab(bootstrap: Bootstrap) -> impl IntoView {
    let scope = style_sheet!("app/src/pages/lab.css");
    let words = words();
    let Bootstrap { page, demo, form_client_id, .. } = bootstrap;
    view! { class=scope,
        <div class="lab">
            <div class="top"><Header page/><Banner/></div>
            <main class="benches">
                <div class="intro">
                    <h1 class="title">{words.lab}</h1>
                    <p class="about">{words.lab_about}</p>
                </div>
                <section class="bench" aria-label=words.lab_machine>
                    <h2 class="heading">{words.lab_machine}</h2>
                    <StateMachine/>
                    <RoundTrips/>
                </section>
                <section class="bench" aria-label=words.lab_try>
                    <h2 class="heading">{words.lab_try}</h2>
                    <Controls demo/>
                    <TopicBoxes/>
                </section>
                <section class="bench" aria-label=words.lab_events>
                    <h2 class="heading">{words.lab_events}</h2>
                    <EventList/>
                    <MessageInput dialog=DialogId::lobby() form_client_id notice=None/>
                </section>
                <section class="bench" aria-label=words.lab_frames>
                    <h2 class="heading">{words.lab_frames}</h2>
                    <FrameLog/>
                </section>
            </main>
        </div>
    }
}
