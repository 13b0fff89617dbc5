//! What the socket hears.

use confab_protocol::Topic;
use confab_sync::Input;
use leptos::prelude::*;
use stylers_macro::style_sheet;

use crate::components::{surroundings, words};

/// A box for each topic; ticked means subscribed (document 004).
#[component]
pub fn TopicBoxes() -> impl IntoView {
    let scope = style_sheet!("app/src/components/lab/topic_boxes.css");
    let session = surroundings().session;
    let boxes = Topic::DEFAULT.map(|topic| {
        let name = topic.to_string();
        let change = move |event| {
            let topics = vec![topic.clone()];
            session.command(match event_target_checked(&event) {
                true => Input::Subscribe(topics),
                false => Input::Unsubscribe(topics),
            });
        };
        view! { class=scope,
            <label class="topic"><input class="tick" type="checkbox" checked=true autocomplete="off" on:change=change/>{name}</label>
        }
    });
    view! { class=scope,
        <fieldset class="topics">
            <legend class="legend">{words().lab_topics}</legend>
            {boxes.into_iter().collect_view()}
        </fieldset>
    }
}
