//! What the socket hears.

use confab_protocol::Topic;
use confab_sync::Input;
use leptos::prelude::*;
use stylers_macro::style_sheet;

use crate::{
    components::{surroundings, words},
    dom::{Html, frame},
};

/// A box for each topic; ticked means subscribed (document 004).
#[component]
pub fn TopicBoxes() -> Html {
    let el = frame(style_sheet!("app/src/components/lab/topic_boxes.css"));
    let session = surroundings().session;
    let boxes = Topic::DEFAULT.map(|topic| {
        let name = topic.name();
        let mut is_ticked = true;
        let change = move |_| {
            let topics = vec![topic.clone()];
            is_ticked = !is_ticked;
            session.command(match is_ticked {
                true => Input::Subscribe(topics),
                false => Input::Unsubscribe(topics),
            });
        };
        // Without autocomplete the browser would tick what was ticked before a reload.
        let tick = el("input", "tick")
            .attr("type", "checkbox")
            .attr("autocomplete", "off")
            .flag("checked", true)
            .on("change", change);
        el("label", "topic").child(tick).text(name)
    });
    el("fieldset", "topics")
        .child(el("legend", "legend").text(words().lab_topics()))
        .children(boxes)
        .into()
}
