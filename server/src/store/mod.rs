//! The dialog log: what was said, in one order, for good.
//!
//! A write enters through [`Store::append`], waits with its neighbours for one commit, and leaves
//! twice: as the answer to whoever asked, and as a [`Committed`] change on the way to the fan-out.
//! Both only after the commit, so nobody ever hears of a message that could still be lost
//! (DESIGN §7, G1); and in commit order, so everyone hears the same order (G3).
//!
//! Reads take a snapshot: a page of history carries the position it was read at, from the same
//! transaction, so that a reader can go on from it with neither gap nor overlap.
//!
//! One task owns the one connection that writes ([`writer`]); readers have their own. Deliberately
//! absent: sockets, Leptos, JSON frames on the way out, and any idea of who listens.

mod append;
mod committed;
mod member;
mod open;
mod read;
mod writer;

use confab_protocol::Epoch;
use futures::{FutureExt, future::BoxFuture};
use sqlx::SqlitePool;
use thiserror::Error;

pub use append::{Append, AppendError, Appended};
pub use committed::{Change, Committed, News};
pub use member::Member;
pub use open::OpenError;
pub use read::CatchUp;

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
    readers: SqlitePool,
    writer: writer::Handle,
    epoch: Epoch,
}

impl Store {
    /// The life of this database (DESIGN §4).
    pub fn epoch(&self) -> &Epoch {
        &self.epoch
    }
}

impl crate::ops::Probe for Store {
    fn probe(&self) -> BoxFuture<'_, Result<(), String>> {
        self.writer.probe().map(|answer| answer.map_err(|error| error.to_string())).boxed()
    }
}
