//! The monotonic clock to wait by, as a number that comes from outside.

use std::{
    ops::{Add, Sub},
    time::Duration,
};

/// Monotonic milliseconds from an arbitrary start (`performance.now()` in a browser). Never a time
/// of day: a person who corrects their watch must not lose a connection by it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Moment(pub u64);

/// Later by this much; a wait beyond the end of time ends there.
impl Add<Duration> for Moment {
    type Output = Self;
    fn add(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(milliseconds(wait)))
    }
}

/// The time between two moments; nothing if the other is the later one.
impl Sub for Moment {
    type Output = Duration;
    fn sub(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// Whole milliseconds. `Duration::as_millis` counts them in 128 bits, which a browser has not.
pub(crate) fn milliseconds(time: Duration) -> u64 {
    const SECONDS_MAX: u64 = u64::MAX / 1000 - 1;
    time.as_secs().min(SECONDS_MAX) * 1000 + u64::from(time.subsec_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_neither_overflow_nor_turn_negative() {
        assert_eq!(Moment(5) + Duration::from_secs(1), Moment(1005));
        assert_eq!(Moment(u64::MAX) + Duration::MAX, Moment(u64::MAX));
        assert_eq!(milliseconds(Duration::from_millis(12_345)), 12_345);
        assert_eq!(Moment(5) - Moment(7), Duration::ZERO);
    }
}
