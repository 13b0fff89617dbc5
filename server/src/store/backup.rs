//! A copy of the database, while the server goes on.
//!
//! `VACUUM INTO` reads one snapshot in one transaction, so the copy is the log as it stood at one
//! moment, between two commits; readers and the writer are not held up. It is smaller than the
//! original, has no write-ahead log beside it, and can be carried anywhere.
//!
//! The copy grows under another name and gets its own when it is whole and synced: whatever bears
//! the name of a backup is one. The cookie key is not in it, on purpose: a copy of the database
//! opens no door (`auth`), and with the key in it whoever finds one could be any guest.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use sqlx::{Connection, SqliteConnection};
use thiserror::Error;

use super::{
    folder::{database_in, sync_names_beside},
    open::read_only,
};

/// Why there is no copy.
#[derive(Debug, Error)]
pub enum BackupError {
    /// Nothing is overwritten.
    #[error("{file} is there already, and a backup overwrites nothing: name another file")]
    Exists {
        /// The file.
        file: String,
    },
    /// Another backup is at it, or was.
    #[error(
        "{file} is there already: another backup is writing it, or one did not end; if none runs, delete it"
    )]
    Begun {
        /// The file.
        file: String,
    },
    /// The database cannot be read, or its copy not be written.
    #[error("{database} cannot be copied: {why}")]
    Database {
        /// What was to be copied.
        database: String,
        /// What SQLite says.
        why: sqlx::Error,
    },
    /// The file cannot be written.
    #[error("{file} cannot be written: {why}")]
    File {
        /// The file.
        file: String,
        /// What the system says.
        why: io::Error,
    },
}

/// Copies the database of a data folder to a file that is not there yet; gives its size in bytes. A
/// server may run on the folder and go on.
///
/// # Errors
///
/// [`BackupError`]; no file bears the name then.
pub async fn backup(folder: &Path, file: &Path) -> Result<u64, BackupError> {
    let name = file.display().to_string();
    if fs::symlink_metadata(file).is_ok() {
        return Err(BackupError::Exists { file: name });
    }
    let part = beside(file, ".part");
    let bytes = copy(&database_in(folder), &part).await?;
    fs::rename(&part, file)
        .and_then(|()| sync_names_beside(file))
        .map_err(|why| BackupError::File { file: name, why })
        .inspect_err(|_| {
            let _ = fs::remove_file(&part);
        })?;
    Ok(bytes)
}

/// The same name with something behind it.
pub(super) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(ending);
    PathBuf::from(name)
}

/// Copies a database to a file that is not there yet, and syncs it; gives its size in bytes.
pub(super) async fn copy(database: &Path, to: &Path) -> Result<u64, BackupError> {
    let file = || to.display().to_string();
    make_empty(to).map_err(|why| match why.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Begun { file: file() },
        _ => BackupError::File { file: file(), why },
    })?;
    let copied = match vacuum(database, to).await {
        Ok(()) => synced(to).map_err(|why| BackupError::File { file: file(), why }),
        Err(why) => Err(BackupError::Database { database: database.display().to_string(), why }),
    };
    copied.inspect_err(|_| {
        // It is ours, made above. If it cannot be removed, the error says enough.
        let _ = fs::remove_file(to);
    })
}

/// Readable by its owner alone: it holds what everyone has said.
fn make_empty(file: &Path) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

async fn vacuum(database: &Path, to: &Path) -> Result<(), sqlx::Error> {
    let name = to.to_str().ok_or_else(|| {
        sqlx::Error::Configuration(format!("{} is not UTF-8", to.display()).into())
    })?;
    let mut connection = SqliteConnection::connect_with(&read_only(database)).await?;
    sqlx::query("VACUUM INTO ?").bind(name).execute(&mut connection).await?;
    connection.close().await
}

/// SQLite leaves it to the system when the copy reaches the disk.
fn synced(file: &Path) -> io::Result<u64> {
    let file = File::options().write(true).open(file)?;
    file.sync_all()?;
    Ok(file.metadata()?.len())
}
