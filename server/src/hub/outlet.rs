//! What waits to be sent to one socket.
//!
//! The queue is bounded in frames and bytes (DESIGN §5). A frame waits here until the socket takes
//! it, one by one, so that the bound holds for all that waits and the registry can tell how much it
//! is; besides it there is only the one frame that is being written. When the queue is full, frames that the next one
//! makes stale anyway (heartbeat, typing) and those that can be told anew (presence) are shed first,
//! those waiting and those coming; when only frames that matter are left, the reader is too slow: the
//! queue is dropped and the socket is asked to close with 4008, so that its client resumes and catches
//! up from the log instead of missing something in silence. Who has missed presence and kept their
//! socket is told who is here once they have read all that waited ([`Outlet::lacks_presence`]).
//!
//! One name of the gateway's world is known here: the type of a frame's text. The socket wants
//! shared bytes that are known to be UTF-8, and no other type becomes them without a copy or a check
//! for every socket; the check of one message of 10,000 Cyrillic letters takes 13 µs, so a thousand
//! readers would cost 13 ms each time.

use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering::Relaxed},
};

use axum::extract::ws::Utf8Bytes;
#[cfg(feature = "plants")]
use confab_protocol::plants::{Plant, is_planted};
use confab_protocol::{CloseCode, ServerFrame};
use tokio::sync::Notify;

use crate::ops::Connection;

/// Whether a frame may be left out when a reader is slow.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Weight {
    /// The next one of its kind makes it stale, or time does.
    Ephemeral,
    /// Left out, who is here must be told anew.
    Presence,
    /// Left out, it would be missed.
    Lasting,
}

/// A frame as text, encoded once for however many hear it; clones share the bytes.
#[derive(Clone, Debug)]
pub struct Encoded {
    text: Utf8Bytes,
    weight: Weight,
}

impl Encoded {
    /// Encodes a frame; its type decides its weight.
    pub fn new(frame: &ServerFrame) -> Self {
        let weight = match frame {
            ServerFrame::Heartbeat(_)
            | ServerFrame::TypingStarted(_)
            | ServerFrame::TypingStopped(_) => Weight::Ephemeral,
            ServerFrame::Joined(_)
            | ServerFrame::Disconnected(_)
            | ServerFrame::PresenceUpdate(_) => Weight::Presence,
            _ => Weight::Lasting,
        };
        Self { text: frame.encode().into(), weight }
    }

    /// The bytes to send.
    pub fn into_text(self) -> Utf8Bytes {
        self.text
    }
}

/// How much may wait.
#[derive(Clone, Copy, Debug)]
pub struct QueueBounds {
    /// Frames.
    pub frames_max: usize,
    /// Bytes of their text.
    pub bytes_max: usize,
}

/// The way to one socket. The hub puts frames in; the socket's task takes them out.
#[derive(Debug)]
pub struct Outlet {
    /// The socket.
    pub connection: Arc<Connection>,
    bounds: QueueBounds,
    queue: Mutex<Queue>,
    filled: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    frames: VecDeque<Encoded>,
    bytes: usize,
    overflowed: bool,
    lacks_presence: bool,
}

impl Outlet {
    /// An empty queue for a socket.
    pub fn new(connection: Arc<Connection>, bounds: QueueBounds) -> Self {
        Self { connection, bounds, queue: Mutex::default(), filled: Notify::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a frame into the queue, or sheds it, or gives the reader up.
    pub fn push(&self, frame: Encoded) {
        let mut queue = self.lock();
        if queue.overflowed {
            self.connection.traffic.dropped.fetch_add(1, Relaxed);
            return;
        }
        if !queue.has_room(&frame, self.bounds) {
            let traffic = &self.connection.traffic;
            if frame.weight != Weight::Lasting {
                traffic.shed.fetch_add(1, Relaxed);
                queue.lacks_presence |= frame.weight == Weight::Presence;
                return;
            }
            #[cfg(feature = "plants")]
            if is_planted(Plant::DropOnFullQueue) {
                return;
            }
            traffic.shed.fetch_add(queue.shed(), Relaxed);
            if !queue.has_room(&frame, self.bounds) {
                // The one that came, and all that it found.
                traffic.dropped.fetch_add(1 + queue.frames.len() as u64, Relaxed);
                *queue = Queue { overflowed: true, ..Queue::default() };
                self.connection.traffic.queued.store(0, Relaxed);
                self.connection.ask_to_close(CloseCode::TooSlow, "too slow for its queue");
                return;
            }
        }
        queue.bytes += frame.text.len();
        queue.frames.push_back(frame);
        self.connection.traffic.queued.store(queue.frames.len() as u64, Relaxed);
        // The socket takes frames until there are none, so only the first one has to wake it.
        if queue.frames.len() == 1 {
            self.filled.notify_one();
        }
    }

    /// Encodes a frame for this socket alone and puts it into the queue.
    pub fn tell(&self, frame: impl Into<ServerFrame>) {
        self.push(Encoded::new(&frame.into()));
    }

    /// Waits until there is something to send.
    ///
    /// # Cancel safety
    ///
    /// Nothing is taken. One task at a time waits here.
    pub async fn filled(&self) {
        while self.lock().frames.is_empty() {
            self.filled.notified().await;
        }
    }

    /// Takes the frame that has waited longest.
    pub fn pop(&self) -> Option<Encoded> {
        let mut queue = self.lock();
        let frame = queue.frames.pop_front()?;
        queue.bytes -= frame.text.len();
        self.connection.traffic.queued.store(queue.frames.len() as u64, Relaxed);
        Some(frame)
    }

    /// Whether presence was shed since this was last asked, and there is room now to tell it anew:
    /// nothing waits.
    pub fn lacks_presence(&self) -> bool {
        let mut queue = self.lock();
        queue.frames.is_empty() && mem::take(&mut queue.lacks_presence)
    }

    /// Who is here has just been told: what was shed before is owed no more.
    pub fn has_presence(&self) {
        self.lock().lacks_presence = false;
    }

    /// Forgets what waits.
    pub fn clear(&self) {
        *self.lock() = Queue::default();
        self.connection.traffic.queued.store(0, Relaxed);
    }
}

impl Queue {
    fn has_room(&self, frame: &Encoded, bounds: QueueBounds) -> bool {
        self.frames.len() < bounds.frames_max && self.bytes + frame.text.len() <= bounds.bytes_max
    }

    /// Leaves out what goes stale or can be told anew; how many frames.
    fn shed(&mut self) -> u64 {
        let before = self.frames.len();
        self.lacks_presence |= self.frames.iter().any(|frame| frame.weight == Weight::Presence);
        self.frames.retain(|frame| frame.weight == Weight::Lasting);
        self.bytes = self.frames.iter().map(|frame| frame.text.len()).sum();
        (before - self.frames.len()) as u64
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::ops::{
        Clock, Registry,
        registry::{Quota, Visitor},
    };
    use confab_protocol::{
        ConnectionId, Disconnected, ErrorCode, ErrorFrame, Heartbeat, Person, Timestamp, UserId,
        Username,
    };

    /// One for all, so that every outlet has a number of its own.
    static REGISTRY: LazyLock<Registry> =
        LazyLock::new(|| Registry::new(Quota { per_user: usize::MAX, per_address: usize::MAX }));

    pub fn outlet(user: &str, frames_max: usize, bytes_max: usize) -> Arc<Outlet> {
        let visitor = Visitor {
            address: [127, 0, 0, 1].into(),
            user_agent: String::new(),
            user: UserId::parse(user).unwrap(),
            session: None,
        };
        let id = ConnectionId::parse(user).unwrap();
        let connection = REGISTRY.enter(id, visitor, Clock::system().now());
        Arc::new(Outlet::new(connection, QueueBounds { frames_max, bytes_max }))
    }

    fn lasting(text: &str) -> ServerFrame {
        ErrorFrame {
            code: ErrorCode::Internal,
            message: text.to_owned(),
            kind: None,
            dialog_id: None,
        }
        .into()
    }

    fn heartbeat() -> ServerFrame {
        Heartbeat { time: Timestamp::from_unix_ms(0), connections: 1 }.into()
    }

    fn drain(outlet: &Outlet) -> Vec<String> {
        std::iter::from_fn(|| outlet.pop()).map(|frame| frame.into_text().to_string()).collect()
    }

    #[test]
    fn a_full_queue_sheds_what_goes_stale_and_keeps_the_rest() {
        let outlet = outlet("anna", 2, 10_000);
        outlet.tell(heartbeat());
        outlet.tell(lasting("one"));
        outlet.tell(heartbeat());
        outlet.tell(lasting("two"));
        let waiting = drain(&outlet);
        assert_eq!(waiting.len(), 2);
        assert!(waiting[0].contains("one") && waiting[1].contains("two"), "{waiting:?}");
        let traffic = &outlet.connection.traffic;
        assert_eq!((traffic.shed.load(Relaxed), traffic.dropped.load(Relaxed)), (2, 0));
    }

    #[test]
    fn presence_that_was_shed_is_owed_until_all_that_waited_is_taken() {
        let outlet = outlet("anna", 2, 10_000);
        let left = |name: &str| {
            let id = UserId::parse(name).unwrap();
            Disconnected(Person { id, username: Username::parse(name).unwrap() })
        };
        outlet.tell(left("bob"));
        outlet.tell(heartbeat());
        outlet.tell(heartbeat());
        drain(&outlet);
        assert!(!outlet.lacks_presence(), "only heartbeats were shed");

        for presence_came_first in [true, false] {
            if presence_came_first {
                outlet.tell(left("bob"));
            }
            outlet.tell(lasting("one"));
            outlet.tell(lasting("two"));
            if !presence_came_first {
                outlet.tell(left("bob"));
            }
            assert!(!outlet.lacks_presence(), "there is no room yet");
            assert_eq!(drain(&outlet).len(), 2);
            assert!(outlet.lacks_presence());
            assert!(!outlet.lacks_presence(), "once");
        }
    }

    #[tokio::test]
    async fn a_reader_too_slow_for_frames_that_matter_is_given_up() {
        let outlet = outlet("anna", 2, 10_000);
        for text in ["one", "two", "three"] {
            outlet.tell(lasting(text));
        }
        assert_eq!(outlet.connection.asked_to_close().await.code, CloseCode::TooSlow);
        outlet.tell(lasting("four"));
        assert!(drain(&outlet).is_empty(), "nothing more is kept for it");
        let traffic = &outlet.connection.traffic;
        assert_eq!((traffic.shed.load(Relaxed), traffic.dropped.load(Relaxed)), (0, 4));
    }

    #[tokio::test]
    async fn bytes_count_as_well_as_frames() {
        let outlet = outlet("anna", 100, 200);
        outlet.tell(lasting(&"x".repeat(100)));
        outlet.tell(lasting(&"x".repeat(100)));
        assert_eq!(outlet.connection.asked_to_close().await.code, CloseCode::TooSlow);
    }
}
