//! What the socket hears.

use confab_protocol::Topic;
use confab_sync::Input;
use leptos::{ev, prelude::*};
use stylers_macro::style_sheet;

use crate::{
    components::{surroundings, words},
    dom::scoped,
};

/// A box for each topic; ticked means subscribed (document 004).
#[component]
pub fn TopicBoxes() -> AnyView {
    let scope = style_sheet!("app/src/components/lab/topic_boxes.css");
    let el = scoped(scope);
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
        // Typed, because it can have no children, not even the renderer's marks. Without
        // autocomplete the browser would tick what was ticked before a reload.
        let tick = leptos::html::input()
            .r#type("checkbox")
            .class(["tick", scope].join(" "))
            .autocomplete("off")
            .checked(true)
            .on(ev::change, change);
        el("label", "topic").child(tick.into_any()).text(name).view()
    });
    el("fieldset", "topics")
        .child(el("legend", "legend").text(words().lab_topics))
        .children(boxes)
        .view()
}
