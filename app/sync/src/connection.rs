//! One socket, or the wait for one: a machine `(state, happening, now, random) → state, effects`.
//!
//! States: [`Closed`] (nothing is tried by itself), [`Waiting`] (a try is due at a moment),
//! [`Trying`] (the browser is opening one), [`Open`]. A state owns what is true in it, its timer
//! included: whoever leaves a state cannot leave a timer or a socket behind, because both went with
//! it. `Trying` and `Open` hold the one [`SocketId`] there is; they part with it only by an
//! [`Effect::Close`] or when the browser reports the end, which is why there are never two.
//!
//! Happenings of older sockets name another id and fall through. How a loss is answered stands in
//! one place, [`Core::come_back`]: the close code decides whether, the [`Ladder`] decides when.
//!
//! The one contract with `Client`: what it hears from the open socket it reports here (`Heard`,
//! `Greeted`, `Bye`, `Pong`), because a socket that says nothing is dead.

mod open;

use std::{mem, time::Duration};

use confab_protocol::{CloseCode, ComesBack};

use self::open::Open;
use crate::{
    ClosedReason, ConnectionError, Effect, Moment, Settings, SocketId, Status,
    ladder::{Ladder, Rung},
    outcome::Turn,
};

/// A `bye` that asks for more is not believed: browsers fire a timer of more than 24 days at once.
const BYE_MAX: Duration = Duration::from_secs(3600);

/// What can happen to a connection.
#[derive(Clone, Debug)]
pub(crate) enum Happening {
    Start,
    Reconnect,
    Stop,
    Drop,
    /// The network or the tab came back.
    Wake,
    ChangeAddress(String),
    Opened(SocketId),
    Ended(SocketId, End),
    /// Bytes came through the open socket.
    Heard,
    /// `connected` came.
    Greeted,
    Bye(Duration),
    Pong(u64),
    /// Time has passed.
    Timeout,
}

/// How the browser says that a socket is no more.
#[derive(Clone, Debug)]
pub(crate) struct End {
    pub code: u16,
    pub reason: String,
    pub clean: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Connection {
    core: Core,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    Closed(Closed),
    Waiting(Waiting),
    Trying(Trying),
    Open(Open),
}

impl Connection {
    pub fn new(settings: Settings, url: String) -> Self {
        let ladder = Ladder::new(settings.retry_delays.clone());
        let state = State::Closed(Closed { reason: ClosedReason::NotStarted, error: None });
        Self { core: Core { settings, url, ladder, sockets: 0, pings: 0 }, state }
    }

    pub fn handle(&mut self, happening: Happening, turn: &mut Turn<'_>) {
        let core = &mut self.core;
        let nothing = Closed { reason: ClosedReason::NotStarted, error: None };
        self.state = match mem::replace(&mut self.state, State::Closed(nothing)) {
            State::Closed(closed) => closed.handle(happening, core, turn),
            State::Waiting(waiting) => waiting.handle(happening, core, turn),
            State::Trying(trying) => trying.handle(happening, core, turn),
            State::Open(open) => open.handle(happening, core, turn),
        };
    }

    /// The moment at which `Timeout` has something to do.
    pub fn deadline(&self) -> Option<Moment> {
        match &self.state {
            State::Closed(_) => None,
            State::Waiting(waiting) => Some(waiting.retry_at),
            State::Trying(trying) => Some(trying.deadline()),
            State::Open(open) => Some(open.deadline(&self.core)),
        }
    }

    pub fn open_socket(&self) -> Option<SocketId> {
        match &self.state {
            State::Open(open) => Some(open.socket),
            _ => None,
        }
    }

    /// When the ping with this number was sent on the open socket, if it is the last one.
    pub fn asked_at(&self, n: u64) -> Option<Moment> {
        match &self.state {
            State::Open(open) => open.asked_at(n),
            _ => None,
        }
    }

    pub fn status(&self) -> Status {
        let of = self.core.ladder.of();
        match &self.state {
            State::Closed(Closed { reason, error }) => {
                Status::Closed { reason: *reason, error: error.clone() }
            }
            State::Waiting(Waiting { again: Again { attempt, error }, retry_at }) => {
                let (attempt, retry_at, error) = (*attempt, Some(*retry_at), error.clone());
                Status::Reconnecting { attempt, of, retry_at, error }
            }
            State::Trying(Trying { again: Some(Again { attempt, error }), .. }) => {
                let (attempt, error) = (*attempt, error.clone());
                Status::Reconnecting { attempt, of, retry_at: None, error }
            }
            State::Trying(Trying { again: None, .. }) => Status::Connecting,
            State::Open(_) => Status::Open,
        }
    }
}

/// Which try it is, and why there had to be one.
#[derive(Clone, Debug)]
struct Again {
    attempt: u32,
    error: ConnectionError,
}

/// No socket, and none will be tried by itself.
#[derive(Clone, Debug)]
struct Closed {
    reason: ClosedReason,
    error: Option<ConnectionError>,
}

impl Closed {
    fn handle(self, happening: Happening, core: &mut Core, turn: &mut Turn<'_>) -> State {
        match happening {
            Happening::Start => core.try_afresh(None, turn),
            Happening::Reconnect => core.try_afresh(self.error, turn),
            Happening::Wake if self.reason == ClosedReason::GaveUp => {
                core.try_afresh(self.error, turn)
            }
            Happening::ChangeAddress(url) => core.move_to(url, turn),
            Happening::Stop => stopped(),
            _ => State::Closed(self),
        }
    }
}

/// No socket; the next one is tried at `retry_at`.
#[derive(Clone, Debug)]
struct Waiting {
    again: Again,
    retry_at: Moment,
}

impl Waiting {
    fn handle(self, happening: Happening, core: &mut Core, turn: &mut Turn<'_>) -> State {
        match happening {
            Happening::Timeout if turn.now >= self.retry_at => core.open(Some(self.again), turn),
            Happening::Reconnect | Happening::Wake => core.try_afresh(Some(self.again.error), turn),
            Happening::ChangeAddress(url) => core.move_to(url, turn),
            Happening::Stop => stopped(),
            _ => State::Waiting(self),
        }
    }
}

/// The browser is opening a socket.
#[derive(Clone, Debug)]
struct Trying {
    socket: SocketId,
    /// When it is said that there is no connection, though there may yet be one.
    late_at: Moment,
    give_up_at: Moment,
    /// `None`: the first try after a start, as long as nobody need know that it takes long.
    again: Option<Again>,
}

impl Trying {
    fn deadline(&self) -> Moment {
        match self.again {
            None => self.late_at.min(self.give_up_at),
            Some(_) => self.give_up_at,
        }
    }

    fn handle(self, happening: Happening, core: &mut Core, turn: &mut Turn<'_>) -> State {
        match happening {
            Happening::Opened(socket) if socket == self.socket => {
                State::Open(Open::new(socket, core, turn.now))
            }
            // What the code says about coming back counts only from a server that let us in.
            Happening::Ended(socket, _) if socket == self.socket => {
                core.come_back(ConnectionError::Unreachable, ComesBack::WithBackoff, None, turn)
            }
            Happening::Timeout if turn.now >= self.give_up_at => {
                core.close(self.socket, CloseCode::NoPong, "it took too long to open", turn);
                core.come_back(ConnectionError::Unreachable, ComesBack::WithBackoff, None, turn)
            }
            Happening::Timeout if self.again.is_none() && turn.now >= self.late_at => {
                let again = Again { attempt: 0, error: ConnectionError::Unreachable };
                State::Trying(Trying { again: Some(again), ..self })
            }
            Happening::Drop => core.drop_socket(self.socket, turn),
            Happening::Reconnect => {
                core.close(self.socket, CloseCode::Normal, "trying afresh", turn);
                core.try_afresh(self.again.map(|again| again.error), turn)
            }
            Happening::Wake => {
                core.ladder.anew();
                State::Trying(self)
            }
            Happening::ChangeAddress(url) => {
                core.close(self.socket, CloseCode::Normal, "changing the address", turn);
                core.move_to(url, turn)
            }
            Happening::Stop => {
                core.close(self.socket, CloseCode::Normal, "leaving", turn);
                stopped()
            }
            _ => State::Trying(self),
        }
    }
}

fn stopped() -> State {
    State::Closed(Closed { reason: ClosedReason::Stopped, error: None })
}

/// What all states share: where to, how patiently, and how often we have failed.
#[derive(Clone, Debug)]
struct Core {
    settings: Settings,
    url: String,
    ladder: Ladder,
    /// How many sockets there have been: the next one's id.
    sockets: u32,
    /// How many pings there have been, over all sockets, so that no `pong` matches twice.
    pings: u64,
}

impl Core {
    fn open(&mut self, again: Option<Again>, turn: &mut Turn<'_>) -> State {
        let socket = SocketId(self.sockets);
        self.sockets = self.sockets.wrapping_add(1);
        turn.effect(Effect::Open { socket, url: self.url.clone() });
        let late_at = turn.now + self.settings.first_patience;
        let give_up_at = turn.now + self.settings.open_timeout;
        State::Trying(Trying { socket, late_at, give_up_at, again })
    }

    /// At once, with all tries ahead.
    fn try_afresh(&mut self, error: Option<ConnectionError>, turn: &mut Turn<'_>) -> State {
        self.ladder.anew();
        self.open(error.map(|error| Again { attempt: 0, error }), turn)
    }

    fn move_to(&mut self, url: String, turn: &mut Turn<'_>) -> State {
        self.url = url;
        self.try_afresh(None, turn)
    }

    fn close(&self, socket: SocketId, code: CloseCode, reason: &'static str, turn: &mut Turn<'_>) {
        turn.effect(Effect::Close { socket, code: code.number(), reason });
    }

    fn drop_socket(&mut self, socket: SocketId, turn: &mut Turn<'_>) -> State {
        self.close(socket, CloseCode::NoPong, "dropped on purpose", turn);
        self.come_back(ConnectionError::Dropped, ComesBack::WithBackoff, None, turn)
    }

    /// What follows a socket that is no more: another one now, later, or none.
    fn come_back(
        &mut self,
        error: ConnectionError,
        back: ComesBack,
        bye: Option<Duration>,
        turn: &mut Turn<'_>,
    ) -> State {
        let bye = bye.map(|after| after.min(BYE_MAX));
        let rung = match (back, bye) {
            (ComesBack::Never, _) => {
                let reason = ClosedReason::SentAway;
                return State::Closed(Closed { reason, error: Some(error) });
            }
            (ComesBack::Now, _) => self.ladder.quick(Duration::ZERO, turn.random),
            (ComesBack::WithBackoff, _) => {
                self.ladder.about(self.settings.first_retry, turn.random)
            }
            (ComesBack::AfterBye, None) => self.ladder.slow(turn.random),
            (ComesBack::AfterBye, Some(after)) => self.ladder.asked(after, turn.random),
        };
        match rung {
            None => State::Closed(Closed { reason: ClosedReason::GaveUp, error: Some(error) }),
            Some(Rung { attempt, delay }) => {
                let again = Again { attempt, error };
                if delay.is_zero() {
                    return self.open(Some(again), turn);
                }
                State::Waiting(Waiting { again, retry_at: turn.now + delay })
            }
        }
    }
}
