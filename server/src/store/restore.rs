//! A backup takes the place of the database.
//!
//! The backup itself stays as it is: a copy of it is made in the data folder, brought to the schema
//! of today, examined, given **another epoch**, and only then does it get the database's name, in
//! one step. Until that step nothing has happened, and after it all has. What stood there before
//! stays beside it under a name with the date.
//!
//! The epoch is what the clients are told by. Some have heard of messages that the backup does not
//! hold, and their positions lie in a future that never was; each is told `dialog:reset` and reads
//! afresh (DESIGN §4).

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use confab_protocol::Timestamp;
use sqlx::{
    Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use thiserror::Error;

use super::{
    BackupError, Diagnosis, DoctorError, HoldError,
    backup::{beside, copy},
    doctor::{examine, examine_structure},
    folder::{DataFolder, sync_names_beside},
    open::MIGRATIONS,
};
use crate::ops::{Clock, Random};

/// Why everything stays as it was.
#[derive(Debug, Error)]
pub enum RestoreError {
    /// Somebody has the folder.
    #[error(transparent)]
    Hold(#[from] HoldError),
    /// The backup cannot be examined.
    #[error(transparent)]
    Doctor(#[from] DoctorError),
    /// The backup is damaged.
    #[error("{file} is not sound, and nothing was changed")]
    Damaged {
        /// The file.
        file: String,
        /// What is wrong with it.
        diagnosis: Diagnosis,
    },
    /// The backup cannot be copied.
    #[error(transparent)]
    Copy(#[from] BackupError),
    /// The copy cannot be brought to the schema of today.
    #[error("the schema of {file} does not fit: {why}")]
    Schema {
        /// The file.
        file: String,
        /// What the migrator says.
        why: sqlx::migrate::MigrateError,
    },
    /// The copy cannot be written.
    #[error("{file} cannot be written: {why}")]
    Database {
        /// The file.
        file: String,
        /// What SQLite says.
        why: sqlx::Error,
    },
    /// The files cannot be moved.
    #[error("{file} cannot be put in its place: {why}")]
    File {
        /// The file.
        file: String,
        /// What the system says.
        why: io::Error,
    },
}

/// What was done.
#[derive(Debug)]
pub struct Restored {
    /// The database.
    pub database: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Its new life.
    pub epoch: String,
    /// What stood there before, if anything did.
    pub replaced: Option<PathBuf>,
}

/// Puts a backup in the place of a data folder's database. No server may run on the folder.
///
/// # Errors
///
/// [`RestoreError`]; the database is as it was then.
pub async fn restore(
    folder: &Path,
    file: &Path,
    clock: &Clock,
    random: &Random,
) -> Result<Restored, RestoreError> {
    let folder = DataFolder::hold(folder)?;
    must_be_sound(examine_structure(file).await?, file)?;
    let (now, database) = (clock.wall(), folder.database());
    let epoch = random.uuid_v7(now);
    let coming = beside(&database, ".coming");
    // What an earlier attempt left, if it was cut off. Nobody else writes here: the folder is held.
    clear_away(&coming);
    let placed = async {
        let bytes = copy(file, &coming).await?;
        prepare(&coming, file, &epoch).await?;
        Ok::<_, RestoreError>((bytes, swap(&coming, &database, now).await?))
    };
    let (bytes, replaced) = placed.await.inspect_err(|_| clear_away(&coming))?;
    Ok(Restored { database, bytes, epoch, replaced })
}

/// Removes a copy that is not to be, with the journal of whoever was cut off while writing it: SQLite
/// would undo in the next copy what was begun in that one.
fn clear_away(copy: &Path) {
    for file in [copy.to_owned(), beside(copy, "-journal")] {
        // Most often there is none.
        let _ = fs::remove_file(file);
    }
}

fn must_be_sound(diagnosis: Diagnosis, file: &Path) -> Result<(), RestoreError> {
    if diagnosis.is_sound() {
        return Ok(());
    }
    Err(RestoreError::Damaged { file: file.display().to_string(), diagnosis })
}

/// Brings the copy to the schema of today, looks at it as the doctor does, and begins its new life.
async fn prepare(copy: &Path, file: &Path, epoch: &str) -> Result<(), RestoreError> {
    let name = || file.display().to_string();
    let failed = |why| RestoreError::Database { file: copy.display().to_string(), why };
    let mut connection = SqliteConnection::connect_with(&alone(copy)).await.map_err(failed)?;
    let migrated = MIGRATIONS.run(&mut connection).await;
    migrated.map_err(|why| RestoreError::Schema { file: name(), why })?;
    let begins = sqlx::query("UPDATE meta SET epoch = ?").bind(epoch);
    begins.execute(&mut connection).await.map_err(failed)?;
    connection.close().await.map_err(failed)?;
    must_be_sound(examine(copy).await?, file)
}

/// How a database is opened that nobody else uses. Everything is in the one file then, which can be
/// given another name.
fn alone(database: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(database)
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Full)
}

/// Gives the copy the database's name, and what had it another. There is a whole database under the
/// name at every moment, whenever the power fails.
async fn swap(
    coming: &Path,
    database: &Path,
    now: Timestamp,
) -> Result<Option<PathBuf>, RestoreError> {
    let failed = |why| RestoreError::File { file: database.display().to_string(), why };
    let kept = beside(database, &format!(".replaced-{}", now.to_string().replace(':', "-")));
    let is_there = keep(database, &kept).await.map_err(failed)?;
    // A log that stays under its name would be taken for the new database's.
    for log in ["-wal", "-shm"] {
        if_there(fs::remove_file(beside(database, log))).map_err(failed)?;
    }
    fs::rename(coming, database).map_err(failed)?;
    sync_names_beside(database).map_err(failed)?;
    Ok(is_there.then_some(kept))
}

/// Gives the database and its write-ahead log each a second name; whether there was one.
async fn keep(database: &Path, kept: &Path) -> io::Result<bool> {
    let kept_log = beside(kept, "-wal");
    let is_there = if_there(fs::hard_link(database, kept))?;
    let has_log = if_there(fs::hard_link(beside(database, "-wal"), &kept_log))?;
    // What only the log holds goes into the file, so that the file alone is the database. One so
    // damaged that this fails is kept with its log.
    if is_there && fold(database).await.is_ok() && has_log {
        fs::remove_file(kept_log)?;
    }
    Ok(is_there)
}

async fn fold(database: &Path) -> Result<(), sqlx::Error> {
    SqliteConnection::connect_with(&alone(database)).await?.close().await
}

/// Whether there was anything to do it with.
fn if_there(done: io::Result<()>) -> io::Result<bool> {
    match done {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
