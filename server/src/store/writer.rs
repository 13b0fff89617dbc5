//! The one task that writes.
//!
//! While one commit is being synced to disk, which takes milliseconds, the next writes gather in
//! the queue; then they are committed together. No timer is needed: a lone write is committed at
//! once, and a crowd shares the cost. Every write in a group is its own little story (found again,
//! refused, stored), and only a failure of the database itself fails the whole group.
//!
//! A write is a value with [`Write::commit`]. It says what it did as a [`Write::Done`] for whoever
//! asked and as [`Change`]s for everyone else, or why it did nothing. A refusal comes before the
//! first row is written, because what the others in the group have written stays.
//!
//! When the connection breaks it is opened anew for the next group; meanwhile every write is
//! refused as [`Unavailable`] and may be tried again. If nobody does, the writer tries by itself: what
//! a failed commit has left in doubt is not to wait for the next one who speaks ([`News::Recovered`]).

#[cfg(feature = "plants")]
mod hasty;

use std::time::{Duration, Instant};

use confab_protocol::Timestamp;
#[cfg(feature = "plants")]
use confab_protocol::plants::{Plant, is_planted};
use futures::future::BoxFuture;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::sync::{mpsc, oneshot};
use tracing::error;

use super::{Change, Committed, News, Unavailable, folder::DataFolder};
use crate::ops::{Access, Outside, Shutdown, config};

/// How long after a failure the writer tries by itself. Twice as long each time.
const FIRST_TRY: Duration = Duration::from_secs(1);

/// The longest of these waits.
const TRY_MAX: Duration = Duration::from_secs(32);

/// Something to be stored.
pub(super) trait Write: Send + Sync + 'static {
    /// The answer to whoever asked.
    type Done: Send + 'static;
    /// Why nothing was stored.
    type Refusal: From<Unavailable> + Send + 'static;

    /// Looks whether it may be, stores it, and says what others are to hear of.
    fn commit(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> impl Future<Output = Outcome<Self::Done, Self::Refusal>> + Send;
}

/// What became of a write: what it did, with what others are to hear of; or why it did nothing.
pub(super) type Outcome<D, R> = Result<(D, Vec<Change>), Stop<R>>;

/// Why a write goes no further.
#[derive(Debug)]
pub(super) enum Stop<R> {
    /// It may not be. Nothing was written.
    Refused(R),
    /// The database failed, and the whole group with it.
    Failed(sqlx::Error),
}

impl<R> From<sqlx::Error> for Stop<R> {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error)
    }
}

/// What every write is given.
#[derive(Debug)]
pub(super) struct Stamp {
    /// When.
    pub now: Timestamp,
    /// A UUIDv7 that nothing else has.
    pub id: String,
}

impl Stamp {
    /// When, in milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.now.unix_ms() as i64
    }
}

/// A write in the queue, whatever it is.
trait Job: Send {
    fn commit<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
        stamp: Stamp,
    ) -> BoxFuture<'a, Result<(), sqlx::Error>>;

    /// What others are to hear of.
    fn take_changes(&mut self) -> Vec<Change>;

    /// After the commit.
    fn answer(self: Box<Self>);

    /// When there was none.
    fn fail(self: Box<Self>, why: &str);
}

type Answer<W> = Result<<W as Write>::Done, <W as Write>::Refusal>;

struct Pending<W: Write> {
    write: W,
    answer: oneshot::Sender<Answer<W>>,
    outcome: Option<Answer<W>>,
    changes: Vec<Change>,
}

impl<W: Write> Pending<W> {
    fn new(write: W) -> (Self, oneshot::Receiver<Answer<W>>) {
        let (answer, answered) = oneshot::channel();
        (Self { write, answer, outcome: None, changes: Vec::new() }, answered)
    }
}

impl<W: Write> Job for Pending<W> {
    fn commit<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
        stamp: Stamp,
    ) -> BoxFuture<'a, Result<(), sqlx::Error>> {
        Box::pin(async move {
            self.outcome = Some(match self.write.commit(connection, &stamp).await {
                Ok((done, changes)) => {
                    self.changes = changes;
                    Ok(done)
                }
                Err(Stop::Refused(refusal)) => Err(refusal),
                Err(Stop::Failed(error)) => return Err(error),
            });
            Ok(())
        })
    }

    fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    fn answer(self: Box<Self>) {
        if let Some(outcome) = self.outcome {
            // Fails only when nobody waits for it any more.
            let _ = self.answer.send(outcome);
        }
    }

    fn fail(self: Box<Self>, why: &str) {
        let _ = self.answer.send(Err(Unavailable(why.to_owned()).into()));
    }
}

/// How others reach the writer.
#[derive(Clone, Debug)]
pub(super) struct Handle(mpsc::Sender<Box<dyn Job>>);

impl Handle {
    /// Takes a place in the queue now and waits for the commit in the future that is returned, so
    /// that two calls in a row are two writes in that order.
    pub fn write<W: Write>(&self, write: W) -> impl Future<Output = Answer<W>> + use<W> {
        let (job, answered) = Pending::new(write);
        let placed = self.0.try_send(Box::new(job)).map_err(drop);
        async move {
            placed.map_err(|()| Unavailable("too many writes wait".to_owned()))?;
            answered.await.map_err(|_| Unavailable("the writer has stopped".to_owned()))?
        }
    }

    /// Tries whether a write would succeed.
    pub async fn probe(&self) -> Result<(), Unavailable> {
        self.write(Probe).await
    }
}

struct Probe;

impl Write for Probe {
    type Done = ();
    type Refusal = Unavailable;

    /// Writes a page, or a full disk would not be seen: a commit of nothing succeeds on it. The number
    /// is the application's, and nobody reads it; to set it writes its page even if it stays the same.
    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        _: &Stamp,
    ) -> Outcome<(), Unavailable> {
        sqlx::query("PRAGMA user_version = 0").execute(connection).await?;
        Ok(((), Vec::new()))
    }
}

/// What the writer writes to, and whom it tells.
pub(super) struct Opened {
    /// Nobody else writes there.
    pub folder: DataFolder,
    /// How to connect.
    pub options: SqliteConnectOptions,
    /// Where news go.
    pub news: mpsc::Sender<News>,
}

struct Writer {
    _folder: DataFolder,
    options: SqliteConnectOptions,
    connection: Option<SqliteConnection>,
    outside: Outside,
    news: mpsc::Sender<News>,
    trouble: Option<Trouble>,
}

/// The last group failed.
#[derive(Clone, Copy, Debug)]
struct Trouble {
    try_at: Instant,
    wait: Duration,
}

impl Trouble {
    fn after(before: Option<Self>, now: Instant) -> Self {
        let wait = before.map_or(FIRST_TRY, |before| TRY_MAX.min(before.wait * 2));
        Self { try_at: now + wait, wait }
    }
}

/// Starts the writer. It ends when every handle is gone, or at shutdown when the queue is empty.
pub(super) fn start(
    Opened { folder, options, news }: Opened,
    config: &config::Store,
    outside: Outside,
    shutdown: &Shutdown,
) -> Handle {
    let (jobs, mut queue) = mpsc::channel(config.queue_max);
    let group_max = config.group_max;
    let mut writer =
        Writer { _folder: folder, options, connection: None, outside, news, trouble: None };
    let ending = shutdown.clone();
    shutdown.spawn(async move {
        let mut group: Vec<Box<dyn Job>> = Vec::new();
        loop {
            let received = tokio::select! {
                // First what is waiting, so that the end loses nothing that was accepted.
                biased;
                received = queue.recv_many(&mut group, group_max) => received,
                () = ending.begun() => break,
                () = writer.may_try() => {
                    group.push(Box::new(Pending::new(Probe).0));
                    1
                }
            };
            if received == 0 {
                break;
            }
            writer.handle(std::mem::take(&mut group)).await;
        }
        if let Some(connection) = writer.connection.take() {
            // Readers may go on, so the write-ahead log stays beside the database and is part of it. A
            // failure here loses nothing.
            let _ = writer.outside.disk.access(Access::Write, connection.close()).await;
        }
    });
    Handle(jobs)
}

impl Writer {
    async fn handle(&mut self, mut group: Vec<Box<dyn Job>>) {
        #[cfg(feature = "plants")]
        if is_planted(Plant::AckBeforeCommit) || is_planted(Plant::FanOutBeforeCommit) {
            return self.handle_hastily(group).await;
        }
        let disk = self.outside.disk.clone();
        let commit = disk.access(Access::Write, self.commit(&mut group)).await;
        match commit.map_err(sqlx::Error::Io).flatten() {
            Ok(()) => {
                if self.trouble.take().is_some() {
                    let _ = self.news.send(News::Recovered).await;
                }
                for job in group {
                    self.tell(job).await;
                }
            }
            Err(why) => {
                error!(error = %why, writes = group.len(), "nothing was stored");
                // The next group begins with a fresh connection.
                self.connection = None;
                let now = self.outside.clock.now();
                self.trouble = Some(Trouble::after(self.trouble, now));
                let why = why.to_string();
                group.into_iter().for_each(|job| job.fail(&why));
            }
        }
    }

    /// Waits until it is time to see whether the database works again; for ever, if it does.
    async fn may_try(&self) {
        match self.trouble {
            Some(trouble) => self.outside.clock.sleep_until(trouble.try_at).await,
            None => std::future::pending().await,
        }
    }

    /// One transaction for the whole group. An error means that nothing of it is stored, unless it was
    /// the commit itself that failed: then nobody knows. Whoever asked asks again under the same
    /// `clientId`; what pages show, and which sessions are left, is doubted by [`News::Recovered`].
    async fn commit(&mut self, group: &mut [Box<dyn Job>]) -> Result<(), sqlx::Error> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            empty => empty.insert(SqliteConnection::connect_with(&self.options).await?),
        };
        // IMMEDIATE: a transaction that begins by reading and then wants to write fails when
        // another has written in between, and no time-out helps it.
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        for job in group {
            let now = self.outside.clock.wall();
            let id = self.outside.random.uuid_v7(now);
            job.commit(&mut transaction, Stamp { now, id }).await?;
        }
        transaction.commit().await
    }

    /// Tells the fan-out, then whoever asked. The order of calls is the order of commits.
    async fn tell(&self, mut job: Box<dyn Job>) {
        for change in job.take_changes() {
            // Fails only when the fan-out has ended, and then nobody listens.
            let news = News::Committed(Box::new(Committed::after_commit(change)));
            let _ = self.news.send(news).await;
        }
        job.answer();
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use confab_protocol::{
        ClientId, DialogId, MessageKind, MessageText, Meta, Person, UserId, Username,
    };
    use futures::future::join_all;

    use super::*;
    use crate::{
        ops::{Clock, Random},
        store::{Append, AppendError, Member, Store},
    };

    fn append(n: usize) -> Append {
        let person = Person {
            id: UserId::parse("anna").unwrap(),
            username: Username::parse("Anna").unwrap(),
        };
        Append {
            member: Member::attested(person, DialogId::lobby()),
            client_id: ClientId::parse(format!("m{n}")).unwrap(),
            text: MessageText::parse("Hello!", 100).unwrap(),
            kind: MessageKind::Text,
            meta: Meta::default(),
            reply_to: None,
        }
    }

    /// Commits in the write-ahead log: after a header of 32 bytes come frames, each a header of 24
    /// bytes and a page of 4096; only the last frame of a commit tells the size of the database
    /// (the SQLite file format, §4.1).
    fn commits(folder: &Path) -> usize {
        let log = std::fs::read(folder.join("confab.db-wal")).unwrap();
        log[32..].chunks_exact(24 + 4096).filter(|frame| frame[4..8] != [0; 4]).count()
    }

    /// A write in whose midst the database fails.
    struct Broken;

    impl Write for Broken {
        type Done = ();
        type Refusal = Unavailable;

        async fn commit(&self, _: &mut SqliteConnection, _: &Stamp) -> Outcome<(), Unavailable> {
            Err(Stop::Failed(sqlx::Error::RowNotFound))
        }
    }

    #[tokio::test]
    async fn a_failure_of_the_database_fails_the_whole_group_and_its_recovery_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (told, mut news) = mpsc::channel(256);
        let shutdown = Shutdown::default();
        let outside = Outside::new(Clock::system(), Random::from_seed(1));
        let config = config::Store::default();
        let store = Store::open(folder.path(), &config, outside, told, &shutdown);
        let store = store.await.unwrap();

        let before = store.append(append(1));
        let broken = store.writer.write(Broken);
        let after = store.append(append(2));
        let (before, broken, after) = futures::join!(before, broken, after);
        assert!(broken.is_err());
        for answer in [before, after] {
            let Err(AppendError::Unavailable(why)) = answer else { panic!("{answer:?}") };
            assert!(why.to_string().contains(&sqlx::Error::RowNotFound.to_string()), "{why}");
        }
        assert!(news.try_recv().is_err(), "nobody hears of what is not stored");
        assert_eq!(store.append(append(2)).await.unwrap().message.seq.0, 1);
        assert!(matches!(news.try_recv(), Ok(News::Recovered)));
        assert!(matches!(news.try_recv(), Ok(News::Committed(_))));
    }

    #[tokio::test]
    async fn after_a_failure_the_writer_tries_by_itself_whether_it_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let (told, mut news) = mpsc::channel(256);
        let shutdown = Shutdown::default();
        let (clock, time) = Clock::manual(Timestamp::from_unix_ms(0));
        let outside = Outside::new(clock, Random::from_seed(1));
        let config = config::Store::default();
        let store = Store::open(folder.path(), &config, outside, told, &shutdown);
        let store = store.await.unwrap();
        for _ in 0..2 {
            assert!(store.writer.write(Broken).await.is_err());
            time.advance(FIRST_TRY);
            assert!(matches!(news.recv().await, Some(News::Recovered)));
        }
    }

    #[test]
    fn the_waits_grow_but_not_for_ever() {
        let now = Clock::system().now();
        let troubles = std::iter::successors(Some(Trouble::after(None, now)), |before| {
            Some(Trouble::after(Some(*before), now))
        });
        let waits: Vec<_> =
            troubles.take(7).map(|trouble| (trouble.try_at - now).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 32]);
    }

    #[tokio::test]
    async fn a_crowd_shares_one_commit_and_a_lone_write_has_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let (changes, mut committed) = mpsc::channel(256);
        let shutdown = Shutdown::default();
        let outside = Outside::new(Clock::system(), Random::from_seed(1));
        let config = config::Store::default();
        let store = Store::open(folder.path(), &config, outside, changes, &shutdown);
        let store = store.await.unwrap();
        let opened = commits(folder.path());

        for n in 1..=3 {
            store.append(append(n)).await.unwrap();
        }
        assert_eq!(commits(folder.path()) - opened, 3, "one after the other");
        // All are in the queue before the writer gets its turn.
        let crowd: Vec<_> = (4..=103).map(|n| store.append(append(n))).collect();
        for (n, appended) in join_all(crowd).await.into_iter().enumerate() {
            assert_eq!(appended.unwrap().message.seq.0, n as u64 + 4);
        }
        assert_eq!(commits(folder.path()) - opened, 4, "a hundred at once");
        store.writer.probe().await.unwrap();
        assert_eq!(commits(folder.path()) - opened, 5, "a probe writes, or it would prove nothing");
        committed.close();
        drop(store);
    }
}
