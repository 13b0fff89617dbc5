//! The inside of [`Live`](super::Live) in the browser: the entries, and the world they live in.
//!
//! The order of steps is decided here. One task per entry runs its life and its queries, the life
//! polled first; so a listener is attached before the first query begins, whatever the host does
//! with tasks. No borrow is held while a host, an endpoint, a listener or a signal is called: any
//! of them may come back.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    future::poll_fn,
    rc::Rc,
    task::Poll,
};

use confab_protocol::{ServerFrame, Topic};
use futures::future::join;

use super::{
    Census, Endpoint, Host, Tag,
    contents::{Contents, Typed},
    dispatch::{Dispatch, Hear},
    entry::{Entry, EntryId, Stream},
    topics::Topics,
};

pub(super) struct Cache {
    host: Rc<dyn Host>,
    endpoints: RefCell<Vec<Rc<dyn Any>>>,
    /// A few dozen at most, so that looking through all of them costs less than hashing.
    entries: RefCell<Vec<Rc<Entry>>>,
    topics: Topics,
    pub dispatch: Dispatch,
    stream: Cell<Stream>,
    ids: Cell<u64>,
    lives: Cell<usize>,
}

impl Cache {
    pub fn new(host: Rc<dyn Host>) -> Self {
        Self {
            host,
            endpoints: RefCell::default(),
            entries: RefCell::default(),
            topics: Topics::default(),
            dispatch: Dispatch::default(),
            stream: Cell::new(Stream::Whole),
            ids: Cell::new(0),
            lives: Cell::new(0),
        }
    }

    // The typed part: endpoints and arguments to entries.

    /// Takes the place of an endpoint of the same type.
    pub fn register(&self, endpoint: Rc<dyn Any>) {
        let mut endpoints = self.endpoints.borrow_mut();
        let kind = (*endpoint).type_id();
        endpoints.retain(|known| (**known).type_id() != kind);
        endpoints.push(endpoint);
    }

    /// The entry for this argument; a new one if there is none.
    pub fn entry<E: Endpoint>(&self, arg: E::Arg) -> (Rc<Entry>, Rc<Typed<E>>) {
        let found = self.entries.borrow().iter().find_map(|entry| {
            let contents: Rc<dyn Any> = entry.contents.clone();
            let typed = contents.downcast::<Typed<E>>().ok()?;
            (typed.arg == arg).then(|| (entry.clone(), typed))
        });
        found.unwrap_or_else(|| {
            let typed = Rc::new(Typed::new(self.endpoint::<E>(), arg));
            let entry = self.add(typed.clone(), E::KEEP_UNUSED_FOR, E::REFETCH_ON_RECONNECT);
            (entry, typed)
        })
    }

    fn endpoint<E: Endpoint>(&self) -> Rc<E> {
        let found = self.endpoints.borrow().iter().find_map(|known| known.clone().downcast().ok());
        found.unwrap_or_else(|| unregistered(E::NAME))
    }

    // Entries come, are read, and go.

    fn add(
        &self,
        contents: Rc<dyn Contents>,
        keep_unused_for: std::time::Duration,
        refetch_on_reconnect: bool,
    ) -> Rc<Entry> {
        let id = EntryId(self.ids.replace(self.ids.get() + 1));
        let entry = Rc::new(Entry::new(id, contents, keep_unused_for, refetch_on_reconnect));
        self.entries.borrow_mut().push(entry.clone());
        entry
    }

    /// Someone reads: an entry about to go stays, a new one begins to live, a doubtful one asks.
    pub fn enter(self: &Rc<Self>, entry: &Rc<Entry>) {
        if entry.removal.take().is_some() {
            entry.bell.ring();
        }
        let begins = entry.enter();
        if entry.needs_query() {
            entry.want();
        }
        if begins {
            self.lives.set(self.lives.get() + 1);
            self.host.spawn(Box::pin(self.clone().run(entry.clone())));
        }
    }

    /// A reader leaves; without readers the entry's time is counted.
    pub fn leave(self: &Rc<Self>, entry: &Rc<Entry>) {
        if entry.leave() {
            self.remove_later(entry);
        }
    }

    /// Removes the entry if nobody comes to read it in time.
    pub fn remove_later(self: &Rc<Self>, entry: &Rc<Entry>) {
        entry.removal.replace(Some(self.host.sleep(entry.keep_unused_for)));
        let (cache, entry) = (self.clone(), entry.clone());
        self.host.spawn(Box::pin(async move {
            if poll_fn(|context| entry.poll_removal(context)).await {
                cache.remove(&entry);
            }
        }));
    }

    /// What it opened is closed here, so that an endpoint's clean-up may forget nothing.
    fn remove(&self, entry: &Rc<Entry>) {
        entry.removal.take();
        self.entries.borrow_mut().retain(|other| !Rc::ptr_eq(other, entry));
        self.dispatch.remove(entry.id);
        entry.remove();
        for topic in entry.topics.take() {
            if self.topics.leave(&topic) {
                self.host.unsubscribe(&topic);
            }
        }
    }

    /// The entry's task, from its first reader to the end of its clean-up.
    async fn run(self: Rc<Self>, entry: Rc<Entry>) {
        let life = async {
            // Called only here, so that nothing of it runs inside the component that reads.
            entry.contents.clone().live(self.clone(), entry.clone()).await;
        };
        join(life, self.run_queries(&entry)).await;
        self.lives.set(self.lives.get() - 1);
    }

    /// One query at a time. Removal is looked at first: an answer that comes together with it is
    /// late, and a query that has not answered is dropped.
    async fn run_queries(&self, entry: &Entry) {
        while entry.wanted().await.is_ok() {
            entry.begin(self.host.now());
            let mut query = entry.contents.clone().query();
            let answer = poll_fn(|context| match entry.poll_removed(context) {
                Poll::Ready(()) => Poll::Ready(None),
                Poll::Pending => query.as_mut().poll(context).map(Some),
            });
            match answer.await {
                None => return,
                Some(answer) => entry.settle(answer, self.stream.get(), self.host.now()),
            }
        }
    }

    // What an entry's life asks for.

    pub fn subscribe(&self, entry: &Entry, topic: Topic) {
        if entry.is_removed() || entry.topics.borrow().contains(&topic) {
            return;
        }
        entry.topics.borrow_mut().push(topic.clone());
        if self.topics.enter(&topic) {
            self.host.subscribe(&topic);
        }
    }

    pub fn listen(&self, entry: &Entry, kind: &'static str, hear: Hear) {
        if !entry.is_removed() {
            self.dispatch.add(entry.id, kind, hear);
        }
    }

    pub fn mark_fresh(&self, entry: &Entry) {
        entry.mark_fresh(self.stream.get());
    }

    pub fn mark_stale(&self, entry: &Entry) {
        entry.suspect(self.host.now());
    }

    /// A seed takes the way of an answer.
    pub fn settle_seed(&self, entry: &Entry) {
        entry.settle(Ok(()), self.stream.get(), self.host.now());
    }

    // What happens to all.

    pub fn deliver(&self, frame: ServerFrame) {
        let frame = Rc::new(frame);
        self.dispatch.deliver(&frame);
        if let ServerFrame::Invalidate(invalidate) = &*frame {
            let tags: Vec<_> = invalidate.tags.iter().map(|tag| Tag::parse(tag)).collect();
            self.invalidate(&tags);
        }
    }

    pub fn invalidate(&self, tags: &[Tag]) {
        let now = self.host.now();
        self.all().iter().for_each(|entry| entry.invalidate(tags, now));
    }

    pub fn connection_lost(&self) {
        self.stream.set(Stream::Broken);
        let now = self.host.now();
        self.all().iter().filter(|entry| entry.is_fresh()).for_each(|entry| entry.mark_stale(now));
    }

    pub fn reconnected(&self) {
        self.stream.set(Stream::Whole);
        let now = self.host.now();
        self.all().iter().for_each(|entry| entry.reconnected(now));
    }

    fn all(&self) -> Vec<Rc<Entry>> {
        self.entries.borrow().clone()
    }

    pub fn census(&self) -> Census {
        let entries = self.entries.borrow();
        Census {
            entries: entries.len(),
            readers: entries.iter().map(|entry| entry.readers()).sum(),
            listeners: self.dispatch.len(),
            topics: self.topics.len(),
            timers: entries.iter().filter(|entry| entry.removal.borrow().is_some()).count(),
            queries: entries.iter().filter(|entry| entry.has_query()).count(),
            lives: self.lives.get(),
        }
    }
}

/// Without the endpoint's type, to be downloaded once.
#[cold]
fn unregistered(name: &str) -> ! {
    panic!("`{name}` is read before Live::register")
}
