//! The pages, and what they have around them.

mod lab;
mod lobby;

use confab_protocol::DialogId;
use leptos::prelude::*;

use crate::{
    Bootstrap, BrowserHandle, Page, Session,
    components::{LocalTime, Surroundings},
    data::{LabEvents, Messages, People, Pulse},
    dom::{Html, effect},
    live::Live,
};

use lab::Lab;
use lobby::Lobby;

/// Confab: the page that the bootstrap names, alive as soon as it is hydrated.
#[component]
pub fn App(bootstrap: Bootstrap) -> Html {
    let browser = use_context::<BrowserHandle>().unwrap_or_else(BrowserHandle::none);
    let live = use_context::<Live>().unwrap_or_else(Live::for_rendering);
    let session = Session::new(&bootstrap, browser);
    let local_time = LocalTime(RwSignal::new(false));
    live.register(Messages { session });
    live.register(People);
    live.register(Pulse);
    live.register(LabEvents { session });
    if let Some(history) = bootstrap.history.clone() {
        live.seed::<Messages>(DialogId::lobby(), history);
    }
    let (language, words) = (bootstrap.language, bootstrap.words());
    provide_context(Surroundings { language, words, live: live.clone(), session, local_time });
    // Once the page is the server's own, it may become the viewer's.
    let mut live = Some(live);
    effect(move || {
        if let Some(live) = live.take() {
            local_time.0.set(true);
            session.begin(live);
            mark_hydrated();
        }
    });
    match bootstrap.page {
        Page::Lobby => view! { <Lobby bootstrap/> }.into(),
        Page::Lab => view! { <Lab bootstrap/> }.into(),
    }
}

/// Tells style sheets and tests that the page answers.
fn mark_hydrated() {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-hydrated", "");
    }
}
