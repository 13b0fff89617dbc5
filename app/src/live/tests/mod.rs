//! The cache against a server that answers when it is told to.
//!
//! The data is a log of numbers: every `heartbeat` frame says one, and a snapshot says up to which
//! it was read. What a reader sees is a list of numbers, so a gap or a repeat is plain to see.

mod frames;
mod host;
mod lifetime;
mod rendering;
mod truth;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use confab_protocol::{Heartbeat, Invalidate, ServerFrame, Timestamp, Topic};
use futures::{channel::oneshot, future::LocalBoxFuture};
use leptos::prelude::{GetUntracked, Owner};

use super::{Census, Endpoint, EntryApi, EntryState, Live, QueryError, Reading, Tag};
use host::TestHost;

/// What was said, up to a position.
#[derive(Clone, Debug, Default, PartialEq)]
struct Log {
    upto: u64,
    said: Vec<u64>,
}

impl Log {
    fn upto(upto: u64) -> Self {
        Self { upto, said: (1..=upto).collect() }
    }

    fn hear(&mut self, number: u64) {
        if number > self.upto {
            self.upto = number;
            self.said.push(number);
        }
    }
}

type Answer = Result<Log, QueryError>;

/// The other end of every query, and a diary of what happened in which order.
#[derive(Default)]
struct Server {
    asked: RefCell<Vec<oneshot::Sender<Answer>>>,
    diary: RefCell<Vec<String>>,
    /// Whether its answers are from another time.
    is_from_memory: Cell<bool>,
}

impl Server {
    fn query(self: &Rc<Self>, what: String) -> LocalBoxFuture<'static, Answer> {
        self.note(format!("query {what}"));
        let (answer, asked) = oneshot::channel();
        self.asked.borrow_mut().push(answer);
        Box::pin(async move { asked.await.expect("the server answers or is not asked") })
    }

    fn note(&self, line: impl Into<String>) {
        self.diary.borrow_mut().push(line.into());
    }
}

/// A room's log; every room hears every heartbeat.
struct Room(Rc<Server>);

impl Endpoint for Room {
    type Arg = &'static str;
    type Data = Log;
    const NAME: &'static str = "room";

    fn query(&self, room: &'static str) -> LocalBoxFuture<'static, Answer> {
        self.0.query(room.to_owned())
    }

    fn provides(&self, room: &&'static str, data: Option<&Log>) -> Vec<Tag> {
        let said = data.into_iter().flat_map(|log| &log.said);
        let said = said.map(|number| Tag::with_id("number", number.to_string()));
        said.chain([Tag::with_id("room", *room)]).collect()
    }

    fn on_cache_entry_added(
        &self,
        room: &'static str,
        api: EntryApi<Self>,
    ) -> LocalBoxFuture<'static, ()> {
        let server = self.0.clone();
        Box::pin(async move {
            server.note(format!("listen {room}"));
            listen(&api);
            if let Ok(log) = api.cache_data_loaded().await {
                server.note(format!("loaded {room} {:?}", log.said));
            }
            api.cache_entry_removed().await;
            server.note(format!("removed {room}"));
        })
    }
}

fn listen<E: Endpoint<Data = Log>>(api: &EntryApi<E>) {
    api.subscribe(Topic::Heartbeat);
    let entry = api.clone();
    api.on("heartbeat", move |frame| {
        let ServerFrame::Heartbeat(heartbeat) = frame else { panic!("not asked for: {frame:?}") };
        let number = heartbeat.connections;
        entry.update_cached_data(move |log| log.hear(number));
    });
}

/// A room that takes only what follows.
struct Strict(Rc<Server>);

impl Endpoint for Strict {
    type Arg = ();
    type Data = Log;
    const NAME: &'static str = "strict";

    fn query(&self, (): ()) -> LocalBoxFuture<'static, Answer> {
        self.0.query("strict".to_owned())
    }

    fn on_cache_entry_added(&self, (): (), api: EntryApi<Self>) -> LocalBoxFuture<'static, ()> {
        Box::pin(async move {
            let entry = api.clone();
            api.on("heartbeat", move |frame| {
                let ServerFrame::Heartbeat(heartbeat) = frame else { return };
                let number = heartbeat.connections;
                entry.follow(move |log| {
                    let follows = number <= log.upto + 1;
                    if follows {
                        log.hear(number);
                    }
                    follows
                });
            });
            api.cache_entry_removed().await;
        })
    }
}

/// A room whose listener catches up by itself, and which keeps what it has when it is fetched
/// again.
struct Diligent(Rc<Server>);

/// The tag of all that is diligent.
const DILIGENT: &str = "diligent";

impl Endpoint for Diligent {
    type Arg = ();
    type Data = Log;
    const NAME: &'static str = "diligent";
    const KEEP_UNUSED_FOR: Duration = Duration::from_secs(5);
    const REFETCH_ON_RECONNECT: bool = false;

    fn query(&self, (): ()) -> LocalBoxFuture<'static, Answer> {
        self.0.query(DILIGENT.to_owned())
    }

    fn provides(&self, (): &(), _: Option<&Log>) -> Vec<Tag> {
        vec![Tag::new(DILIGENT)]
    }

    fn is_vouched_for(&self, (): &()) -> bool {
        !self.0.is_from_memory.get()
    }

    fn merge(&self, current: &mut Log, snapshot: Log) {
        snapshot.said.iter().for_each(|&number| current.hear(number));
    }

    fn on_cache_entry_added(&self, (): (), api: EntryApi<Self>) -> LocalBoxFuture<'static, ()> {
        Box::pin(async move {
            listen(&api);
            let entry = api.clone();
            api.on("pong", move |_| entry.mark_fresh());
            let entry = api.clone();
            api.on("dialog:reset", move |_| entry.mark_stale());
        })
    }
}

/// A cache, its host and its server.
struct World {
    live: Live,
    host: Rc<TestHost>,
    server: Rc<Server>,
    /// Under which all readers live. With `ssr` every root has its own store of signals.
    root: Owner,
}

impl World {
    fn new() -> Self {
        let root = Owner::new();
        root.set();
        let (host, server) = (TestHost::new(), Rc::new(Server::default()));
        let live = Live::new(host.clone());
        live.register(Room(server.clone()));
        live.register(Diligent(server.clone()));
        live.register(Strict(server.clone()));
        Self { live, host, server, root }
    }

    /// A reader of a room, and all that follows at this moment.
    fn reads(&self, room: &'static str) -> Reader<Room> {
        self.reads_from::<Room>(room)
    }

    fn reads_from<E: Endpoint>(&self, arg: E::Arg) -> Reader<E> {
        let owner = Owner::new();
        let reading = owner.with(|| self.live.read::<E>(arg));
        self.host.run();
        Reader { owner, reading }
    }

    /// A reader of a room that has everything up to a number.
    fn reads_fresh(&self, room: &'static str, upto: u64) -> Reader<Room> {
        let reader = self.reads(room);
        self.answers(Ok(Log::upto(upto)));
        assert_eq!(reader.state(), EntryState::Fresh);
        reader
    }

    /// The oldest query gets its answer.
    fn answers(&self, answer: Answer) {
        let asked = self.server.asked.borrow_mut().remove(0);
        asked.send(answer).expect("the query still waits");
        self.host.run();
    }

    /// How many queries wait for an answer.
    fn asked(&self) -> usize {
        self.server.asked.borrow().len()
    }

    fn says(&self, number: u64) {
        let time = Timestamp::from_unix_ms(0);
        self.delivers(Heartbeat { time, connections: number });
    }

    fn invalidates(&self, tag: &str) {
        self.delivers(Invalidate { tags: vec![tag.to_owned()] });
    }

    fn delivers(&self, frame: impl Into<ServerFrame>) {
        self.live.deliver(frame.into());
        self.host.run();
    }

    fn loses_connection(&self) {
        self.live.connection_lost();
        self.host.run();
    }

    fn reconnects(&self) {
        self.live.reconnected();
        self.host.run();
    }

    fn passes(&self, seconds: u64) {
        self.host.pass(Duration::from_secs(seconds));
    }

    fn diary(&self) -> Vec<String> {
        self.server.diary.take()
    }

    /// Nothing is left, in the cache or around it.
    #[track_caller]
    fn is_empty(&self) {
        assert_eq!(self.live.census(), Census::default());
        assert_eq!((self.host.tasks(), self.host.timers()), (0, 0));
        assert_eq!(*self.host.topics.borrow(), []);
    }
}

/// A component that reads, for as long as this lives.
struct Reader<E: Endpoint> {
    owner: Owner,
    reading: Reading<E>,
}

impl<E: Endpoint<Data = Log>> Reader<E> {
    fn sees(&self) -> Option<Vec<u64>> {
        self.reading.data.get_untracked().map(|log| log.said)
    }

    fn state(&self) -> EntryState {
        self.reading.state.get_untracked()
    }

    fn leaves(self) {
        self.owner.cleanup();
    }
}

fn failed(error: QueryError) -> EntryState {
    EntryState::Failed { error }
}
