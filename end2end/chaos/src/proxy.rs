//! The network between devices and server: each device has a road of its own, and each connection on
//! it a nature that its dice choose: well, late, a trickle, cut after a while, half-open after a
//! while, or refused. When the storm is over, all are well.
//!
//! A half-open line is one on which nothing arrives any more and nobody is told; after some seconds
//! somebody is, as when a phone finds its network again.

use std::{
    future::pending,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::AbortHandle,
    time::sleep,
};
use witness::dice::Dice;

/// Bytes a second on a line that trickles: less than a busy dialog has to say.
const TRICKLE: usize = 4096;

/// A device's way to the server.
pub struct Road {
    /// Where the device knocks.
    pub address: SocketAddr,
    /// Lines that trickle or are half-open now.
    ill: AtomicUsize,
    /// How often a line was cut, refused or fell ill.
    faults: AtomicU64,
    task: AbortHandle,
}

impl Road {
    /// Opens a road to the server at an address. While `storm` says so, its lines have faults.
    ///
    /// # Errors
    ///
    /// When there is no port.
    pub async fn open(
        seed: u64,
        number: usize,
        server: SocketAddr,
        storm: watch::Receiver<bool>,
    ) -> io::Result<Arc<Self>> {
        let listener = TcpListener::bind((server.ip(), 0)).await?;
        let address = listener.local_addr()?;
        let (told, road) = tokio::sync::oneshot::channel::<Arc<Self>>();
        let task = tokio::spawn(async move {
            let Ok(road) = road.await else { return };
            let mut dice = Dice::new(seed, ("road", number));
            while let Ok((device, _)) = listener.accept().await {
                let nature = Nature::of(&mut dice, *storm.borrow());
                let line = Line { road: Arc::clone(&road), storm: storm.clone() };
                tokio::spawn(line.carry(device, server, nature));
            }
        });
        let (ill, faults) = (AtomicUsize::new(0), AtomicU64::new(0));
        let road = Arc::new(Self { address, ill, faults, task: task.abort_handle() });
        let _ = told.send(Arc::clone(&road));
        Ok(road)
    }

    /// Whether a line of it is ill now.
    pub fn is_ill(&self) -> bool {
        self.ill.load(Relaxed) > 0
    }

    /// How many faults it has had.
    pub fn faults(&self) -> u64 {
        self.faults.load(Relaxed)
    }

    /// No more.
    pub fn close(&self) {
        self.task.abort();
    }
}

/// What becomes of a connection.
#[derive(Clone, Copy, Debug)]
struct Nature {
    delay: Duration,
    fate: Fate,
}

#[derive(Clone, Copy, Debug)]
enum Fate {
    Well,
    Refused,
    /// Slow from a moment on, for a while.
    Trickles(Duration, Duration),
    Cut(Duration),
    /// From a moment on, for a while, then cut.
    HalfOpen(Duration, Duration),
}

impl Nature {
    fn of(dice: &mut Dice, is_stormy: bool) -> Self {
        if !is_stormy {
            return Self { delay: Duration::ZERO, fate: Fate::Well };
        }
        let delay = if dice.once_in(3) { dice.between(2, 40) } else { Duration::ZERO };
        let (begins, lasts) = (dice.between(1_000, 20_000), dice.between(1_000, 5_000));
        let fate = match dice.below(100) {
            0..5 => Fate::Refused,
            5..17 => Fate::Trickles(begins, lasts),
            17..35 => Fate::Cut(begins),
            35..50 => Fate::HalfOpen(begins, lasts),
            _ => Fate::Well,
        };
        Self { delay, fate }
    }
}

/// How a line carries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Pace {
    Well,
    Trickle,
    Stopped,
}

struct Line {
    road: Arc<Road>,
    storm: watch::Receiver<bool>,
}

impl Line {
    async fn carry(mut self, device: TcpStream, server: SocketAddr, nature: Nature) {
        if matches!(nature.fate, Fate::Refused) {
            self.road.faults.fetch_add(1, Relaxed);
            return;
        }
        // Nobody listens: the device's own connection ends, too.
        let Ok(server) = TcpStream::connect(server).await else { return };
        let _ = (device.set_nodelay(true), server.set_nodelay(true));
        let (pace, paces) = watch::channel(Pace::Well);
        let ((from_device, to_device), (from_server, to_server)) =
            (device.into_split(), server.into_split());
        let delay = nature.delay;
        tokio::select! {
            () = copy(from_device, to_server, delay, paces.clone()) => {}
            () = copy(from_server, to_device, delay, paces) => {}
            () = self.befalls(nature.fate, pace) => {}
        }
    }

    /// What befalls the line; ends when it does.
    async fn befalls(&mut self, fate: Fate, pace: watch::Sender<Pace>) {
        let road = Arc::clone(&self.road);
        let befalls = async {
            match fate {
                Fate::Well | Fate::Refused => pending().await,
                Fate::Cut(after) => {
                    sleep(after).await;
                    road.faults.fetch_add(1, Relaxed);
                }
                Fate::Trickles(after, lasts) => {
                    sleep(after).await;
                    let ill = Ill::falls(&road);
                    pace.send_replace(Pace::Trickle);
                    sleep(lasts).await;
                    pace.send_replace(Pace::Well);
                    drop(ill);
                    pending().await
                }
                Fate::HalfOpen(after, lasts) => {
                    sleep(after).await;
                    let _ill = Ill::falls(&road);
                    pace.send_replace(Pace::Stopped);
                    sleep(lasts).await;
                }
            }
        };
        tokio::select! {
            () = befalls => return,
            _ = self.storm.wait_for(|is_stormy| !is_stormy) => {}
        }
        pace.send_replace(Pace::Well);
        pending().await
    }
}

/// A line is ill as long as this is kept.
struct Ill(Arc<Road>);

impl Ill {
    fn falls(road: &Arc<Road>) -> Self {
        road.ill.fetch_add(1, Relaxed);
        road.faults.fetch_add(1, Relaxed);
        Self(Arc::clone(road))
    }
}

impl Drop for Ill {
    fn drop(&mut self) {
        self.0.ill.fetch_sub(1, Relaxed);
    }
}

/// Carries one way until either end is gone.
async fn copy(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    delay: Duration,
    mut pace: watch::Receiver<Pace>,
) {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let most = if *pace.borrow() == Pace::Trickle { TRICKLE / 8 } else { bytes.len() };
        let read = from.read(&mut bytes[..most]).await;
        sleep(delay).await;
        // On a half-open line the end is not told either.
        if pace.wait_for(|pace| *pace != Pace::Stopped).await.is_err() {
            return;
        }
        let Ok(count @ 1..) = read else { return };
        if *pace.borrow() == Pace::Trickle {
            sleep(Duration::from_secs(1) * count as u32 / TRICKLE as u32).await;
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
