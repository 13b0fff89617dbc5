//! [`Live`]: the cache as components and the frontend see it.

use std::{
    any::Any,
    rc::Rc,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use confab_protocol::ServerFrame;
use leptos::prelude::{ArcRwSignal, Owner, ReadSignal, on_cleanup};

use super::{Census, Endpoint, EntryState, Host, Reading, Tag, cache::Cache, entry::Entry};
use crate::local::{Handle, Local};

/// The live query cache. Clones are handles to the same cache; it is handed down by context.
///
/// In the browser it lives on one thread. On the server
/// ([`Live::for_rendering`]) it has no host, is safe on any thread, and only shows what it was
/// given.
#[derive(Clone)]
pub struct Live(Arc<Inner>);

struct Inner {
    /// `None` on the server.
    cache: Local<Rc<Cache>>,
    /// What the page is rendered from; empty in the browser.
    seeds: Mutex<Vec<Arc<dyn Any + Send + Sync>>>,
}

/// An entry of a page that is being rendered.
struct Seed<E: Endpoint> {
    arg: E::Arg,
    data: ArcRwSignal<Option<E::Data>>,
}

impl Live {
    /// A cache in the browser, or in a test.
    pub fn new(host: Rc<dyn Host>) -> Self {
        Self::with(Local::new(Rc::new(Cache::new(host))))
    }

    /// A cache to render one page with: it holds what [`seed`](Self::seed) gives it and never
    /// queries.
    pub fn for_rendering() -> Self {
        Self::with(Local::none())
    }

    fn with(cache: Local<Rc<Cache>>) -> Self {
        Self(Arc::new(Inner { cache, seeds: Mutex::default() }))
    }

    #[inline(never)]
    fn cache(&self) -> Option<Rc<Cache>> {
        self.0.cache.get().map(|cache| (*cache).clone())
    }

    fn seeds(&self) -> MutexGuard<'_, Vec<Arc<dyn Any + Send + Sync>>> {
        // A panic elsewhere cannot leave a list half pushed.
        self.0.seeds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes an endpoint readable, in the place of an earlier one of the same type. Entries that
    /// are there keep the endpoint they were made with. On the server: nothing happens.
    pub fn register<E: Endpoint>(&self, endpoint: E) {
        if let Some(cache) = self.cache() {
            cache.register(Rc::new(endpoint));
        }
    }

    /// Puts data that came with the page into the cache: fresh at once, without a query.
    ///
    /// The entry's life begins with its first reader, as always; an unread seed goes after
    /// [`Endpoint::KEEP_UNUSED_FOR`]. An entry that has data, or a query under way, does not need
    /// the seed and ignores it: it has been listening, and knows more. What happened between the
    /// rendering of the page and the first frame is for the listener to ask for by position, or for
    /// [`reconnected`](Self::reconnected) to refetch.
    ///
    /// # Panics
    ///
    /// In the browser if the endpoint is not registered.
    pub fn seed<E: Endpoint>(&self, arg: E::Arg, data: E::Data) {
        let Some(cache) = self.cache() else { return self.keep_seed::<E>(arg, data) };
        let (entry, typed) = cache.entry::<E>(arg);
        if !entry.contents.has_data() && !entry.is_querying() {
            typed.answer(data);
            cache.settle_seed(&entry);
            if entry.readers() == 0 {
                cache.remove_later(&entry);
            }
        }
    }

    /// Reads an entry for as long as the current owner lives.
    ///
    /// The first reader begins the entry's life: its listener is attached, then its query starts.
    /// Later readers share both signals. A reader of an entry that is not fresh asks the server
    /// again, unless it is being asked already, or its listener catches up by itself. Outside of an owner nobody could tell when the
    /// reader leaves, so it counts as one that has already left.
    ///
    /// *On the server*: what was seeded, [`Fresh`](EntryState::Fresh); anything else is
    /// [`Loading`](EntryState::Loading).
    ///
    /// # Panics
    ///
    /// In the browser if the endpoint is not registered.
    pub fn read<E: Endpoint>(&self, arg: E::Arg) -> Reading<E> {
        let Some(cache) = self.cache() else { return self.read_seed(&arg) };
        let (entry, typed) = cache.entry::<E>(arg);
        let (state, reader) = read_entry(&cache, &entry);
        Reading::new(typed.data.read_only(), state, reader)
    }

    fn keep_seed<E: Endpoint>(&self, arg: E::Arg, data: E::Data) {
        if HAS_A_CACHE {
            no_cache();
        }
        let mut seeds = self.seeds();
        seeds.retain(|seed| !seed.downcast_ref::<Seed<E>>().is_some_and(|seed| seed.arg == arg));
        seeds.push(Arc::new(Seed::<E> { arg, data: ArcRwSignal::new(Some(data)) }));
    }

    fn read_seed<E: Endpoint>(&self, arg: &E::Arg) -> Reading<E> {
        if HAS_A_CACHE {
            no_cache();
        }
        let data = self.seeds().iter().find_map(|seed| {
            let seed = seed.downcast_ref::<Seed<E>>()?;
            (seed.arg == *arg).then(|| seed.data.clone())
        });
        let state = if data.is_some() { EntryState::Fresh } else { EntryState::Loading };
        let (data, state) = (data.unwrap_or_default(), ArcRwSignal::new(state));
        Reading::new(data.read_only(), state.read_only().into(), Handle::none())
    }

    /// Says that these tags have changed: what is being read and provides one of them is fetched
    /// again, the rest is marked stale and fetched when it is read. A query under way runs again,
    /// and its first answer is not shown as fresh.
    pub fn invalidate(&self, tags: &[Tag]) {
        if let Some(cache) = self.cache() {
            cache.invalidate(tags);
        }
    }

    /// The stream of frames has broken: from now on nothing is fresh.
    pub fn connection_lost(&self) {
        if let Some(cache) = self.cache() {
            cache.connection_lost();
        }
    }

    /// The stream is back; to be called before its first frame is delivered. What is read is
    /// fetched again and the rest marked stale, except where the listener itself catches up
    /// ([`Endpoint::REFETCH_ON_RECONNECT`]). The first connection counts too if the page came
    /// with seeds that are not what the server has: they are as old as the page.
    pub fn reconnected(&self) {
        if let Some(cache) = self.cache() {
            cache.reconnected();
        }
    }

    /// Hands a frame to those who listen for its type; an `invalidate` frame then invalidates.
    pub fn deliver(&self, frame: ServerFrame) {
        if let Some(cache) = self.cache() {
            cache.deliver(frame);
        }
    }

    /// What the cache holds; on the server only entries.
    pub fn census(&self) -> Census {
        match self.cache() {
            Some(cache) => cache.census(),
            None => Census { entries: self.seeds().len(), ..Census::default() },
        }
    }
}

/// What a reader holds: the entry, and where it is.
pub(super) type Reader = (Rc<Cache>, Rc<Entry>);

/// Whether this program only ever runs where there is a cache: then rendering is not downloaded.
const HAS_A_CACHE: bool = cfg!(feature = "hydrate");

#[cold]
fn no_cache() -> ! {
    panic!("a page that hydrates has a cache: see Live::new")
}

/// Counts a reader, and un-counts it with its owner. Without types, to be downloaded once.
fn read_entry(cache: &Rc<Cache>, entry: &Rc<Entry>) -> (ReadSignal<EntryState>, Handle<Reader>) {
    let reader = Local::new((cache.clone(), entry.clone()));
    let handle = reader.handle();
    cache.enter(entry);
    let leave = move || {
        if let Some(reader) = reader.get() {
            reader.0.leave(&reader.1);
        }
    };
    if Owner::current().is_some() {
        on_cleanup(leave);
    } else {
        leave();
    }
    (entry.state.read_only().into(), handle)
}
