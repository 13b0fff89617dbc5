//! One dialog's changes: dense, in order, exactly once (DESIGN §4, *The log*).
//!
//! A change with `ev = last + 1` is told; what we have is dropped; what lies beyond a gap waits in
//! `ahead`. A gap has 500 ms to close by itself, then we ask for what came after `last`. Nothing is
//! told before the position is known: the app first reads a snapshot, and [`DialogLog::loaded`]
//! says where that snapshot stands.
//!
//! Two facts are kept apart. The **position** is what the app has. The **standing** is what we and
//! this socket's server have agreed on: nothing yet, a question, a gap, or that we hear everything.
//! `head` is the latest change known to exist, from whatever source: the answer to a join, a
//! `pong`, an event we could not keep. The dialog is caught up when the position has reached it.
//!
//! A dialog that the server denies us is not asked for any more on this socket: the position is void,
//! and we are back to `Unasked` until our list says that it is ours again. Its next `dialog:sync` is
//! told to the app as a reset, because what it showed is void too.
//!
//! A `dialog:sync` never moves the position past a change that was not in it, whatever its `to`
//! says: the answer to a join without `after` may arrive after the snapshot became known, and its
//! `to` would skip what lies between. Its `to` raises `head` instead, and a difference is asked for.

use std::{mem, time::Duration};

#[cfg(feature = "plants")]
use confab_protocol::plants::{Plant, is_planted};
use confab_protocol::{
    ClientFrame, DialogEvent, DialogEvents, DialogId, DialogJoin, Ev, ResetReason,
};

use crate::{Event, Moment, outcome::Turn};

/// How many changes wait beyond a gap. More than the 300 that a server tells one by one; a longer
/// queue would only hold what the answer brings anyway. The furthest is dropped and asked for later.
const AHEAD_MAX: usize = 512;

/// How long a question may stay unanswered before it is put again; doubles each time.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// How often the wait for an answer doubles: to 80 s.
const ASK_DOUBLINGS_MAX: u32 = 4;

#[derive(Clone, Debug)]
pub(crate) struct DialogLog {
    dialog_id: DialogId,
    gap_patience: Duration,
    /// The last change the app has; `None` until a snapshot is loaded.
    position: Option<Ev>,
    /// Changes beyond the position, or beyond an unknown one; by number, each once.
    ahead: Vec<DialogEvent>,
    head: Ev,
    standing: Standing,
    /// Whether a `dialog:reset` for the other epoch is still on its way: the app knows already.
    reset_is_known: bool,
    /// Whether the app was told that the server tells us this dialog no more, and nothing since.
    is_denied: bool,
}

/// How far this log and the server of the present socket have come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Standing {
    /// There is no socket.
    Offline,
    /// There is a socket, but no position worth asking from.
    Unasked,
    /// We have joined and wait for the `dialog:sync`.
    Asked { question: Question, again_at: Moment, times: u32 },
    /// Something is missing; it may still come by itself.
    Gap { ask_at: Moment },
    /// We hear every change.
    Live,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Question {
    /// A join without `after`.
    WhereAreWe,
    /// A join or a resume from our position.
    WhatIsMissing,
}

impl DialogLog {
    pub fn new(dialog_id: DialogId, after: Option<Ev>, gap_patience: Duration) -> Self {
        Self {
            dialog_id,
            gap_patience,
            position: after,
            ahead: Vec::new(),
            head: after.unwrap_or_default(),
            standing: Standing::Offline,
            reset_is_known: false,
            is_denied: false,
        }
    }

    pub fn dialog_id(&self) -> &DialogId {
        &self.dialog_id
    }

    pub fn position(&self) -> Option<Ev> {
        self.position
    }

    /// `connecting` carries the position: the server will answer as if we had joined.
    pub fn resumed(&mut self, now: Moment) {
        self.standing = asked(Question::WhatIsMissing, 0, now);
    }

    /// Joins if the resume did not.
    pub fn connected(&mut self, turn: &mut Turn<'_>) {
        if self.standing == Standing::Offline {
            self.ask(0, turn);
        }
    }

    /// What waits beyond a gap is void with its socket: the next one brings it again, and may bring
    /// another life of the database, whose snapshot the app may have before we hear of it.
    pub fn disconnected(&mut self) {
        self.standing = Standing::Offline;
        self.reset_is_known = false;
        self.ahead.clear();
    }

    /// The app shows a snapshot that was read here.
    pub fn loaded(&mut self, at: Ev, turn: &mut Turn<'_>) {
        self.is_denied = false;
        self.position = Some(at);
        self.head = self.head.max(at);
        self.ahead.retain(|event| event.ev > at);
        self.drain(turn);
        match self.standing {
            Standing::Offline | Standing::Asked { .. } => {}
            Standing::Unasked => self.ask(0, turn),
            Standing::Gap { .. } | Standing::Live if self.is_whole() => self.caught_up(turn),
            Standing::Gap { .. } | Standing::Live => self.ask(0, turn),
        }
    }

    /// A change came by itself.
    pub fn event(&mut self, event: DialogEvent, turn: &mut Turn<'_>) {
        self.take(event, turn);
        match self.standing {
            // What was missing has come by itself.
            Standing::Gap { .. } if self.is_whole() => self.caught_up(turn),
            _ => self.look(turn.now),
        }
    }

    /// The server's log has reached this, says a `pong`. The event itself may be right behind.
    pub fn reaches(&mut self, head: Ev, now: Moment) {
        self.head = self.head.max(head);
        self.look(now);
    }

    /// The answer to a join or a resume.
    pub fn sync(&mut self, sync: &DialogEvents, turn: &mut Turn<'_>) {
        if mem::take(&mut self.is_denied) {
            self.tell_reset(ResetReason::TooFarBehind, turn);
        }
        let before = self.position;
        for event in &sync.events {
            self.take(event.clone(), turn);
        }
        self.head = self.head.max(sync.to);
        let idle = matches!(
            self.standing,
            Standing::Asked { question: Question::WhatIsMissing, .. } if self.position == before
        );
        match self.position {
            None if matches!(self.standing, Standing::Asked { .. }) => {
                self.standing = Standing::Live
            }
            None => {}
            Some(_) if self.is_whole() => self.caught_up(turn),
            // An answer that brought nothing is not asked for again at once: that would never end.
            Some(_) if idle => {
                self.standing = Standing::Gap { ask_at: turn.now + self.gap_patience };
            }
            Some(_) => self.ask(0, turn),
        }
    }

    /// The server cannot use our position.
    pub fn reset(&mut self, why: ResetReason, turn: &mut Turn<'_>) {
        if self.reset_is_known && why == ResetReason::OtherEpoch {
            self.reset_is_known = false;
            self.standing = Standing::Unasked;
            if self.position.is_some() {
                self.ask(0, turn);
            }
            return;
        }
        #[cfg(feature = "plants")]
        if is_planted(Plant::ResetIgnored) {
            return self.caught_up(turn);
        }
        if why != ResetReason::TooFarBehind {
            self.forget();
        }
        self.standing = Standing::Unasked;
        if self.position.take().is_some() {
            self.tell_reset(why, turn);
        }
    }

    /// The database began another life. The server will say so to a position that we resumed from.
    pub fn other_epoch(&mut self, turn: &mut Turn<'_>) {
        self.forget();
        let resumed =
            matches!(self.standing, Standing::Asked { question: Question::WhatIsMissing, .. });
        self.reset_is_known = resumed;
        self.position = None;
        self.tell_reset(ResetReason::OtherEpoch, turn);
    }

    /// The server knows no such dialog, or does not let us hear it: there is nothing to ask for.
    pub fn denied(&mut self, turn: &mut Turn<'_>) {
        self.forget();
        self.position = None;
        if self.standing != Standing::Offline {
            self.standing = Standing::Unasked;
        }
        if !mem::replace(&mut self.is_denied, true) {
            turn.tell(Event::DialogDenied { dialog_id: self.dialog_id.clone() });
        }
    }

    /// The server would let us hear it, after it did not.
    pub fn admitted(&mut self, turn: &mut Turn<'_>) {
        if self.is_denied && self.standing == Standing::Unasked {
            self.ask(0, turn);
        }
    }

    pub fn deadline(&self) -> Option<Moment> {
        match self.standing {
            Standing::Asked { again_at, .. } => Some(again_at),
            Standing::Gap { ask_at } => Some(ask_at),
            Standing::Offline | Standing::Unasked | Standing::Live => None,
        }
    }

    pub fn timeout(&mut self, turn: &mut Turn<'_>) {
        match self.standing {
            Standing::Asked { again_at, times, .. } if turn.now >= again_at => {
                self.ask(times + 1, turn);
            }
            Standing::Gap { ask_at } if turn.now >= ask_at => self.ask(0, turn),
            _ => {}
        }
    }

    fn ask(&mut self, times: u32, turn: &mut Turn<'_>) {
        let question = match self.position {
            Some(_) => Question::WhatIsMissing,
            None => Question::WhereAreWe,
        };
        self.standing = asked(question, times, turn.now);
        let (dialog_id, after) = (self.dialog_id.clone(), self.position);
        turn.send(&ClientFrame::DialogJoin(DialogJoin { dialog_id, after }));
    }

    fn take(&mut self, event: DialogEvent, turn: &mut Turn<'_>) {
        self.head = self.head.max(event.ev);
        match self.position {
            Some(last) if event.ev <= last => {}
            Some(last) if event.ev == after(last) => {
                self.tell(event, turn);
                self.drain(turn);
            }
            #[cfg(feature = "plants")]
            Some(_) if is_planted(Plant::PositionBeforeChange) => self.tell(event, turn),
            _ => self.keep(event),
        }
    }

    /// Keeps a change for later, in its place. The last places are looked at first: changes mostly
    /// come in order, also beyond a gap.
    fn keep(&mut self, event: DialogEvent) {
        let before = self.ahead.iter().rposition(|kept| kept.ev <= event.ev);
        if before.is_some_and(|place| self.ahead[place].ev == event.ev) {
            return;
        }
        self.ahead.insert(before.map_or(0, |place| place + 1), event);
        self.ahead.truncate(AHEAD_MAX);
    }

    /// Tells what has waited and comes right after the position.
    fn drain(&mut self, turn: &mut Turn<'_>) {
        let Some(next) = self.position.map(after) else { return };
        let follows =
            |(event, nth): &(&DialogEvent, u64)| event.ev.0 == next.0.saturating_add(*nth);
        let follow = self.ahead.iter().zip(0..).take_while(follows).count();
        let beyond = self.ahead.split_off(follow);
        for event in mem::replace(&mut self.ahead, beyond) {
            self.tell(event, turn);
        }
    }

    fn tell(&mut self, event: DialogEvent, turn: &mut Turn<'_>) {
        self.position = Some(event.ev);
        turn.tell(Event::Dialog { dialog_id: self.dialog_id.clone(), event });
    }

    fn tell_reset(&self, why: ResetReason, turn: &mut Turn<'_>) {
        turn.tell(Event::DialogReset { dialog_id: self.dialog_id.clone(), why });
    }

    fn caught_up(&mut self, turn: &mut Turn<'_>) {
        self.standing = Standing::Live;
        if let Some(at) = self.position {
            turn.tell(Event::DialogCaughtUp { dialog_id: self.dialog_id.clone(), at });
        }
    }

    fn look(&mut self, now: Moment) {
        self.standing = match self.standing {
            Standing::Live if !self.is_whole() => Standing::Gap { ask_at: now + self.gap_patience },
            other => other,
        };
    }

    /// Whether nothing is missing, as far as we know. An unknown position misses nothing.
    fn is_whole(&self) -> bool {
        self.position.is_none_or(|last| last >= self.head)
    }

    fn forget(&mut self) {
        self.ahead.clear();
        self.head = Ev::default();
    }
}

fn asked(question: Question, times: u32, now: Moment) -> Standing {
    let again_at = now + ASK_AGAIN * 2_u32.pow(times.min(ASK_DOUBLINGS_MAX));
    Standing::Asked { question, again_at, times }
}

/// `Ev::next` would overflow on a number that only a broken server sends.
fn after(last: Ev) -> Ev {
    Ev(last.0.saturating_add(1))
}
