//! The one task that writes.
//!
//! While one commit is being synced to disk, which takes milliseconds, the next writes gather in
//! the queue; then they are committed together. No timer is needed: a lone write is committed at
//! once, and a crowd shares the cost. Every write in a group is its own little story (found again,
//! refused, stored), and only a failure of the database itself fails the whole group.
//!
//! When the connection breaks it is opened anew for the next group; meanwhile every write is
//! refused as [`Unavailable`] and may be tried again.

use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::sync::{mpsc, oneshot};
use tracing::error;

use super::{
    Append, AppendError, Appended, Committed, News, Unavailable,
    append::{self, Outcome},
};
use crate::ops::{Clock, Random, Shutdown, config};

type Answer = Result<Appended, AppendError>;

enum Job {
    Append(Append, oneshot::Sender<Answer>),
    Probe(oneshot::Sender<Result<(), Unavailable>>),
}

/// How others reach the writer.
#[derive(Clone, Debug)]
pub struct Handle(mpsc::Sender<Job>);

impl Handle {
    /// Takes a place in the queue now and waits for the commit in the future that is returned, so
    /// that two calls in a row are two messages in that order.
    pub fn append(&self, append: Append) -> impl Future<Output = Answer> + use<> {
        let (answer, answered) = oneshot::channel();
        let placed = self.0.try_send(Job::Append(append, answer));
        async move {
            placed.map_err(|_| Unavailable("too many writes wait".to_owned()))?;
            answered.await.map_err(|_| Unavailable("the writer has stopped".to_owned()))?
        }
    }

    /// Tries whether a write would succeed.
    pub async fn probe(&self) -> Result<(), Unavailable> {
        let (answer, answered) = oneshot::channel();
        let stopped = |_| Unavailable("the writer has stopped".to_owned());
        self.0
            .try_send(Job::Probe(answer))
            .map_err(|_| Unavailable("too many writes wait".to_owned()))?;
        answered.await.map_err(stopped)?
    }
}

struct Writer {
    options: SqliteConnectOptions,
    connection: Option<SqliteConnection>,
    clock: Clock,
    random: Random,
    news: mpsc::Sender<News>,
    /// Whether the last group failed.
    is_down: bool,
}

/// Starts the writer. It ends when every handle is gone, or at shutdown when the queue is empty.
pub fn start(
    options: SqliteConnectOptions,
    config: &config::Store,
    clock: Clock,
    random: Random,
    news: mpsc::Sender<News>,
    shutdown: &Shutdown,
) -> Handle {
    let (jobs, mut queue) = mpsc::channel(config.queue_max);
    let group_max = config.group_max;
    let mut writer = Writer { options, connection: None, clock, random, news, is_down: false };
    let ending = shutdown.clone();
    shutdown.spawn(async move {
        let mut group = Vec::new();
        loop {
            let received = tokio::select! {
                // First what is waiting, so that the end loses nothing that was accepted.
                biased;
                received = queue.recv_many(&mut group, group_max) => received,
                () = ending.begun() => break,
            };
            if received == 0 {
                break;
            }
            writer.handle(std::mem::take(&mut group)).await;
        }
        if let Some(connection) = writer.connection.take() {
            // The WAL is checkpointed and removed; a failure here loses nothing.
            let _ = connection.close().await;
        }
    });
    Handle(jobs)
}

impl Writer {
    async fn handle(&mut self, group: Vec<Job>) {
        let (mut appends, mut answers, mut probes) = (Vec::new(), Vec::new(), Vec::new());
        for job in group {
            match job {
                Job::Append(append, answer) => {
                    appends.push(append);
                    answers.push(answer);
                }
                Job::Probe(answer) => probes.push(answer),
            }
        }
        match self.commit(&appends).await {
            Ok(outcomes) => {
                if std::mem::take(&mut self.is_down) {
                    let _ = self.news.send(News::Recovered).await;
                }
                for probe in probes {
                    let _ = probe.send(Ok(()));
                }
                for (outcome, answer) in outcomes.into_iter().zip(answers) {
                    self.tell(outcome, answer).await;
                }
            }
            Err(why) => {
                error!(error = %why, writes = appends.len(), "nothing was stored");
                // The next group begins with a fresh connection.
                self.connection = None;
                self.is_down = true;
                let why = why.to_string();
                for probe in probes {
                    let _ = probe.send(Err(Unavailable(why.clone())));
                }
                for answer in answers {
                    let _ = answer.send(Err(Unavailable(why.clone()).into()));
                }
            }
        }
    }

    /// One transaction for the whole group. An error means that nothing of it is stored.
    async fn commit(&mut self, appends: &[Append]) -> Result<Vec<Outcome>, sqlx::Error> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            empty => empty.insert(SqliteConnection::connect_with(&self.options).await?),
        };
        // IMMEDIATE: a transaction that begins by reading and then wants to write fails when
        // another has written in between, and no time-out helps it.
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let mut outcomes = Vec::with_capacity(appends.len());
        for append in appends {
            let now = self.clock.wall();
            let id = self.random.uuid_v7(now);
            outcomes.push(append::append_message(&mut transaction, append, id, now).await?);
        }
        transaction.commit().await?;
        Ok(outcomes)
    }

    /// Tells the fan-out, then whoever asked. The order of calls is the order of commits.
    async fn tell(&self, outcome: Outcome, answer: oneshot::Sender<Answer>) {
        let told = match outcome {
            Outcome::Stored(change) => {
                let message = change.message.clone();
                // Fails only when the fan-out has ended, and then nobody listens.
                let news = News::Committed(Box::new(Committed::after_commit(change)));
                let _ = self.news.send(news).await;
                Ok(Appended { message, duplicate: false })
            }
            Outcome::Found(message) => Ok(Appended { message, duplicate: true }),
            Outcome::Refused(refusal) => Err(refusal),
        };
        let _ = answer.send(told);
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
    use crate::store::{Member, Store};

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

    #[tokio::test]
    async fn a_crowd_shares_one_commit_and_a_lone_write_has_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let (changes, mut committed) = mpsc::channel(256);
        let shutdown = Shutdown::default();
        let (clock, random) = (Clock::system(), Random::from_seed(1));
        let config = config::Store::default();
        let store = Store::open(folder.path(), &config, clock, random, changes, &shutdown);
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
        committed.close();
        drop(store);
    }
}
