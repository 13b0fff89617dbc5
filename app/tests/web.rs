//! Components in a real browser, with an engine that the test plays itself.
#![cfg(target_arch = "wasm32")]

use std::{cell::RefCell, rc::Rc, time::Duration};

use confab_app::{
    App, Bootstrap, Browser, BrowserHandle, Category, Language, Session,
    live::{Host, Live, QueryError},
};
use confab_protocol::{ErrorCode, ServerFrame, Timestamp, Topic};
use confab_sync::{ConnectionError, Delivery, DeliveryState, Event, Input, Moment, Status};
use futures::future::{LocalBoxFuture, pending};
use leptos::{prelude::*, task::tick};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement, HtmlTextAreaElement};

wasm_bindgen_test_configure!(run_in_browser);

/// A tab whose engine is the test.
#[derive(Clone, Default)]
struct Tab(Rc<Told>);

#[derive(Default)]
struct Told {
    inputs: RefCell<Vec<Input>>,
    app: RefCell<Option<(Session, Live)>>,
    kept: RefCell<Vec<(String, String)>>,
}

impl Tab {
    fn hears(&self, event: Event) {
        let app = self.0.app.borrow().clone();
        let (session, live) = app.expect("the page has begun");
        session.hear(&live, event);
    }

    /// What was sent, in order.
    fn sent(&self) -> Vec<confab_protocol::MessageSend> {
        let sends = |input: &Input| match input {
            Input::Send(send) => Some(send.clone()),
            _ => None,
        };
        self.0.inputs.borrow().iter().filter_map(sends).collect()
    }
}

impl Browser for Tab {
    fn command(&self, input: Input) {
        self.0.inputs.borrow_mut().push(input);
    }
    fn fetch(&self, _: String) -> LocalBoxFuture<'static, Result<String, QueryError>> {
        Box::pin(pending())
    }
    fn after(&self, _: Duration, _: Box<dyn FnOnce()>) {}
    fn now(&self) -> Moment {
        Moment(0)
    }
    fn wall(&self) -> Timestamp {
        Timestamp::from_unix_ms(1_000)
    }
    fn random(&self) -> u128 {
        self.0.inputs.borrow().len() as u128
    }
    fn remember(&self, key: &str, value: &str) {
        self.0.kept.borrow_mut().push((key.to_owned(), value.to_owned()));
    }
    fn recall(&self, key: &str) -> Option<String> {
        let kept = self.0.kept.borrow();
        kept.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.clone())
    }
    fn address(&self, _: &str) -> String {
        String::new()
    }
    fn start(&self, session: Session, live: Live) {
        self.0.app.replace(Some((session, live)));
    }
}

impl Host for Tab {
    fn spawn(&self, task: LocalBoxFuture<'static, ()>) {
        leptos::task::spawn_local(task);
    }
    fn sleep(&self, _: Duration) -> LocalBoxFuture<'static, ()> {
        Box::pin(pending())
    }
    fn now(&self) -> u64 {
        0
    }
    fn subscribe(&self, _: &Topic) {}
    fn unsubscribe(&self, _: &Topic) {}
}

const BOOTSTRAP: &str = r#"{
    "page": "PAGE", "language": "en", "words": WORDS, "you": {"id": "anna", "username": "Anna"}, "epoch": "e",
    "history": HISTORY,
    "limits": {"frameBytes": 65536, "messageCharacters": 20, "framesPerSecond": 50,
        "sendsPerSecond": 10, "sendsBurst": 30, "pageMessages": 50, "catchUpEvents": 300},
    "client": {"ws_host": "", "ws_path": "/ws", "ping_interval": 30000, "silence_max": 35000,
        "first_retry": 300, "retry_delays": [1000]},
    "demo": false, "notice": null, "form_client_id": "form"
}"#;

const NO_MESSAGES: &str = r#"{"messages": [], "ev": 0, "hasMore": false}"#;

/// The lobby in a fresh element, alive.
async fn lobby(tab: &Tab) -> Element {
    page(tab, "lobby", NO_MESSAGES).await
}

/// A page in the place of the one before it, alive.
async fn page(tab: &Tab, page: &str, history: &str) -> Element {
    if let Some(before) = document().get_element_by_id("root") {
        before.remove();
    }
    let root = document().create_element("div").unwrap();
    root.set_id("root");
    document().body().unwrap().append_child(&root).unwrap();
    let words = serde_json::to_string(&Language::En.texts()).unwrap();
    let script =
        BOOTSTRAP.replace("WORDS", &words).replace("PAGE", page).replace("HISTORY", history);
    let bootstrap = Bootstrap::from_script(&script).expect("a bootstrap");
    let tab = tab.clone();
    let mounted = leptos::mount::mount_to(root.clone().unchecked_into(), move || {
        provide_context(Live::new(Rc::new(tab.clone())));
        provide_context(BrowserHandle::new(Rc::new(tab)));
        view! { <App bootstrap/> }
    });
    mounted.forget();
    tick().await;
    root
}

fn find(root: &Element, test_id: &str) -> Option<Element> {
    root.query_selector(&format!("[data-testid={test_id}]")).unwrap()
}

fn text(root: &Element, test_id: &str) -> String {
    find(root, test_id).and_then(|element| element.text_content()).unwrap_or_default()
}

async fn write_and_send(root: &Element, words: &str) {
    let input: HtmlTextAreaElement = find(root, "input").unwrap().unchecked_into();
    input.set_value(words);
    input.dispatch_event(&web_sys::Event::new("input").unwrap()).unwrap();
    find(root, "send").unwrap().unchecked_into::<HtmlElement>().click();
    tick().await;
}

/// Presses the button whose name begins so.
async fn press(root: &Element, name: &str) {
    let button = root.query_selector(&format!("button[aria-label^={name}]")).unwrap();
    button.expect("there is such a button").unchecked_into::<HtmlElement>().click();
    tick().await;
}

/// What the engine says about the message that was sent last.
async fn hears_of_it(tab: &Tab, state: DeliveryState) {
    let client_id = tab.sent().last().unwrap().client_id.clone();
    tab.hears(Event::Outbox(Delivery { client_id, state }));
    tick().await;
}

fn delivery(root: &Element) -> Option<String> {
    find(root, "delivery")?.get_attribute("data-state")
}

/// The socket could not be opened, or is lost.
fn broken() -> Event {
    let error = ConnectionError::Unreachable;
    Event::Status(Status::Reconnecting { attempt: 0, of: 5, retry_at: Some(Moment(300)), error })
}

fn frame(json: &str) -> Event {
    Event::Frame(ServerFrame::decode(json).expect("a frame"))
}

#[wasm_bindgen_test]
async fn a_bubble_keeps_its_node_while_it_is_sent_and_stored() {
    let tab = Tab::default();
    let root = lobby(&tab).await;
    write_and_send(&root, "hello").await;
    let bubble = find(&root, "message").expect("the bubble is there at once");
    assert_eq!(delivery(&root).as_deref(), Some("queued"));

    assert_eq!(tab.sent().len(), 1);
    hears_of_it(&tab, DeliveryState::InFlight).await;
    assert_eq!(delivery(&root).as_deref(), Some("sending"));
    assert!(find(&root, "message").unwrap().is_same_node(Some(&bubble)));
}

#[wasm_bindgen_test]
async fn a_refusal_leaves_the_words_where_they_are() {
    let tab = Tab::default();
    let root = lobby(&tab).await;
    write_and_send(&root, "this is longer than twenty characters").await;
    assert_eq!(text(&root, "refused"), "A message has at most 20 characters.");
    let input: HtmlTextAreaElement = find(&root, "input").unwrap().unchecked_into();
    assert_eq!(input.value(), "this is longer than twenty characters");
    assert!(tab.sent().is_empty());
}

#[wasm_bindgen_test]
async fn the_status_says_what_the_engine_says() {
    let tab = Tab::default();
    let root = lobby(&tab).await;
    assert_eq!(text(&root, "status-label"), "Connecting…");
    tab.hears(Event::Status(Status::Open));
    tick().await;
    assert_eq!(text(&root, "status-label"), "Connected");
}

#[wasm_bindgen_test]
async fn the_welcome_stands_until_the_first_beat() {
    let tab = Tab::default();
    let root = lobby(&tab).await;
    tab.hears(Event::Status(Status::Open));
    let welcome = r#"{"client":7,"message":"hi","time":"2026-11-20T05:06:07.000Z"}"#;
    tab.hears(frame(&format!(r#"{{"type":"welcome","payload":{welcome}}}"#)));
    tick().await;
    assert_eq!(text(&root, "pulse"), "Welcome, client #7");
    let beat = r#"{"time":"2026-11-20T05:06:07.000Z","connections":2}"#;
    tab.hears(frame(&format!(r#"{{"type":"heartbeat","payload":{beat}}}"#)));
    tick().await;
    assert!(text(&root, "pulse").ends_with(" · 2 connections"));
}

#[wasm_bindgen_test]
async fn a_page_whose_socket_never_opened_says_that_it_may_be_stale() {
    let tab = Tab::default();
    let root = lobby(&tab).await;
    tab.hears(Event::Status(Status::Connecting));
    tick().await;
    assert_eq!(text(&root, "messages-state"), "Nobody has said anything yet. Be the first.");
    tab.hears(broken());
    tick().await;
    let stale = "There may be newer messages: the connection is down.";
    assert_eq!(text(&root, "messages-state"), stale);
}

#[wasm_bindgen_test]
async fn a_page_that_came_without_history_asks_for_it() {
    let root = page(&Tab::default(), "lobby", "null").await;
    assert_eq!(text(&root, "messages-state"), "Loading…");
}

#[wasm_bindgen_test]
async fn who_is_here_is_not_counted_before_it_is_known_nor_vouched_for_after() {
    let tab = Tab::default();
    let root = lobby(&tab).await;
    assert_eq!((text(&root, "people-count"), text(&root, "people-stale")), Default::default());
    tab.hears(Event::Status(Status::Open));
    tab.hears(frame(
        r#"{"type":"connected","payload":{"you":{"id":"anna","username":"Anna"},
        "connectedUserList":[{"id":"anna","username":"Anna"}],"connectedUsers":1,
        "messagesList":[],"positions":{}}}"#,
    ));
    tick().await;
    let shown = (text(&root, "people-count"), text(&root, "people-stale"));
    assert_eq!(shown, ("1 person here".to_owned(), String::new()));
    tab.hears(broken());
    tick().await;
    let stale = "This may have changed: the connection is down.";
    assert_eq!(text(&root, "people-stale"), stale);
    assert!(root.query_selector("#people[data-stale]").unwrap().is_some());
}

#[wasm_bindgen_test]
async fn a_message_refused_for_now_says_why_and_can_be_hurried_or_discarded() {
    let tab = Tab::default();
    let root = lobby(&tab).await;
    write_and_send(&root, "hello").await;
    let refused = DeliveryState::Waiting { code: ErrorCode::StorageUnavailable };
    hears_of_it(&tab, refused.clone()).await;
    assert_eq!(delivery(&root).as_deref(), Some("waiting"));
    assert!(text(&root, "message").contains("The server could not store the message."));
    press(&root, "Retry").await;
    assert_eq!(tab.0.inputs.borrow().last(), Some(&Input::Hurry));
    assert_eq!(document().active_element().unwrap().id(), "messages");
    hears_of_it(&tab, DeliveryState::InFlight).await;
    assert_eq!(delivery(&root).as_deref(), Some("sending"));
    hears_of_it(&tab, refused).await;
    press(&root, "Discard").await;
    assert!(find(&root, "message").is_none());
    assert_eq!(tab.sent().len(), 1, "it was never sent under another name");
}

#[wasm_bindgen_test]
async fn the_lab_shows_what_was_refused_and_a_way_on() {
    let tab = Tab::default();
    let root = page(&tab, "lab", "null").await;
    write_and_send(&root, "hello").await;
    assert!(find(&root, "event").is_none());
    let failed = DeliveryState::Failed { code: ErrorCode::Internal, message: String::new() };
    hears_of_it(&tab, failed).await;
    assert!(text(&root, "event").starts_with("❌ You: hello ("), "{}", text(&root, "event"));
    press(&root, "Retry").await;
    assert!(find(&root, "event").is_none());
    assert!(matches!(tab.0.inputs.borrow().last(), Some(Input::Retry { .. })));
}

#[wasm_bindgen_test]
async fn the_browser_asks_before_a_tab_goes_with_what_is_unsent() {
    let tab = Tab::default();
    let root = lobby(&tab).await;
    write_and_send(&root, "hello").await;
    assert!(window().onbeforeunload().is_some());
    hears_of_it(&tab, DeliveryState::Failed { code: ErrorCode::Internal, message: String::new() })
        .await;
    assert!(window().onbeforeunload().is_some());
    press(&root, "Discard").await;
    assert!(window().onbeforeunload().is_none());
}

#[wasm_bindgen_test]
async fn a_refused_text_is_tied_to_its_reason() {
    let root = lobby(&Tab::default()).await;
    write_and_send(&root, "this is longer than twenty characters").await;
    let input = find(&root, "input").unwrap();
    assert_eq!(input.get_attribute("aria-invalid").as_deref(), Some("true"));
    assert!(input.get_attribute("aria-describedby").unwrap().contains("input-refused"));
    write_and_send(&root, "short").await;
    assert!(!input.has_attribute("aria-invalid"));
}

/// The browser knows the plural rules of every language; ours must be the same.
#[wasm_bindgen_test]
fn plural_rules_are_those_of_the_browser() {
    let intl = js_sys::Reflect::get(&js_sys::global(), &"Intl".into()).unwrap();
    let rules: js_sys::Function =
        js_sys::Reflect::get(&intl, &"PluralRules".into()).unwrap().unchecked_into();
    for language in Language::ALL {
        let arguments = js_sys::Array::of1(&language.code().into());
        let rules = js_sys::Reflect::construct(&rules, &arguments).unwrap();
        let select: js_sys::Function =
            js_sys::Reflect::get(&rules, &"select".into()).unwrap().unchecked_into();
        for number in 0..=1_200_u32 {
            let word = select.call1(&rules, &JsValue::from(number)).unwrap().as_string();
            let ours = match language.category(number.into()) {
                Category::One => "one",
                Category::Few => "few",
                Category::Many if language == Language::En => "other",
                Category::Many => "many",
            };
            assert_eq!(word.as_deref(), Some(ours), "{number} in {}", language.name());
        }
    }
}
