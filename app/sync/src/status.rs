//! What a person is shown about the connection (DESIGN §3, document 004).

use crate::Moment;

/// The state of the connection; each variant holds only what is true in it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Status {
    /// The first try after a start or a change of address, if it does not take long.
    Connecting,
    /// There is a socket, and it is believed to live.
    Open,
    /// It was lost or could not be opened, and will be tried again.
    Reconnecting {
        /// 0 for the quick try at 300 to 600 ms or after a `bye`, then 1 to `of`.
        attempt: u32,
        /// How many tries there are before a person is asked.
        of: u32,
        /// When the next try begins; `None` while it is under way.
        retry_at: Option<Moment>,
        /// What went wrong last.
        error: ConnectionError,
    },
    /// There is none, and none will be tried by itself.
    Closed {
        /// Why.
        reason: ClosedReason,
        /// What went wrong, if something did.
        error: Option<ConnectionError>,
    },
}

/// Why nothing is tried any more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ClosedReason {
    /// Nobody has asked for a connection yet.
    NotStarted,
    /// We left for good.
    Stopped,
    /// Every try failed; `online`, focus or **Reconnect** start anew.
    GaveUp,
    /// The server closed with a code that says not to come back; only **Reconnect** helps.
    SentAway,
}

/// What went wrong with a socket.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ConnectionError {
    /// It never opened.
    Unreachable,
    /// It was open and went away without a word.
    Lost,
    /// It was open, but nothing was heard for too long; we closed it with 4000.
    Silent,
    /// The server closed it.
    ClosedByServer {
        /// The close code.
        code: u16,
        /// The server's words.
        reason: String,
    },
    /// It was cut on purpose, on the lab page.
    Dropped,
}
