//! A network of pipes: each device has a road to the server, with a delay of its own, and the road
//! may be held (a half-open line: nothing arrives, nobody is told), slowed down or cut.

use std::{
    collections::VecDeque,
    io::{self, ErrorKind},
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use confab_server::ops::listener::Accept;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::mpsc,
    time::{Sleep, sleep},
};

use witness::dice::Dice;

use crate::time;

/// How much waits on a road before its writer must wait, as in a socket's buffer.
const ROAD_BYTES: usize = 2 * 1024;

/// How often someone who knocks looks whether the road is open again.
const KNOCKS: Duration = Duration::from_millis(50);

/// The network; clones share it.
#[derive(Clone)]
pub struct Network(Arc<Mutex<Roads>>);

struct Roads {
    /// Where the server takes in who knocks, while it is up.
    door: Option<mpsc::UnboundedSender<(End, SocketAddr)>>,
    roads: Vec<Road>,
    /// The server is gone without a word: its ends of the pipes say nothing when they are dropped.
    is_silent: bool,
}

struct Road {
    delay: Duration,
    is_held: bool,
    /// Bytes a second, if it is slow.
    rate: Option<u64>,
    dice: Dice,
    pipes: Vec<Arc<Mutex<Pipe>>>,
}

#[derive(Default)]
struct Pipe {
    /// From the server to the device.
    is_back: bool,
    /// What is under way, and when it arrives.
    chunks: VecDeque<(Duration, Vec<u8>)>,
    bytes: usize,
    last: Duration,
    /// When the end arrives.
    ended: Option<Duration>,
    is_cut: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl Pipe {
    fn wake(&mut self) {
        self.reader.take().into_iter().chain(self.writer.take()).for_each(Waker::wake);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Network {
    /// So many roads.
    pub fn new(seed: u64, roads: usize) -> Self {
        let road = |number| {
            let mut dice = Dice::new(seed, ("road", number));
            let delay = dice.between(5, 80);
            Road { delay, is_held: false, rate: None, dice, pipes: Vec::new() }
        };
        let roads = (0..roads).map(road).collect();
        Self(Arc::new(Mutex::new(Roads { door: None, roads, is_silent: false })))
    }

    /// The server is up; who knocks is taken in here.
    pub fn open(&self) -> Door {
        let (door, knocks) = mpsc::unbounded_channel();
        lock(&self.0).door = Some(door);
        Door(knocks)
    }

    /// The server is down: who knocks is refused. If it goes silently, nobody who is connected is
    /// told; else all are, road by road. (A runtime drops its tasks in an order that depends on what
    /// else the process does, so what they drop says nothing.)
    pub fn close(&self, silently: bool) {
        let mut roads = lock(&self.0);
        roads.door = None;
        roads.is_silent = true;
        let told = roads.roads.iter_mut().filter(|_| !silently);
        for Road { delay, dice, pipes, .. } in told {
            for pipe in pipes {
                let mut pipe = lock(pipe);
                if pipe.is_back && pipe.ended.is_none() {
                    let arrives = time::now() + *delay + dice.between(0, 5);
                    pipe.ended = Some(arrives.max(pipe.last));
                }
                pipe.is_cut |= !pipe.is_back;
                pipe.wake();
            }
        }
    }

    /// What was dropped has been dropped.
    pub fn is_heard_again(&self) {
        lock(&self.0).is_silent = false;
    }

    /// Holds a road, or lets it go.
    pub fn hold(&self, road: usize, on: bool) {
        let mut roads = lock(&self.0);
        let road = &mut roads.roads[road];
        road.is_held = on;
        road.pipes.iter().for_each(|pipe| lock(pipe).wake());
    }

    /// Lets a road carry so many bytes a second.
    pub fn slow(&self, road: usize, rate: Option<u64>) {
        lock(&self.0).roads[road].rate = rate;
    }

    /// Cuts everything that goes along a road.
    pub fn cut(&self, road: usize) {
        let mut roads = lock(&self.0);
        for pipe in std::mem::take(&mut roads.roads[road].pipes) {
            let mut pipe = lock(&pipe);
            pipe.is_cut = true;
            pipe.wake();
        }
    }

    /// Cuts everything, and what is under way arrives nowhere.
    pub fn cut_all(&self) {
        let roads = lock(&self.0).roads.len();
        (0..roads).for_each(|road| self.cut(road));
    }

    /// Knocks at the server's door.
    ///
    /// # Errors
    ///
    /// When nobody is there.
    pub async fn connect(&self, road: usize) -> io::Result<End> {
        let delay = loop {
            let wait = {
                let mut roads = lock(&self.0);
                let road = &mut roads.roads[road];
                let jitter = road.dice.between(0, 10);
                (!road.is_held).then_some(road.delay * 2 + jitter)
            };
            match wait {
                Some(delay) => break delay,
                None => sleep(KNOCKS).await,
            }
        };
        sleep(delay).await;
        let mut roads = lock(&self.0);
        let pipe = |is_back| Arc::new(Mutex::new(Pipe { is_back, ..Pipe::default() }));
        let (there, back) = (pipe(false), pipe(true));
        let address = SocketAddr::from((Ipv4Addr::new(10, 0, 0, road as u8 + 1), 40_000));
        let end = |incoming: &Arc<_>, outgoing: &Arc<_>| End {
            network: self.clone(),
            road,
            incoming: Arc::clone(incoming),
            outgoing: Arc::clone(outgoing),
            alarm: None,
        };
        let theirs = end(&there, &back);
        let door = roads.door.clone();
        let pipes = &mut roads.roads[road].pipes;
        pipes.retain(|pipe| Arc::strong_count(pipe) > 1);
        pipes.extend([Arc::clone(&there), Arc::clone(&back)]);
        drop(roads);
        let refused = || io::Error::from(ErrorKind::ConnectionRefused);
        door.ok_or_else(refused)?.send((theirs, address)).map_err(|_| refused())?;
        Ok(end(&back, &there))
    }
}

/// Where the server takes in who knocks.
pub struct Door(mpsc::UnboundedReceiver<(End, SocketAddr)>);

impl Accept for Door {
    type Stream = End;

    async fn accept(&mut self) -> io::Result<(End, SocketAddr)> {
        match self.0.recv().await {
            Some(knock) => Ok(knock),
            // The network is gone, and so will be the server.
            None => std::future::pending().await,
        }
    }
}

/// One end of a connection.
pub struct End {
    network: Network,
    road: usize,
    incoming: Arc<Mutex<Pipe>>,
    outgoing: Arc<Mutex<Pipe>>,
    /// Rings when what is under way arrives.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl End {
    /// When something that is sent now arrives, behind what has been sent until then: a slow road takes
    /// one after the other.
    fn arrives(&self, bytes: usize, last: Duration) -> Duration {
        let mut roads = lock(&self.network.0);
        let road = &mut roads.roads[self.road];
        let jitter = road.dice.between(0, 5);
        let slowness = road.rate.map_or(0, |rate| bytes as u64 * 1000 / rate.max(1));
        last.max(time::now() + road.delay + jitter) + Duration::from_millis(slowness)
    }
}

impl AsyncRead for End {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let is_held = lock(&self.network.0).roads[self.road].is_held;
        let due = {
            let mut pipe = lock(&self.incoming);
            pipe.reader = Some(context.waker().clone());
            if pipe.is_cut {
                return Poll::Ready(Err(ErrorKind::ConnectionReset.into()));
            }
            if is_held {
                return Poll::Pending;
            }
            let due = pipe.chunks.front().map(|(due, _)| *due).or(pipe.ended);
            let Some(due) = due else { return Poll::Pending };
            if due <= time::now() {
                if let Some((due, mut chunk)) = pipe.chunks.pop_front() {
                    let count = chunk.len().min(buffer.remaining());
                    buffer.put_slice(&chunk[..count]);
                    pipe.bytes -= count;
                    if count < chunk.len() {
                        pipe.chunks.push_front((due, chunk.split_off(count)));
                    }
                    pipe.writer.take().into_iter().for_each(Waker::wake);
                }
                return Poll::Ready(Ok(()));
            }
            due
        };
        let alarm = self.alarm.insert(Box::pin(tokio::time::sleep_until(time::instant(due))));
        match alarm.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }
}

impl AsyncWrite for End {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let count = bytes.len().min(ROAD_BYTES);
        let mut pipe = lock(&self.outgoing);
        if pipe.is_cut || pipe.ended.is_some() {
            return Poll::Ready(Err(ErrorKind::BrokenPipe.into()));
        }
        if pipe.bytes >= ROAD_BYTES {
            pipe.writer = Some(context.waker().clone());
            return Poll::Pending;
        }
        let arrives = self.arrives(count, pipe.last);
        pipe.last = arrives;
        pipe.bytes += count;
        pipe.chunks.push_back((arrives, bytes[..count].to_vec()));
        pipe.reader.take().into_iter().for_each(Waker::wake);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut pipe = lock(&self.outgoing);
        if pipe.ended.is_none() {
            pipe.ended = Some(self.arrives(0, pipe.last));
        }
        pipe.reader.take().into_iter().for_each(Waker::wake);
        Poll::Ready(Ok(()))
    }
}

impl Drop for End {
    fn drop(&mut self) {
        if lock(&self.network.0).is_silent {
            return;
        }
        let mut pipe = lock(&self.outgoing);
        if pipe.ended.is_none() {
            pipe.ended = Some(self.arrives(0, pipe.last));
        }
        pipe.wake();
        drop(pipe);
        let mut pipe = lock(&self.incoming);
        pipe.is_cut = true;
        pipe.wake();
    }
}
