//! One entry as a state machine, without its types: who reads it, what it says of itself, and what
//! its query is doing. It calls nobody; [`Cache`](super::cache::Cache) drives it.
//!
//! Life: `Unread` (seeded by the page, nobody looked yet) → `Running` from the first reader on →
//! `Removed`, which is final. The query, at most one at a time:
//!
//! ```text
//!          want             begin             settle
//!   Idle ────────► Wanted ────────► Running ─────────► Idle
//!                    ▲                 │ doubt           ▲
//!                    │ settle, read    ▼                 │ settle, unread
//!                    └────────────── Doubted ────────────┘
//! ```

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    rc::Rc,
    task::{Context, Poll},
    time::Duration,
};

use confab_protocol::Topic;
use futures::future::LocalBoxFuture;
use leptos::prelude::{ArcRwSignal, GetUntracked, Set};

use super::{EntryState, QueryError, Removed, Tag, bell::Bell, contents::Contents, tag::touches};

/// Tells one entry from another, also from a later one with the same argument.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct EntryId(pub u64);

/// Whether the server's frames reach us. An entry is fresh only over a whole stream.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stream {
    Whole,
    Broken,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Life {
    Unread,
    Running,
    Removed,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Query {
    Idle,
    /// To be started by the entry's task.
    Wanted,
    Running,
    /// Under way, and what it will answer is already in doubt.
    Doubted,
}

pub(super) struct Entry {
    pub id: EntryId,
    pub contents: Rc<dyn Contents>,
    pub keep_unused_for: Duration,
    pub refetch_on_reconnect: bool,
    pub state: ArcRwSignal<EntryState>,
    pub bell: Bell,
    /// The topics it hears, each once.
    pub topics: RefCell<Vec<Topic>>,
    /// How long it is still kept; there is one exactly while nobody reads. Dropped, it is off: then
    /// the bell rings for whoever waits for it.
    pub removal: RefCell<Option<LocalBoxFuture<'static, ()>>>,
    readers: Cell<usize>,
    life: Cell<Life>,
    query: Cell<Query>,
    /// Since when nobody vouches for the data; survives a failure and its retry.
    stale_since: Cell<Option<u64>>,
    /// It was put in doubt while nobody read: the next reader has it asked for.
    owes_query: Cell<bool>,
    /// What was invalidated while a query ran and did not concern the older data; the answer may
    /// turn out to provide it.
    invalidated_meanwhile: RefCell<Vec<Tag>>,
}

impl Entry {
    pub fn new(
        id: EntryId,
        contents: Rc<dyn Contents>,
        keep_unused_for: Duration,
        refetch_on_reconnect: bool,
    ) -> Self {
        Self {
            id,
            contents,
            keep_unused_for,
            refetch_on_reconnect,
            state: ArcRwSignal::new(EntryState::Loading),
            bell: Bell::default(),
            topics: RefCell::default(),
            removal: RefCell::default(),
            readers: Cell::new(0),
            life: Cell::new(Life::Unread),
            query: Cell::new(Query::Idle),
            stale_since: Cell::new(None),
            owes_query: Cell::new(false),
            invalidated_meanwhile: RefCell::default(),
        }
    }

    // Readers.

    /// One reader more; whether its life begins with it.
    pub fn enter(&self) -> bool {
        self.readers.update(|readers| readers + 1);
        let begins = self.life.get() == Life::Unread;
        if begins {
            self.life.set(Life::Running);
        }
        begins
    }

    /// One reader less; whether it was the last.
    pub fn leave(&self) -> bool {
        self.readers.update(|readers| readers - 1);
        self.readers.get() == 0
    }

    pub fn readers(&self) -> usize {
        self.readers.get()
    }

    // Its end.

    /// Ends its life: waiters wake, and a query under way is dropped by its task.
    pub fn remove(&self) {
        self.life.set(Life::Removed);
        self.query.set(Query::Idle);
        self.bell.ring();
    }

    pub fn is_removed(&self) -> bool {
        self.life.get() == Life::Removed
    }

    /// Waits for its end.
    pub async fn removed(&self) {
        poll_fn(|context| self.poll_removed(context)).await;
    }

    pub fn poll_removed(&self, context: &mut Context<'_>) -> Poll<()> {
        self.bell.poll(context, || self.is_removed().then_some(()))
    }

    /// Whether the time has come to remove it, or that is off.
    pub fn poll_removal(&self, context: &mut Context<'_>) -> Poll<bool> {
        let found = match &mut *self.removal.borrow_mut() {
            None => Some(false),
            Some(time) => time.as_mut().poll(context).is_ready().then_some(true),
        };
        self.bell.poll(context, || found)
    }

    // Its query.

    /// A query should run, unless one runs already. Nobody starts it once the entry is removed.
    pub fn want(&self) {
        if self.query.get() == Query::Idle {
            self.query.set(Query::Wanted);
            self.bell.ring();
        }
    }

    /// Waits until a query should run.
    pub async fn wanted(&self) -> Result<(), Removed> {
        let look = || match self.life.get() {
            Life::Removed => Some(Err(Removed)),
            _ => (self.query.get() == Query::Wanted).then_some(Ok(())),
        };
        self.bell.until(look).await
    }

    pub fn has_query(&self) -> bool {
        self.query.get() != Query::Idle
    }

    /// A snapshot is under way that may have been read before what happens now.
    pub fn is_querying(&self) -> bool {
        matches!(self.query.get(), Query::Running | Query::Doubted)
    }

    /// The query starts: a failure is no longer the last word.
    pub fn begin(&self, now: u64) {
        self.query.set(Query::Running);
        self.owes_query.set(false);
        let failed = matches!(self.state.get_untracked(), EntryState::Failed { .. });
        if failed && self.contents.has_data() {
            self.mark_stale(now);
        } else if failed {
            self.show(EntryState::Loading);
        }
    }

    /// The query has ended. An answer is shown, but as fresh only if nothing has put it in doubt.
    pub fn settle(&self, answer: Result<(), QueryError>, stream: Stream, now: u64) {
        let meanwhile = self.invalidated_meanwhile.take();
        let mut doubted = self.query.get() == Query::Doubted;
        match answer {
            Ok(()) => {
                let shown = self.contents.accept();
                doubted |= !shown || touches(&meanwhile, &self.contents.provides());
                if shown {
                    self.stale_since.set(None);
                }
                if doubted || stream == Stream::Broken || !self.contents.is_vouched_for() {
                    self.mark_stale(now);
                } else {
                    self.show(EntryState::Fresh);
                }
            }
            Err(error) => {
                self.contents.settle_for_old();
                self.unvouched_since(now);
                self.show(EntryState::Failed { error });
            }
        }
        let again = doubted && self.readers.get() > 0;
        self.owes_query.set(doubted && !again);
        self.query.set(if again { Query::Wanted } else { Query::Idle });
        self.bell.ring();
    }

    // What it says of itself.

    /// What is shown, and what is under way, may lack something.
    pub fn suspect(&self, now: u64) {
        self.mark_stale(now);
        if self.query.get() == Query::Running {
            self.query.set(Query::Doubted);
        }
    }

    /// The same, and the server is asked again if somebody reads. A query under way is followed by
    /// another one instead of being cut short: under a hail of changes people still see answers.
    pub fn doubt(&self, now: u64) {
        self.suspect(now);
        match self.readers.get() {
            0 => self.owes_query.set(true),
            _ => self.want(),
        }
    }

    /// Something was invalidated; whether it concerns this entry it knows best itself.
    pub fn invalidate(&self, tags: &[Tag], now: u64) {
        if touches(tags, &self.contents.provides()) {
            self.doubt(now);
        } else if self.query.get() == Query::Running {
            self.remember_invalidated(tags);
        }
    }

    /// Each tag once; and so many different ones that the answer had better be asked for again.
    fn remember_invalidated(&self, tags: &[Tag]) {
        const TAGS_MAX: usize = 64;
        let mut meanwhile = self.invalidated_meanwhile.borrow_mut();
        for tag in tags {
            if !meanwhile.contains(tag) {
                meanwhile.push(tag.clone());
            }
        }
        if meanwhile.len() > TAGS_MAX {
            meanwhile.clear();
            self.query.set(Query::Doubted);
        }
    }

    /// The connection is back. What cannot catch up by itself is in doubt.
    pub fn reconnected(&self, now: u64) {
        let failed = matches!(self.state.get_untracked(), EntryState::Failed { .. });
        if self.refetch_on_reconnect || failed {
            self.doubt(now);
        }
    }

    /// Data there is stays visible, but nobody vouches for it from now on, or from earlier.
    pub fn mark_stale(&self, now: u64) {
        if self.contents.has_data() {
            let since = self.unvouched_since(now);
            self.show(EntryState::Stale { since });
        }
    }

    fn unvouched_since(&self, now: u64) -> u64 {
        let since = self.stale_since.get().unwrap_or(now);
        self.stale_since.set(Some(since));
        since
    }

    pub fn mark_fresh(&self, stream: Stream) {
        if stream == Stream::Whole && self.contents.has_data() {
            self.stale_since.set(None);
            self.owes_query.set(false);
            self.show(EntryState::Fresh);
        }
    }

    /// Whether a new reader has it asked for. Where the listener catches up by itself, what is merely
    /// stale will be fresh without.
    pub fn needs_query(&self) -> bool {
        match self.state.get_untracked() {
            EntryState::Fresh => false,
            EntryState::Stale { .. } => self.refetch_on_reconnect || self.owes_query.get(),
            EntryState::Loading | EntryState::Failed { .. } => true,
        }
    }

    pub fn stale_since(&self) -> Option<u64> {
        self.stale_since.get()
    }

    pub fn is_fresh(&self) -> bool {
        self.state.get_untracked() == EntryState::Fresh
    }

    /// Readers are told only of what is new.
    fn show(&self, state: EntryState) {
        if self.state.get_untracked() != state {
            self.state.set(state);
        }
    }
}
