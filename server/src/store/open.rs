//! Opens the database, brings its schema up to date, and starts the writer.

use std::{path::Path, sync::Arc, time::Duration};

use confab_protocol::Epoch;
use sqlx::{
    SqlitePool,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use thiserror::Error;
use tokio::sync::mpsc;

use super::{
    News, Store,
    folder::{DataFolder, HoldError},
    row, writer,
};
use crate::ops::{Access, Clock, Outside, Shutdown, config};

/// How long a read waits for its turn. Readers never wait for the writer, only for each other: when
/// a thousand clients come back at once, the last waits for all before it, and a late page is better
/// than none.
const READER_PATIENCE: Duration = Duration::from_secs(30);

/// Every step from an empty database to the schema of today.
pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Why the database cannot be used at all.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The folder cannot be had.
    #[error(transparent)]
    Hold(#[from] HoldError),
    /// The file is no database, or not ours.
    #[error("the database {file} cannot be opened: {why}")]
    Database {
        /// The file.
        file: String,
        /// What SQLite says.
        why: sqlx::Error,
    },
    /// The schema is newer than this program, or was changed by hand.
    #[error("the schema of {file} does not fit: {why}")]
    Schema {
        /// The file.
        file: String,
        /// What the migrator says.
        why: sqlx::migrate::MigrateError,
    },
}

impl Store {
    /// Opens `confab.db` in the folder, makes both where they are missing, and starts the writer,
    /// which sends every committed change to `changes` in commit order and holds the folder for as
    /// long as it writes.
    ///
    /// # Errors
    ///
    /// [`OpenError`] when the folder, the file or its schema cannot be used.
    pub async fn open(
        folder: &Path,
        config: &config::Store,
        outside: Outside,
        changes: mpsc::Sender<News>,
        shutdown: &Shutdown,
    ) -> Result<Self, OpenError> {
        let (folder, place) = (DataFolder::hold(folder)?, Arc::from(folder));
        let path = folder.database();
        let file = path.display().to_string();
        let database = |why| OpenError::Database { file: file.clone(), why };

        let options = options(&path).busy_timeout(config.busy_timeout);
        let Outside { clock, random, disk } = &outside;
        let opened = async {
            let readers = SqlitePoolOptions::new()
                .max_connections(config.readers)
                .acquire_timeout(READER_PATIENCE)
                .connect_with(options.clone())
                .await
                .map_err(database)?;
            MIGRATIONS
                .run(&readers)
                .await
                .map_err(|why| OpenError::Schema { file: file.clone(), why })?;
            let epoch = epoch(&readers, random.uuid_v7(clock.wall())).await.map_err(database)?;
            begin_lobby(&readers, clock).await.map_err(database)?;
            Ok::<_, OpenError>((readers, epoch))
        };
        let opened = disk.access(Access::Write, opened).await;
        let (readers, epoch) = opened.map_err(|why| database(sqlx::Error::Io(why)))??;
        let (clock, disk) = (clock.clone(), disk.clone());
        let writer = writer::Opened { folder, options, news: changes };
        let writer = writer::start(writer, config, outside, shutdown);
        Ok(Self { folder: place, readers, writer, epoch, clock, disk })
    }
}

/// How every connection is opened. FULL: an acknowledged message survives a power cut (DESIGN §7,
/// G1). NORMAL would not.
fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous())
        .foreign_keys(true)
}

#[cfg(not(feature = "plants"))]
fn synchronous() -> SqliteSynchronous {
    SqliteSynchronous::Full
}

#[cfg(feature = "plants")]
fn synchronous() -> SqliteSynchronous {
    use confab_protocol::plants::{Plant, is_planted};
    if is_planted(Plant::NotSynced) { SqliteSynchronous::Normal } else { SqliteSynchronous::Full }
}

/// How a database is opened that is only to be read, whatever program uses it meanwhile.
pub(super) fn read_only(database: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(database).read_only(true)
}

/// The database's epoch; a new database gets the one offered.
async fn epoch(readers: &SqlitePool, offered: String) -> Result<Epoch, sqlx::Error> {
    sqlx::query("INSERT INTO meta (id, epoch) VALUES (1, ?) ON CONFLICT DO NOTHING")
        .bind(offered)
        .execute(readers)
        .await?;
    let text: String = sqlx::query_scalar("SELECT epoch FROM meta").fetch_one(readers).await?;
    Epoch::try_from(text).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// Notes when the lobby began, which the migration that made it could not know.
async fn begin_lobby(readers: &SqlitePool, clock: &Clock) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE dialogs SET created_at = ? WHERE id = 'lobby' AND created_at IS NULL")
        .bind(row::bound(clock.wall().unix_ms()))
        .execute(readers)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{Connection, SqliteConnection};

    #[tokio::test]
    async fn a_commit_is_synced_before_it_is_acknowledged() {
        let folder = tempfile::tempdir().unwrap();
        let options = options(&folder.path().join("confab.db"));
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        let journal: String =
            sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await.unwrap();
        let synchronous: i64 =
            sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut connection).await.unwrap();
        assert_eq!((journal.as_str(), synchronous), ("wal", 2), "2 is FULL");
    }

    #[tokio::test]
    async fn messages_of_the_first_schema_get_the_name_of_their_author() {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        for sql in [
            include_str!("../../migrations/0001_lobby.sql"),
            "INSERT INTO users VALUES ('u1', 'Anna', 'guest', 0);
             INSERT INTO messages (dialog, seq, id, author, client_id, body_hash, content, type,
                                   created_at)
             VALUES ('lobby', 1, 'm1', 'u1', 'c1', x'00', 'Hello!', 'text', 0);",
            include_str!("../../migrations/0002_author_name.sql"),
        ] {
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        }
        let name = sqlx::query_scalar("SELECT author_name FROM messages");
        let name: String = name.fetch_one(&mut connection).await.unwrap();
        assert_eq!(name, "Anna");
    }

    #[tokio::test]
    async fn messages_of_the_second_schema_are_numbered_and_can_be_found() {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        for sql in [
            include_str!("../../migrations/0001_lobby.sql"),
            include_str!("../../migrations/0002_author_name.sql"),
            "INSERT INTO users VALUES ('u1', 'Anna', 'guest', 0);
             INSERT INTO messages (dialog, seq, id, author, author_name, client_id, body_hash,
                                   content, type, created_at)
             VALUES ('lobby', 1, 'm1', 'u1', 'Anna', 'c1', x'00', 'Hello!', 'text', 5),
                    ('lobby', 2, 'm2', 'u1', 'Anna', 'c2', x'00', 'Ещё', 'text', 5),
                    ('lobby', 3, 'm3', 'u1', 'Anna', 'c3', x'00', 'Hello again', 'text', 6);
             INSERT INTO dialog_events VALUES ('lobby', 1, 'message:new', 1),
                                              ('lobby', 2, 'message:new', 2),
                                              ('lobby', 3, 'message:new', 3);
             UPDATE dialogs SET last_seq = 3, last_ev = 3;",
            include_str!("../../migrations/0003_people_and_dialogs.sql"),
        ] {
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        }
        let numbers = sqlx::query_as("SELECT seq, ev, number FROM messages ORDER BY seq");
        let numbers: Vec<(i64, i64, i64)> = numbers.fetch_all(&mut connection).await.unwrap();
        assert_eq!(numbers, [(1, 1, 1), (2, 2, 2), (3, 3, 3)]);
        let found = sqlx::query_scalar(
            "SELECT m.seq FROM message_words w JOIN messages m ON m.number = w.rowid
             WHERE message_words MATCH '\"hel\"*' ORDER BY w.rowid",
        );
        let found: Vec<i64> = found.fetch_all(&mut connection).await.unwrap();
        assert_eq!(found, [1, 3]);
        let people: (i64, Option<String>) = sqlx::query_as("SELECT last_uev, name_key FROM users")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(people, (0, None));
    }
}
