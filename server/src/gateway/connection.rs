//! The task that owns one socket, from 101 to the last byte.

use std::{collections::VecDeque, sync::Arc, time::Instant};

use axum::extract::ws::{Message, WebSocket};
use confab_protocol::{Bye, CloseCode, ConnectionEstablished, ConnectionId, ServerFrame, Welcome};
use futures::{StreamExt, stream::FuturesOrdered};
use tracing::{debug, info};

use super::{
    Gateway, answers,
    closing::End,
    handshake::Opening,
    inbound::{Pending, Speaker, Understood},
    pump::{Pump, Traffic, size},
};
use crate::{
    auth::Guest,
    hub::{Encoded, Outlet, QueueBounds, TokenBucket},
    ops::Connection,
};

/// Sends of one socket that may wait for their commit before it is read no further: what a burst
/// of the allowed rate needs, and a bound on what a flood can hold.
const PENDING_MAX: usize = 64;

/// One socket and all that belongs to it.
struct Socket {
    gateway: Gateway,
    connection: Arc<Connection>,
    outlet: Arc<Outlet>,
    pump: Pump,
    speaker: Speaker,
    /// Answers that wait for a commit. In order, because the commits are.
    pending: FuturesOrdered<Pending>,
    frames: TokenBucket,
    bad_frames: u32,
    next_ping: Instant,
    close_at: Option<Instant>,
}

/// Serves a socket until it is closed.
pub(super) async fn run(gateway: Gateway, socket: WebSocket, opening: Opening) {
    // The end of the server waits for this task, however it ends.
    let (done, ended) = tokio::sync::oneshot::channel::<()>();
    gateway.0.shutdown.spawn(async move {
        let _ = ended.await;
    });
    let mut socket = Socket::open(gateway, socket, opening);
    let end = socket.live().await;
    socket.leave(&end);
    socket.close(end).await;
    drop(done);
}

impl Socket {
    fn open(gateway: Gateway, socket: WebSocket, opening: Opening) -> Self {
        let parts = &gateway.0;
        let now = parts.clock.now();
        let id =
            ConnectionId::parse(parts.random.uuid_v7(parts.clock.wall())).expect("a UUID is an id");
        let client = parts.hub.next_client();
        let user = opening.visitor.user.clone();
        let guest = opening.guest.unwrap_or(Guest { id: user, number: client });
        let connection = parts.registry.enter(id, opening.visitor, now);
        info!(
            connection.id = %connection.id,
            connection.number = connection.number,
            user.id = %connection.visitor.user,
            address = %connection.visitor.address,
            user_agent = %connection.visitor.user_agent,
            connections = parts.registry.count(),
            "connected"
        );
        let bounds = QueueBounds {
            frames_max: parts.config.queue_frames_max,
            bytes_max: parts.config.queue_bytes_max,
        };
        let outlet = Arc::new(Outlet::new(Arc::clone(&connection), bounds));
        for frame in greeting(&gateway, &connection, client) {
            outlet.tell(frame);
        }
        for topic in opening.topics {
            if let confab_protocol::Topic::Dialog(dialog) = &topic
                && let Err(error) = crate::auth::member(guest.person(), dialog.clone())
            {
                let code = confab_protocol::ErrorCode::UnknownDialog;
                outlet.tell(answers::error(code, error.to_string(), None));
                continue;
            }
            parts.hub.subscribe(&outlet, topic);
        }
        for error in opening.unknown_topics {
            outlet.tell(answers::unknown_topic(&error, None));
        }
        let frames_per_second = parts.hub.limits().frames_per_second;
        Self {
            pump: Pump::new(socket),
            speaker: Speaker { person: guest.person(), is_here: false },
            pending: FuturesOrdered::new(),
            frames: TokenBucket::new(frames_per_second, frames_per_second, now),
            bad_frames: 0,
            next_ping: now + parts.config.ping_interval,
            close_at: opening.close_after.map(|time| now + time),
            connection,
            outlet,
            gateway,
        }
    }

    /// Everything that can happen to an open socket.
    async fn live(&mut self) -> End {
        let parts = Arc::clone(&self.gateway.0);
        let mut batch = VecDeque::new();
        loop {
            let timer = self.close_at.map_or(self.next_ping, |at| at.min(self.next_ping));
            tokio::select! {
                traffic = self.pump.next(&self.connection, self.pending.len() < PENDING_MAX) => {
                    match traffic {
                        Traffic::Received(Some(Ok(message))) => {
                            if let Err(end) = self.received(message).await {
                                return end;
                            }
                        }
                        Traffic::Received(Some(Err(error))) | Traffic::Written(Err(error)) => {
                            debug!(connection.id = %self.connection.id, %error, "socket error");
                            return End::from_error(error);
                        }
                        Traffic::Received(None) => return End::Lost,
                        Traffic::Written(Ok(())) => {}
                    }
                }
                () = self.outlet.take(&mut batch), if self.pump.is_idle() => self.send(&mut batch),
                Some(answer) = self.pending.next() => {
                    if let Some(frame) = answer {
                        self.outlet.tell(frame);
                    }
                }
                request = self.connection.asked_to_close() => {
                    return End::ByServer { code: request.code, reason: request.reason };
                }
                () = parts.clock.sleep_until(timer) => {
                    if let Some(end) = self.timer() {
                        return end;
                    }
                }
                () = parts.shutdown.begun() => {
                    let after = parts.random.jitter(parts.shutdown_config.return_after_max);
                    self.bye("the server is stopping", after);
                    return End::ByServer { code: CloseCode::Restart, reason: "the server is stopping" };
                }
            }
        }
    }

    async fn received(&mut self, message: Message) -> Result<(), End> {
        let now = self.gateway.0.clock.now();
        self.connection.received(size(&message), now);
        let by_server = |code, reason| Err(End::ByServer { code, reason });
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return by_server(CloseCode::Unsupported, "text frames only"),
            Message::Close(frame) => return Err(End::from_frame(frame)),
            Message::Ping(_) | Message::Pong(_) => {
                debug!(connection.id = %self.connection.id, "ping or pong");
                return match self.frames.take(now) {
                    Ok(()) => Ok(()),
                    Err(_) => by_server(CloseCode::TooFast, "too many frames a second"),
                };
            }
        };
        if self.frames.take(now).is_err() {
            return by_server(CloseCode::TooFast, "too many frames a second");
        }
        let (understood, pending) =
            self.gateway.handle(&text, &self.outlet, &mut self.speaker).await;
        self.pending.extend(pending);
        match understood {
            Understood::Yes => self.bad_frames = 0,
            Understood::No => self.bad_frames += 1,
        }
        if self.bad_frames >= self.gateway.0.config.bad_frames_max {
            return by_server(CloseCode::Policy, "too many bad frames in a row");
        }
        Ok(())
    }

    fn send(&mut self, batch: &mut VecDeque<Encoded>) {
        for frame in batch.drain(..) {
            self.pump.push(Message::Text(frame.into_text()));
        }
    }

    /// A moment has come: to ping, or to do as the demo was asked.
    fn timer(&mut self) -> Option<End> {
        let parts = Arc::clone(&self.gateway.0);
        let now = parts.clock.now();
        if self.close_at.is_some_and(|at| at <= now) {
            self.bye("closeAfter is over", std::time::Duration::ZERO);
            let reason = "closeAfter is over";
            return Some(End::ByServer { code: CloseCode::GoingAway, reason });
        }
        if self.next_ping <= now {
            self.next_ping = now + parts.config.ping_interval;
            // A ping behind frames that cannot be written would only grow the line.
            if self.pump.is_idle() {
                debug!(connection.id = %self.connection.id, "server ping");
                self.pump.push(Message::Ping(Default::default()));
            }
        }
        None
    }

    fn bye(&self, reason: &str, after: std::time::Duration) {
        let after_ms = after.as_millis() as u64;
        self.outlet.tell(Bye { reason: reason.to_owned(), after_ms });
    }

    /// The socket is out of every list, and the log has its line.
    fn leave(&mut self, end: &End) {
        let parts = &self.gateway.0;
        parts.hub.forget(&self.outlet);
        parts.registry.leave(&self.connection);
        if self.speaker.is_here {
            parts.hub.depart(&self.speaker.person);
        }
        let duration = parts.clock.now().saturating_duration_since(self.connection.opened);
        let traffic = &self.connection.traffic;
        let count = |counter: &std::sync::atomic::AtomicU64| {
            counter.load(std::sync::atomic::Ordering::Relaxed)
        };
        info!(
            connection.id = %self.connection.id,
            code = end.code(),
            reason = end.reason(),
            duration_ms = duration.as_millis() as u64,
            frames_in = count(&traffic.frames_in),
            bytes_in = count(&traffic.bytes_in),
            frames_out = count(&traffic.frames_out),
            bytes_out = count(&traffic.bytes_out),
            connections = parts.registry.count(),
            "disconnected"
        );
    }

    /// Says the last word and waits until the client has heard it, but not for ever.
    async fn close(mut self, end: End) {
        let mut batch = VecDeque::new();
        match &end {
            // What was promised to a client that is sent away in peace still reaches it.
            End::ByServer { code: CloseCode::Restart | CloseCode::GoingAway, .. } => {
                self.outlet.take_now(&mut batch);
                self.send(&mut batch);
            }
            End::ByServer { code: CloseCode::TooSlow, .. } | End::ByClient { .. } => {
                self.pump.discard();
            }
            End::ByServer { .. } => {
                self.outlet.take_now(&mut batch);
                self.send(&mut batch);
            }
            End::Lost => return,
        }
        if let Some(message) = end.message() {
            self.pump.push(message);
        }
        let patience = self.gateway.0.config.close_timeout;
        // Real time: a client that does not answer must not hold a stopping server.
        let _ = tokio::time::timeout(patience, self.pump.finish(&self.connection)).await;
    }
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
