//! One door of the server: WebSockets.
//!
//! The life of a socket: the handshake ([`handshake`]) looks at Origin, key and query before it
//! answers 101; one task ([`connection`]) then owns the socket until it is closed, and its place in
//! the lists of the server ([`place`]). It reads frames one by one ([`inbound`]; the first of them,
//! [`connecting`], waits in line with all who come back), calls the hub's verbs unless it is too much
//! ([`restraint`]), phrases their answers ([`answers`]), and sends whatever gathers in its queue, as many
//! frames as there are with one flush ([`pump`]). It pings, it notices when it should end, and it
//! says why with a close frame ([`closing`]). A bug ends the one socket that met it, with 1011.
//!
//! Deliberately absent: SQL, and who belongs to a dialog.

mod answers;
mod closing;
mod connecting;
mod connection;
mod handshake;
mod inbound;
#[cfg(test)]
mod law;
mod place;
mod pump;
mod restraint;

use std::sync::Arc;

use axum::{Router, routing::any};

use connecting::Admission;

use crate::{
    auth::Auth,
    hub::Hub,
    ops::{Clock, Random, Registry, Shutdown, config},
};

/// What every socket is told.
#[derive(Clone)]
pub struct Gateway(Arc<Parts>, Arc<Admission>);

/// The parts a gateway stands on.
pub struct Parts {
    /// Buffers, pings, patience.
    pub config: config::Gateway,
    /// Proxies to believe.
    pub http: config::Http,
    /// When to ask clients back after the end.
    pub shutdown_config: config::Shutdown,
    /// Whether clients may ask to be closed (document 000).
    pub demo: bool,
    /// Waits and stamps.
    pub clock: Clock,
    /// Ids and jitter.
    pub random: Random,
    /// Knows who is there, and which pages may open sockets.
    pub auth: Auth,
    /// The verbs.
    pub hub: Hub,
    /// Counts sockets.
    pub registry: Arc<Registry>,
    /// The end.
    pub shutdown: Shutdown,
}

impl Gateway {
    /// Puts a gateway together.
    pub fn new(parts: Parts) -> Self {
        let admission = Admission::new(&parts.config);
        Self(Arc::new(parts), Arc::new(admission))
    }

    /// How many come in at once.
    fn admission(&self) -> &Admission {
        &self.1
    }

    /// The address that sockets are opened at.
    pub fn routes(self, path: &str) -> Router {
        Router::new().route(path, any(handshake::upgrade)).with_state(self)
    }
}
