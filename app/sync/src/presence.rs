//! Whether anyone is at this page (DESIGN §5): away 10 s after it was hidden or 5 min after the last
//! sign of a person, and back at once.
//!
//! The server takes a new socket for one that somebody is at. So it is told `away` when that begins,
//! `not away` when it ends, and after a reconnect `away` again if it still is so.

use std::time::Duration;

use confab_protocol::{ClientFrame, PresenceSet};

use crate::{Moment, outcome::Turn};

/// How long a page may be hidden before its person is away (DESIGN §5): a look into another tab is
/// shorter.
const HIDDEN_MAX: Duration = Duration::from_secs(10);

/// How long a person may show no sign before they are away (DESIGN §5): reading a long text is
/// shorter.
const IDLE_MAX: Duration = Duration::from_secs(5 * 60);

#[derive(Clone, Debug, Default)]
pub(crate) struct Presence {
    /// Since when the page is hidden.
    hidden_at: Option<Moment>,
    /// The last sign of a person; none before the first socket.
    touched_at: Option<Moment>,
    /// What this socket's server believes; nothing before `connected`.
    said: Option<Said>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Said {
    Here,
    Away,
}

impl Presence {
    /// `connected` came.
    pub fn greeted(&mut self, turn: &mut Turn<'_>) {
        self.touched_at.get_or_insert(turn.now);
        self.said.get_or_insert(Said::Here);
        self.look(turn);
    }

    pub fn disconnected(&mut self) {
        self.said = None;
    }

    pub fn hidden(&mut self, turn: &mut Turn<'_>) {
        self.hidden_at.get_or_insert(turn.now);
        self.look(turn);
    }

    /// The page is in front again, or a person moved, typed or clicked, which nobody does in a page
    /// that is hidden.
    pub fn touched(&mut self, turn: &mut Turn<'_>) {
        (self.hidden_at, self.touched_at) = (None, Some(turn.now));
        self.look(turn);
    }

    pub fn deadline(&self) -> Option<Moment> {
        (self.said == Some(Said::Here)).then(|| self.away_at()).flatten()
    }

    /// Says what is not as the server believes.
    pub fn look(&mut self, turn: &mut Turn<'_>) {
        let is_away = self.away_at().is_some_and(|away_at| turn.now >= away_at);
        let now = if is_away { Said::Away } else { Said::Here };
        if self.said.is_some_and(|said| said != now) {
            self.said = Some(now);
            turn.send(&ClientFrame::PresenceSet(PresenceSet { away: is_away }));
        }
    }

    fn away_at(&self) -> Option<Moment> {
        let hidden = self.hidden_at.map(|at| at + HIDDEN_MAX);
        let idle = self.touched_at.map(|at| at + IDLE_MAX);
        hidden.into_iter().chain(idle).min()
    }
}
