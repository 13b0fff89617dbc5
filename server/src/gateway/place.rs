//! A socket's place in the lists of the server: in the registry, among the listeners, among the
//! people who are here.
//!
//! It is entered when the socket opens and given up when it is dropped, whatever happens to the
//! socket's task: a place that outlived its socket would be counted, filled with frames and shown
//! to the others for ever.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use confab_protocol::ConnectionId;
use tracing::info;

use super::{Gateway, closing::End, inbound::Speaker, restraint::Restraint};
use crate::{
    auth::Identity,
    hub::{Attention, Outlet, QueueBounds},
    ops::{Connection, registry::Visitor},
};

/// The place of one socket.
pub(super) struct Place {
    /// What it is a place in.
    pub gateway: Gateway,
    /// The way to the socket.
    pub outlet: Arc<Outlet>,
    /// Whose it is.
    pub speaker: Speaker,
    /// How the socket ended, for the log. A place that is dropped without a word never had one: the
    /// client was gone before its handshake was answered.
    end: End,
}

impl Place {
    /// Enters a socket. Who is nobody goes by the number of their socket.
    pub fn enter(gateway: &Gateway, visitor: Visitor, identity: Identity, client: u64) -> Self {
        let parts = &gateway.0;
        let id = parts.random.uuid_v7(parts.clock.wall());
        let id = ConnectionId::parse(id).expect("a UUID is an id");
        let person = identity
            .person()
            .unwrap_or_else(|| parts.auth.guest_of_the_moment(visitor.user.clone(), client));
        let connection = parts.registry.enter(id, visitor, parts.clock.now());
        let bounds = QueueBounds {
            frames_max: parts.config.queue_frames_max,
            bytes_max: parts.config.queue_bytes_max,
        };
        let place = Self {
            gateway: gateway.clone(),
            outlet: Arc::new(Outlet::new(Arc::clone(&connection), bounds)),
            speaker: Speaker {
                person,
                identity,
                is_here: false,
                attention: Attention::Online,
                restraint: Restraint::new(parts.clock.now()),
            },
            end: End::Lost,
        };
        info!(
            connection.id = %connection.id,
            connection.number = connection.number,
            user.id = %connection.visitor.user,
            address = %connection.visitor.address,
            user_agent = %connection.visitor.user_agent,
            connections = parts.registry.count(),
            "connected"
        );
        place
    }

    /// What the registry knows of the socket.
    pub fn connection(&self) -> &Connection {
        &self.outlet.connection
    }

    /// All that waited is written. Who has missed who came and went meanwhile is told who is here; if
    /// they never asked, they have no list to mend.
    pub fn restates(&self) {
        if self.speaker.is_here && self.outlet.lacks_presence() {
            self.gateway.0.hub.restate_presence(&self.outlet, &self.speaker.person);
        }
    }

    /// Gives the place up for a reason.
    pub fn leave(mut self, end: End) {
        self.end = end;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let (parts, connection) = (&self.gateway.0, self.connection());
        parts.hub.forget(&self.outlet);
        parts.registry.leave(connection);
        if self.speaker.is_here {
            parts.hub.depart(&self.speaker.person, self.speaker.attention);
        }
        let duration = parts.clock.now().saturating_duration_since(connection.opened);
        let traffic = &connection.traffic;
        let count = |counter: &AtomicU64| counter.load(Relaxed);
        info!(
            connection.id = %connection.id,
            code = self.end.code(),
            reason = self.end.reason(),
            duration_ms = duration.as_millis() as u64,
            frames_in = count(&traffic.frames_in),
            bytes_in = count(&traffic.bytes_in),
            frames_out = count(&traffic.frames_out),
            bytes_out = count(&traffic.bytes_out),
            shed = count(&traffic.shed),
            dropped = count(&traffic.dropped),
            connections = parts.registry.count(),
            "disconnected"
        );
    }
}
