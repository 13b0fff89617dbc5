//! The task that owns one socket, from 101 to the last byte.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::extract::ws::{Message, WebSocket};
use confab_protocol::{Bye, CloseCode, ConnectionEstablished, ServerFrame, Welcome};
use futures::{FutureExt, StreamExt, stream::FuturesOrdered};
use tracing::debug;

use super::{
    Gateway, Parts, answers,
    closing::End,
    handshake::Opening,
    inbound::{Pending, Understood},
    place::Place,
    pump::{Pump, Traffic, size},
};
use crate::{
    hub::Outlet,
    ops::{Connection, rate::TokenBucket},
};

/// Sends of one socket that may wait for their commit before it is read no further: what a burst
/// of the allowed rate needs, and a bound on what a flood can hold.
const PENDING_MAX: usize = 64;

/// Intervals of the server's ping that a socket may be silent for. Two make 50 s at the default: one
/// lost pong is forgiven, and a dead line, its end and the grace of presence fit into the minute
/// after which the others know of a crash (DESIGN §7, G10).
const SILENT_PINGS_MAX: u32 = 2;

/// One socket and all that belongs to it.
struct Socket {
    gateway: Gateway,
    place: Place,
    pump: Pump<WebSocket>,
    /// Answers that wait for a commit. In order, because the commits are.
    pending: FuturesOrdered<Pending>,
    frames: TokenBucket,
    bad_frames: u32,
    next_ping: Instant,
    close_at: Option<Instant>,
}

/// Takes the place of a socket that is about to open, and hears for it from now on: to the client it
/// is open with the answer to its handshake, and what it asks by HTTP from then on must not be older
/// than the first frame it can hear.
pub(super) async fn enter(gateway: &Gateway, opening: Opening) -> Place {
    let parts = &gateway.0;
    let client = parts.hub.next_client();
    let place = Place::enter(gateway, opening.visitor, opening.identity, client);
    let outlet = &place.outlet;
    for frame in greeting(gateway, &outlet.connection, client) {
        outlet.tell(frame);
    }
    // Who signed out since they were identified was not in the registry to be told. Mostly nobody has,
    // and when everyone comes back at once, each question to the database counts.
    if parts.registry.endings() != opening.as_of {
        let connection = &outlet.connection;
        match parts.auth.still_counts(&place.speaker.identity).await {
            Ok(true) => {}
            Ok(false) => {
                connection.ask_to_close(CloseCode::SessionEnded, "the session has ended");
                return place;
            }
            // Until it is known, they hear nothing.
            Err(_) => {
                send_away(parts, outlet, "nobody can tell whether the session has ended");
                return place;
            }
        }
    }
    for topic in opening.topics {
        gateway.hear(topic, outlet, &place.speaker, None).await;
    }
    for error in opening.unknown_topics {
        outlet.tell(answers::unknown_topic(&error, None));
    }
    place
}

/// Serves a socket until it is closed; sooner, if it was asked to be.
pub(super) async fn run(place: Place, socket: WebSocket, close_after: Option<Duration>) {
    let mut socket = Socket::new(place, socket, close_after);
    // A bug ends this socket and no other; the panic itself has been printed where it happened.
    let end = AssertUnwindSafe(socket.live()).catch_unwind().await.unwrap_or(End::FAILED);
    let Socket { gateway, place, pump, .. } = socket;
    place.leave(end.clone());
    close(pump, end, gateway.0.config.close_timeout).await;
}

impl Socket {
    fn new(place: Place, socket: WebSocket, close_after: Option<Duration>) -> Self {
        let gateway = place.gateway.clone();
        let parts = &gateway.0;
        let now = parts.clock.now();
        let frames_per_second = parts.hub.limits().frames_per_second;
        Self {
            pump: Pump::new(socket, Arc::clone(&place.outlet)),
            pending: FuturesOrdered::new(),
            frames: TokenBucket::new(frames_per_second, frames_per_second, now),
            bad_frames: 0,
            next_ping: now + parts.config.ping_interval,
            close_at: close_after.map(|time| now + time),
            place,
            gateway,
        }
    }

    /// Everything that can happen to an open socket.
    async fn live(&mut self) -> End {
        let (parts, outlet) = (Arc::clone(&self.gateway.0), Arc::clone(&self.place.outlet));
        loop {
            let (next_moment, has_room) = (self.next_moment(), self.pending.len() < PENDING_MAX);
            // In this order, and not by chance: what ends the socket, what is due, what was asked, and
            // last what comes in, of which there is always more.
            tokio::select! {
                biased;
                end = ends(&parts, &outlet) => return end,
                () = parts.clock.sleep_until(next_moment) => {
                    if let Some(end) = self.timer() {
                        return end;
                    }
                }
                Some(answer) = self.pending.next() => {
                    if let Some(frame) = answer {
                        self.place.outlet.tell(frame);
                    }
                }
                () = self.place.outlet.filled(), if self.pump.is_idle() => self.pump.write(),
                traffic = self.pump.next(has_room) => {
                    match traffic {
                        Traffic::Received(Some(Ok(message))) => {
                            // Who waits in a line, or for the database, is cut off all the same. What
                            // was begun goes no further, and this place is left.
                            let done = tokio::select! {
                                biased;
                                end = ends(&parts, &outlet) => Err(end),
                                done = self.received(message) => done,
                            };
                            if let Err(end) = done {
                                return end;
                            }
                        }
                        Traffic::Received(Some(Err(error))) | Traffic::Written(Err(error)) => {
                            debug!(connection.id = %self.place.connection().id, %error, "socket error");
                            return End::from_error(error);
                        }
                        Traffic::Received(None) => return End::Lost,
                        Traffic::Written(Ok(())) => self.place.restates(),
                    }
                }
            }
        }
    }

    async fn received(&mut self, message: Message) -> Result<(), End> {
        let now = self.gateway.0.clock.now();
        self.place.connection().received(size(&message), now);
        let by_server = |code, reason| Err(End::ByServer { code, reason });
        let is_goodbye = matches!(message, Message::Close(_));
        if !is_goodbye && self.frames.take(now).is_err() {
            return by_server(CloseCode::TooFast, "too many frames a second");
        }
        let id = &self.place.connection().id;
        match message {
            Message::Text(text) => self.heard(&text).await,
            Message::Binary(_) => by_server(CloseCode::Unsupported, "text frames only"),
            Message::Close(frame) => Err(End::from_frame(frame)),
            Message::Ping(_) => {
                debug!(connection.id = %id, "websocket ping received");
                // The library answers by itself.
                debug!(connection.id = %id, "websocket pong sent");
                Ok(())
            }
            Message::Pong(_) => {
                debug!(connection.id = %id, "websocket pong received");
                Ok(())
            }
        }
    }

    async fn heard(&mut self, text: &str) -> Result<(), End> {
        let (understood, pending) =
            self.gateway.handle(text, &self.place.outlet, &mut self.place.speaker).await;
        self.pending.extend(pending);
        match understood {
            Understood::Yes => self.bad_frames = 0,
            Understood::No => self.bad_frames += 1,
        }
        if self.bad_frames >= self.gateway.0.config.bad_frames_max {
            let reason = "too many bad frames in a row";
            return Err(End::ByServer { code: CloseCode::Policy, reason });
        }
        Ok(())
    }

    /// When nothing will have been heard for too long, if nothing is heard.
    fn dead_at(&self) -> Instant {
        let patience = self.gateway.0.config.ping_interval * SILENT_PINGS_MAX;
        self.place.connection().last_seen() + patience
    }

    /// When there is something to do without anyone asking.
    fn next_moment(&self) -> Instant {
        let next = self.next_ping.min(self.dead_at());
        self.close_at.map_or(next, |at| at.min(next))
    }

    /// The moment has come: to ping, to give the line up, or to do as the demo was asked.
    fn timer(&mut self) -> Option<End> {
        let parts = Arc::clone(&self.gateway.0);
        let now = parts.clock.now();
        if self.close_at.is_some_and(|at| at <= now) {
            let reason = "closeAfter is over";
            bye(&self.place.outlet, reason, Duration::ZERO);
            return Some(End::ByServer { code: CloseCode::GoingAway, reason });
        }
        if self.dead_at() <= now {
            let reason = "nothing was heard for too long";
            return Some(End::ByServer { code: CloseCode::NoPong, reason });
        }
        if self.next_ping <= now {
            self.next_ping = now + parts.config.ping_interval;
            // A ping behind frames that cannot be written would only grow the line.
            if self.pump.is_idle() {
                debug!(connection.id = %self.place.connection().id, "websocket ping sent");
                self.pump.push(Message::Ping(Default::default()));
            }
        }
        None
    }
}

/// What ends a socket, whatever it is about.
///
/// # Cancel safety
///
/// Dropping the future loses nothing.
async fn ends(parts: &Parts, outlet: &Outlet) -> End {
    tokio::select! {
        biased;
        () = parts.shutdown.begun() => {
            let after = parts.random.jitter(parts.shutdown_config.return_after_max);
            let reason = "the server is stopping";
            bye(outlet, reason, after);
            End::ByServer { code: CloseCode::Restart, reason }
        }
        request = outlet.connection.asked_to_close() => {
            End::ByServer { code: request.code, reason: request.reason }
        }
    }
}

/// Not now: the client is told when to come back.
pub(super) fn send_away(parts: &Parts, outlet: &Outlet, reason: &'static str) {
    bye(outlet, reason, parts.random.jitter(parts.shutdown_config.return_after_max));
    outlet.connection.ask_to_close(CloseCode::Overloaded, reason);
}

fn bye(outlet: &Outlet, reason: &str, after: Duration) {
    outlet.tell(Bye { reason: reason.to_owned(), after_ms: after.as_millis() as u64 });
}

/// Says the last word and waits until the client has heard it, but not for ever.
async fn close(mut pump: Pump<WebSocket>, end: End, patience: Duration) {
    match &end {
        End::Lost => return,
        // Whose session has ended hears nothing more (DESIGN §7, G8).
        End::ByClient { .. } | End::ByServer { code: CloseCode::SessionEnded, .. } => {
            pump.discard();
        }
        // What was promised to a client that is sent away still reaches it.
        End::ByServer { .. } => {}
    }
    if let Some(message) = end.message() {
        pump.push(message);
    }
    // Real time: a client that does not answer must not hold a stopping server.
    let _ = tokio::time::timeout(patience, pump.finish()).await;
}

/// The first two frames, at once: a script that says nothing already knows where it is.
fn greeting(gateway: &Gateway, connection: &Connection, client: u64) -> [ServerFrame; 2] {
    let parts = &gateway.0;
    let established = ConnectionEstablished {
        connection_id: connection.id.clone(),
        user_id: connection.visitor.user.clone(),
        epoch: parts.hub.epoch().clone(),
        ping_interval: parts.config.ping_interval.as_millis() as u64,
        limits: *parts.hub.limits(),
    };
    let message = format!("Welcome, client #{client}");
    let welcome = Welcome { client, message, time: parts.clock.wall() };
    [established.into(), welcome.into()]
}
