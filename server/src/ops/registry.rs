//! Every open socket, by number: who, from where, since when, how much, how long silent (document
//! 002). The registry is where a socket is counted, found silent and asked to close; it does not
//! know what is said over it.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use confab_protocol::{CloseCode, ConnectionId, UserId};
use tokio::sync::Notify;

/// What is known of a socket when it opens.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Where it comes from; behind a trusted proxy, what the proxy says.
    pub address: IpAddr,
    /// What the client calls itself, cut to 200 characters.
    pub user_agent: String,
    /// Whose it is.
    pub user: UserId,
    /// What it was opened with; ends with it. A passing guest's cookie is nothing that can end.
    pub session: Option<SessionKey>,
}

/// A session or a personal token, as the server keeps it: the SHA-256 of the secret that its owner
/// holds. It opens no door, so whoever reads the database or a log becomes nobody else.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct SessionKey(pub [u8; 32]);

impl fmt::Debug for SessionKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Enough to tell two apart in a log.
        write!(formatter, "SessionKey({:02x}{:02x}{:02x}…)", self.0[0], self.0[1], self.0[2])
    }
}

/// Why a socket is to be closed, decided by someone other than its own task.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CloseRequest {
    /// The code of the close frame.
    pub code: CloseCode,
    /// The reason in the close frame and the log.
    pub reason: &'static str,
}

/// One open socket. Its own task counts; others read, and may ask it to close.
#[derive(Debug)]
pub struct Connection {
    /// Name in frames and logs.
    pub id: ConnectionId,
    /// Number since the server started, from 1.
    pub number: u64,
    /// Whose, from where, with what.
    pub visitor: Visitor,
    /// When it opened.
    pub opened: Instant,
    /// Frames and bytes in both directions, payload only.
    pub traffic: Traffic,
    last_seen_ms: AtomicU64,
    close: Mutex<Option<CloseRequest>>,
    asked: Notify,
}

/// Counters of one socket.
#[derive(Debug, Default)]
pub struct Traffic {
    /// Frames received, pings and pongs included.
    pub frames_in: AtomicU64,
    /// Bytes received in them.
    pub bytes_in: AtomicU64,
    /// Frames sent.
    pub frames_out: AtomicU64,
    /// Bytes sent in them.
    pub bytes_out: AtomicU64,
    /// Frames waiting to be sent.
    pub queued: AtomicU64,
    /// Frames left out for want of room, which the next of their kind made stale anyway.
    pub shed: AtomicU64,
    /// Frames that waited when the reader was given up; it catches up from the log.
    pub dropped: AtomicU64,
}

/// What did not reach sockets, in frames.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Losses {
    /// See [`Traffic::shed`].
    pub shed: u64,
    /// See [`Traffic::dropped`].
    pub dropped: u64,
}

impl Losses {
    fn add(&mut self, traffic: &Traffic) {
        self.shed += traffic.shed.load(Relaxed);
        self.dropped += traffic.dropped.load(Relaxed);
    }
}

impl Connection {
    /// Notes that bytes came in.
    pub fn received(&self, bytes: usize, now: Instant) {
        self.traffic.frames_in.fetch_add(1, Relaxed);
        self.traffic.bytes_in.fetch_add(bytes as u64, Relaxed);
        let age = now.saturating_duration_since(self.opened);
        self.last_seen_ms.store(age.as_millis() as u64, Relaxed);
    }

    /// Notes that a frame went out.
    pub fn sent(&self, bytes: usize) {
        self.traffic.frames_out.fetch_add(1, Relaxed);
        self.traffic.bytes_out.fetch_add(bytes as u64, Relaxed);
    }

    /// When the last byte came in.
    pub fn last_seen(&self) -> Instant {
        self.opened + Duration::from_millis(self.last_seen_ms.load(Relaxed))
    }

    /// How long nothing has come in.
    pub fn silence(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.last_seen())
    }

    /// Asks the socket's task to close it. The first reason stands.
    pub fn ask_to_close(&self, code: CloseCode, reason: &'static str) {
        let mut close = self.close.lock().unwrap_or_else(PoisonError::into_inner);
        if close.is_none() {
            *close = Some(CloseRequest { code, reason });
            self.asked.notify_one();
        }
    }

    /// Waits until someone asks for the close. Only the socket's own task waits here.
    ///
    /// # Cancel safety
    ///
    /// A request made while no one waits is seen by the next call.
    pub async fn asked_to_close(&self) -> CloseRequest {
        loop {
            if let Some(request) = *self.close.lock().unwrap_or_else(PoisonError::into_inner) {
                return request;
            }
            self.asked.notified().await;
        }
    }
}

/// How many sockets one person and one address may hold (DESIGN §5).
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    /// Sockets of one person.
    pub per_user: usize,
    /// Sockets of one address.
    pub per_address: usize,
}

/// All open sockets.
#[derive(Debug)]
pub struct Registry {
    quota: Quota,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    last_number: u64,
    connections: BTreeMap<u64, Arc<Connection>>,
    per_user: HashMap<UserId, usize>,
    per_address: HashMap<IpAddr, usize>,
    /// Of the sockets that are gone.
    losses: Losses,
    endings: Endings,
}

/// A moment among the ends of sessions: while none has ended since, who was identified then still
/// counts.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Endings(u64);

impl Registry {
    /// An empty registry.
    pub fn new(quota: Quota) -> Self {
        Self { quota, open: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters a socket and gives it its number. One too many is entered all the same, and asked to
    /// close with 4009, so that its client hears why.
    pub fn enter(&self, id: ConnectionId, visitor: Visitor, now: Instant) -> Arc<Connection> {
        let mut open = self.lock();
        open.last_number += 1;
        let of_user = count(&mut open.per_user, visitor.user.clone());
        let of_address = count(&mut open.per_address, visitor.address);
        let connection = Arc::new(Connection {
            id,
            number: open.last_number,
            visitor,
            opened: now,
            traffic: Traffic::default(),
            last_seen_ms: AtomicU64::new(0),
            close: Mutex::default(),
            asked: Notify::new(),
        });
        open.connections.insert(connection.number, Arc::clone(&connection));
        if of_user > self.quota.per_user {
            connection
                .ask_to_close(CloseCode::TooManyConnections, "too many sockets of one person");
        } else if of_address > self.quota.per_address {
            connection
                .ask_to_close(CloseCode::TooManyConnections, "too many sockets of one address");
        }
        connection
    }

    /// Forgets a socket.
    pub fn leave(&self, connection: &Connection) {
        let mut open = self.lock();
        if open.connections.remove(&connection.number).is_some() {
            open.losses.add(&connection.traffic);
            uncount(&mut open.per_user, &connection.visitor.user);
            uncount(&mut open.per_address, &connection.visitor.address);
        }
    }

    /// Asks the sockets of a person to close with 4001: those that one session opened, or all
    /// (DESIGN §7, G8). How many were asked. One that was opened before there was any session, by the
    /// passing guest that its person was then, ends with the first.
    pub fn end_session(&self, user: &UserId, session: Option<SessionKey>) -> usize {
        let mut open = self.lock();
        open.endings.0 += 1;
        let ended = open.connections.values().filter(|connection| {
            let visitor = &connection.visitor;
            let is_its = session.is_none() || visitor.session == session;
            visitor.user == *user && (is_its || visitor.session.is_none())
        });
        ended
            .inspect(|connection| {
                connection.ask_to_close(CloseCode::SessionEnded, "the session has ended");
            })
            .count()
    }

    /// What to remember before somebody is identified.
    pub fn endings(&self) -> Endings {
        self.lock().endings
    }

    /// A session may have ended that nobody has heard of: who is identified now is looked at once more.
    /// Those that sockets were opened with, and whose they are.
    pub fn doubt_sessions(&self) -> HashMap<SessionKey, UserId> {
        let mut open = self.lock();
        open.endings.0 += 1;
        let visitors = open.connections.values().map(|connection| &connection.visitor);
        visitors.filter_map(|visitor| Some((visitor.session?, visitor.user.clone()))).collect()
    }

    /// What has not reached sockets since the server started.
    pub fn losses(&self) -> Losses {
        let open = self.lock();
        let mut losses = open.losses;
        open.connections.values().for_each(|connection| losses.add(&connection.traffic));
        losses
    }

    /// How many sockets are open.
    pub fn count(&self) -> usize {
        self.lock().connections.len()
    }

    /// Every open socket.
    pub fn connections(&self) -> Vec<Arc<Connection>> {
        self.lock().connections.values().cloned().collect()
    }
}

fn count<K: std::hash::Hash + Eq>(counts: &mut HashMap<K, usize>, key: K) -> usize {
    let count = counts.entry(key).or_default();
    *count += 1;
    *count
}

fn uncount<K: std::hash::Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::Clock;
    use confab_protocol::Timestamp;

    fn enter(registry: &Registry, user: &str, now: Instant) -> Arc<Connection> {
        let visitor = Visitor {
            address: IpAddr::from([127, 0, 0, 1]),
            user_agent: String::new(),
            user: UserId::parse(user).unwrap(),
            session: None,
        };
        registry.enter(ConnectionId::parse("c").unwrap(), visitor, now)
    }

    #[test]
    fn what_did_not_reach_a_socket_is_counted_also_when_it_has_gone() {
        let registry = Registry::new(Quota { per_user: 10, per_address: 10 });
        let now = Clock::system().now();
        let [gone, open] = ["anna", "bob"].map(|user| enter(&registry, user, now));
        gone.traffic.shed.fetch_add(2, Relaxed);
        gone.traffic.dropped.fetch_add(3, Relaxed);
        open.traffic.dropped.fetch_add(1, Relaxed);
        registry.leave(&gone);
        registry.leave(&gone);
        assert_eq!(registry.losses(), Losses { shed: 2, dropped: 4 });
    }

    /// Sockets of Anna by two sessions and one of Bob by another; who is asked to close.
    fn asked_to_close(session: Option<SessionKey>) -> Vec<u64> {
        let registry = Registry::new(Quota { per_user: 10, per_address: 10 });
        let (now, anna) = (Clock::system().now(), UserId::parse("anna").unwrap());
        for (user, key) in [("anna", Some(1)), ("anna", Some(2)), ("anna", None), ("bob", Some(1))]
        {
            let visitor = Visitor {
                address: IpAddr::from([127, 0, 0, 1]),
                user_agent: String::new(),
                user: UserId::parse(user).unwrap(),
                session: key.map(|byte| SessionKey([byte; 32])),
            };
            registry.enter(ConnectionId::parse("c").unwrap(), visitor, now);
        }
        let before = registry.endings();
        let count = registry.end_session(&anna, session);
        assert_ne!(registry.endings(), before);
        let all = registry.connections();
        let mut asked: Vec<_> =
            all.iter().filter(|c| c.close.lock().unwrap().is_some()).map(|c| c.number).collect();
        asked.sort();
        assert_eq!(asked.len(), count);
        asked
    }

    #[test]
    fn the_end_of_a_session_closes_its_own_sockets_and_the_end_of_all_closes_all_of_one_person() {
        assert_eq!(asked_to_close(Some(SessionKey([1; 32]))), [1, 3], "and the one without any");
        assert_eq!(asked_to_close(Some(SessionKey([9; 32]))), [3]);
        assert_eq!(asked_to_close(None), [1, 2, 3]);
    }

    #[tokio::test]
    async fn one_socket_too_many_is_asked_to_close_and_no_other() {
        let registry = Registry::new(Quota { per_user: 1, per_address: 2 });
        let now = Clock::system().now();
        let first = enter(&registry, "anna", now);
        let second = enter(&registry, "anna", now);
        assert_eq!(second.asked_to_close().await.code, CloseCode::TooManyConnections);
        let third = enter(&registry, "bob", now);
        assert_eq!(third.asked_to_close().await.reason, "too many sockets of one address");
        assert_eq!(*first.close.lock().unwrap(), None);
        for connection in [&first, &second, &third] {
            registry.leave(connection);
        }
        assert_eq!(registry.count(), 0);
        assert!(registry.lock().per_user.is_empty() && registry.lock().per_address.is_empty());
    }

    #[test]
    fn silence_is_counted_from_the_last_byte() {
        let (clock, manual) = Clock::manual(Timestamp::from_unix_ms(0));
        let registry = Registry::new(Quota { per_user: 1, per_address: 1 });
        let connection = enter(&registry, "anna", clock.now());
        manual.advance(Duration::from_secs(30));
        connection.received(5, clock.now());
        manual.advance(Duration::from_secs(20));
        assert_eq!(connection.silence(clock.now()), Duration::from_secs(20));
    }
}
