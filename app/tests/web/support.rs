//! A tab whose engine is the test, and what one looks for on its page.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
    time::Duration,
};

use confab_app::{
    Answer, App, Bootstrap, Browser, BrowserHandle, Forgotten, Language, Session, Shared,
    live::{Host, Live},
};
use confab_protocol::{DialogId, ServerFrame, Timestamp, Topic};
use confab_sync::{ConnectionError, Delivery, DeliveryState, Event, Input, Moment, Status};
use futures::future::{LocalBoxFuture, pending, ready};
use leptos::{prelude::*, task::tick};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlTextAreaElement};

/// A tab whose engine is the test.
#[derive(Clone, Default)]
pub struct Tab(pub Rc<Told>);

#[derive(Default)]
pub struct Told {
    pub inputs: RefCell<Vec<Input>>,
    pub app: RefCell<Option<(Session, Live)>>,
    pub kept: RefCell<Vec<(String, String)>>,
    /// What was asked for, in order.
    pub asked: RefCell<Vec<String>>,
    /// What is answered; nothing else is.
    pub answers: RefCell<Vec<(String, String)>>,
    /// What is kept of dialogs, by whose and which.
    pub timelines: RefCell<BTreeMap<String, String>>,
    /// Whether another tab has the lock.
    pub another_sends: Cell<bool>,
    /// What the other tabs were told, in order.
    pub told: RefCell<Vec<String>>,
    /// Milliseconds since the page was opened.
    time: Cell<u64>,
    /// What is to be called when.
    calls: RefCell<Vec<(u64, Box<dyn FnOnce()>)>>,
}

impl Tab {
    pub fn hears(&self, event: Event) {
        let app = self.0.app.borrow().clone();
        let (session, live) = app.expect("the page has begun");
        session.hear(&live, event);
    }

    /// Another tab says something of the outbox.
    pub async fn is_told(&self, text: String) {
        self.hears_tabs(Shared::Told(text)).await;
    }

    /// The browser says something of the outbox.
    pub async fn hears_tabs(&self, shared: Shared) {
        let app = self.0.app.borrow().clone();
        app.expect("the page has begun").0.hear_tabs(shared);
        tick().await;
    }

    /// How many posts of ours are not in the log that is shown.
    pub fn outbox(&self) -> usize {
        let app = self.0.app.borrow().clone();
        app.expect("the page has begun").0.outbox.with_untracked(Vec::len)
    }

    /// Time passes.
    pub async fn passes(&self, time: Duration) {
        self.0.time.set(self.0.time.get() + time.as_millis() as u64);
        let is_due = |(at, _): &mut (u64, Box<dyn FnOnce()>)| *at <= self.0.time.get();
        let due: Vec<_> = self.0.calls.borrow_mut().extract_if(.., is_due).collect();
        due.into_iter().for_each(|(_, call)| call());
        tick().await;
    }

    /// What was sent, in order.
    pub fn sent(&self) -> Vec<confab_protocol::MessageSend> {
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
    fn request(&self, method: &'static str, path: String, body: String) -> Answer {
        self.0.asked.borrow_mut().push([method, " ", &path, " ", &body].concat().trim().to_owned());
        let answers = self.0.answers.borrow();
        match answers.iter().find(|(known, _)| *known == path) {
            Some((_, answer)) => Box::pin(ready(Ok(answer.clone()))),
            None => Box::pin(pending()),
        }
    }
    fn after(&self, time: Duration, call: Box<dyn FnOnce()>) {
        let at = self.0.time.get() + time.as_millis() as u64;
        self.0.calls.borrow_mut().push((at, call));
    }
    fn now(&self) -> Moment {
        Moment(self.0.time.get())
    }
    fn wall(&self) -> Timestamp {
        Timestamp::from_unix_ms(1_000 + self.0.time.get())
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
    fn share_outbox(&self, _: &str, session: Session) {
        session.hear_tabs(Shared::Recalled { kept: Vec::new(), told: Vec::new() });
        if !self.0.another_sends.get() {
            session.hear_tabs(Shared::MaySend);
        }
    }
    fn keep(&self, _: &str, _: Option<String>) {}
    fn tell_tabs(&self, text: &str) {
        self.0.told.borrow_mut().push(text.to_owned());
    }
    fn wants_to_send(&self, _: bool) {}
    fn recall_timeline(
        &self,
        owner: &str,
        dialog: &str,
    ) -> LocalBoxFuture<'static, Option<String>> {
        let name = [owner, "/", dialog].concat();
        Box::pin(ready(self.0.timelines.borrow().get(&name).cloned()))
    }
    fn keep_timeline(&self, owner: &str, dialog: &str, text: String) {
        self.0.timelines.borrow_mut().insert([owner, "/", dialog].concat(), text);
    }
    fn forget_timelines(&self, which: Forgotten<'_>) {
        self.0.timelines.borrow_mut().retain(|name, _| match which {
            Forgotten::One { owner, dialog } => *name != [owner, "/", dialog].concat(),
            Forgotten::Others { owner } => name.starts_with(&[owner, "/"].concat()),
            Forgotten::All => false,
        });
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
        self.0.time.get()
    }
    fn subscribe(&self, _: &Topic) {}
    fn unsubscribe(&self, _: &Topic) {}
}

pub const BOOTSTRAP: &str = r#"{
    "page": "PAGE", "language": "en", "words": WORDS, "you": {"id": "anna", "username": "Anna"}, "epoch": "e",
    "open": {"dialog": "OPEN", "is_home": false}, "list": LIST, "details": DETAILS, "history": HISTORY,
    "limits": {"frameBytes": 65536, "messageCharacters": 20, "framesPerSecond": 50,
        "sendsPerSecond": 10, "sendsBurst": 30, "pageMessages": 50, "catchUpEvents": 300},
    "client": {"ws_host": "", "ws_path": "/ws", "ping_interval": 30000, "silence_max": 35000,
        "first_retry": 300, "retry_delays": [1000]},
    "demo": false, "notice": null, "form_client_id": "form"
}"#;

pub const NO_MESSAGES: &str = r#"{"messages": [], "ev": 0, "hasMore": false}"#;

/// What a page came with.
pub struct Came<'a> {
    pub page: &'a str,
    pub open: &'a str,
    pub list: String,
    pub details: String,
    pub history: String,
}

/// The lobby in a fresh element, alive.
pub async fn lobby(tab: &Tab) -> Element {
    page(tab, "chat", NO_MESSAGES).await
}

/// A page in the place of the one before it, alive.
pub async fn page(tab: &Tab, page: &str, history: &str) -> Element {
    let (list, details) = ("null".to_owned(), "null".to_owned());
    shows(tab, Came { page, open: "lobby", list, details, history: history.to_owned() }).await
}

/// The dialog with Bob, with these messages: by whom, and what.
pub async fn with_bob(tab: &Tab, said: &[(&str, &str)]) -> Element {
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
pub fn line(id: &str, last: &str, ev: u64) -> String {
    format!(
        r#"{{"dialogId":"{id}","kind":"direct","peer":{{"id":"bob-{id}","username":"Bob {id}"}},
        "presence":{{"state":"online"}},"role":"member","members":2,"lastMessage":{last},
        "lastActivityAt":"2026-11-20T05:06:07.000Z","unread":0,"read":{ev},"muted":false,"ev":{ev}}}"#
    )
}

/// A message of the dialog `d`.
pub fn message(by: &str, text: &str, seq: u64, ev: u64) -> String {
    format!(
        r#"{{"messageId":"m{seq}","dialogId":"d","seq":{seq},"ev":{ev},"senderId":"{by}",
        "senderName":"{by}","clientId":"c{seq}","content":"{text}","createdAt":"2026-11-20T05:06:07.000Z"}}"#
    )
}

/// The engine tells a change of the dialog `d`.
pub fn change(kind: &str, ev: u64, message: &str) -> Event {
    let event = format!(r#"{{"ev":{ev},"kind":"{kind}","message":{message}}}"#);
    let event = confab_protocol::json::read(&event).expect("a change");
    Event::Dialog { dialog_id: DialogId::parse("d").unwrap(), event }
}

pub async fn shows(tab: &Tab, came: Came<'_>) -> Element {
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

pub fn find(root: &Element, test_id: &str) -> Option<Element> {
    root.query_selector(&format!("[data-testid={test_id}]")).unwrap()
}

pub fn text(root: &Element, test_id: &str) -> String {
    find(root, test_id).and_then(|element| element.text_content()).unwrap_or_default()
}

pub async fn write_and_send(root: &Element, words: &str) {
    write(root, words).await;
    find(root, "send").unwrap().unchecked_into::<HtmlElement>().click();
    tick().await;
}

/// Replaces what stands in the box.
pub async fn write(root: &Element, words: &str) {
    let input: HtmlTextAreaElement = find(root, "input").unwrap().unchecked_into();
    input.set_value(words);
    input.dispatch_event(&web_sys::Event::new("input").unwrap()).unwrap();
    tick().await;
}

/// Presses the button whose name begins so.
pub async fn press(root: &Element, name: &str) {
    let button = root.query_selector(&format!("button[aria-label^={name}]")).unwrap();
    button.expect("there is such a button").unchecked_into::<HtmlElement>().click();
    tick().await;
}

/// What the engine says about the message that was sent last.
pub async fn hears_of_it(tab: &Tab, state: DeliveryState) {
    let client_id = tab.sent().last().unwrap().client_id.clone();
    tab.hears(Event::Outbox(Delivery { client_id, state }));
    tick().await;
}

pub fn delivery(root: &Element) -> Option<String> {
    find(root, "delivery")?.get_attribute("data-state")
}

/// The socket could not be opened, or is lost.
pub fn broken() -> Event {
    let error = ConnectionError::Unreachable;
    Event::Status(Status::Reconnecting { attempt: 0, of: 5, retry_at: Some(Moment(300)), error })
}

pub fn frame(json: &str) -> Event {
    Event::Frame(ServerFrame::decode(json).expect("a frame"))
}
