//! The engines: real [`Client`]s, each state of one kept once and known by a number.
//!
//! The devices of a million states of the model are in some thousand states themselves, and an
//! engine is too large to be part of each. So a state holds the number of an engine's state, and a
//! step of an engine is made once and looked up from then on: an engine is a function of its state,
//! its input and the time, and that is what it promises.
//!
//! Two engines are in one state if they read alike (`Debug` shows all that an engine is), but for
//! what no rule looks at: the numbers of sockets and pings, and what time it is, apart from how far
//! ahead or behind each moment lies.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use confab_protocol::{Ev, ResetReason};
use confab_sync::{
    Client, DeliveryState, Effect, Event, Input, Kept, Moment, Post, Settings, SocketId, Was,
};

use crate::wire::{Down, Line, Name, Up, dialog, epoch, line, name, send};

/// The number of an engine's state.
pub type Mind = u32;

/// What happens to an engine.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Happening {
    /// A page is opened. It shows the messages up to `at`, read in this life of the database, and
    /// has the outbox of the page before.
    Begins {
        epoch: u8,
        at: u8,
        outbox: Vec<Name>,
    },
    Writes(Name),
    Hears {
        device: usize,
        frame: Down,
    },
    /// The socket is no more.
    IsCut,
    /// A page of messages was read up to here.
    Loads(u8),
    /// The moment has come that the engine asked for.
    Waits,
}

/// What comes of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Another socket is opened; it opens at once.
    Opens,
    Closes,
    Says(Up),
    /// The next change.
    Tells(Line),
    /// What is shown is void.
    Resets(ResetReason),
    /// A message of ours is in the log.
    Stored(Name),
}

/// An engine and what belongs to it.
#[derive(Clone)]
struct Engine {
    client: Client,
    now: Moment,
    socket: SocketId,
    ping: u64,
}

/// All states that an engine was ever in.
#[derive(Default)]
pub struct Engines(RwLock<Book>);

#[derive(Default)]
struct Book {
    minds: Vec<Engine>,
    numbers: HashMap<String, Mind>,
    steps: HashMap<(Option<Mind>, Happening), (Mind, Vec<Outcome>)>,
}

impl Engines {
    /// What becomes of an engine, or of a new one, and what it does.
    pub fn step(&self, mind: Option<Mind>, happening: Happening) -> (Mind, Vec<Outcome>) {
        let key = (mind, happening);
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).steps.get(&key).cloned();
        if let Some(known) = known {
            return known;
        }
        let mut book = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut engine = match mind {
            Some(mind) => book.minds[mind as usize].clone(),
            None => Engine::new(&key.1),
        };
        let outcomes = engine.meets(&key.1);
        let mind = book.number(engine);
        book.steps.insert(key, (mind, outcomes.clone()));
        (mind, outcomes)
    }

    /// How many states there are.
    pub fn count(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).minds.len()
    }
}

impl Book {
    fn number(&mut self, engine: Engine) -> Mind {
        let next = Mind::try_from(self.minds.len()).expect("some thousand");
        let number = *self.numbers.entry(engine.reads()).or_insert(next);
        if number == next {
            self.minds.push(engine);
        }
        number
    }
}

impl Engine {
    fn new(happening: &Happening) -> Self {
        let Happening::Begins { epoch: life, .. } = happening else { panic!("nobody is there") };
        let settings = Settings { epoch: Some(epoch(*life)), ..Settings::default() };
        let client = Client::new(settings, "ws://here/ws".to_owned(), Vec::new());
        Self { client, now: Moment(1_000_000), socket: SocketId(0), ping: 0 }
    }

    fn meets(&mut self, happening: &Happening) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        match happening {
            Happening::Begins { at, outbox, .. } => {
                let after = Some(Ev(u64::from(*at)));
                self.does(Input::Join { dialog_id: dialog(), after }, &mut outcomes);
                let posts = outbox
                    .iter()
                    .map(|name| Kept { post: Post::Send(send(*name)), was: Was::Sent })
                    .collect();
                self.does(Input::Restore(posts), &mut outcomes);
                self.does(Input::Start, &mut outcomes);
            }
            Happening::Writes(name) => self.does(Input::Send(send(*name)), &mut outcomes),
            Happening::Hears { device, frame } => {
                let text = frame.text(*device, self.ping);
                self.does(Input::Received(self.socket, text), &mut outcomes);
            }
            Happening::IsCut => {
                let (socket, reason) = (self.socket, String::new());
                let closed = Input::Closed { socket, code: 1006, reason, clean: false };
                self.does(closed, &mut outcomes);
            }
            Happening::Loads(at) => {
                let (dialog_id, at) = (dialog(), Ev(u64::from(*at)));
                self.does(Input::Loaded { dialog_id, at }, &mut outcomes);
            }
            Happening::Waits => {
                self.now = self.client.poll_timeout().expect("a moment that is asked for");
                self.client.handle_timeout(self.now, 0.0);
                self.drain(&mut outcomes);
                // Somebody sits there all the while: who is away is not what is looked at here.
                self.does(Input::Touched, &mut outcomes);
            }
        }
        outcomes
    }

    fn does(&mut self, input: Input, outcomes: &mut Vec<Outcome>) {
        self.client.handle(input, self.now, 0.0);
        self.drain(outcomes);
    }

    fn drain(&mut self, outcomes: &mut Vec<Outcome>) {
        let mut opened = None;
        while let Some(effect) = self.client.poll_effect() {
            outcomes.push(match effect {
                Effect::Open { socket, .. } => {
                    self.socket = socket;
                    opened = Some(socket);
                    Outcome::Opens
                }
                Effect::Send { text, .. } => {
                    let (frame, ping) = Up::read(&text);
                    self.ping = ping.unwrap_or(self.ping);
                    Outcome::Says(frame)
                }
                Effect::Close { .. } => Outcome::Closes,
            });
        }
        while let Some(event) = self.client.poll_event() {
            outcomes.extend(outcome(&event));
        }
        if let Some(socket) = opened {
            self.does(Input::Opened(socket), outcomes);
        }
    }

    /// All that it is, in words that are the same whenever it is.
    fn reads(&self) -> String {
        let text = format!("{:?}", self.client).replace("opened_at: Moment(", "opened_at: Since(");
        // No rule looks further back than this, while somebody is there all the time; 0 is never.
        let since = |at: u64, most: i64| match at {
            0 => 0,
            at => (at as i64 - self.now.0 as i64).max(-most),
        };
        let text = numbers(&text, "Since(", |at| since(at, 5_000));
        let text = numbers(&text, "Moment(", |at| since(at, 60_000));
        ["SocketId(", "sockets: ", "pings: ", "asked: Some(("]
            .iter()
            .fold(text, |text, before| numbers(&text, before, |_| 0))
    }
}

/// The text with every number that follows these words replaced.
fn numbers(text: &str, before: &str, replace: impl Fn(u64) -> i64) -> String {
    let mut parts = text.split(before);
    let mut told = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(part.len());
        let number = part[..end].parse().expect("a number");
        told.push_str(before);
        told.push_str(&replace(number).to_string());
        told.push_str(&part[end..]);
    }
    told
}

fn outcome(event: &Event) -> Option<Outcome> {
    match event {
        Event::Dialog { event, .. } => Some(Outcome::Tells(line(event))),
        Event::DialogReset { why, .. } => Some(Outcome::Resets(*why)),
        Event::DialogDenied { .. } => panic!("the dialog is everybody's"),
        Event::Unreadable(text) => panic!("not understood: {text}"),
        Event::Outbox(delivery) => match delivery.state {
            DeliveryState::Stored(_) => Some(Outcome::Stored(name(&delivery.client_id))),
            DeliveryState::Failed { .. } => panic!("nothing is refused"),
            _ => None,
        },
        _ => None,
    }
}
