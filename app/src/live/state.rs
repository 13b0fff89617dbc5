//! What an entry says about itself.

use thiserror::Error;

use super::QueryError;

/// How far an entry's data can be believed.
///
/// ```text
///            answer                invalidated, connection lost, mark_stale
/// Loading ───────────► Fresh ─────────────────────────────────► Stale
///    │ ▲                 ▲  answer, mark_fresh (stream whole)      │ ▲
///    │ │ retry, no data  └─────────────────────────────────────────┤ │ retry, with data
///    ▼ │                                                           ▼ │
///  Failed ◄──────────────────────────────────────────────────── Failed, data still visible
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum EntryState {
    /// Nothing to show yet; the first query is under way.
    Loading,
    /// True as far as the server has told us, and the stream that would tell us more is whole.
    Fresh,
    /// Shown, but it may no longer be true.
    Stale {
        /// Since when nobody vouches for it, on the [`Host`](super::Host)'s clock.
        since: u64,
    },
    /// The last query failed. Older data, if there is any, stays visible.
    Failed {
        /// Why.
        error: QueryError,
    },
}

/// The entry was removed before what was waited for came.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("the entry was removed from the cache")]
pub struct Removed;

/// What the cache holds at this moment; for tests, which assert that nothing is left.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Census {
    /// Entries, read or kept for a while.
    pub entries: usize,
    /// Readings, over all entries.
    pub readers: usize,
    /// Listeners for frames.
    pub listeners: usize,
    /// Topics that somebody hears.
    pub topics: usize,
    /// Entries whose removal is timed.
    pub timers: usize,
    /// Queries that are wanted or under way.
    pub queries: usize,
    /// Lives of entries that have not ended, including those of removed entries that still clean
    /// up.
    pub lives: usize,
}
