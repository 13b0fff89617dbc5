//! What the lab shows of the connection.

use confab_protocol::Timestamp;
use confab_sync::{ConnectionError, Status};

/// A time the connection broke.
#[derive(Clone, Debug, PartialEq)]
pub struct Break {
    /// When, by this device's clock.
    pub at: Timestamp,
    /// What went wrong.
    pub error: ConnectionError,
}

/// What broke, if something did between two states: an open connection or a try came to an end.
pub(super) fn broke<'a>(before: &Status, after: &'a Status) -> Option<&'a ConnectionError> {
    let was_alive = matches!(
        before,
        Status::Open | Status::Connecting | Status::Reconnecting { retry_at: None, .. }
    );
    match after {
        Status::Reconnecting { retry_at: None, error, .. } if *before == Status::Open => {
            Some(error)
        }
        Status::Reconnecting { retry_at: Some(_), error, .. } if was_alive => Some(error),
        Status::Closed { error, .. } if was_alive => error.as_ref(),
        _ => None,
    }
}

/// Which way a frame went.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// From the server.
    Received,
    /// To the server.
    Sent,
}

/// A frame in the lab's log.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedFrame {
    /// Counts up; the key of its line.
    pub number: u64,
    /// Which way it went.
    pub direction: Direction,
    /// When, by this device's clock.
    pub at: Timestamp,
    /// The text, cut when it is long.
    pub text: String,
}

/// What the lab shows of the connection.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// The last round trips in milliseconds, oldest first.
    pub round_trips: Vec<u32>,
    /// The last time the connection broke.
    pub broken: Option<Break>,
    /// Every frame, newest last. Empty on other pages.
    pub frames: Vec<LoggedFrame>,
}

/// Adds to a list that holds so many at most.
pub fn keep<T>(list: &mut Vec<T>, new: T, most: usize) {
    if list.len() == most {
        list.remove(0);
    }
    list.push(new);
}

/// Frames the lab keeps: a few screens of them.
pub const FRAMES_KEPT: usize = 200;
/// Characters of a frame the lab shows: a page of history would bury the rest.
pub const FRAME_CHARACTERS_SHOWN: usize = 2_000;
/// Round trips the lab's chart shows.
pub const ROUND_TRIPS_KEPT: usize = 60;
