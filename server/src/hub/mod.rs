//! The verbs, and who hears of them.
//!
//! A frame or a request comes through one of two doors, `gateway` or `api`, and calls a verb here:
//! [`connect`](Hub::connect), [`send`](Hub::send), [`edit`](Hub::edit), [`join`](Hub::join),
//! [`history`](Hub::history), [`begin_group`](Hub::begin_group), [`depart`](Hub::depart) and their
//! like, most of them in a file of their own. A verb checks, writes through `store`, and answers its caller. What the
//! others hear travels another way: `store` hands every committed change to the fan-out
//! ([`fan_out`]), which encodes it once and puts the same bytes into the queue ([`outlet`]) of
//! everyone who listens ([`listeners`]).
//!
//! State here is small and has one lock each, none held across an await: who listens to what, who
//! is here ([`people`]), who sent how much ([`sends`]). Nothing of it is lost when the server
//! stops, because nothing of it is true any more.
//!
//! Deliberately absent: SQL, sockets, HTTP.

mod advance;
mod amend;
mod connect;
mod dialogs;
mod fan_out;
mod heartbeat;
mod history;
mod join;
mod listeners;
mod outlet;
mod people;
mod presence;
mod resume;
mod search;
mod send;
mod sends;
mod typing;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicU64};

use confab_protocol::{DialogId, Epoch, Limits, Topic};
use tokio::sync::mpsc;

use crate::{
    ops::{Clock, Registry, Shutdown, config},
    store::{News, Store},
};

pub use amend::AmendError;
pub use join::{JoinError, Joined};
pub use listeners::Audience;
pub use outlet::{Encoded, Outlet, QueueBounds, Weight};
pub use people::Attention;
pub use resume::Resumed;
pub(crate) use send::STORAGE_RETRY;
pub use send::{Retry, SendError, SendMessage, Sent};
pub use typing::Typing;

pub use crate::store::{AdvanceError, Begun, CatchUp, DialogError, Place, ReadError, Unavailable};

/// What the hub is told at the start.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Heartbeat, grace, lists.
    pub hub: config::Hub,
    /// What is too much; also told to clients.
    pub limits: Limits,
}

/// What the hub holds of its sockets.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Census {
    /// Topics that someone listens to.
    pub topics: usize,
    /// Sockets that listen.
    pub listeners: usize,
    /// Sockets of people who are here.
    pub present: usize,
}

/// The middle of the server; clones share it.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    rules: Rules,
    clock: Clock,
    store: Store,
    registry: Arc<Registry>,
    shutdown: Shutdown,
    listeners: listeners::Listeners,
    /// Locked also while the others are told of a change, so that the frames in every queue come in
    /// the order of the changes. Locked before `listeners`, never after.
    people: Mutex<people::People>,
    sends: sends::Sends,
    /// Number of the last socket, for the greeting.
    clients: AtomicU64,
}

impl Hub {
    /// Starts the hub, its fan-out and its heartbeat. `news` is the other end of what the store
    /// tells.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when the lobby's position cannot be read.
    pub async fn start(
        rules: Rules,
        clock: Clock,
        store: Store,
        registry: Arc<Registry>,
        news: mpsc::Receiver<News>,
        shutdown: Shutdown,
    ) -> Result<Self, Unavailable> {
        let lobby = DialogId::lobby();
        let position = store.position(&lobby).await?.unwrap_or_default();
        let sends = sends::Sends::new(rules.limits.sends_per_second, rules.limits.sends_burst);
        let hub = Self(Arc::new(Inner {
            rules,
            clock,
            store,
            registry,
            shutdown: shutdown.clone(),
            listeners: listeners::Listeners::default(),
            people: Mutex::default(),
            sends,
            clients: AtomicU64::new(0),
        }));
        hub.0.listeners.reach(&lobby, position);
        shutdown.spawn(hub.clone().fan_out(news));
        let started = hub.0.clock.now();
        shutdown.spawn(hub.clone().beat(started));
        Ok(hub)
    }

    /// What is too much.
    pub fn limits(&self) -> &Limits {
        &self.0.rules.limits
    }

    /// The life of the database (DESIGN §4).
    pub fn epoch(&self) -> &Epoch {
        self.0.store.epoch()
    }

    /// What is held of sockets; nothing when all have left.
    pub fn census(&self) -> Census {
        let (topics, listeners) = self.0.listeners.census();
        Census { topics, listeners, present: self.people().sockets() }
    }

    fn people(&self) -> MutexGuard<'_, people::People> {
        self.0.people.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a socket hear a topic.
    pub fn subscribe(&self, outlet: &Arc<Outlet>, topic: Topic) {
        self.0.listeners.subscribe(outlet, topic);
    }

    /// Lets a socket hear a topic no more.
    pub fn unsubscribe(&self, outlet: &Outlet, topic: &Topic) {
        self.0.listeners.unsubscribe(outlet, topic);
    }
}
