//! What an endpoint may do with its entry: RTK Query's cache lifecycle API.

use std::rc::Rc;

use confab_protocol::{ServerFrame, Topic};
use leptos::prelude::{GetUntracked, Track, WithUntracked};

use super::{
    Endpoint, EntryState, Removed, Tag,
    cache::Cache,
    contents::{Recording, Typed},
    entry::Entry,
};

/// An entry, as its endpoint's [`on_cache_entry_added`](Endpoint::on_cache_entry_added) holds it.
///
/// Clones are handles to the same entry. After the entry's removal everything here still may be
/// called and does nothing.
pub struct EntryApi<E: Endpoint> {
    typed: Rc<Typed<E>>,
    entry: Rc<Entry>,
    cache: Rc<Cache>,
}

impl<E: Endpoint> EntryApi<E> {
    pub(super) fn new(typed: Rc<Typed<E>>, entry: Rc<Entry>, cache: Rc<Cache>) -> Self {
        Self { typed, entry, cache }
    }

    /// Waits for the first snapshot; queued updates are already in it. A failed query is not
    /// the end: this waits for the one that works.
    ///
    /// # Errors
    ///
    /// [`Removed`] if the entry goes before.
    pub async fn cache_data_loaded(&self) -> Result<E::Data, Removed> {
        let look = || match self.entry.is_removed() {
            true => Some(Err(Removed)),
            false => self.typed.data.get_untracked().map(Ok),
        };
        self.entry.bell.until(look).await
    }

    /// Waits until the entry has been removed: [`Endpoint::KEEP_UNUSED_FOR`] after its last reader.
    /// Topics and listeners are gone by then.
    pub async fn cache_entry_removed(&self) {
        self.entry.removed().await;
    }

    /// Changes the data in place.
    ///
    /// Data that is shown changes at once. While there is none yet, or while a query is under way
    /// whose snapshot may have been read before this change, the update is also queued and runs
    /// **again, on top of the snapshot**, when that arrives. So an update has to recognise what the
    /// data already contains, by its position in the log, and drop it. That is how a frame that
    /// arrives during a fetch is neither lost nor shown twice.
    ///
    /// Updates run in the order of these calls. More than 1,000 during one query give its snapshot
    /// up, and the query runs again. `update` must not read the entry's signals or call this
    /// method: the data is locked while it runs.
    pub fn update_cached_data(&self, update: impl Fn(&mut E::Data) + 'static) {
        self.follow(move |data| {
            update(data);
            true
        });
    }

    /// The same for data that may be too old for a change: `update` says whether it is not. If it is,
    /// shown now or come later by a snapshot that was read too early, the entry is stale and the server
    /// is asked again.
    pub fn follow(&self, update: impl Fn(&mut E::Data) -> bool + 'static) {
        if self.entry.is_removed() {
            return;
        }
        let recording = if self.entry.is_querying() { Recording::On } else { Recording::Off };
        if !self.typed.update(Box::new(update), recording) {
            self.mark_stale();
            self.refetch();
        }
    }

    /// Looks at the data, if there is any, without subscribing to it and without a copy.
    pub fn look<T>(&self, look: impl FnOnce(&E::Data) -> T) -> Option<T> {
        self.typed.data.with_untracked(|data| data.as_ref().map(look))
    }

    /// The data and what the entry says about it, without subscribing to either.
    pub fn get_cache_entry(&self) -> (Option<E::Data>, EntryState) {
        (self.typed.data.get_untracked(), self.entry.state.get_untracked())
    }

    /// Subscribes to the data and to what the entry says about it, for whoever follows both.
    pub fn track(&self) {
        self.typed.data.track();
        self.entry.state.track();
    }

    /// Since when nobody vouches for what is shown, on the host's clock; without subscribing to it.
    pub fn stale_since(&self) -> Option<u64> {
        self.entry.stale_since()
    }

    /// Hears a topic until the entry is removed. The server is told when the first entry comes and
    /// when the last goes.
    pub fn subscribe(&self, topic: Topic) {
        self.cache.subscribe(&self.entry, topic);
    }

    /// Calls `hear` with every frame of this type until the entry is removed; `kind` is the word
    /// on the wire, such as `message:new`. All entries hear all frames: `hear` looks whether a
    /// frame is its own.
    ///
    /// # Panics
    ///
    /// In debug builds if the server has no such frame.
    pub fn on(&self, kind: &'static str, mut hear: impl FnMut(&ServerFrame) + 'static) {
        self.on_shared(kind, move |frame| hear(frame));
    }

    /// The same for a listener that keeps the frame: to clone it weighs more than all that hear it.
    pub fn on_shared(&self, kind: &'static str, hear: impl FnMut(&Rc<ServerFrame>) + 'static) {
        self.cache.listen(&self.entry, kind, Box::new(hear));
    }

    /// The listener has caught up: what is shown is true again. Means nothing while the
    /// connection is lost, since a broken stream is never fresh, and before there is data.
    pub fn mark_fresh(&self) {
        self.cache.mark_fresh(&self.entry);
    }

    /// The listener has found a hole: what is shown, and the answer under way, may lack something.
    /// Nothing is asked for; follow with [`refetch`](Self::refetch), or catch up and
    /// [`mark_fresh`](Self::mark_fresh).
    pub fn mark_stale(&self) {
        self.cache.mark_stale(&self.entry);
    }

    /// Asks the server again, unless it is being asked already.
    pub fn refetch(&self) {
        self.entry.want();
    }

    /// Says that these tags have changed; see [`Live::invalidate`](super::Live::invalidate).
    pub fn invalidate(&self, tags: &[Tag]) {
        self.cache.invalidate(tags);
    }
}

impl<E: Endpoint> Clone for EntryApi<E> {
    fn clone(&self) -> Self {
        Self::new(self.typed.clone(), self.entry.clone(), self.cache.clone())
    }
}
