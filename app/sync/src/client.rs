//! The engine as a whole: one input in, its consequences in order out.
//!
//! `Client` thinks little itself. It hands an input to the [`Engine`], and after each step looks
//! whether the socket is still the same: a new one is greeted, a lost one is told to everybody. All timers stand in one table, [`Client::timers`], which is read from the states
//! and stored nowhere; a state that is left takes its timer along.

use confab_protocol::{Limits, Topic};

use crate::{
    Effect, Event, Input, Moment, Post, Settings, Status,
    connection::Happening,
    engine::Engine,
    outcome::{Outcomes, Turn, next},
};

/// A chat client without I/O. See the crate's page for the contract with its driver.
#[derive(Clone, Debug)]
pub struct Client {
    engine: Engine,
    out: Outcomes,
    status: Status,
}

impl Client {
    /// A client at rest: [`Input::Start`] begins. `url` is the socket's whole address, its topics
    /// included; `topics` are those wanted beyond it, as by [`Input::Subscribe`].
    pub fn new(settings: Settings, url: String, topics: Vec<Topic>) -> Self {
        let engine = Engine::new(settings, url, topics);
        let status = engine.connection.status();
        Self { engine, out: Outcomes::default(), status }
    }

    /// Takes one input. `now` never runs backwards; `random` is in `[0, 1)`.
    pub fn handle(&mut self, input: Input, now: Moment, random: f64) {
        let socket = self.engine.socket;
        let mut turn = Turn { now, random, socket, out: &mut self.out };
        self.engine.input(input, &mut turn);
        self.settle(now, random);
    }

    /// Does everything that is due. Calling it too early is harmless.
    pub fn handle_timeout(&mut self, now: Moment, random: f64) {
        for (timer, _) in self.timers() {
            let socket = self.engine.socket;
            let mut turn = Turn { now, random, socket, out: &mut self.out };
            match timer {
                Timer::Connection => self.engine.connection.handle(Happening::Timeout, &mut turn),
                Timer::Outbox => self.engine.outbox.pump(&mut turn),
                Timer::Dialogs => self.engine.dialogs.timeout(&mut turn),
                Timer::Typing => self.engine.typing.timeout(&mut turn),
                Timer::Receipts => self.engine.receipts.pump(&mut turn),
                Timer::Presence => self.engine.presence.look(&mut turn),
            }
            self.settle(now, random);
        }
    }

    /// When [`Client::handle_timeout`] is wanted next, if ever.
    pub fn poll_timeout(&self) -> Option<Moment> {
        self.timers().into_iter().filter_map(|(_, due)| due).min()
    }

    /// The next thing to do with a socket.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        next(&mut self.out.effects)
    }

    /// The next thing the app should know.
    pub fn poll_event(&mut self) -> Option<Event> {
        next(&mut self.out.events)
    }

    /// What a person is shown about the connection.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Every message that is not acknowledged yet, the failed ones included, in order.
    pub fn outbox(&self) -> impl Iterator<Item = &Post> {
        self.engine.outbox.iter()
    }

    /// Whether there is a socket to send through.
    pub fn has_open_socket(&self) -> bool {
        self.engine.socket.is_some()
    }

    /// What the server last said is too much; the defaults before that.
    pub fn limits(&self) -> &Limits {
        &self.engine.limits
    }

    /// The one table of timers.
    fn timers(&self) -> [(Timer, Option<Moment>); 6] {
        [
            (Timer::Connection, self.engine.connection.deadline()),
            (Timer::Outbox, self.engine.outbox.deadline()),
            (Timer::Dialogs, self.engine.dialogs.deadline()),
            (Timer::Typing, self.engine.typing.deadline()),
            (Timer::Receipts, self.engine.receipts.deadline()),
            (Timer::Presence, self.engine.presence.deadline()),
        ]
    }

    /// Draws the consequences of a step: first what people see, then what a new or lost socket
    /// means for the others.
    fn settle(&mut self, now: Moment, random: f64) {
        let status = self.engine.connection.status();
        if status != self.status {
            self.status = status.clone();
            self.out.events.push(Event::Status(status));
        }
        let socket = self.engine.connection.open_socket();
        if socket == self.engine.socket {
            return;
        }
        let lost = self.engine.socket.is_some();
        self.engine.socket = socket;
        let mut turn = Turn { now, random, socket, out: &mut self.out };
        if lost {
            self.engine.disconnected(&mut turn);
        }
        if socket.is_some() {
            self.engine.greet(&mut turn);
        }
    }
}

/// Whose patience is over.
#[derive(Clone, Copy, Debug)]
enum Timer {
    /// Retry, opening, ping or silence: the states of a connection have one each, `Open` two.
    Connection,
    /// The message in flight, or the wait after a refusal.
    Outbox,
    /// Gaps, and questions without an answer.
    Dialogs,
    /// What others said 5 s ago, and what we may say again.
    Typing,
    /// Watermarks that wait for their second.
    Receipts,
    /// A person who shows no sign.
    Presence,
}
