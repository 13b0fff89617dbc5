//! A page of somebody, and the wire between it and the server.

use confab_protocol::{DialogChange, DialogId, MessageSend, Person, Topic};
use confab_sync::{
    Delivery, DeliveryState, Effect, Event, Input, Kept, Moment, Post, SocketId, Was,
};
use futures::FutureExt;
use witness::{
    page::{self, Fetched, Page, Reader, Step},
    shown::What,
};

use super::world::session_of;
use crate::{
    auth::{AccountKind, Identity},
    gateway::{Gateway, connection, handshake::Opening, place::Place},
    hub::{self, Hub},
    ops::registry::Visitor,
    store::Member,
};

/// What is asked of the engine's dice, each time.
const RANDOM: f64 = 0.5;

/// Something that the page has asked for.
struct Question {
    what: What,
    /// What the server has read for it; it may read as late as it answers.
    read: Option<Option<Fetched>>,
}

/// A device.
pub struct Device {
    pub person: Person,
    pub page: Page,
    reader: Reader,
    socket: Option<(SocketId, Place)>,
    /// What the server has said, and has not arrived.
    wire: Vec<String>,
    questions: Vec<Question>,
    /// Nothing more that it says through this socket arrives. No wire loses one of two frames: who
    /// loses one loses the rest, too.
    is_mute: bool,
    /// The next frame that it says arrives twice, as if another tab said it, too.
    echoes: bool,
    has_started: bool,
}

impl Device {
    pub fn new(person: Person, reader: Reader, kept: Option<page::Kept>) -> Self {
        Self {
            page: Page::new(reader.clone(), "ws://confab.test/ws".to_owned(), kept),
            person,
            reader,
            socket: None,
            wire: Vec::new(),
            questions: Vec::new(),
            is_mute: false,
            echoes: false,
            has_started: false,
        }
    }

    /// Something happens to it.
    pub async fn does(&mut self, input: Input, at: Moment, gateway: &Gateway) {
        self.page.handle(input, at, RANDOM);
        self.carries_on(at, gateway).await;
    }

    pub async fn says(&mut self, send: MessageSend, at: Moment, gateway: &Gateway) {
        self.page.says(send, at, RANDOM);
        self.carries_on(at, gateway).await;
    }

    /// When its engine wants to be called.
    pub fn due(&self) -> Option<Moment> {
        self.page.engine.poll_timeout()
    }

    pub async fn passes(&mut self, at: Moment, gateway: &Gateway) {
        self.page.handle_timeout(at, RANDOM);
        self.carries_on(at, gateway).await;
    }

    /// The page is opened.
    pub async fn begins(&mut self, at: Moment, gateway: &Gateway) {
        self.has_started = true;
        self.does(Input::Start, at, gateway).await;
    }

    /// The page is gone, and with it everything but what is not sent yet; or but what a browser keeps.
    /// Then the next one opens its socket when it has all that it shows.
    pub async fn reloads(&mut self, keeps: bool, at: Moment, gateway: &Gateway) {
        let unsent = |post: &Post| Kept { post: post.clone(), was: Was::Sent };
        let waiting: Vec<_> = self.page.engine.outbox().map(unsent).collect();
        let kept = self.page.kept();
        let kept = if keeps { kept } else { kept.map(page::Kept::without_pages) };
        *self = Self::new(self.person.clone(), self.reader.clone(), kept);
        self.does(Input::Restore(waiting), at, gateway).await;
        if !keeps {
            self.begins(at, gateway).await;
        }
    }

    async fn carries_on(&mut self, at: Moment, gateway: &Gateway) {
        while let Some(step) = self.page.poll() {
            match step {
                Step::Effect(Effect::Open { socket, .. }) => {
                    self.wire.clear();
                    self.is_mute = false;
                    let opening = self.opening(gateway);
                    self.socket = Some((socket, connection::enter(gateway, opening).await));
                    self.page.handle(Input::Opened(socket), at, RANDOM);
                }
                Step::Effect(Effect::Send { socket, text }) if self.is_open(socket) => {
                    let again = std::mem::take(&mut self.echoes);
                    for _ in 0..=usize::from(again) {
                        self.is_heard(&text, gateway).await;
                    }
                }
                Step::Effect(Effect::Close { socket, .. }) if self.is_open(socket) => {
                    self.wire.clear();
                    self.socket = None;
                }
                Step::Effect(Effect::Send { .. } | Effect::Close { .. }) => {}
                Step::Fetch(what) => self.questions.push(Question { what, read: None }),
                Step::Event(event) => self.answers(*event, at),
            }
        }
        self.is_told();
    }

    /// What a page answers by itself: what has come is told to be here, and nobody insists.
    fn answers(&mut self, event: Event, at: Moment) {
        let input = match event {
            Event::Outbox(Delivery { client_id, state: DeliveryState::Failed { .. } }) => {
                Input::Discard { client_id }
            }
            Event::Dialog { dialog_id, event } => match event.change {
                DialogChange::MessageNew(message) => {
                    Input::Delivered { dialog_id, seq: message.seq }
                }
                _ => return,
            },
            _ => return,
        };
        self.page.handle(input, at, RANDOM);
    }

    fn opening(&self, gateway: &Gateway) -> Opening {
        let key = session_of(&self.person.id);
        let visitor = Visitor {
            address: [127, 0, 0, 1].into(),
            user_agent: String::new(),
            user: self.person.id.clone(),
            session: Some(key),
        };
        let (person, kind) = (self.person.clone(), AccountKind::Account);
        let identity = Identity::Session { person, kind, key };
        let lobby = Topic::Dialog(DialogId::lobby());
        let topics = vec![Topic::Presence, Topic::System, Topic::Dialogs, Topic::Typing, lobby];
        let (unknown_topics, as_of) = (Vec::new(), gateway.0.registry.endings());
        Opening { visitor, identity, topics, unknown_topics, close_after: None, as_of }
    }

    fn is_open(&self, socket: SocketId) -> bool {
        self.socket.as_ref().is_some_and(|(open, _)| *open == socket)
    }

    /// The server hears a frame, and answers it when what it asks for is done.
    async fn is_heard(&mut self, text: &str, gateway: &Gateway) {
        let Some((_, place)) = self.socket.as_mut().filter(|_| !self.is_mute) else { return };
        let (_, pending) = gateway.handle(text, &place.outlet, &mut place.speaker).await;
        if let Some(pending) = pending
            && let Some(answer) = pending.await
        {
            place.outlet.tell(answer);
        }
    }

    /// What the server has said until now is on the wire.
    pub fn is_told(&mut self) {
        if let Some((_, place)) = &self.socket {
            while let Some(frame) = place.outlet.pop() {
                self.wire.push(frame.into_text().to_string());
            }
        }
    }

    /// The server closes the socket, if it wants to.
    pub async fn is_sent_away(&mut self, at: Moment, gateway: &Gateway) {
        let Some((socket, place)) = &self.socket else { return };
        let Some(close) = place.outlet.connection.asked_to_close().now_or_never() else { return };
        let (socket, code, reason) = (*socket, close.code.number(), close.reason.to_owned());
        self.socket = None;
        self.wire.clear();
        self.does(Input::Closed { socket, code, reason, clean: true }, at, gateway).await;
    }

    /// The line breaks, and the page notices.
    pub async fn is_cut(&mut self, at: Moment, gateway: &Gateway) {
        let Some((socket, _)) = self.socket.take() else { return };
        self.wire.clear();
        let reason = String::new();
        self.does(Input::Closed { socket, code: 1006, reason, clean: false }, at, gateway).await;
    }

    pub fn is_muted(&mut self) {
        self.is_mute = true;
    }

    pub fn echoes(&mut self) {
        self.echoes = true;
    }

    /// Nothing is in its way any more: a line that lost something breaks, and who was asked to presses
    /// **Reconnect**.
    pub async fn heals(&mut self, at: Moment, gateway: &Gateway) {
        if self.is_mute {
            self.is_cut(at, gateway).await;
        }
        if self.page.has_given_up() {
            self.does(Input::Reconnect, at, gateway).await;
        }
    }

    /// Which frame comes next, if it were this one's turn. What a socket begins with comes in order: it
    /// is no news of anything, but what the rest hangs on. So do the lines of our list: its details
    /// bear no number of theirs, to see that one is late.
    fn next(&self, pick: usize) -> usize {
        let place = pick % self.wire.len();
        if self.wire.iter().any(|text| is_one_of(text, &BEGINNINGS)) {
            return 0;
        }
        let is_line = |text: &String| is_one_of(text, &["dialog:update"]);
        let first_line = self.wire.iter().position(is_line);
        first_line.filter(|_| is_line(&self.wire[place])).unwrap_or(place)
    }

    /// One of the frames on the wire arrives, in its turn or out of it; again, if it is doubled.
    pub async fn hears(&mut self, pick: usize, again: bool, at: Moment, gateway: &Gateway) {
        if self.wire.is_empty() {
            return;
        }
        let place = self.next(pick);
        let text = if again { self.wire[place].clone() } else { self.wire.remove(place) };
        if let Some((socket, _)) = &self.socket {
            let received = Input::Received(*socket, text);
            self.does(received, at, gateway).await;
        }
    }

    pub async fn hears_all(&mut self, at: Moment, gateway: &Gateway) {
        while !self.wire.is_empty() {
            self.hears(0, false, at, gateway).await;
        }
    }

    /// A frame with a number is lost. For the others there is no gap to see, and no need of one: see
    /// `is_mute`.
    pub fn loses(&mut self, pick: usize) {
        if !self.wire.is_empty() {
            let place = pick % self.wire.len();
            if is_one_of(&self.wire[place], &NUMBERED) {
                self.wire.remove(place);
            }
        }
    }

    /// The server reads what one of the questions asks for, and says it later.
    pub async fn is_read_for(&mut self, pick: usize, hub: &Hub) {
        let count = self.questions.len().max(1);
        if let Some(question) = self.questions.get_mut(pick % count)
            && question.read.is_none()
        {
            question.read = Some(fetch(&self.person, &question.what, hub).await);
        }
    }

    /// One of the questions is answered.
    pub async fn is_answered(&mut self, pick: usize, at: Moment, gateway: &Gateway, hub: &Hub) {
        if self.questions.is_empty() {
            return;
        }
        let Question { what, read } = self.questions.remove(pick % self.questions.len());
        let fetched = match read {
            Some(read) => read,
            None => fetch(&self.person, &what, hub).await,
        };
        let is_shown = self.page.takes(what, fetched, at, RANDOM);
        self.carries_on(at, gateway).await;
        // What does not fit to what was kept is for the socket to say.
        if !self.has_started && (self.page.is_loaded() || !is_shown) {
            self.begins(at, gateway).await;
        }
    }

    /// Whether something is still on its way to it.
    pub fn waits(&self) -> bool {
        !self.wire.is_empty() || !self.questions.is_empty()
    }

    /// How what it shows differs from a fresh fetch.
    pub async fn differs(&self, hub: &Hub) -> Option<String> {
        if let Some(why) = self.page.waits() {
            return Some(why);
        }
        let mut whats = vec![What::List];
        while let Some(what) = whats.pop() {
            let fresh = fetch(&self.person, &what, hub).await.expect("what is listed can be had");
            whats.extend(fresh.leads_to());
            if let Some(why) = self.page.differs(&what, fresh) {
                return Some(why);
            }
        }
        None
    }
}

/// Changes of a dialog, and what repairs a gap in them.
const NUMBERED: [&str; 4] = ["message:new", "message:update", "dialog:event", "dialog:sync"];
/// How a socket begins.
const BEGINNINGS: [&str; 3] = ["connection_established", "welcome", "connected"];

fn is_one_of(text: &str, kinds: &[&str]) -> bool {
    kinds.iter().any(|kind| text.starts_with(&format!(r#"{{"type":"{kind}","#)))
}

/// What REST would answer; nothing, if it says no.
async fn fetch(person: &Person, what: &What, hub: &Hub) -> Option<Fetched> {
    let member = |dialog: &DialogId| Member::attested(person.clone(), dialog.clone());
    match what {
        What::List => hub.dialogs(&person.id).await.ok().map(Fetched::List),
        What::Messages(dialog) => {
            let page = hub.history(&member(dialog), hub::Place::Latest, 100).await;
            page.ok().map(Fetched::Messages)
        }
        What::Details(dialog) => {
            let details = hub.dialog(&member(dialog)).await;
            details.ok().map(|details| Fetched::Details(Box::new(details)))
        }
    }
}
