//! The pages, and what they have around them.

mod chat;
mod lab;
mod login;
mod people;
mod search;
mod settings;
pub mod standing;

use std::time::Duration;

use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};

use crate::{
    Bootstrap, BrowserHandle, Page, Session,
    components::{Surroundings, time},
    data::{Details, Dialogs, LabEvents, Messages, People, Pulse, Typing},
    dom::{Html, effect},
    live::Live,
};

use chat::ChatPage;
use lab::Lab;
use standing::StandingPage;

/// The style sheets of a page that are not downloaded with `/`, for the head of that page alone.
pub fn sheet(page: Page) -> &'static str {
    macro_rules! sheet {
        ($page:literal) => {
            include_str!(concat!(env!("OUT_DIR"), "/", $page, ".css"))
        };
    }
    match page {
        Page::Chat => "",
        Page::Lab => sheet!("lab"),
        Page::Login => sheet!("login"),
        Page::Settings => sheet!("settings"),
        Page::People => sheet!("people"),
        Page::Search => sheet!("search"),
    }
}

/// Confab: the page that the bootstrap names, alive as soon as it is hydrated.
#[component]
pub fn App(mut bootstrap: Bootstrap) -> Html {
    let browser = use_context::<BrowserHandle>().unwrap_or_else(BrowserHandle::none);
    let live = use_context::<Live>().unwrap_or_else(Live::for_rendering);
    let (language, words) = (bootstrap.language, bootstrap.words());
    let session = Session::new(&bootstrap, words, browser);
    let (is_alive, today) = (RwSignal::new(false), RwSignal::new(None));
    live.register(Messages { session });
    live.register(Dialogs { session });
    live.register(Details { session });
    live.register(Typing { session });
    live.register(People);
    live.register(Pulse);
    live.register(LabEvents { session });
    let page = bootstrap.page;
    seed(&live, &mut bootstrap);
    let has_account = bootstrap.you.login.is_some();
    let around = live.clone();
    provide_context(Surroundings {
        language,
        words,
        live: around,
        session,
        is_alive,
        today,
        has_account,
    });
    // Once the page is the server's own, it may become the viewer's.
    let mut live = Some(live);
    effect(move || {
        if let Some(live) = live.take() {
            is_alive.set(true);
            keep_today(session, today);
            match page {
                // Who is not in yet has nothing to connect to, and whoever was before has left.
                Page::Login => session.forget_timelines(),
                _ => session.begin(live),
            }
            mark_hydrated();
        }
    });
    ask_before_leaving(session);
    match page {
        Page::Chat => view! { <ChatPage bootstrap/> }.into(),
        Page::Lab => view! { <Lab bootstrap/> }.into(),
        Page::Login | Page::Settings | Page::People | Page::Search => {
            view! { <StandingPage page/> }.into()
        }
    }
}

/// What came with the page is not fetched again.
fn seed(live: &Live, bootstrap: &mut Bootstrap) {
    let dialog = &bootstrap.open.dialog;
    if let Some(list) = bootstrap.list.take() {
        live.seed::<Dialogs>((), list);
    }
    if let Some(details) = bootstrap.details.take() {
        live.seed::<Details>(dialog.clone(), details);
    }
    if let Some(history) = bootstrap.history.take() {
        live.seed::<Messages>(dialog.clone(), history);
    }
}

/// How often to look whether another day has begun.
const DAY_TICK: Duration = Duration::from_secs(60);

/// Knows what day the viewer has.
fn keep_today(session: Session, today: RwSignal<Option<time::Day>>) {
    let now = Some(time::today());
    if today.get_untracked() != now {
        today.set(now);
    }
    let again = Box::new(move || keep_today(session, today));
    session.browser(|browser| browser.after(DAY_TICK, again));
}

/// A tab that is closed takes along what it has not sent yet: as long as there is something, the
/// browser asks first.
fn ask_before_leaving(session: Session) {
    let mut ask = None;
    effect(move || {
        let ask = ask.get_or_insert_with(|| {
            Closure::<dyn FnMut(ev::Event)>::new(|event: ev::Event| event.prevent_default())
        });
        let ask = session.has_unsent().then(|| ask.as_ref().unchecked_ref());
        window().set_onbeforeunload(ask);
    });
}

/// Tells style sheets and tests that the page answers.
fn mark_hydrated() {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-hydrated", "");
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_page_without_history_says_so_and_claims_nothing_else() {
        let bootstrap = Bootstrap::from_script(
            r#"{"page": "chat", "language": "en", "words": [],
            "open": {"dialog": "lobby", "is_home": true},
            "you": {"id": "anna", "username": "Anna"}, "epoch": "e", "history": null,
            "limits": {"frameBytes": 65536, "messageCharacters": 20, "framesPerSecond": 50,
                "sendsPerSecond": 10, "sendsBurst": 30, "pageMessages": 50, "catchUpEvents": 300},
            "client": {"ws_host": "", "ws_path": "/ws", "ping_interval": 30000,
                "silence_max": 35000, "first_retry": 300, "retry_delays": [1000]},
            "demo": false, "notice": null, "form_client_id": "form"}"#,
        );
        let bootstrap = bootstrap.expect("a bootstrap");
        let words = bootstrap.language.words();
        let html = Owner::new().with(|| view! { <App bootstrap/> }.to_html());
        assert!(html.contains(words.history_unavailable()), "{html}");
        assert!(html.contains(words.dialogs_unavailable()), "{html}");
        for untrue in [words.loading(), words.no_messages(), "people here"] {
            assert!(!html.contains(untrue), "{untrue} in {html}");
        }
    }
}
