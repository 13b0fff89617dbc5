//! A client, a clock and a wire. Every effect passes through here, so that every test of every
//! file also asserts that there are never two sockets. And every timer is called too early again and
//! again, so that each of them asserts that this is harmless.

use std::{collections::BTreeSet, time::Duration};

use confab_protocol::{
    ClientFrame, ClientId, Connected, ConnectionEstablished, ConnectionId, DialogEvent, DialogId,
    Epoch, Ev, Limits, Message, MessageId, MessageKind, MessageNew, MessageSend, Meta, Person,
    Positions, Seq, ServerFrame, Timestamp, UserId, Username,
};
use confab_sync::{Client, Effect, Event, Input, Moment, Settings, SocketId, Status};

pub struct Rig {
    pub client: Client,
    pub now: Moment,
    pub random: f64,
    /// The last socket that was asked for.
    pub socket: SocketId,
    alive: BTreeSet<SocketId>,
    effects: Vec<Effect>,
    events: Vec<Event>,
}

impl Rig {
    pub fn new() -> Self {
        Self::with(Settings::default())
    }

    pub fn with(settings: Settings) -> Self {
        let client = Client::new(settings, "ws://here/ws".to_owned(), Vec::new());
        Self {
            client,
            now: Moment(1_000),
            random: 0.0,
            socket: SocketId(u32::MAX),
            alive: BTreeSet::new(),
            effects: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Started, opened, greeted; nothing left to drain.
    pub fn connected() -> Self {
        let mut rig = Self::new();
        rig.does(Input::Start);
        rig.opens();
        rig.greets("e1");
        rig.effects();
        rig.events();
        rig
    }

    pub fn does(&mut self, input: Input) {
        if let Input::Closed { socket, .. } | Input::Failed(socket) = &input {
            self.alive.remove(socket);
        }
        self.client.handle(input, self.now, self.random);
        self.drain();
        self.fires();
    }

    pub fn opens(&mut self) {
        self.does(Input::Opened(self.socket));
    }

    pub fn closes(&mut self, code: u16) {
        let (socket, clean) = (self.socket, code != 1006);
        self.does(Input::Closed { socket, code, reason: "so".to_owned(), clean });
    }

    pub fn loses(&mut self) {
        self.closes(1006);
    }

    pub fn hears(&mut self, frame: impl Into<ServerFrame>) {
        self.does(Input::Received(self.socket, frame.into().encode()));
    }

    pub fn establishes(&mut self, epoch: &str) {
        self.hears(established(epoch));
    }

    pub fn greets(&mut self, epoch: &str) {
        self.establishes(epoch);
        self.hears(connected());
    }

    /// Lets time pass; every timer fires at its moment.
    pub fn waits(&mut self, ms: u64) {
        let end = Moment(self.now.0 + ms);
        while let Some(due) = self.client.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.fires();
        }
        self.now = end;
        self.fires();
    }

    /// Lets time pass until the next try begins.
    pub fn retries(&mut self) {
        self.now = self.client.poll_timeout().expect("a retry is planned");
        self.fires();
    }

    /// Lets time pass as in a sleeping tab: the timers fire once, and late.
    pub fn sleeps(&mut self, ms: u64) {
        self.now = Moment(self.now.0 + ms);
        self.fires();
    }

    pub fn fires(&mut self) {
        self.client.handle_timeout(self.now, self.random);
        self.drain();
        if let Some(due) = self.client.poll_timeout() {
            assert!(due > self.now, "a timer is left in the past");
        }
    }

    fn drain(&mut self) {
        while let Some(effect) = self.client.poll_effect() {
            match &effect {
                Effect::Open { socket, .. } => {
                    assert!(self.alive.is_empty(), "two sockets");
                    self.alive.insert(*socket);
                    self.socket = *socket;
                }
                Effect::Close { socket, .. } => {
                    assert!(self.alive.remove(socket), "closed what is not open");
                }
                Effect::Send { socket, .. } => assert!(self.alive.contains(socket)),
            }
            self.effects.push(effect);
        }
        while let Some(event) = self.client.poll_event() {
            self.events.push(event);
        }
    }

    pub fn effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Frames sent since the last look.
    pub fn sent(&mut self) -> Vec<ClientFrame> {
        let text = |effect| match effect {
            Effect::Send { text, .. } => Some(text),
            _ => None,
        };
        let frames = self.effects().into_iter().filter_map(text);
        frames.map(|text| ClientFrame::decode(&text).expect("a frame of ours")).collect()
    }

    /// Types of the frames sent since the last look.
    pub fn said(&mut self) -> String {
        self.sent().iter().map(ClientFrame::kind).collect::<Vec<_>>().join(" ")
    }

    pub fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// What the dialogs told since the last look: `1 2 |2` is two changes and "caught up at 2".
    pub fn story(&mut self) -> String {
        let word = |event| match event {
            Event::Dialog { event, .. } => Some(event.ev.to_string()),
            Event::DialogCaughtUp { at, .. } => Some(format!("|{at}")),
            Event::DialogReset { why, .. } => Some(format!("{why:?}")),
            Event::DialogDenied { .. } => Some("denied".to_owned()),
            _ => None,
        };
        self.events().into_iter().filter_map(word).collect::<Vec<_>>().join(" ")
    }

    /// The effects since the last look and the status, in short words.
    pub fn trace(&mut self) -> String {
        let mut words: Vec<_> = self.effects().iter().map(short).collect();
        let in_ms = |at: Moment| (at - self.now).as_millis();
        words.push(match self.client.status() {
            Status::Connecting => "connecting".to_owned(),
            Status::Open => "live".to_owned(),
            Status::Reconnecting { attempt, of, retry_at: Some(at), error } => {
                format!("{attempt}/{of} in {} {error:?}", in_ms(*at))
            }
            Status::Reconnecting { attempt, of, retry_at: None, error } => {
                format!("{attempt}/{of} now {error:?}")
            }
            Status::Closed { reason, error: None } => format!("{reason:?}"),
            Status::Closed { reason, error: Some(error) } => format!("{reason:?} {error:?}"),
        });
        words.join(", ").replace("ClosedByServer { code: ", "by ").replace(", reason: \"so\" }", "")
    }
}

fn short(effect: &Effect) -> String {
    match effect {
        Effect::Open { socket, .. } => format!("open {}", socket.0),
        Effect::Close { socket, code, .. } => format!("close {} {code}", socket.0),
        Effect::Send { text, .. } => match ClientFrame::decode(text) {
            Ok(frame) => frame.kind().to_owned(),
            Err(_) => "raw".to_owned(),
        },
    }
}

pub fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

pub fn established(epoch: &str) -> ConnectionEstablished {
    ConnectionEstablished {
        connection_id: ConnectionId::parse("c").expect("an id"),
        user_id: user("me"),
        epoch: Epoch::parse(epoch).expect("an id"),
        ping_interval: 25_000,
        limits: Limits::default(),
    }
}

pub fn connected() -> Connected {
    Connected {
        you: Person { id: user("me"), username: Username::parse("Me").expect("a name") },
        connected_user_list: Vec::new(),
        connected_users: 0,
        away: Vec::new(),
        messages_list: Vec::new(),
        positions: Positions::new(),
        digest: None,
    }
}

pub fn user(id: &str) -> UserId {
    UserId::parse(id).expect("an id")
}

pub fn dialog() -> DialogId {
    DialogId::parse("d").expect("an id")
}

pub fn client_id(id: &str) -> ClientId {
    ClientId::parse(id).expect("an id")
}

pub fn send(id: &str) -> MessageSend {
    MessageSend {
        dialog_id: dialog(),
        client_id: client_id(id),
        content: "hi".to_owned(),
        kind: MessageKind::Text,
        meta: Meta::default(),
        reply_to: None,
    }
}

pub fn stored(sender: &str, id: &str, seq: u64) -> Message {
    Message {
        message_id: MessageId::parse(format!("m{seq}")).expect("an id"),
        dialog_id: dialog(),
        seq: Seq(seq),
        ev: Ev(seq),
        sender_id: user(sender),
        sender_name: Username::parse(sender).expect("a name"),
        client_id: client_id(id),
        content: "hi".to_owned(),
        kind: MessageKind::Text,
        meta: Meta::default(),
        reply_to: None,
        quote: None,
        created_at: Timestamp::from_unix_ms(0),
        edited_at: None,
        deleted_at: None,
    }
}

pub fn message_new(ev: u64) -> MessageNew {
    MessageNew { dialog_id: dialog(), ev: Ev(ev), message: stored("you", &format!("y{ev}"), ev) }
}

pub fn event(ev: u64) -> DialogEvent {
    let change = confab_protocol::DialogChange::MessageNew(message_new(ev).message);
    DialogEvent { ev: Ev(ev), change }
}
