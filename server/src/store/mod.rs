//! The dialog log: what was said, in one order, for good; who may read it, and how far they have.
//!
//! A write is a verb of [`Store`] ([`append`](Store::append), [`edit`](Store::edit),
//! [`begin_group`](Store::begin_group) …). It waits with its neighbours for one commit, and leaves
//! twice: as the answer to whoever asked, and as [`Committed`] changes on the way to the fan-out.
//! Both only after the commit, so nobody ever hears of a message that could still be lost
//! (DESIGN §7, G1); and in commit order, so everyone hears the same order (G3).
//!
//! Who may do a thing is looked at in the transaction that does it ([`standing`]): who was removed a
//! moment ago is refused, whatever was true when the request came in (G8). Every change of a dialog
//! takes the next line of its log, every change of somebody's list the next line of theirs ([`log`]).
//!
//! Reads take a snapshot and look there, too: a page of history carries the position it was read at,
//! from the same transaction, so that a reader can go on from it with neither gap nor overlap.
//!
//! What is stored lies in three folders, one file for each write: [`messages`], [`dialogs`],
//! [`people`]. One task owns the one connection that writes ([`writer`]); readers have their own.
//! Deliberately absent: sockets, Leptos, JSON frames on the way out, passwords (only their hashes),
//! and any idea of who listens.

mod backup;
mod committed;
mod dialogs;
mod doctor;
mod folder;
mod log;
mod member;
mod messages;
mod open;
mod people;
mod restore;
mod room;
mod row;
mod standing;
#[cfg(test)]
mod tests;
mod writer;

use std::{future::Future, path::Path, sync::Arc};

use confab_protocol::Epoch;
use futures::{FutureExt, future::BoxFuture};
use sqlx::SqlitePool;
use thiserror::Error;

use crate::ops::{Access, Clock, Disk};

pub use backup::{BackupError, backup};
pub use committed::{Change, Committed, News, Readers};
pub use dialogs::{Advance, AdvanceError, Begun, DialogError};
pub use doctor::{Diagnosis, DoctorError, Finding, examine};
pub use folder::{DataFolder, HoldError, database_in};
pub use member::Member;
pub use messages::{
    AmendError, Append, AppendError, Appended, CatchUp, Delete, Edit, Place, ReadError,
};
pub use open::OpenError;
pub use people::{
    Account, AccountError, AccountKind, Credentials, IfPassing, NewToken, Registration,
    SavedSession, SessionKey, Token,
};
pub use restore::{RestoreError, Restored, restore};

/// The database did not do what it was asked; nothing was stored.
#[derive(Debug, Error)]
#[error("the database does not answer: {0}")]
pub struct Unavailable(String);

impl From<sqlx::Error> for Unavailable {
    fn from(error: sqlx::Error) -> Self {
        Self(error.to_string())
    }
}

/// A handle on the log; clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    folder: Arc<Path>,
    readers: SqlitePool,
    writer: writer::Handle,
    epoch: Epoch,
    clock: Clock,
    disk: Disk,
}

impl Store {
    /// The life of this database (DESIGN §4).
    pub fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    /// Looks something up. Every read goes through here.
    async fn look<T, E: From<sqlx::Error>>(
        &self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        self.disk.access(Access::Read, work).await.map_err(sqlx::Error::Io)?
    }
}

impl crate::ops::Probe for Store {
    fn probe(&self) -> BoxFuture<'_, Result<(), String>> {
        async move {
            self.writer.probe().await.map_err(|error| error.to_string())?;
            let folder = Arc::clone(&self.folder);
            let lacking = tokio::task::spawn_blocking(move || room::lacking(&folder));
            lacking.await.ok().flatten().map_or(Ok(()), Err)
        }
        .boxed()
    }
}
