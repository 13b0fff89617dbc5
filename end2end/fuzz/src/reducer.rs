//! The log of a dialog, from an honest server over any line to a page of messages.
//!
//! The bytes decide what is written, and what becomes of each frame: it comes late, twice, in
//! another's place or never; the line is cut; time passes. Whatever they decide, each change is told
//! once and in order, a page never goes back, and its messages are dense. When the line is whole
//! again, the page is what a fresh fetch brings.

use confab_protocol::{
    ClientFrame, Connected, ConnectionEstablished, ConnectionId, DialogChange, DialogChanged,
    DialogEvents, DialogReset, Epoch, Ev, Limits, MessageNew, MessageUpdate, Person, Pong,
    Positions, ResetReason, Seq, ServerFrame, UserId, Username, rest::MessagesPage,
};
use confab_sync::{
    Client, Effect, Event, Input, Moment, Settings, SocketId,
    reduce::{Listed, apply_event},
};

use crate::{choices::Choices, room::Room};

/// Decisions that are listened to; the rest would only repeat them.
const STEPS_MAX: usize = 500;

/// Changes that are told one by one; the server's default is 300. Fewer, so that more is met.
const CATCH_UP: usize = 20;

/// Rounds of a second each in which a whole line must bring everything: a missing answer is asked for
/// after 80 s at the latest, and a line is found dead before that.
const ROUNDS_MAX: usize = 120;

pub(crate) fn check(bytes: &[u8]) {
    let (mut world, mut choices) = (World::new(), Choices(bytes));
    for _ in 0..STEPS_MAX {
        let Some(step) = choices.next() else { break };
        world.step(step, &mut choices);
    }
    world.heals();
}

struct World {
    room: Room,
    client: Client,
    now: Moment,
    /// The socket that was asked for last, if it was not closed.
    socket: Option<SocketId>,
    /// Whether the server tells this socket every change.
    joined: bool,
    /// Under way to the client, each through its socket.
    wire: Vec<(SocketId, String)>,
    /// A fetch that was answered and has not arrived.
    fetched: Option<MessagesPage>,
    page: Option<MessagesPage>,
    /// What the engine has told up to, or was told.
    position: Option<Ev>,
}

impl World {
    fn new() -> Self {
        let client = Client::new(Settings::default(), "ws://here/ws".to_owned(), Vec::new());
        let mut world = Self {
            room: Room::new(),
            client,
            now: Moment(0),
            socket: None,
            joined: false,
            wire: Vec::new(),
            fetched: None,
            page: None,
            position: None,
        };
        world.does(Input::Join { dialog_id: world.room.id.clone(), after: None });
        world.does(Input::Start);
        world
    }

    fn step(&mut self, step: u8, choices: &mut Choices<'_>) {
        match step % 16 {
            0..4 => self.writes(choices),
            4..8 => self.delivers(0),
            8 => self.delivers(choices.one_of(self.wire.len())),
            9 if !self.wire.is_empty() => {
                self.wire.remove(choices.one_of(self.wire.len()));
            }
            10 if !self.wire.is_empty() => {
                let place = choices.one_of(self.wire.len());
                self.wire.push(self.wire[place].clone());
            }
            11 => self.passes(40 * u64::from(choices.next().unwrap_or(0))),
            12 => self.opens(),
            13 => self.cut(),
            14 => self.fetches(),
            15 => self.arrives(),
            _ => {}
        }
    }

    /// Something is committed, and told to who has joined.
    fn writes(&mut self, choices: &mut Choices<'_>) {
        self.room.changes(choices);
        let Some(event) = self.room.log.last().cloned().filter(|_| self.joined) else { return };
        let (dialog_id, ev) = (self.room.id.clone(), event.ev);
        self.answers(match event.change {
            DialogChange::MessageNew(message) => MessageNew { dialog_id, ev, message }.into(),
            DialogChange::MessageUpdate(message) => MessageUpdate { dialog_id, ev, message }.into(),
            _ => DialogChanged { dialog_id, event }.into(),
        });
    }

    fn answers(&mut self, frame: ServerFrame) {
        if let Some(socket) = self.socket {
            self.wire.push((socket, frame.encode()));
        }
    }

    fn delivers(&mut self, place: usize) {
        if place < self.wire.len() {
            let (socket, text) = self.wire.remove(place);
            self.does(Input::Received(socket, text));
        }
    }

    fn passes(&mut self, ms: u64) {
        self.now = Moment(self.now.0 + ms);
        self.client.handle_timeout(self.now, 0.5);
        self.drain();
    }

    /// The socket that was asked for opens, and is greeted in good order.
    fn opens(&mut self) {
        let Some(socket) = self.socket.filter(|_| !self.client.has_open_socket()) else { return };
        self.does(Input::Opened(socket));
        let me = UserId::parse("me").expect("an id");
        let established = ConnectionEstablished {
            connection_id: ConnectionId::parse("c").expect("an id"),
            user_id: me.clone(),
            epoch: Epoch::parse("life").expect("an id"),
            ping_interval: 25_000,
            limits: Limits::default(),
        };
        let connected = Connected {
            you: Person { id: me, username: Username::parse("Me").expect("a name") },
            connected_user_list: Vec::new(),
            connected_users: 1,
            away: Vec::new(),
            messages_list: Vec::new(),
            positions: Positions::new(),
            digest: None,
        };
        for frame in [established.into(), connected.into()] {
            let frame: ServerFrame = frame;
            self.does(Input::Received(socket, frame.encode()));
        }
    }

    fn cut(&mut self) {
        if let Some(socket) = self.socket.take() {
            self.joined = false;
            let reason = String::new();
            self.does(Input::Closed { socket, code: 1006, reason, clean: false });
        }
    }

    /// The app asks for a page, if it has none; the database answers now.
    fn fetches(&mut self) {
        if self.page.is_none() && self.fetched.is_none() {
            self.fetched = Some(self.room.page());
        }
    }

    fn arrives(&mut self) {
        let Some(page) = self.fetched.take() else { return };
        let (dialog_id, at) = (self.room.id.clone(), page.ev);
        self.position = Some(at);
        self.page = Some(page);
        self.does(Input::Loaded { dialog_id, at });
    }

    fn does(&mut self, input: Input) {
        self.client.handle(input, self.now, 0.5);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(effect) = self.client.poll_effect() {
            match effect {
                Effect::Open { socket, .. } => {
                    assert_eq!(self.socket, None, "two sockets");
                    self.socket = Some(socket);
                }
                Effect::Close { .. } => (self.socket, self.joined) = (None, false),
                Effect::Send { text, .. } => {
                    self.hears(ClientFrame::decode(&text).expect("what is sent can be read"));
                }
            }
        }
        while let Some(event) = self.client.poll_event() {
            self.told(event);
        }
    }

    /// What the server does at a frame.
    fn hears(&mut self, frame: ClientFrame) {
        match frame {
            ClientFrame::Connecting(connecting) => {
                let resume = connecting.resume.map(|resume| resume.positions);
                if let Some(after) = resume.and_then(|positions| positions.get(&self.room.id)) {
                    self.joins(Some(after));
                }
            }
            ClientFrame::DialogJoin(join) => self.joins(join.after),
            ClientFrame::Ping(ping) => {
                let at = (self.room.id.clone(), self.room.head());
                let positions = self.joined.then_some(at).into_iter().collect();
                self.answers(Pong { n: ping.n, positions }.into());
            }
            _ => {}
        }
    }

    fn joins(&mut self, after: Option<Ev>) {
        self.joined = true;
        let (dialog_id, to) = (self.room.id.clone(), self.room.head());
        let from = after.map_or(self.room.log.len(), |after| after.0 as usize);
        let missed = self.room.log.get(from..).expect("nobody is ahead of the log");
        if missed.len() > CATCH_UP {
            let why = ResetReason::TooFarBehind;
            return self.answers(DialogReset { dialog_id, why }.into());
        }
        let events = missed.iter().map(|event| self.room.as_now(event)).collect();
        self.answers(DialogEvents { dialog_id, events, to }.into());
    }

    /// What the app does at an event, and what must hold of it.
    fn told(&mut self, event: Event) {
        match event {
            Event::Dialog { event, .. } => {
                let last = self.position.expect("nothing is told before a page is there");
                assert_eq!(event.ev, last.next(), "each change once, in order");
                self.position = Some(event.ev);
                let page = self.page.as_mut().expect("there is a page");
                assert_eq!(apply_event(page, &event), Listed::Known);
                assert_eq!(page.ev, event.ev, "the page goes with the log");
                let last = page.messages.last().map_or(1, |message| message.seq.0);
                let first = page.messages.first().map_or(1, |message| message.seq.0);
                let dense = (first..=last).map(Seq).take(page.messages.len());
                assert!(dense.eq(page.messages.iter().map(|message| message.seq)), "a gap");
            }
            Event::DialogReset { .. } => (self.page, self.position) = (None, None),
            Event::DialogCaughtUp { at, .. } => {
                assert_eq!(self.position, Some(at));
                assert!(at <= self.room.head());
            }
            Event::DialogDenied { .. } | Event::Unreadable(_) => panic!("nobody said so"),
            _ => {}
        }
    }

    /// Nothing is in the way any more, and nothing is written: the page becomes what there is.
    fn heals(&mut self) {
        self.wire.clear();
        self.cut();
        self.does(Input::Reconnect);
        for _ in 0..ROUNDS_MAX {
            self.opens();
            while !self.wire.is_empty() {
                self.delivers(0);
            }
            self.fetches();
            self.arrives();
            if self.position == Some(self.room.head()) && self.wire.is_empty() {
                break;
            }
            self.passes(1000);
        }
        let page = self.page.as_ref().expect("a page was fetched");
        let first = page.messages.first().map_or(Seq(1), |message| message.seq);
        assert_eq!(*page, self.room.page_from(first), "not what a fresh fetch brings");
    }
}
