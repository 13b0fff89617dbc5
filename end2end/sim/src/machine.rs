//! The server's machine: the real server on a runtime of its own, which can be stopped in good order
//! or lose its power. What it leaves on the disk is what the next life begins with.

use std::{
    error::Error,
    fs, io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use confab_protocol::Timestamp;
use confab_server::{
    Server,
    ops::{
        Clock, Config, Disk, Outside, Random,
        config::{ConfigError, Sources},
    },
    store::{backup, restore},
};
use tokio::sync::oneshot;
use witness::dice::Dice;

use crate::{
    disk::SimulatedDisk,
    network::Network,
    time::{self, Stage},
    trace::Trace,
};

/// When the wall clock begins: 2026-11-20T15:56:12Z.
const STARTED_MS: u64 = 1_795_190_172_000;

/// The machine.
pub struct Machine {
    seed: u64,
    network: Network,
    trace: Trace,
    /// What the wall clock says more than the time that has passed.
    wall: u64,
    disk: Arc<SimulatedDisk>,
    /// What of the unsynced has reached the disk when the power goes.
    dice: Dice,
    /// One folder for each life.
    folder: PathBuf,
    life: u32,
    running: Option<Running>,
}

struct Running {
    stage: Stage,
    stop: Option<oneshot::Sender<()>>,
    /// What its wall clock said when it began.
    wall: Arc<AtomicU64>,
    /// When it is started again, if it did not come up: what a supervisor does.
    again_at: Arc<Mutex<Option<Duration>>>,
}

/// How long a supervisor waits before it starts again what did not come up.
const AGAIN: Duration = Duration::from_secs(1);

impl Machine {
    /// A machine that is off.
    pub fn new(seed: u64, network: Network, trace: Trace, folder: &Path) -> Self {
        let (disk, dice) = (Arc::new(SimulatedDisk::new(seed)), Dice::new(seed, "power"));
        // As the system names it, for `unsynced`.
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let wall = STARTED_MS;
        Self { seed, network, trace, wall, disk, dice, folder, life: 0, running: None }
    }

    /// Its disk.
    pub fn disk(&self) -> &SimulatedDisk {
        &self.disk
    }

    /// Where this life's database lies.
    pub fn data(&self) -> PathBuf {
        self.folder.join(self.life.to_string())
    }

    /// Whether it is on.
    pub fn is_on(&self) -> bool {
        self.running.is_some()
    }

    /// Sets the wall clock forward or back, at once if it is on.
    pub fn set_clock(&mut self, by_ms: i64) {
        self.wall = self.wall.saturating_add_signed(by_ms);
        if let Some(running) = &self.running {
            let set = |wall: u64| Some(wall.saturating_add_signed(by_ms));
            let _ = running.wall.fetch_update(Ordering::Relaxed, Ordering::Relaxed, set);
        }
    }

    /// Takes a backup, whether it is on or off.
    ///
    /// # Errors
    ///
    /// When it cannot be taken.
    pub fn back_up(&mut self) -> io::Result<()> {
        self.trace.note("server", "is backed up");
        let file = self.backup();
        if file.exists() {
            fs::remove_file(&file)?;
        }
        apart(backup(&self.data(), &file)).map(drop)
    }

    /// Whether there is a backup, and the machine is off, so that it can be put in its place.
    pub fn has_backup(&self) -> bool {
        !self.is_on() && self.backup().exists()
    }

    /// Looks at a copy of what is on the disk, which stays as it is. The machine is off.
    ///
    /// # Errors
    ///
    /// When it cannot be copied.
    pub fn aside<T>(&self, look: impl FnOnce(&Path) -> T) -> io::Result<T> {
        let copy = self.folder.join("aside");
        copy_files(&self.data(), &copy)?;
        let seen = look(&copy);
        fs::remove_dir_all(copy)?;
        Ok(seen)
    }

    /// Puts the last backup in the place of the database.
    ///
    /// # Errors
    ///
    /// When it cannot be put there.
    pub fn restore(&mut self, now: Duration) -> io::Result<()> {
        let file = self.backup();
        self.trace.note("server", "is restored");
        let random = Random::from_seed(!self.seed.wrapping_add(u64::from(self.life)));
        let clock = Clock::manual(Timestamp::from_unix_ms(self.wall + now.as_millis() as u64)).0;
        apart(restore(&self.data(), &file, &clock, &random)).map(drop)
    }

    fn backup(&self) -> PathBuf {
        self.folder.join("backup.db")
    }

    /// Switches it on.
    pub fn start(&mut self, now: Duration) {
        let stage = Stage::new(now);
        let door = self.network.open();
        let (stop, stopped) = oneshot::channel();
        let (data, disk) = (self.data(), Disk::played(self.disk.clone()));
        let random = Random::from_seed(self.seed.wrapping_add(u64::from(self.life)));
        let wall = Arc::new(AtomicU64::new(self.wall + now.as_millis() as u64));
        let again_at = Arc::new(Mutex::new(None));
        let (trace, failed) = (self.trace.clone(), Arc::clone(&again_at));
        let kept = Arc::clone(&wall);
        trace.note("server", "starts");
        unsynced::watch(&data);
        stage.spawn(async move {
            let clock = Clock::of_runtime(wall);
            let outside = Outside { clock, random, disk };
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 80));
            let config = config(&data).expect("the settings are in order");
            let mut server = match Server::start_on(door, address, config, outside).await {
                Ok(server) => server,
                Err(why) => {
                    // The folder's name is another in each run.
                    let why = why.to_string().replace(&data.display().to_string(), "");
                    trace.note("server", &format!("does not start: {why}"));
                    *failed.lock().unwrap_or_else(PoisonError::into_inner) =
                        Some(time::now() + AGAIN);
                    return;
                }
            };
            if stopped.await.is_ok() {
                server.stop().await;
                trace.note("server", "has stopped");
            }
            std::future::pending::<()>().await;
        });
        self.running = Some(Running { stage, stop: Some(stop), wall: kept, again_at });
    }

    /// Asks it to stop in good order. It is switched off by [`Machine::crash`] later.
    pub fn stop(&mut self) {
        if let Some(stop) = self.running.as_mut().and_then(|running| running.stop.take()) {
            let _ = stop.send(());
        }
    }

    /// Cuts its power, silently: nobody is told, and of what was written and not synced some of the
    /// first writes have reached the disk. Or kills the server, as its system tells everyone; nothing
    /// of what it has written is lost then.
    ///
    /// # Errors
    ///
    /// When the files of the next life cannot be made.
    pub fn crash(&mut self, silently: bool, torn: &[u8]) -> io::Result<()> {
        let Some(Running { stage, .. }) = self.running.take() else { return Ok(()) };
        self.trace.note("server", if silently { "loses its power" } else { "is killed" });
        let old = self.data();
        self.life += 1;
        let new = self.data();
        // Whoever failed to start may still be closing its files, and takes the log away at the end.
        while let Err(why) = copy_files(&old, &new) {
            if why.kind() != io::ErrorKind::NotFound {
                return Err(why);
            }
        }
        if silently {
            self.loses_what_is_unsynced(&old, &new)?;
        }
        unsynced::forget(&old);
        // A write was under way, and of it the disk has some pages.
        let log = new.join("confab.db-wal");
        if log.exists() {
            io::Write::write_all(&mut fs::OpenOptions::new().append(true).open(log)?, torn)?;
        }
        self.network.close(silently);
        drop(stage);
        // The memory that these folders may lie in is small. Whoever still closes a file there will not
        // miss it.
        let _ = fs::remove_dir_all(old);
        self.network.is_heard_again();
        Ok(())
    }

    fn loses_what_is_unsynced(&mut self, old: &Path, new: &Path) -> io::Result<()> {
        for name in ["confab.db", "confab.db-wal"].map(Path::new) {
            let copy = new.join(name);
            if copy.exists() {
                let kept = |writes| self.dice.below(writes + 1);
                let lost = unsynced::lose(&old.join(name), &copy, kept)?;
                self.trace.note("disk", &format!("loses {lost} writes of {}", name.display()));
            }
        }
        Ok(())
    }

    /// Lets everything happen that happens on it until a moment.
    pub fn play(&mut self, until: Duration) {
        let Some(running) = &self.running else { return };
        running.stage.play(until);
        let again_at = *running.again_at.lock().unwrap_or_else(PoisonError::into_inner);
        if again_at.is_some_and(|at| at <= until) {
            self.start(until);
        }
    }
}

fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to)?;
    let names = fs::read_dir(from)?.map(|entry| Ok(entry?.file_name()));
    for name in names.collect::<io::Result<Vec<_>>>()? {
        // What is shared between processes of one life is not on the disk.
        if !name.to_string_lossy().ends_with("-shm") {
            fs::copy(from.join(&name), to.join(&name))?;
        }
    }
    Ok(())
}

/// What is done while everything else stands still.
fn apart<T, E: Error + Send + Sync + 'static>(
    work: impl Future<Output = Result<T, E>>,
) -> io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(work).map_err(io::Error::other)
}

fn config(data: &Path) -> Result<Config, ConfigError> {
    let folder = data.parent().unwrap_or(data);
    let file = folder.join("Leptos.toml");
    let _ = fs::write(&file, "[[workspace.metadata.leptos]]\noutput-name = \"confab\"\n");
    let sources = Sources {
        file: Some(file),
        listen: Some("127.0.0.1:0".to_owned()),
        data: Some(data.to_owned()),
        site: Some(folder.join("site")),
        ..Sources::default()
    };
    let mut config = Config::read(&sources)?;
    config.settings.store.readers = 64;
    // What a password costs is not played.
    config.settings.auth.password_memory_kib = 8;
    config.settings.auth.password_passes = 1;
    // So low that a storm reaches them: a queue that is full, a position too far behind, a line of
    // those who come back.
    config.settings.gateway.catch_ups_max = 1;
    config.settings.gateway.catch_up_patience = Duration::from_millis(5);
    config.settings.gateway.queue_frames_max = 16;
    config.settings.limits.catch_up_events = 20;
    Ok(config)
}
