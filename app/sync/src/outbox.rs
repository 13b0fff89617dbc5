//! What we did until the server has committed it (DESIGN §4, *Sending*): messages, and edits and
//! deletions of messages, in one line. What is said here of messages holds for all of them.
//!
//! A message waits for its turn, is sent, and leaves with its `ack`. At most one is in flight: the
//! next goes only when this one is answered, so a device's messages are stored in the order they
//! were written (DESIGN §7, G4), whatever is lost in between. Sending again is harmless, because
//! the server knows the `clientId`; so we do it freely: after 5 s without an answer, after every
//! reconnect, after a refusal that says to retry. A message that is refused for good steps out of
//! the line and lets the others pass; it stays until its author retries or discards it.
//!
//! A refusal that says to retry is never a verdict, however often it comes. It speaks of the
//! server's state, not of the message, and it may answer an earlier sending than the last, or a
//! commit whose outcome the server itself does not know. To call such a message failed was tried
//! and lost: it could be in the log all the while, with its `ack` lost and behind the snapshot the
//! app loaded next, and **Retry** stored it a second time under a new name.
//!
//! A message that was sent and not answered, because its time or its connection ran out, may be
//! stored or not. That is said ([`DeliveryState::Unconfirmed`]) until there is proof or a refusal.
//!
//! Of the tabs of one person one has the outbox at a time. Which, is none of our business: who has it
//! no longer lets it go, and who has it next takes in what was kept.
//!
//! Proof that a message is stored is an `ack`, or the message itself in the dialog's log: both are
//! accepted at any time, because they are true at any time. Proof of an edit or a deletion is an
//! `ack`, or the message in the log as it was to become. The latter is true in its time only: who
//! edits to and fro makes the same state twice.

use std::time::Duration;

#[cfg(feature = "plants")]
use confab_protocol::plants::{Plant, is_planted};
use confab_protocol::{Ack, ClientId, ErrorCode, Message, Nack, Positions};

use crate::{Delivery, DeliveryState, Event, Kept, Moment, Post, Was, outcome::Turn};

/// How many messages may wait or have failed. Nobody types more; a script that does is told.
const ENTRIES_MAX: usize = 1000;

/// The wait after the first refusal that names none; doubles each time. As much is added to a wait
/// that is named, so that a store in trouble is not asked every second by everyone.
const RETRY_FIRST: Duration = Duration::from_secs(1);

/// How often the wait doubles: to 16 s.
const RETRY_DOUBLINGS_MAX: u32 = 4;

/// The longest wait after a refusal, also if the server asks for more: the line stands meanwhile.
const RETRY_MAX: Duration = Duration::from_secs(16);

#[derive(Clone, Debug)]
pub(crate) struct Outbox {
    /// In order. Messages leave from any place, so a ring would not help.
    entries: Vec<Entry>,
    ack_patience: Duration,
    line: Line,
    /// The last change in each dialog that is known to be ours.
    stored: Positions,
}

/// Whether messages may leave.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Line {
    /// No `connected` yet, or no socket.
    Shut,
    /// `connected` came; a longer frame than this would be answered by a close, not by a `nack`.
    Ready { frame_bytes_max: usize },
}

#[derive(Clone, Debug)]
struct Entry {
    post: Post,
    state: State,
    /// How often it was refused with `retry`.
    refusals: u32,
    /// Whether a sending of it was never answered.
    is_unconfirmed: bool,
    /// Whether its author has thrown it away while it was in flight: it may be stored, and is not sent
    /// again. Another tab knew less of it than we do.
    is_unwanted: bool,
}

impl Entry {
    fn new(Kept { post, was }: Kept) -> Self {
        let is_unconfirmed = was == Was::Sent;
        let state = if let Was::Refused(_) = was { State::Failed } else { State::Queued };
        Self { post, state, refusals: 0, is_unconfirmed, is_unwanted: false }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Queued,
    InFlight {
        ack_by: Moment,
    },
    /// Refused for now.
    Waiting {
        retry_at: Moment,
    },
    /// Refused for good.
    Failed,
}

impl Outbox {
    pub fn new(ack_patience: Duration) -> Self {
        let (entries, stored) = (Vec::new(), Positions::new());
        Self { entries, ack_patience, line: Line::Shut, stored }
    }

    /// Everything unacknowledged, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Post> {
        self.entries.iter().map(|entry| &entry.post)
    }

    /// At the end of the line: also one that failed and is wanted after all.
    pub fn push(&mut self, post: Post, turn: &mut Turn<'_>) {
        if let Some(index) = self.find(post.client_id())
            && self.entries[index].state == State::Failed
        {
            self.entries.remove(index);
        }
        self.insert(self.entries.len(), Kept { post, was: Was::Queued }, turn);
        self.pump(turn);
    }

    /// Puts what an earlier page life or another tab left in front of everything but what has already gone out.
    pub fn restore(&mut self, kept: Vec<Kept>, turn: &mut Turn<'_>) {
        let in_flight = |entry: &Entry| matches!(entry.state, State::InFlight { .. });
        let mut place = self.entries.iter().position(in_flight).map_or(0, |index| index + 1);
        for kept in kept {
            if self.insert(place, kept, turn) {
                place += 1;
            }
        }
        self.pump(turn);
    }

    /// Another has it from now on.
    pub fn let_go(&mut self) {
        self.entries.clear();
    }

    pub fn hurry(&mut self, turn: &mut Turn<'_>) {
        if let Some(index) = self.first()
            && let State::Waiting { retry_at } = &mut self.entries[index].state
        {
            *retry_at = turn.now;
            self.pump(turn);
        }
    }

    pub fn discard(&mut self, client_id: &ClientId, turn: &mut Turn<'_>) {
        let Some(index) = self.find(client_id) else { return };
        match &mut self.entries[index] {
            Entry { state: State::InFlight { .. }, is_unwanted, .. } => *is_unwanted = true,
            _ => {
                self.entries.remove(index);
                self.pump(turn);
            }
        }
    }

    /// `connected` came.
    pub fn ready(&mut self, frame_bytes_max: usize, turn: &mut Turn<'_>) {
        self.line = Line::Ready { frame_bytes_max };
        self.pump(turn);
    }

    pub fn disconnected(&mut self, turn: &mut Turn<'_>) {
        self.line = Line::Shut;
        self.entries.retain(|entry| !entry.is_unwanted);
        for entry in &mut self.entries {
            if let State::InFlight { .. } = entry.state {
                (entry.state, entry.is_unconfirmed) = (State::Queued, true);
                #[cfg(feature = "plants")]
                if is_planted(Plant::NewNameOnResend)
                    && let Ok(name) =
                        ClientId::parse([entry.post.client_id().as_str(), "r"].concat())
                {
                    entry.post = entry.post.clone().renamed(name);
                }
                tell(entry.post.client_id(), DeliveryState::Unconfirmed, turn);
            }
        }
    }

    /// The server has done what this one of ours asked for, says an `ack`.
    pub fn acknowledged(&mut self, ack: &Ack, turn: &mut Turn<'_>) {
        if let Some(index) = self.find(&ack.client_id) {
            self.done(index, &ack.message, turn);
        }
    }

    /// The log shows this state of a message of ours. A message that is there was stored. A change
    /// that is there was made: by our edit, if nothing stands before it in line and the state is
    /// younger than all we know to be stored; an older one may have said the same words once.
    pub fn seen(&mut self, message: &Message, turn: &mut Turn<'_>) {
        let is_it = |entry: &Entry| match &entry.post {
            Post::Send(send) => send.client_id == message.client_id,
            Post::Edit(_) | Post::Delete(_) => false,
        };
        let is_news = self.stored.get(&message.dialog_id).is_none_or(|last| message.ev > last);
        let done = self.entries.iter().position(is_it).or_else(|| {
            self.first().filter(|&index| is_news && self.entries[index].post.is_done_in(message))
        });
        if let Some(index) = done {
            self.done(index, message, turn);
        }
    }

    fn done(&mut self, index: usize, message: &Message, turn: &mut Turn<'_>) {
        let before = self.stored.get(&message.dialog_id).unwrap_or_default();
        self.stored.insert(message.dialog_id.clone(), message.ev.max(before));
        let entry = self.entries.remove(index);
        tell(entry.post.client_id(), DeliveryState::Stored(message.clone()), turn);
        self.pump(turn);
    }

    /// The server does not take the message in flight. An answer to an earlier sending of a message
    /// that has moved on since is of no interest.
    pub fn refused(&mut self, nack: &Nack, turn: &mut Turn<'_>) {
        let Some(index) = self.find(&nack.client_id) else { return };
        let entry = &mut self.entries[index];
        if !matches!(entry.state, State::InFlight { .. }) {
            return;
        }
        if entry.is_unwanted {
            self.entries.remove(index);
        } else if nack.retry {
            let first = nack.after_ms.map_or(RETRY_FIRST, Duration::from_millis);
            let more = RETRY_FIRST * ((1 << entry.refusals.min(RETRY_DOUBLINGS_MAX)) - 1);
            entry.refusals += 1;
            let wait = first.saturating_add(more).min(RETRY_MAX);
            entry.state = State::Waiting { retry_at: turn.now + wait };
            tell(&nack.client_id, DeliveryState::Waiting { code: nack.code }, turn);
        } else {
            entry.state = State::Failed;
            tell_failed(&nack.client_id, nack.code, nack.message.clone(), turn);
        }
        self.pump(turn);
    }

    pub fn deadline(&self) -> Option<Moment> {
        if self.line == Line::Shut {
            return None;
        }
        match self.entries[self.first()?].state {
            State::InFlight { ack_by } => Some(ack_by),
            State::Waiting { retry_at } => Some(retry_at),
            State::Queued | State::Failed => None,
        }
    }

    /// Sends whatever may leave now: the first in line that has not failed, and none beside it.
    pub fn pump(&mut self, turn: &mut Turn<'_>) {
        let Line::Ready { frame_bytes_max } = self.line else { return };
        while let Some(index) = self.first() {
            let entry = &mut self.entries[index];
            match entry.state {
                State::InFlight { ack_by } if turn.now >= ack_by => {
                    if entry.is_unwanted {
                        self.entries.remove(index);
                        continue;
                    }
                    entry.is_unconfirmed = true;
                }
                State::Waiting { retry_at } if turn.now >= retry_at => {}
                State::Queued => {}
                _ => return,
            }
            let text = entry.post.frame().encode();
            if text.len() > frame_bytes_max {
                entry.state = State::Failed;
                let why = "the message is larger than a frame may be".to_owned();
                tell_failed(entry.post.client_id(), ErrorCode::MessageTooLong, why, turn);
                continue;
            }
            entry.state = State::InFlight { ack_by: turn.now + self.ack_patience };
            turn.send_text(text);
            let state = match entry.is_unconfirmed {
                true => DeliveryState::Unconfirmed,
                false => DeliveryState::InFlight,
            };
            return tell(entry.post.client_id(), state, turn);
        }
    }

    fn insert(&mut self, place: usize, kept: Kept, turn: &mut Turn<'_>) -> bool {
        let client_id = kept.post.client_id();
        if self.find(client_id).is_some() {
            return false;
        }
        if self.entries.len() >= ENTRIES_MAX {
            let why = "too many messages are waiting to be sent".to_owned();
            tell_failed(client_id, ErrorCode::TooManySends, why, turn);
            return false;
        }
        match kept.was {
            Was::Queued => tell(client_id, DeliveryState::Queued, turn),
            Was::Sent => tell(client_id, DeliveryState::Unconfirmed, turn),
            Was::Refused(_) => {}
        }
        self.entries.insert(place, Entry::new(kept));
        true
    }

    fn find(&self, client_id: &ClientId) -> Option<usize> {
        self.entries.iter().position(|entry| entry.post.client_id() == client_id)
    }

    fn first(&self) -> Option<usize> {
        self.entries.iter().position(|entry| entry.state != State::Failed)
    }
}

fn tell(client_id: &ClientId, state: DeliveryState, turn: &mut Turn<'_>) {
    turn.tell(Event::Outbox(Delivery { client_id: client_id.clone(), state }));
}

fn tell_failed(client_id: &ClientId, code: ErrorCode, message: String, turn: &mut Turn<'_>) {
    tell(client_id, DeliveryState::Failed { code, message }, turn);
}
