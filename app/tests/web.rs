//! Components in a real browser, with an engine that the test plays itself.
#![cfg(target_arch = "wasm32")]

use std::{cell::RefCell, rc::Rc, time::Duration};

use confab_app::{
    App, Bootstrap, Browser, BrowserHandle, Category, Language, Session,
    live::{Host, Live, QueryError},
};
use confab_protocol::{DialogId, ErrorCode, Person, ServerFrame, Timestamp, Topic};
use confab_sync::{ConnectionError, Delivery, DeliveryState, Event, Input, Moment, Status};
use futures::future::{LocalBoxFuture, pending, ready};
use leptos::{prelude::*, task::tick};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{
    Element, HtmlElement, HtmlTextAreaElement, MutationObserver, MutationObserverInit,
    MutationRecord,
};

wasm_bindgen_test_configure!(run_in_browser);

/// A tab whose engine is the test.
#[derive(Clone, Default)]
struct Tab(Rc<Told>);

#[derive(Default)]
struct Told {
    inputs: RefCell<Vec<Input>>,
    app: RefCell<Option<(Session, Live)>>,
    kept: RefCell<Vec<(String, String)>>,
    /// What was asked for, in order.
    asked: RefCell<Vec<String>>,
    /// What is answered; nothing else is.
    answers: RefCell<Vec<(String, String)>>,
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
    fn request(
        &self,
        method: &'static str,
        path: String,
        body: String,
    ) -> LocalBoxFuture<'static, Result<String, QueryError>> {
        self.0.asked.borrow_mut().push([method, " ", &path, " ", &body].concat().trim().to_owned());
        let answers = self.0.answers.borrow();
        match answers.iter().find(|(known, _)| *known == path) {
            Some((_, answer)) => Box::pin(ready(Ok(answer.clone()))),
            None => Box::pin(pending()),
        }
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
    "open": {"dialog": "OPEN", "is_home": false}, "list": LIST, "details": DETAILS, "history": HISTORY,
    "limits": {"frameBytes": 65536, "messageCharacters": 20, "framesPerSecond": 50,
        "sendsPerSecond": 10, "sendsBurst": 30, "pageMessages": 50, "catchUpEvents": 300},
    "client": {"ws_host": "", "ws_path": "/ws", "ping_interval": 30000, "silence_max": 35000,
        "first_retry": 300, "retry_delays": [1000]},
    "demo": false, "notice": null, "form_client_id": "form"
}"#;

const NO_MESSAGES: &str = r#"{"messages": [], "ev": 0, "hasMore": false}"#;

/// What a page came with.
struct Came<'a> {
    page: &'a str,
    open: &'a str,
    list: String,
    details: String,
    history: String,
}

/// The lobby in a fresh element, alive.
async fn lobby(tab: &Tab) -> Element {
    page(tab, "chat", NO_MESSAGES).await
}

/// A page in the place of the one before it, alive.
async fn page(tab: &Tab, page: &str, history: &str) -> Element {
    let (list, details) = ("null".to_owned(), "null".to_owned());
    shows(tab, Came { page, open: "lobby", list, details, history: history.to_owned() }).await
}

/// The dialog with Bob, with these messages: by whom, and what.
async fn with_bob(tab: &Tab, said: &[(&str, &str)]) -> Element {
    let messages: Vec<String> =
        said.iter().zip(1..).map(|((by, text), seq)| message(by, text, seq, seq)).collect();
    let last = messages.last().cloned().unwrap_or_else(|| "null".to_owned());
    let ev = said.len() as u64;
    let list = format!(
        r#"{{"dialogs":[{}],"uev":1}}"#,
        [line("d", &last, ev), line("e", "null", 0)].join(",")
    );
    let member = |id: &str| {
        format!(r#"{{"id":"{id}","username":"{id}","role":"member","delivered":0,"read":0}}"#)
    };
    let members = [member("anna"), member("bob")].join(",");
    let details = format!(r#"{{"dialog":{},"members":[{members}]}}"#, line("d", &last, ev));
    let history = format!(r#"{{"messages":[{}],"ev":{ev},"hasMore":false}}"#, messages.join(","));
    shows(tab, Came { page: "chat", open: "d", list, details, history }).await
}

/// A line of the list: a dialog with Bob.
fn line(id: &str, last: &str, ev: u64) -> String {
    format!(
        r#"{{"dialogId":"{id}","kind":"direct","peer":{{"id":"bob-{id}","username":"Bob {id}"}},
        "presence":{{"state":"online"}},"role":"member","members":2,"lastMessage":{last},
        "lastActivityAt":"2026-11-20T05:06:07.000Z","unread":0,"read":{ev},"muted":false,"ev":{ev}}}"#
    )
}

/// A message of the dialog `d`.
fn message(by: &str, text: &str, seq: u64, ev: u64) -> String {
    format!(
        r#"{{"messageId":"m{seq}","dialogId":"d","seq":{seq},"ev":{ev},"senderId":"{by}",
        "senderName":"{by}","clientId":"c{seq}","content":"{text}","createdAt":"2026-11-20T05:06:07.000Z"}}"#
    )
}

/// The engine tells a change of the dialog `d`.
fn change(kind: &str, ev: u64, message: &str) -> Event {
    let event = format!(r#"{{"ev":{ev},"kind":"{kind}","message":{message}}}"#);
    let event = confab_protocol::json::read(&event).expect("a change");
    Event::Dialog { dialog_id: DialogId::parse("d").unwrap(), event }
}

async fn shows(tab: &Tab, came: Came<'_>) -> Element {
    if let Some(before) = document().get_element_by_id("root") {
        before.remove();
    }
    let root = document().create_element("div").unwrap();
    root.set_id("root");
    document().body().unwrap().append_child(&root).unwrap();
    let words = serde_json::to_string(&Language::En.texts()).unwrap();
    let script = BOOTSTRAP
        .replace("WORDS", &words)
        .replace("PAGE", came.page)
        .replace("OPEN", came.open)
        .replace("LIST", &came.list)
        .replace("DETAILS", &came.details)
        .replace("HISTORY", &came.history);
    let bootstrap = Bootstrap::from_script(&script).expect("a bootstrap");
    let tab = tab.clone();
    let mounted = leptos::mount::mount_to(root.clone().unchecked_into(), move || {
        provide_context(Live::new(Rc::new(tab.clone())));
        provide_context(BrowserHandle::new(Rc::new(tab)));
        view! { <App bootstrap/> }
    });
    mounted.forget();
    // Drawn, then come alive.
    tick().await;
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
    let root = page(&Tab::default(), "chat", "null").await;
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

/// Counts the rows that change under it.
struct RowsDrawn {
    observer: MutationObserver,
    records: Rc<RefCell<Vec<MutationRecord>>>,
    list: Element,
    _keep: Closure<dyn FnMut(js_sys::Array)>,
}

impl RowsDrawn {
    fn watch(root: &Element) -> Self {
        let list = root.query_selector("[data-testid=messages] ol").unwrap().unwrap();
        let records = Rc::<RefCell<Vec<MutationRecord>>>::default();
        let kept = records.clone();
        let keep = Closure::<dyn FnMut(_)>::new(move |records: js_sys::Array| {
            kept.borrow_mut().extend(records.iter().map(JsCast::unchecked_into));
        });
        let observer = MutationObserver::new(keep.as_ref().unchecked_ref()).unwrap();
        let what = MutationObserverInit::new();
        what.set_subtree(true);
        what.set_child_list(true);
        what.set_attributes(true);
        what.set_character_data(true);
        observer.observe_with_options(&list, &what).unwrap();
        Self { observer, records, list, _keep: keep }
    }

    /// How many rows came, and how many of those that stay were touched, since the last look.
    fn count(&self) -> (usize, usize) {
        let (mut came, mut touched) = (Vec::new(), Vec::new());
        let mut records = self.records.take();
        records.extend(self.observer.take_records().iter().map(|it| it.unchecked_into()));
        let knows = |rows: &[web_sys::Node], row: &web_sys::Node| {
            rows.iter().any(|known| known.is_same_node(Some(row)))
        };
        for record in records {
            let target = record.target().unwrap();
            if target.is_same_node(Some(&self.list)) {
                let added = record.added_nodes();
                came.extend((0..added.length()).map(|place| added.item(place).unwrap()));
                continue;
            }
            let row = match target.dyn_ref::<Element>() {
                Some(element) => element.closest("li").unwrap(),
                None => target.parent_element().and_then(|parent| parent.closest("li").unwrap()),
            };
            let row: web_sys::Node = row.expect("all is in rows").unchecked_into();
            if !knows(&came, &row) && !knows(&touched, &row) {
                touched.push(row);
            }
        }
        (came.len(), touched.len())
    }
}

const FIFTY: [(&str, &str); 50] = [("bob", "hello"); 50];

#[wasm_bindgen_test]
async fn one_message_draws_one_row_and_touches_no_other() {
    let tab = Tab::default();
    let root = with_bob(&tab, &FIFTY).await;
    let drawn = RowsDrawn::watch(&root);
    tab.hears(change("message:new", 51, &message("bob", "news", 51, 51)));
    tick().await;
    assert_eq!(root.query_selector_all("[data-testid=message]").unwrap().length(), 51);
    assert_eq!(drawn.count(), (1, 0));
    tab.hears(change("message:update", 52, &message("bob", "better news", 20, 52)));
    tick().await;
    assert_eq!(drawn.count(), (0, 1));
    assert!(root.text_content().unwrap().contains("better news"));
}

#[wasm_bindgen_test]
async fn a_receipt_draws_the_messages_that_it_reaches_and_no_other() {
    let tab = Tab::default();
    let root = with_bob(&tab, &[("anna", "one"), ("anna", "two"), ("anna", "three")]).await;
    let drawn = RowsDrawn::watch(&root);
    tab.hears(frame(
        r#"{"type":"receipt","payload":{"dialogId":"d","userId":"bob","delivered":2,"read":1}}"#,
    ));
    tick().await;
    assert_eq!(drawn.count(), (0, 2));
    let states = root.query_selector_all("[data-testid=delivery]").unwrap();
    let state = |place| {
        let sign: Element = states.item(place).unwrap().unchecked_into();
        sign.get_attribute("data-state").unwrap()
    };
    assert_eq!([state(0), state(1), state(2)], ["read", "delivered", "stored"]);
}

#[wasm_bindgen_test]
async fn marks_become_views_and_links_lead_only_where_they_may() {
    let said = "*so* <b>no</b> https://a.example and javascript:alert(1)";
    let root = with_bob(&Tab::default(), &[("bob", said)]).await;
    let content = find(&root, "content").unwrap();
    assert_eq!(content.text_content().unwrap(), said.replace('*', ""));
    assert_eq!(content.query_selector_all("b").unwrap().length(), 0);
    assert_eq!(content.query_selector("strong").unwrap().unwrap().text_content().unwrap(), "so");
    let links = content.query_selector_all("a").unwrap();
    assert_eq!(links.length(), 1);
    let link: Element = links.item(0).unwrap().unchecked_into();
    assert_eq!(link.get_attribute("href").unwrap(), "https://a.example");
    assert_eq!(link.get_attribute("rel").unwrap(), "noopener noreferrer nofollow");
}

#[wasm_bindgen_test]
async fn a_link_of_the_list_opens_its_dialog_and_leaves_the_list_where_it_is() {
    let tab = Tab::default();
    let root = with_bob(&tab, &[("bob", "hello")]).await;
    let list = find(&root, "dialogs").unwrap();
    assert_eq!(text(&root, "dialog-title"), "Bob d");
    let input: HtmlTextAreaElement = find(&root, "input").unwrap().unchecked_into();
    input.set_value("half a thought");
    input.dispatch_event(&web_sys::Event::new("input").unwrap()).unwrap();
    tick().await;
    let other = root.query_selector("a[href='/d/e']").unwrap().unwrap();
    other.unchecked_into::<HtmlElement>().click();
    tick().await;
    tick().await;
    assert_eq!(text(&root, "dialog-title"), "Bob e");
    assert_eq!(window().location().pathname().unwrap(), "/d/e");
    assert!(find(&root, "dialogs").unwrap().is_same_node(Some(&list)));
    assert_eq!(document().active_element().unwrap().id(), "write");
    assert!(list.text_content().unwrap().contains("Draft: half a thought"));
    assert!(tab.0.asked.borrow().contains(&"GET /api/messages/dialog/e".to_owned()));
}

#[wasm_bindgen_test]
async fn who_is_typing_stands_in_the_head_and_in_the_list() {
    let tab = Tab::default();
    let root = with_bob(&tab, &[("bob", "hello")]).await;
    assert_eq!(text(&root, "preview"), "hello");
    let bob: Person = confab_protocol::json::read(r#"{"id":"bob","username":"Bob"}"#).unwrap();
    let dialog_id = DialogId::parse("d").unwrap();
    tab.hears(Event::Typing { dialog_id: dialog_id.clone(), people: vec![bob] });
    tick().await;
    tick().await;
    assert_eq!(text(&root, "dialog-status"), "Bob is typing…");
    assert_eq!(text(&root, "preview"), "typing…");
    tab.hears(Event::Typing { dialog_id, people: Vec::new() });
    tick().await;
    tick().await;
    assert_eq!(text(&root, "dialog-status"), "online");
    assert_eq!(text(&root, "preview"), "hello");
}

#[wasm_bindgen_test]
async fn an_answer_says_what_it_answers_and_an_edit_gives_the_draft_back() {
    let tab = Tab::default();
    let root = with_bob(&tab, &[("bob", "question"), ("anna", "answr")]).await;
    let rows = root.query_selector_all("[data-testid=message]").unwrap();
    let point = |place| {
        let row: Element = rows.item(place).unwrap().unchecked_into();
        row.dispatch_event(&web_sys::Event::new("pointerenter").unwrap()).unwrap();
    };
    let click = |id| find(&root, id).unwrap().unchecked_into::<HtmlElement>().click();
    point(0);
    tick().await;
    assert!(find(&root, "edit").is_none(), "it is another's");
    click("reply");
    tick().await;
    write_and_send(&root, "answer").await;
    assert_eq!(tab.sent().last().unwrap().reply_to.as_ref().unwrap().as_str(), "m1");
    assert!(find(&root, "composing").is_none());

    let input: HtmlTextAreaElement = find(&root, "input").unwrap().unchecked_into();
    input.set_value("draft");
    input.dispatch_event(&web_sys::Event::new("input").unwrap()).unwrap();
    point(1);
    tick().await;
    click("edit");
    tick().await;
    assert_eq!(input.value(), "answr");
    write_and_send(&root, "answered").await;
    assert_eq!(input.value(), "draft");
    assert!(text(&root, "messages").contains("answered"));
    let edits = |input: &Input| matches!(input, Input::Edit(edit) if edit.content == "answered");
    assert!(tab.0.inputs.borrow().iter().any(edits));
}

#[wasm_bindgen_test]
async fn what_is_taken_back_is_asked_for_twice() {
    let tab = Tab::default();
    let root = with_bob(&tab, &[("anna", "oops")]).await;
    find(&root, "message")
        .unwrap()
        .dispatch_event(&web_sys::Event::new("pointerenter").unwrap())
        .unwrap();
    tick().await;
    let delete = || find(&root, "delete").unwrap().unchecked_into::<HtmlElement>().click();
    delete();
    tick().await;
    assert_eq!(text(&root, "delete"), "Delete for everyone?");
    let deletes = || tab.0.inputs.borrow().iter().any(|input| matches!(input, Input::Delete(_)));
    assert!(!deletes());
    delete();
    tick().await;
    assert!(deletes());
    assert_eq!(text(&root, "deleted"), "Message deleted");
    assert_eq!(document().active_element().unwrap().id(), "messages");
}

#[wasm_bindgen_test]
async fn who_is_shown_the_door_sees_nothing_more() {
    let tab = Tab::default();
    let root = with_bob(&tab, &[("bob", "secret")]).await;
    tab.hears(frame(r#"{"type":"dialog:update","payload":{"dialogId":"d","uev":2}}"#));
    tick().await;
    tick().await;
    assert!(find(&root, "gone").is_some());
    assert!(!root.text_content().unwrap().contains("secret"));
}

#[wasm_bindgen_test]
async fn what_is_new_elsewhere_stands_in_the_list_and_in_the_title() {
    let tab = Tab::default();
    let root = with_bob(&tab, &[("bob", "hello")]).await;
    let new = message("bob", "psst", 1, 1).replace(r#""dialogId":"d""#, r#""dialogId":"e""#);
    tab.hears(frame(&format!(
        r#"{{"type":"message:new","payload":{{"dialogId":"e","ev":1,"message":{new}}}}}"#
    )));
    tick().await;
    tick().await;
    assert_eq!(text(&root, "unread"), "1");
    assert_eq!(document().title(), "(1) Bob d · Confab");
    let delivered = |input: &Input| matches!(input, Input::Delivered { dialog_id, .. } if dialog_id.as_str() == "e");
    assert!(tab.0.inputs.borrow().iter().any(delivered));
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
