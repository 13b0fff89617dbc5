//! One browser tab: drives the engine, and is the [`Browser`] and the [`Host`] of the app.
//!
//! Every input goes through [`Tab::tell`]: the engine is fed, then drained, effects before events,
//! until it has nothing more to say. A call that arrives while it is being drained (a component
//! that answers an event) waits in line, so the engine never sees itself from within.

use std::{
    cell::{OnceCell, RefCell, RefMut},
    rc::Rc,
    time::Duration,
};

use confab_app::{
    Answer, Bootstrap, Browser, ClientSettings, Direction, Forgotten, Page, Session,
    live::{Host, Live},
};
use confab_protocol::{Timestamp, Topic};
use confab_sync::{Client, Effect, Input, Moment, Settings, SocketId};
use futures::future::LocalBoxFuture;
use leptos::prelude::window;

use crate::{
    fetch, signals,
    socket::Socket,
    tabs::Tabs,
    timelines::Timelines,
    timer::{Sleep, Timer},
};

/// How often the lab pings, so that its chart of round trips moves.
const LAB_PING_INTERVAL: Duration = Duration::from_secs(2);

/// What a page's socket hears from the handshake on. What is fetched once it is open is then younger
/// than the first frame that it can hear, and nothing falls between the two. Messages of the open
/// dialog come by joining it; those of the lobby, which is nobody's own, by its topic.
const TOPICS: &str = "topics=heartbeat,presence,system,dialogs,typing,dialog:lobby";

/// A tab; clones share it.
#[derive(Clone)]
pub struct Tab(Rc<Inner>);

struct Inner {
    /// The socket's, without a query.
    address: String,
    engine: RefCell<Engine>,
    /// What is to be said to the engine, in order: a few at a time, so a list does.
    inputs: RefCell<Vec<Input>>,
    app: RefCell<Option<(Session, Live)>>,
    tabs: OnceCell<Tabs>,
    timelines: Timelines,
}

struct Engine {
    client: Client,
    /// The socket there is. The engine never has two.
    socket: Option<(SocketId, Socket)>,
    timer: Option<(Moment, Timer)>,
    is_busy: bool,
}

impl Tab {
    /// A tab that has not begun.
    pub fn new(bootstrap: &Bootstrap) -> Self {
        let client = &bootstrap.client;
        let settings = Settings {
            first_retry: client.first_retry,
            retry_delays: client.retry_delays.clone(),
            ping_interval: match bootstrap.page {
                Page::Lab => LAB_PING_INTERVAL,
                _ => client.ping_interval,
            },
            silence_max: client.silence_max,
            // The lab has no positions, and wants to see the whole greeting.
            epoch: (bootstrap.page != Page::Lab).then(|| bootstrap.epoch.clone()),
            owner: bootstrap.you.login.as_ref().map(|_| bootstrap.you.id.clone()),
            ..Settings::default()
        };
        let query = match bootstrap.page {
            Page::Lab => "",
            _ => TOPICS,
        };
        let address = address(client);
        let client = Client::new(settings, with_query(&address, query), Vec::new());
        Self(Rc::new(Inner {
            address,
            engine: RefCell::new(Engine { client, socket: None, timer: None, is_busy: false }),
            inputs: RefCell::default(),
            app: RefCell::default(),
            tabs: OnceCell::new(),
            timelines: Timelines::default(),
        }))
    }

    // Out of line: each borrow in line would bring a place to panic of its own.

    #[inline(never)]
    fn engine(&self) -> RefMut<'_, Engine> {
        self.0.engine.borrow_mut()
    }

    #[inline(never)]
    fn app(&self) -> Option<(Session, Live)> {
        self.0.app.borrow().clone()
    }

    #[inline(never)]
    fn wait_in_line(&self, input: Input) {
        self.0.inputs.borrow_mut().push(input);
    }

    fn next_in_line(&self) -> Option<Input> {
        let mut inputs = self.0.inputs.borrow_mut();
        if inputs.is_empty() { None } else { Some(inputs.remove(0)) }
    }

    /// Feeds the engine and does what it asks, until it is quiet.
    fn tell(&self, input: Input) {
        self.wait_in_line(input);
        self.run();
    }

    fn run(&self) {
        if std::mem::replace(&mut self.engine().is_busy, true) {
            return;
        }
        while let Some(input) = self.next_in_line() {
            if let Input::Received(_, text) = &input {
                self.note(Direction::Received, text);
            }
            self.engine().client.handle(input, now(), js_sys::Math::random());
            self.drain();
        }
        let mut engine = self.engine();
        engine.is_busy = false;
        self.set_timer(&mut engine);
    }

    fn time_is_up(&self) {
        {
            let mut engine = self.engine();
            engine.timer = None;
            engine.client.handle_timeout(now(), js_sys::Math::random());
            engine.is_busy = true;
        }
        self.drain();
        self.engine().is_busy = false;
        self.run();
    }

    /// Effects first: what is shown may depend on a socket that is already on its way.
    fn drain(&self) {
        loop {
            let effect = self.engine().client.poll_effect();
            let Some(effect) = effect else { break };
            self.carry_out(effect);
        }
        loop {
            let event = self.engine().client.poll_event();
            let Some(event) = event else { break };
            let app = self.app();
            if let Some((session, live)) = app {
                session.hear(&live, event);
            }
        }
    }

    fn carry_out(&self, effect: Effect) {
        match effect {
            Effect::Open { socket, url } => {
                let tab = self.clone();
                match Socket::open(socket, &url, move |input| tab.tell(input)) {
                    Ok(open) => self.engine().socket = Some((socket, open)),
                    Err(()) => self.wait_in_line(Input::Failed(socket)),
                }
            }
            Effect::Send { socket, text } => {
                self.note(Direction::Sent, &text);
                if let Some((id, open)) = &self.engine().socket
                    && *id == socket
                {
                    open.send(text);
                }
            }
            Effect::Close { socket, code, reason } => {
                let socket = self.engine().socket.take_if(|(id, _)| *id == socket);
                if let Some((_, open)) = socket {
                    open.close(code, reason);
                }
            }
        }
    }

    fn note(&self, direction: Direction, text: &str) {
        let app = self.app();
        if let Some((session, _)) = app {
            session.note_traffic(direction, text);
        }
    }

    /// One browser timer, for the earliest of the engine's.
    fn set_timer(&self, engine: &mut Engine) {
        let due = engine.client.poll_timeout();
        if engine.timer.as_ref().map(|(moment, _)| *moment) == due {
            return;
        }
        engine.timer = due.map(|moment| {
            let wait = Duration::from_millis(moment.0.saturating_sub(now().0));
            let tab = self.clone();
            (moment, Timer::new(wait, move || tab.time_is_up()))
        });
    }
}

impl Browser for Tab {
    fn command(&self, input: Input) {
        self.tell(input);
    }

    fn request(&self, method: &'static str, path: String, body: String) -> Answer {
        Box::pin(fetch::request(method, path, body))
    }

    fn after(&self, time: Duration, call: Box<dyn FnOnce()>) {
        wasm_bindgen_futures::spawn_local(async move {
            Sleep::new(time).await;
            call();
        });
    }

    fn now(&self) -> Moment {
        now()
    }

    fn wall(&self) -> Timestamp {
        Timestamp::from_unix_ms(js_sys::Date::now() as u64)
    }

    fn random(&self) -> u128 {
        let mut bytes = [0; 16];
        // Every browser that runs WASM has it; without it the zeros still make a valid id.
        if let Ok(crypto) = window().crypto() {
            let _ = crypto.get_random_values_with_u8_array(&mut bytes);
        }
        u128::from_ne_bytes(bytes)
    }

    fn remember(&self, key: &str, value: &str) {
        if let Ok(Some(storage)) = window().session_storage() {
            let _ = storage.set_item(key, value);
        }
    }

    fn recall(&self, key: &str) -> Option<String> {
        window().session_storage().ok()??.get_item(key).ok()?
    }

    fn share_outbox(&self, owner: &str, session: Session) {
        let _ = self.0.tabs.set(Tabs::open(owner, session));
    }

    fn keep(&self, name: &str, text: Option<String>) {
        if let Some(tabs) = self.0.tabs.get() {
            tabs.keep(name, text);
        }
    }

    fn tell_tabs(&self, text: &str) {
        if let Some(tabs) = self.0.tabs.get() {
            tabs.tell(text);
        }
    }

    fn wants_to_send(&self, wants: bool) {
        if let Some(tabs) = self.0.tabs.get() {
            tabs.wants_to_send(wants);
        }
    }

    fn recall_timeline(
        &self,
        owner: &str,
        dialog: &str,
    ) -> LocalBoxFuture<'static, Option<String>> {
        Box::pin(self.0.timelines.clone().recall(owner.to_owned(), dialog.to_owned()))
    }

    fn keep_timeline(&self, owner: &str, dialog: &str, text: String) {
        self.0.timelines.keep(owner, dialog, text);
    }

    fn forget_timelines(&self, which: Forgotten<'_>) {
        self.0.timelines.forget(which);
    }

    fn address(&self, query: &str) -> String {
        with_query(&self.0.address, query)
    }

    fn start(&self, session: Session, live: Live) {
        self.0.app.replace(Some((session, live)));
        let tab = self.clone();
        signals::listen(move |input| {
            match input {
                Input::Visible => session.is_looked_at(),
                // Either may be the last that is heard of this page.
                Input::Hidden | Input::Stop => session.keeps_now(),
                _ => {}
            }
            tab.tell(input);
        });
        self.tell(Input::Start);
    }
}

impl Host for Tab {
    fn spawn(&self, task: LocalBoxFuture<'static, ()>) {
        wasm_bindgen_futures::spawn_local(task);
    }

    fn sleep(&self, time: Duration) -> LocalBoxFuture<'static, ()> {
        Box::pin(Sleep::new(time))
    }

    fn now(&self) -> u64 {
        now().0
    }

    fn subscribe(&self, topic: &Topic) {
        self.tell(match topic {
            Topic::Dialog(dialog_id) => Input::Join { dialog_id: dialog_id.clone(), after: None },
            topic => Input::Subscribe(vec![topic.clone()]),
        });
    }

    fn unsubscribe(&self, topic: &Topic) {
        self.tell(match topic {
            Topic::Dialog(dialog_id) => Input::Leave { dialog_id: dialog_id.clone() },
            topic => Input::Unsubscribe(vec![topic.clone()]),
        });
    }
}

fn now() -> Moment {
    Moment(window().performance().map_or(0.0, |performance| performance.now()) as u64)
}

/// The socket's address: the configured host or the page's own, secure where the page is.
fn address(settings: &ClientSettings) -> String {
    let origin = window().location().origin().unwrap_or_default();
    let (scheme, own_host) = match origin.strip_prefix("https://") {
        Some(host) => ("wss://", host),
        None => ("ws://", origin.strip_prefix("http://").unwrap_or_default()),
    };
    let mut address = scheme.to_owned();
    address.push_str(if settings.ws_host.is_empty() { own_host } else { &settings.ws_host });
    address.push_str(&settings.ws_path);
    address
}

fn with_query(address: &str, query: &str) -> String {
    match query {
        "" => address.to_owned(),
        query => [address, "?", query].concat(),
    }
}
