//! A reader of 1 KiB a second among a thousand: what it costs the others, and what becomes of it.
//!
//! It has joined a dialog besides that of the thousand, in which much is said all the while, so that its
//! queue fills within seconds. Rounds with it and without it take turns, because a machine is never
//! twice the same: what differs between rounds without it is the noise.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use confab_protocol::{DialogId, Ev};
use socket2::SockRef;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, duplex, split},
    net::TcpSocket,
    sync::{mpsc, watch},
    task::{AbortHandle, JoinSet},
    time::{Instant, MissedTickBehavior, interval, sleep, timeout},
};

use crate::{
    Plan,
    crowd::positions,
    device::moment,
    light::{Connects, Light, Line, Noticed, Seat, straight},
    people::{Person, comes_in, group, says},
    server::{Failed, Recipe, Server},
    table::{Table, Times},
};

/// People whose sockets these are.
const PEOPLE: usize = 10;
/// Rounds with it; each lies between two without.
const ROUNDS: usize = 8;
/// How long a round lasts: long enough for the queue to overflow.
const ROUND: Duration = Duration::from_secs(5);
/// How often something is said to the thousand.
const SAID_EVERY: Duration = Duration::from_millis(200);
/// How often something long is said to the slow one, and of how many characters of four bytes: 360 KiB a
/// second.
const MUCH_EVERY: Duration = Duration::from_millis(100);
const MUCH: usize = 9_000;
/// Bytes in a packet to the slow one. Loopback carries 64 KiB in one, and for ten of those the system
/// makes room before the server's own queue begins to fill; no network does.
const PACKET: u32 = 1_400;
/// How much the slow one reads a second.
const SLOW: usize = 1024;
/// How much longer a message may take to the others.
const DEARER_MAX: f64 = 1.1;
/// What it may cost the server.
const MEMORY_MAX: i64 = 5 * (1 << 20) / 4;
/// How soon it is level once it reads again.
const LEVEL_WITHIN: Duration = Duration::from_secs(30);

struct Hall {
    server: Server,
    people: Vec<Person>,
    /// That of the thousand, and that in which much is said.
    dialogs: [DialogId; 2],
    devices: JoinSet<()>,
    notes: mpsc::UnboundedReceiver<Noticed>,
    _cuts: watch::Sender<u64>,
}

/// What a round brought.
struct Round {
    latency: Times,
    memory: u64,
}

/// Plays it.
///
/// # Errors
///
/// When it cannot be played at all.
pub async fn play(plan: &Plan) -> Result<Table, Failed> {
    let folder = plan.folder()?;
    let mut recipe = Recipe::new(plan.binary.clone(), folder.path().join("data"));
    recipe.environment.push(("CONFAB_LOG_LEVEL", "warn,confab_server::gateway=info".to_owned()));
    let mut hall = Hall::fills(plan, &recipe).await?;
    let _talk = hall.talk();
    let mut table = Table::new("slow reader");
    table.tells("sockets", plan.listeners);
    let (mut without, mut with, mut level) = (Vec::new(), Vec::new(), Times::default());
    // What is allocated once is allocated now.
    hall.round().await;
    without.push(hall.round().await);
    for _ in 0..ROUNDS {
        let slow = SlowOne::sits_down(plan, &hall, &recipe).await?;
        with.push(hall.round().await);
        level.extend(slow.leaves(&hall, &recipe).await?);
        without.push(hall.round().await);
    }
    told(&mut table, &without, &with);
    let told = format!("{} of {ROUNDS}", level.count());
    table.holds("level once it reads again", told, "all", level.count() == ROUNDS);
    table.tells("  after, p50 / p99 / longest", &level);
    let closed = hall.server.lines_with("code=4008");
    table.holds("closed with 4008", closed, format!("{ROUNDS} or more"), closed >= ROUNDS);
    hall.server.kill().await?;
    let (healthy, said) = recipe.doctor().await?;
    table.holds("confab doctor", if healthy { "sound" } else { "not sound" }, "sound", healthy);
    if !healthy {
        table.story(said);
    }
    Ok(table)
}

fn told(table: &mut Table, without: &[Round], with: &[Round]) {
    let p99 = |rounds: &[Round]| {
        let mut each: Vec<_> = rounds.iter().map(|round| round.latency.per_mille(990)).collect();
        each.sort_unstable();
        each
    };
    let list = |times: &[Duration]| {
        times
            .iter()
            .map(|time| format!("{:.1}", time.as_secs_f64() * 1000.0))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let (alone, beside) = (p99(without), p99(with));
    let heard: usize = with.iter().chain(without).map(|round| round.latency.count()).sum();
    table.tells("deliveries measured", heard);
    table.tells("p99 of each round without it, ms", list(&alone));
    table.tells("p99 of each round with it, ms", list(&beside));
    let median = |times: &[Duration]| times[(times.len() - 1) / 2];
    let over =
        |time: Duration, of: Duration| time.as_secs_f64() / of.as_secs_f64().max(f64::EPSILON);
    let noise = over(alone[alone.len() * 3 / 4], median(&alone));
    // Each against its neighbours, for a machine is another one a minute later.
    let level = |round: &Round| round.latency.per_mille(990);
    let neighbours = without.windows(2).map(|pair| (level(&pair[0]) + level(&pair[1])) / 2);
    let mut ratios: Vec<_> =
        neighbours.zip(with).map(|(alone, beside)| over(level(beside), alone)).collect();
    ratios.sort_unstable_by(f64::total_cmp);
    let ratio = ratios[(ratios.len() - 1) / 2];
    table.tells("noise: upper quartile / median without it", format!("{noise:.2}"));
    table.holds(
        "p99 of the others, with / its neighbours, median",
        format!("{ratio:.2}"),
        format!("at most {DEARER_MAX:.2}"),
        ratio <= DEARER_MAX,
    );
    let megabytes = |rounds: &[Round]| {
        rounds
            .iter()
            .map(|round| format!("{:.2}", round.memory as f64 / 1_048_576.0))
            .collect::<Vec<_>>()
            .join(" ")
    };
    table.tells("memory of each round without it, MiB", megabytes(without));
    table.tells("memory of each round with it, MiB", megabytes(with));
    // Memory grows a little all the while: what is held against it lies in the middle of its neighbours.
    let middle = without.windows(2).map(|pair| (pair[0].memory + pair[1].memory) / 2);
    let grown =
        middle.zip(with).map(|(middle, now)| now.memory.cast_signed() - middle.cast_signed());
    // What a process has shown to the system before, it can use again unseen: one round may tell it all.
    let most = grown.max().unwrap_or_default();
    table.holds(
        "memory for it, the most of any round",
        format!("{} KiB", most / 1024),
        format!("at most {} KiB", MEMORY_MAX / 1024),
        most <= MEMORY_MAX,
    );
}

impl Hall {
    async fn fills(plan: &Plan, recipe: &Recipe) -> Result<Self, Failed> {
        let server = recipe.start().await?;
        let mut people = Vec::new();
        for number in 0..PEOPLE {
            people.push(comes_in(server.address, &format!("Person {number}")).await?);
        }
        let dialogs =
            [group(server.address, &people).await?, group(server.address, &people).await?];
        let (tell, notes) = mpsc::unbounded_channel();
        let (cuts, cut) = watch::channel(0);
        let mut hall =
            Self { server, people, dialogs, devices: JoinSet::new(), notes, _cuts: cuts };
        for number in 0..plan.listeners {
            let seat = Seat {
                server: hall.server.address,
                cookie: hall.people[number % PEOPLE].cookie.clone(),
                dialogs: vec![(hall.dialogs[0].clone(), Ev(0))],
                connects: straight(hall.server.address),
                cuts: cut.clone(),
                notes: tell.clone(),
                position: Arc::default(),
            };
            hall.devices.spawn(Light::new(plan.seed, number, seat).live());
        }
        let mut missing = plan.listeners;
        while missing > 0 {
            match timeout(LEVEL_WITHIN, hall.notes.recv()).await {
                Ok(Some(Noticed::Level { .. })) => missing -= 1,
                Ok(Some(_)) => {}
                _ => return Err(Failed::NoBeginning(format!("{missing} do not enter"))),
            }
        }
        Ok(hall)
    }

    /// All the while something is said, in both dialogs, with the moment in it.
    fn talk(&self) -> JoinSet<()> {
        let mut talk = JoinSet::new();
        for (dialog, every, length) in
            [(&self.dialogs[0], SAID_EVERY, 50), (&self.dialogs[1], MUCH_EVERY, MUCH)]
        {
            let (server, person, dialog) =
                (self.server.address, self.people[0].clone(), dialog.clone());
            talk.spawn(async move {
                let mut ticks = interval(every);
                ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
                loop {
                    ticks.tick().await;
                    let content = format!("{} {}", microseconds(), "🫖".repeat(length));
                    if says(server, &person, &dialog, content).await.is_err() {
                        return;
                    }
                }
            });
        }
        talk
    }

    /// Listens for a while.
    async fn round(&mut self) -> Round {
        while self.notes.try_recv().is_ok() {}
        let (mut latency, mut memory) = (Times::default(), 0);
        let until = Instant::now() + ROUND;
        while Instant::now() < until {
            memory = memory.max(self.server.memory().unwrap_or_default());
            let look = sleep(Duration::from_millis(200));
            tokio::pin!(look);
            loop {
                tokio::select! {
                    biased;
                    () = &mut look => break,
                    noticed = self.notes.recv() => {
                        let Some(Noticed::Heard(content, at)) = noticed else { continue };
                        let said = content.split(' ').next().and_then(|word| word.parse().ok());
                        latency.extend(said.map(|said| after(said, at)));
                    }
                }
            }
        }
        Round { latency, memory }
    }
}

/// The clock of who says something and who hears it, which is one.
fn microseconds() -> u64 {
    moment().0 * 1000
}

fn after(said: u64, at: Instant) -> Duration {
    let now = Duration::from_millis(moment().0) - at.elapsed();
    now.saturating_sub(Duration::from_micros(said))
}

/// The reader of 1 KiB a second.
struct SlowOne {
    task: AbortHandle,
    position: Arc<AtomicU64>,
    /// How fast it reads.
    rate: watch::Sender<Option<usize>>,
    _tasks: JoinSet<()>,
    _cuts: watch::Sender<u64>,
}

impl SlowOne {
    async fn sits_down(plan: &Plan, hall: &Hall, recipe: &Recipe) -> Result<Self, Failed> {
        let log = positions(&recipe.database()).await?;
        // Where much is said comes first: there it is to be level in the end.
        let dialogs = hall.dialogs.iter().rev();
        let dialogs =
            dialogs.map(|dialog| (dialog.clone(), log.get(dialog).copied().unwrap_or_default()));
        let (rate, rates) = watch::channel(Some(SLOW));
        let (notes, mut heard) = mpsc::unbounded_channel();
        let (cuts, cut) = watch::channel(0);
        let position = Arc::new(AtomicU64::new(0));
        let seat = Seat {
            server: hall.server.address,
            cookie: hall.people[1].cookie.clone(),
            dialogs: dialogs.collect(),
            connects: slowly(hall.server.address, rates),
            cuts: cut,
            notes,
            position: Arc::clone(&position),
        };
        let mut tasks = JoinSet::new();
        let task = tasks.spawn(Light::new(plan.seed, plan.listeners, seat).live());
        tasks.spawn(async move { while heard.recv().await.is_some() {} });
        Ok(Self { task, position, rate, _tasks: tasks, _cuts: cuts })
    }

    /// Reads again and goes; how long it took until it was level with the log, if it was.
    async fn leaves(self, hall: &Hall, recipe: &Recipe) -> Result<Option<Duration>, Failed> {
        let log = positions(&recipe.database()).await?;
        let log = log.get(&hall.dialogs[1]).copied().unwrap_or_default();
        self.rate.send_replace(None);
        let began = Instant::now();
        while self.position.load(Relaxed) < log.0 && began.elapsed() < LEVEL_WITHIN {
            sleep(Duration::from_millis(20)).await;
        }
        let is_level = self.position.load(Relaxed) >= log.0;
        self.task.abort();
        Ok(is_level.then(|| began.elapsed()))
    }
}

/// Connections that are read slowly, with little room in between.
fn slowly(server: SocketAddr, rates: watch::Receiver<Option<usize>>) -> Connects {
    Arc::new(move || {
        let rates = rates.clone();
        Box::pin(async move {
            let line: Box<dyn Line> = Box::new(slow_line(server, rates).await?);
            Ok(line)
        })
    })
}

async fn slow_line(
    server: SocketAddr,
    mut rates: watch::Receiver<Option<usize>>,
) -> io::Result<impl Line> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(4096)?;
    SockRef::from(&socket).set_tcp_mss(PACKET)?;
    let (mut from, mut to) = socket.connect(server).await?.into_split();
    let (near, far) = duplex(4096);
    let (mut reads, mut writes) = split(far);
    tokio::spawn(async move { drop(tokio::io::copy(&mut reads, &mut to).await) });
    tokio::spawn(async move {
        let mut bytes = [0; 16 * 1024];
        loop {
            let rate = *rates.borrow_and_update();
            let most = rate.map_or(bytes.len(), |rate| rate / 4);
            let Ok(count @ 1..) = from.read(&mut bytes[..most]).await else {
                // The other half is kept by whoever writes: the end has to be said.
                let _ = writes.shutdown().await;
                return;
            };
            if writes.write_all(&bytes[..count]).await.is_err() {
                return;
            }
            if rate.is_some() {
                tokio::select! {
                    () = sleep(Duration::from_millis(250)) => {}
                    _ = rates.changed() => {}
                }
            }
        }
    });
    Ok(near)
}
