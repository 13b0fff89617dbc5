//! The one way to write a time: RFC 3339 in UTC with milliseconds, `2026-11-20T15:56:12.345Z`.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The text is not an RFC 3339 time in UTC.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("a time is written as RFC 3339 in UTC, like 2026-11-20T15:56:12.345Z")]
pub struct InvalidTimestamp;

/// A wall-clock moment to show to people; never to wait by. Milliseconds since 1970 in UTC.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(u64);

impl Timestamp {
    /// A moment from milliseconds since 1970 in UTC.
    pub const fn from_unix_ms(unix_ms: u64) -> Self {
        Self(unix_ms)
    }

    /// Milliseconds since 1970 in UTC.
    pub const fn unix_ms(self) -> u64 {
        self.0
    }

    /// Reads `2026-11-20T15:56:12.345Z`.
    ///
    /// # Errors
    ///
    /// [`InvalidTimestamp`] for anything else, and for times before 1970.
    pub fn parse(text: &str) -> Result<Self, InvalidTimestamp> {
        let time = humantime::parse_rfc3339(text).map_err(|_| InvalidTimestamp)?;
        let since = time.duration_since(SystemTime::UNIX_EPOCH).map_err(|_| InvalidTimestamp)?;
        u64::try_from(since.as_millis()).map(Self).map_err(|_| InvalidTimestamp)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(self.0);
        humantime::format_rfc3339_millis(time).fmt(formatter)
    }
}

impl TryFrom<String> for Timestamp {
    type Error = InvalidTimestamp;
    fn try_from(text: String) -> Result<Self, InvalidTimestamp> {
        Self::parse(&text)
    }
}

impl From<Timestamp> for String {
    fn from(timestamp: Timestamp) -> String {
        timestamp.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_survives_the_wire() {
        let time = Timestamp::from_unix_ms(1_795_190_172_345);
        assert_eq!(time.to_string(), "2026-11-20T15:56:12.345Z");
        assert_eq!(Timestamp::parse("2026-11-20T15:56:12.345Z"), Ok(time));
        assert_eq!(Timestamp::parse("yesterday"), Err(InvalidTimestamp));
        assert_eq!(Timestamp::parse("1969-12-31T23:59:59Z"), Err(InvalidTimestamp));
    }
}
