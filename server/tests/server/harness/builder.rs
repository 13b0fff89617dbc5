//! What a server is started with: the defaults of DESIGN §5 but for what a test says, a folder of its
//! own, a clock that stands still and a seed.

use std::{path::Path, sync::Arc, time::Duration};

use confab_protocol::Timestamp;
use confab_server::{
    Server,
    ops::{
        Clock, Config, Disk, Outside, Random,
        config::{Settings, Sources},
        disk::Played,
    },
};
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::TestServer;

/// When the virtual clock starts: 2026-11-20T15:56:12Z, the first greeting of document 000.
pub const STARTED: Timestamp = Timestamp::from_unix_ms(1_795_190_172_000);

/// A setting that is not as it is by default.
type Change = Box<dyn FnOnce(&mut Settings)>;

/// A server to be started.
pub struct Builder {
    folder: Arc<TempDir>,
    changes: Vec<Change>,
    started: Timestamp,
    seed: u64,
    disk: Disk,
}

/// A server with the defaults of DESIGN §5, its own folder and a clock that stands still.
pub fn server() -> Builder {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let (changes, disk) = (Vec::new(), Disk::real());
    let builder = Builder { folder, changes, started: STARTED, seed: 1, disk };
    // A raw client that is still open at the end does not answer the close; this is real time.
    builder.with(|settings| {
        settings.gateway.close_timeout = Duration::from_millis(300);
        // Passwords are hashed all over the tests, and only one of them is about how long it takes.
        settings.auth.password_memory_kib = 8;
        settings.auth.password_passes = 1;
    })
}

impl Builder {
    /// Changes a setting.
    pub fn with(mut self, change: impl FnOnce(&mut Settings) + 'static) -> Self {
        self.changes.push(Box::new(change));
        self
    }

    /// Started with `--demo`.
    pub fn demo(self) -> Self {
        self.with(|settings| settings.demo.enabled = true)
    }

    /// Nobody is refused for being fast: for tests that are about something else.
    pub fn unhurried(self) -> Self {
        self.with(|settings| {
            settings.limits.frames_per_second = 100_000;
            settings.limits.sends_per_second = 100_000;
            settings.limits.sends_burst = 100_000;
        })
    }

    /// In the folder of a server that has ended.
    pub fn in_folder(mut self, folder: Arc<TempDir>) -> Self {
        self.folder = folder;
        self.seed += 1;
        self
    }

    /// With the wall clock at another time.
    pub fn at(mut self, started: Timestamp) -> Self {
        self.started = started;
        self
    }

    /// With its database on a disk that is played.
    pub fn on(mut self, disk: Arc<dyn Played>) -> Self {
        self.disk = Disk::played(disk);
        self
    }

    /// Starts it on a free port.
    pub async fn start(self) -> TestServer {
        let config = config(self.folder.path(), self.changes);
        let (clock, manual) = Clock::manual(self.started);
        let door = TcpListener::bind(config.listen).await.unwrap();
        let address = door.local_addr().unwrap();
        let outside = Outside { clock, random: Random::from_seed(self.seed), disk: self.disk };
        let server = Server::start_on(door, address, config, outside).await.unwrap();
        TestServer { address: server.address(), server: Some(server), manual, folder: self.folder }
    }
}

fn config(folder: &Path, changes: Vec<Change>) -> Config {
    let file = folder.join("Leptos.toml");
    std::fs::write(&file, "[[workspace.metadata.leptos]]\noutput-name = \"confab\"\n").unwrap();
    let sources = Sources {
        file: Some(file),
        listen: Some("127.0.0.1:0".to_owned()),
        data: Some(folder.join("data")),
        site: Some(folder.join("site")),
        ..Sources::default()
    };
    let mut config = Config::read(&sources).unwrap();
    for change in changes {
        change(&mut config.settings);
    }
    config
}
