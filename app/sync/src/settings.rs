//! How long the engine waits for what.

use std::time::Duration;

use confab_protocol::{Epoch, UserId};

/// The engine's patience. The defaults are DESIGN §5; none of them may be zero.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Settings {
    /// The first try after an unclean close, once: most losses are a blip or a server restart.
    /// By chance it comes up to as much later, so that thousands who lose one server in one moment do
    /// not find it again in one.
    pub first_retry: Duration,
    /// The tries after that. Half of each is random, so that a thousand clients of one restarted
    /// server do not come back in one second. Their number is the `of` of the status.
    pub retry_delays: Vec<Duration>,
    /// How often an open socket is pinged; the `pong` also shows whether the last event was lost.
    pub ping_interval: Duration,
    /// After so long without a byte the socket is dead, whatever the browser believes. A ping
    /// plus [`probe_patience`](Self::probe_patience) fits in.
    pub silence_max: Duration,
    /// How long the browser may try to open a socket; its own patience can be minutes.
    pub open_timeout: Duration,
    /// How long the first try after a start may take before it counts as a loss, though it goes on. Until
    /// then what came with the page is as old as the page; any longer, and what is called true may long
    /// be false.
    pub first_patience: Duration,
    /// How long a ping may go unanswered when there is reason to doubt: the network came back, or
    /// the tab became visible after a sleep.
    pub probe_patience: Duration,
    /// How long a socket must hold before the tries are counted anew. A server that accepts and
    /// closes would otherwise be stormed; but what breaks every few seconds is a bad line, and whoever
    /// waits longer after each break is soon cut off from a server that is well.
    pub steady_after: Duration,
    /// How long to wait for an `ack` before the message is sent again, which is harmless.
    pub ack_patience: Duration,
    /// How long a gap may stay open before we ask for the missing changes (DESIGN §4). Shorter
    /// asks for frames that are merely reordered; longer shows people a hole.
    pub gap_patience: Duration,
    /// Whose messages these are, if it matters: when the server says that the socket is another's
    /// (somebody signed in elsewhere in the browser), they wait instead of going out in that name.
    pub owner: Option<UserId>,
    /// The life of the database that what is loaded before the first socket was read in, so that its
    /// positions can be resumed from.
    pub epoch: Option<Epoch>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            first_retry: Duration::from_millis(300),
            retry_delays: [1, 2, 4, 8, 16].map(Duration::from_secs).to_vec(),
            ping_interval: Duration::from_secs(30),
            silence_max: Duration::from_secs(35),
            open_timeout: Duration::from_secs(10),
            first_patience: Duration::from_secs(5),
            probe_patience: Duration::from_secs(5),
            steady_after: Duration::from_secs(2),
            ack_patience: Duration::from_secs(5),
            gap_patience: Duration::from_millis(500),
            owner: None,
            epoch: None,
        }
    }
}
