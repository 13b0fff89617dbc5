//! What can be read live: the trait that a screen's data implements, and how its query fails.

use std::{fmt::Debug, future::ready, time::Duration};

use confab_protocol::{ErrorCode, json::JsonError};
use futures::future::LocalBoxFuture;
use thiserror::Error;

use super::{EntryApi, Tag};

/// A kind of data, read by argument: how it is fetched, and how it is kept true afterwards.
///
/// An endpoint is a value; it holds what its query needs (an HTTP client, the engine) and is handed
/// to [`Live::register`](super::Live::register) once. The page that only renders on the server
/// never queries and registers nothing.
pub trait Endpoint: Sized + 'static {
    /// The cache key: one entry for each distinct argument. Compared, never hashed: a page has a
    /// few dozen entries, and a hash map for each endpoint would cost the download more than it
    /// saves.
    type Arg: Clone + Debug + Eq + Send + Sync + 'static;

    /// What is read. Cheap to clone, or rarely cloned: the signal lends it (`with`).
    type Data: Clone + Send + Sync + 'static;

    /// The endpoint's name in messages to developers.
    const NAME: &'static str;

    /// How long an entry outlives its last reader, so that going back to a screen shows it at
    /// once. RTK Query's default (DESIGN §2).
    const KEEP_UNUSED_FOR: Duration = Duration::from_secs(60);

    /// Whether a new connection makes what is read doubtful. `false` only where the listener itself
    /// finds out what it missed, and calls [`EntryApi::mark_fresh`] when it has caught up; until
    /// then the entry stays stale, also with a snapshot that came while the connection was lost.
    const REFETCH_ON_RECONNECT: bool = true;

    /// Fetches a snapshot. Runs at most once at a time for each entry, and is dropped where it
    /// stands when the entry is removed.
    ///
    /// A snapshot that says which position of the log it was read at lets updates on top of it be
    /// recognised (see [`EntryApi::update_cached_data`]).
    fn query(&self, arg: Self::Arg) -> LocalBoxFuture<'static, Result<Self::Data, QueryError>>;

    /// What this entry is made of. Asked whenever something is invalidated, with the data of that
    /// moment, or `None` before the first snapshot.
    fn provides(&self, _arg: &Self::Arg, _data: Option<&Self::Data>) -> Vec<Tag> {
        Vec::new()
    }

    /// Whether the snapshot that is shown now is known to be true. One that was kept from earlier is
    /// not, until the listener has caught up with it ([`EntryApi::mark_fresh`]); it is shown as stale.
    fn is_vouched_for(&self, _arg: &Self::Arg) -> bool {
        true
    }

    /// Puts a new snapshot in the place of older data. The default replaces it; a list that has
    /// grown by older pages keeps them.
    fn merge(&self, current: &mut Self::Data, snapshot: Self::Data) {
        *current = snapshot;
    }

    /// The entry's life outside of queries. It begins with the entry's first reader, and its first
    /// steps, up to the first `await`, run **before** the first query starts: what subscribes and
    /// listens there misses nothing. Then it may wait for data and for removal.
    fn on_cache_entry_added(
        &self,
        _arg: Self::Arg,
        _api: EntryApi<Self>,
    ) -> LocalBoxFuture<'static, ()> {
        Box::pin(ready(()))
    }
}

/// Why a query gave no answer. The sentences are for logs; screens say it in their own language.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum QueryError {
    /// The server was not reached. Trying again helps as soon as the network does.
    #[error("the server cannot be reached")]
    Unreachable,
    /// The server understood and refused. What helps depends on the code.
    #[error("the server refused ({code}): {message}")]
    Refused {
        /// What is wrong, for programs.
        code: ErrorCode,
        /// What is wrong, for people.
        message: String,
    },
    /// The answer has another shape: the server is newer than this page, and reloading helps.
    #[error("the answer cannot be read: {why}")]
    Unreadable {
        /// What the parser found.
        why: JsonError,
    },
}
