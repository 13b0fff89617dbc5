//! The data folder, and who may write in it: one program at a time.
//!
//! Two servers on one folder would each believe that nobody else commits, and both would number,
//! cache and tell as if alone; a restore under a running server would take the file from under its
//! feet. So whoever writes holds the lock of `confab.lock`. The system gives it back when the
//! process ends, however it ends; the file itself stays and means nothing.
//!
//! Whoever only reads (`confab backup`, `confab doctor`) asks for nothing: SQLite keeps readers and
//! the writer apart.

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use thiserror::Error;

/// Why the folder cannot be had.
#[derive(Debug, Error)]
pub enum HoldError {
    /// The folder cannot be made.
    #[error("the folder {folder} cannot be made: {why}")]
    Folder {
        /// The folder.
        folder: String,
        /// What the system says.
        why: io::Error,
    },
    /// Another program has it.
    #[error(
        "another Confab runs on the data folder {folder}: stop it first, or name another folder"
    )]
    Taken {
        /// The folder.
        folder: String,
    },
    /// The system gives no lock.
    #[error("{file} cannot be locked: {why}")]
    Lock {
        /// The file.
        file: String,
        /// What the system says.
        why: io::Error,
    },
}

/// A data folder that nobody else writes in for as long as this lives.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Makes the folder where it is missing, and takes it.
    ///
    /// # Errors
    ///
    /// [`HoldError`], at once: nobody waits for another to end.
    pub fn hold(path: &Path) -> Result<Self, HoldError> {
        let folder = || path.display().to_string();
        std::fs::create_dir_all(path).map_err(|why| HoldError::Folder { folder: folder(), why })?;
        let file = path.join("confab.lock");
        let failed = |why| HoldError::Lock { file: file.display().to_string(), why };
        let mut options = File::options();
        let lock = options.create(true).append(true).open(&file).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(HoldError::Taken { folder: folder() }),
            Err(TryLockError::Error(why)) => Err(failed(why)),
        }
    }

    /// Where the database is.
    pub fn database(&self) -> PathBuf {
        database_in(&self.path)
    }
}

/// Where the database of a data folder is.
pub fn database_in(folder: &Path) -> PathBuf {
    folder.join("confab.db")
}

/// Lets the folder of a file remember its names: a rename that is not synced may be forgotten by a
/// power cut.
pub(super) fn sync_names_beside(file: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened, and names are kept with the files.
    #[cfg(unix)]
    {
        let beside = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(beside.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_held_by_one_and_free_again_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("a/b");
        let held = DataFolder::hold(&data).unwrap();
        let refused = DataFolder::hold(&data).unwrap_err();
        assert!(matches!(refused, HoldError::Taken { .. }), "{refused}");
        drop(held);
        DataFolder::hold(&data).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_remember_its_names_says_so() {
        let folder = tempfile::tempdir().unwrap();
        sync_names_beside(&folder.path().join("a file")).unwrap();
        let gone = sync_names_beside(&folder.path().join("gone/a file"));
        assert_eq!(gone.unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
