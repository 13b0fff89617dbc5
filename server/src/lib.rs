//! Confab's server: one binary, SQLite inside.
//!
//! ```text
//! api, gateway ─► auth, hub ─► store            ops lies below all
//! ```
//!
//! [`Server::start`] introduces the parts to each other and listens; [`Server::stop`] says goodbye
//! to everyone. `main` reads the command line and waits for a signal. A test starts the same server
//! with its own folder, port 0 and a clock that it moves by hand.

pub mod api;
pub mod auth;
mod demo;
pub mod gateway;
pub mod hub;
pub mod ops;
pub mod store;

use std::{net::SocketAddr, sync::Arc};

use confab_protocol::Limits;
use thiserror::Error;
use tokio::{net::TcpListener, sync::mpsc, task::JoinHandle};
use tracing::{info, warn};

use crate::{
    api::Api,
    auth::{Auth, KeyError},
    gateway::Gateway,
    hub::{Hub, Rules},
    ops::{
        Clock, Config, Health, Outside, Random, Registry, Shutdown, config,
        listener::{self, Accept},
        registry::{Losses, Quota},
        sweep::Sweep,
    },
    store::{OpenError, Store, Unavailable},
};

/// Changes between the writer and the fan-out. The fan-out only puts frames into queues, so a few
/// are enough; when it is full the writer waits.
const CHANGES_WAITING: usize = 256;

/// Why the server does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database cannot be read.
    #[error(transparent)]
    Read(#[from] Unavailable),
    /// The cookie key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Nobody can listen there.
    #[error("cannot listen on {address}: {why}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        why: std::io::Error,
    },
}

/// A running server.
pub struct Server {
    address: SocketAddr,
    registry: Arc<Registry>,
    hub: Hub,
    shutdown: Shutdown,
    grace: config::Shutdown,
    listener: JoinHandle<()>,
}

/// What a server holds of its clients: nothing, once all have left.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Left {
    /// Sockets in the registry.
    pub sockets: usize,
    /// Who listens, and who is here.
    pub hub: hub::Census,
    /// Tasks that the end waits for; a few run as long as the server.
    pub tasks: usize,
}

impl Left {
    /// Whether everything has been given back.
    pub fn is_nothing(&self) -> bool {
        *self == Self { sockets: 0, hub: hub::Census::default(), tasks: 0 }
    }
}

impl Server {
    /// Opens the database, introduces everyone, and listens.
    ///
    /// # Errors
    ///
    /// [`StartError`] says what is in the way.
    pub async fn start(config: Config, clock: Clock, random: Random) -> Result<Self, StartError> {
        let failed = |why| StartError::Listen { address: config.listen, why };
        let tcp = TcpListener::bind(config.listen).await.map_err(failed)?;
        let address = tcp.local_addr().map_err(failed)?;
        Self::start_on(tcp, address, config, Outside::new(clock, random)).await
    }

    /// [`Server::start`] behind another door than the system's, and with what a simulation plays.
    ///
    /// # Errors
    ///
    /// [`StartError`] says what is in the way.
    pub async fn start_on(
        door: impl Accept,
        address: SocketAddr,
        config: Config,
        outside: Outside,
    ) -> Result<Self, StartError> {
        let Config { settings, mut leptos, listen: _, data, watched } = config;
        let Outside { clock, random, .. } = outside.clone();
        leptos.hash_files = leptos.hash_files && api::has_hashes(&leptos);
        let shutdown = Shutdown::default();
        let registry = Arc::new(Registry::new(quota(&settings.gateway)));

        let (changes, committed) = mpsc::channel(CHANGES_WAITING);
        let store = Store::open(&data, &settings.store, outside, changes, &shutdown).await?;
        let rules = Rules { hub: settings.hub.clone(), limits: limits(&settings.limits) };
        let hub = Hub::start(
            rules,
            clock.clone(),
            store.clone(),
            Arc::clone(&registry),
            committed,
            shutdown.clone(),
        )
        .await?;
        let auth = Auth::open(store.clone(), &data, &settings, clock.clone(), random.clone())?;
        if settings.demo.enabled {
            demo::fill(&hub, &auth, &random, &clock).await?;
        }

        watch_silence(&settings.gateway, &registry, &clock, &shutdown);
        let gateway = Gateway::new(gateway::Parts {
            config: settings.gateway.clone(),
            http: settings.http.clone(),
            shutdown_config: settings.shutdown.clone(),
            demo: settings.demo.enabled,
            clock: clock.clone(),
            random: random.clone(),
            auth: auth.clone(),
            hub: hub.clone(),
            registry: Arc::clone(&registry),
            shutdown: shutdown.clone(),
        });
        let sockets = gateway.routes(&settings.ws.path);
        let (bounds, grace) = (bounds(&settings.http), settings.shutdown.clone());
        let api = Api(Arc::new(api::Parts {
            sends: api::Sends::new(&settings.limits),
            health: Health::new(shutdown.clone(), Arc::new(store)),
            settings,
            leptos,
            watched,
            clock,
            random,
            auth,
            hub: hub.clone(),
        }));
        let serve = listener::serve(door, api::router(api, sockets), bounds, shutdown.clone());
        let listener = tokio::spawn(shutdown.watch(serve));
        Ok(Self { address, registry, hub, shutdown, grace, listener })
    }

    /// Where it listens, with the port it got.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The open sockets.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Waits until the server ends by itself, which it does when one of its tasks has panicked.
    pub async fn failed(&self) {
        self.shutdown.begun().await;
    }

    /// Says goodbye to everyone and waits, at most the configured grace. True when all have ended.
    pub async fn stop(&mut self) -> bool {
        info!(connections = self.registry.count(), "stopping");
        self.shutdown.begin();
        let all = async {
            self.shutdown.finished().await;
            let _ = (&mut self.listener).await;
        };
        let finished = tokio::time::timeout(self.grace.grace, all).await.is_ok();
        if !finished {
            warn!(tasks = self.shutdown.tasks(), "some did not end in time");
        }
        self.listener.abort();
        let Losses { shed, dropped } = self.registry.losses();
        info!(shed, dropped, "stopped");
        finished
    }

    /// What it holds of its clients right now.
    pub fn left(&self) -> Left {
        Left {
            sockets: self.registry.count(),
            hub: self.hub.census(),
            tasks: self.shutdown.tasks(),
        }
    }
}

/// Cuts sockets that say nothing any more, from now on.
fn watch_silence(
    config: &config::Gateway,
    registry: &Arc<Registry>,
    clock: &Clock,
    shutdown: &Shutdown,
) {
    let sweep = Sweep { interval: config.sweep_interval, silence_max: config.silence_max };
    sweep.start(Arc::clone(registry), clock.clone(), shutdown);
}

fn quota(config: &config::Gateway) -> Quota {
    Quota { per_user: config.sockets_per_user, per_address: config.sockets_per_address }
}

fn bounds(config: &config::Http) -> listener::Bounds {
    listener::Bounds {
        header_read_timeout: config.header_read_timeout,
        header_bytes_max: config.header_bytes_max,
    }
}

fn limits(config: &config::Limits) -> Limits {
    Limits {
        frame_bytes: config.frame_bytes,
        message_characters: config.message_characters,
        frames_per_second: config.frames_per_second,
        sends_per_second: config.sends_per_second,
        sends_burst: config.sends_burst,
        page_messages: config.page_messages,
        catch_up_events: config.catch_up_events,
    }
}
