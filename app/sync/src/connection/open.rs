//! An open socket, and the doubt whether it still lives.
//!
//! TCP can be dead for minutes before a browser notices, so we ask: a ping every 30 s, and at once
//! when the network or the tab comes back. A verdict needs a question: silence alone ends nothing
//! before a ping had its time to be answered. Otherwise a tab whose timers were throttled, or a
//! machine that slept, would close a healthy socket at its first look at the clock.

use std::time::Duration;

use confab_protocol::{ClientFrame, CloseCode, ComesBack, Ping};

use super::{Core, End, Happening, State, stopped};
use crate::{ConnectionError, Effect, Event, Moment, SocketId, outcome::Turn};

#[derive(Clone, Debug)]
pub(super) struct Open {
    pub socket: SocketId,
    opened_at: Moment,
    heard_at: Moment,
    ping_at: Moment,
    /// The last ping while it is unanswered: its number, and when it was sent.
    asked: Option<(u64, Moment)>,
    /// When silence becomes a verdict; set by the first ping since we heard something.
    dead_at: Option<Moment>,
    /// Whether `connected` came: a server that gets no further has not held.
    greeted: bool,
    /// What the server's `bye` asked for.
    bye: Option<Duration>,
}

impl Open {
    pub fn new(socket: SocketId, core: &Core, now: Moment) -> Self {
        Self {
            socket,
            opened_at: now,
            heard_at: now,
            ping_at: now + core.settings.ping_interval,
            asked: None,
            dead_at: None,
            greeted: false,
            bye: None,
        }
    }

    pub fn handle(mut self, happening: Happening, core: &mut Core, turn: &mut Turn<'_>) -> State {
        match happening {
            Happening::Heard => {
                self.heard_at = turn.now;
                self.dead_at = None;
            }
            Happening::Greeted => self.greeted = true,
            Happening::Bye(after) => self.bye = Some(after),
            Happening::Pong(n) => self.measure(n, turn),
            Happening::Wake => {
                core.ladder.anew();
                let dead_at = turn.now + core.settings.probe_patience;
                self.ping(dead_at, core, turn);
            }
            Happening::Timeout => return self.doubt(core, turn),
            Happening::Ended(socket, end) if socket == self.socket => {
                return self.ended(end, core, turn);
            }
            Happening::Drop => {
                self.credit(core, turn.now);
                return core.drop_socket(self.socket, turn);
            }
            Happening::ChangeAddress(url) => {
                core.close(self.socket, CloseCode::Normal, "changing the address", turn);
                return core.move_to(url, turn);
            }
            Happening::Stop => {
                core.close(self.socket, CloseCode::Normal, "leaving", turn);
                return stopped();
            }
            _ => {}
        }
        State::Open(self)
    }

    pub fn deadline(&self, core: &Core) -> Moment {
        self.ping_at.min(self.silent_at(core))
    }

    pub fn asked_at(&self, n: u64) -> Option<Moment> {
        self.asked.filter(|(asked, _)| *asked == n).map(|(_, at)| at)
    }

    fn silent_at(&self, core: &Core) -> Moment {
        self.dead_at.unwrap_or(self.heard_at + core.settings.silence_max)
    }

    fn doubt(mut self, core: &mut Core, turn: &mut Turn<'_>) -> State {
        let unasked = self.dead_at.is_none() && turn.now >= self.silent_at(core);
        if turn.now >= self.ping_at || unasked {
            let patience = turn.now + core.settings.probe_patience;
            self.ping(patience.max(self.heard_at + core.settings.silence_max), core, turn);
        }
        if turn.now < self.silent_at(core) {
            return State::Open(self);
        }
        core.close(self.socket, CloseCode::NoPong, "nothing was heard for too long", turn);
        self.credit(core, turn.now);
        core.come_back(ConnectionError::Silent, ComesBack::WithBackoff, None, turn)
    }

    fn ping(&mut self, dead_at: Moment, core: &mut Core, turn: &mut Turn<'_>) {
        core.pings += 1;
        let text = ClientFrame::Ping(Ping { n: core.pings }).encode();
        turn.effect(Effect::Send { socket: self.socket, text });
        self.asked = Some((core.pings, turn.now));
        self.ping_at = turn.now + core.settings.ping_interval;
        // An earlier verdict stands: asking again must not prolong a dead socket's life.
        self.dead_at = Some(self.dead_at.map_or(dead_at, |earlier| earlier.min(dead_at)));
    }

    fn measure(&mut self, n: u64, turn: &mut Turn<'_>) {
        if let Some((_, sent_at)) = self.asked.take_if(|(asked, _)| *asked == n) {
            turn.tell(Event::RoundTrip(turn.now - sent_at));
        }
    }

    fn ended(self, end: End, core: &mut Core, turn: &mut Turn<'_>) -> State {
        self.credit(core, turn.now);
        let code = CloseCode::from_number(end.code);
        let (error, back) = if end.clean && code != CloseCode::Lost {
            let End { code: number, reason, .. } = end;
            (ConnectionError::ClosedByServer { code: number, reason }, code.comes_back())
        } else if self.bye.is_some() {
            // A server that said goodbye and then fell over is still away for as long as it said.
            (ConnectionError::Lost, ComesBack::AfterBye)
        } else {
            (ConnectionError::Lost, ComesBack::WithBackoff)
        };
        core.come_back(error, back, self.bye, turn)
    }

    /// A socket that held long enough clears the record.
    fn credit(&self, core: &mut Core, now: Moment) {
        if self.greeted && now - self.opened_at >= core.settings.steady_after {
            core.ladder.anew();
        }
    }
}
