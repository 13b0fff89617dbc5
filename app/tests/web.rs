//! Components in a real browser, with an engine that the test plays itself.
#![cfg(target_arch = "wasm32")]

use std::{cell::RefCell, rc::Rc, time::Duration};

use confab_app::{
    App, Bootstrap, Browser, BrowserHandle, Category, Language, Session,
    live::{Host, Live, QueryError},
};
use confab_protocol::{Timestamp, Topic};
use confab_sync::{Delivery, DeliveryState, Event, Input, Moment, Status};
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
    "page": "lobby", "language": "en", "words": WORDS, "you": {"id": "anna", "username": "Anna"}, "epoch": "e",
    "history": {"messages": [], "ev": 0, "hasMore": false},
    "limits": {"frameBytes": 65536, "messageCharacters": 20, "framesPerSecond": 50,
        "sendsPerSecond": 10, "sendsBurst": 30, "pageMessages": 50, "catchUpEvents": 300},
    "client": {"ws_host": "", "ws_path": "/ws", "ping_interval": 30000, "silence_max": 35000,
        "first_retry": 300, "retry_delays": [1000]},
    "demo": false, "notice": null, "form_client_id": "form"
}"#;

/// The lobby in a fresh element, alive.
async fn lobby(tab: &Tab) -> Element {
    let root = document().create_element("div").unwrap();
    document().body().unwrap().append_child(&root).unwrap();
    let words = serde_json::to_string(&Language::En.texts()).unwrap();
    let bootstrap =
        Bootstrap::from_script(&BOOTSTRAP.replace("WORDS", &words)).expect("a bootstrap");
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

#[wasm_bindgen_test]
async fn a_bubble_keeps_its_node_while_it_is_sent_and_stored() {
    let tab = Tab::default();
    let root = lobby(&tab).await;
    write_and_send(&root, "hello").await;
    let bubble = find(&root, "message").expect("the bubble is there at once");
    let state = |root: &Element| find(root, "delivery").unwrap().get_attribute("data-state");
    assert_eq!(state(&root).as_deref(), Some("queued"));

    let sent = tab.sent();
    assert_eq!(sent.len(), 1);
    let client_id = sent[0].client_id.clone();
    tab.hears(Event::Outbox(Delivery { client_id, state: DeliveryState::InFlight }));
    tick().await;
    assert_eq!(state(&root).as_deref(), Some("sending"));
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
