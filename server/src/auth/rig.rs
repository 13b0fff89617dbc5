//! What the tests of this folder look at from inside: the real store, and a clock that they move.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use confab_protocol::{Timestamp, rest};
use tempfile::TempDir;
use tokio::sync::mpsc;

use super::{Auth, Entered, Identity};
use crate::{
    ops::{Clock, Outside, Random, Shutdown, clock::Manual, config::Settings},
    store::{News, Store},
};

/// Where everybody comes from.
pub const AT: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The password of everybody.
pub const PASSWORD: &str = "tea at eleven, perhaps";

pub struct Rig {
    pub auth: Auth,
    pub store: Store,
    pub clock: Clock,
    /// Lets time pass.
    pub time: Arc<Manual>,
    shutdown: Shutdown,
    _news: mpsc::Receiver<News>,
    _folder: TempDir,
}

impl Rig {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (clock, time) = Clock::manual(Timestamp::from_unix_ms(1_000_000));
        let (shutdown, random) = (Shutdown::default(), Random::from_seed(1));
        let mut settings = Settings::default();
        (settings.auth.password_memory_kib, settings.auth.password_passes) = (8, 1);
        let outside = Outside::new(clock.clone(), random.clone());
        let (news, _news) = mpsc::channel(256);
        let store = Store::open(folder.path(), &settings.store, outside, news, &shutdown).await;
        let store = store.unwrap();
        let auth = Auth::open(store.clone(), folder.path(), &settings, clock.clone(), random);
        Self { auth: auth.unwrap(), store, clock, time, shutdown, _news, _folder: folder }
    }

    /// Someone new.
    pub async fn registers(&self, login: &str) -> Entered {
        let registration = rest::Registration {
            login: login.to_owned(),
            name: login.to_owned(),
            password: PASSWORD.to_owned(),
        };
        self.auth.register(&Identity::Nobody, AT, &registration).await.unwrap()
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.shutdown.begin();
    }
}
