//! When to try again: once quickly, then ever more slowly, then no more (DESIGN §5).

use std::time::Duration;

use crate::moment::milliseconds;

/// One try: which it is, and how long to wait before it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Rung {
    pub attempt: u32,
    pub delay: Duration,
}

/// Where we stand between the first loss and giving up. It is climbed by failures and left only by
/// a socket that held, or by a sign from outside: never by merely opening, or a server that
/// accepts and closes would be stormed.
#[derive(Clone, Debug)]
pub(crate) struct Ladder {
    delays: Vec<Duration>,
    /// The attempt that comes next; 0 is the quick one.
    next: usize,
}

impl Ladder {
    pub fn new(delays: Vec<Duration>) -> Self {
        Self { delays, next: 0 }
    }

    /// All tries lie ahead again.
    pub fn anew(&mut self) {
        self.next = 0;
    }

    pub fn of(&self) -> u32 {
        u32::try_from(self.delays.len()).unwrap_or(u32::MAX)
    }

    /// The one quick try, after this delay exactly; then the slow ones.
    pub fn quick(&mut self, delay: Duration, random: f64) -> Option<Rung> {
        if self.next > 0 {
            return self.slow(random);
        }
        self.next = 1;
        Some(Rung { attempt: 0, delay })
    }

    /// The one quick try, after this delay and by chance up to as much again: whoever loses the same
    /// server in the same moment does not come back in the same moment, and nobody comes sooner, to
    /// find it still away and climb. Then the slow ones.
    pub fn about(&mut self, delay: Duration, random: f64) -> Option<Rung> {
        self.quick(delay + share(delay, random), random)
    }

    /// As a server asks that is there and has no time: after what it says, and no sooner than the next
    /// try would be. It is not given up, however often it asks: the last try may be repeated.
    pub fn asked(&mut self, after: Duration, random: f64) -> Option<Rung> {
        self.next = self.next.min(self.delays.len().max(1));
        let rung = self.quick(after, random)?;
        Some(Rung { delay: rung.delay.max(after), ..rung })
    }

    /// The next slow try: half of its delay is fixed, half is random. `None`: all have failed.
    pub fn slow(&mut self, random: f64) -> Option<Rung> {
        let attempt = self.next.max(1);
        let half = *self.delays.get(attempt - 1)? / 2;
        self.next = attempt + 1;
        let delay = half + share(half, random);
        Some(Rung { attempt: u32::try_from(attempt).ok()?, delay })
    }
}

/// As much of it as chance will have, in whole milliseconds, because `Duration::mul_f64` panics on
/// what is no chance, and says so at length. The conversion to `u64` makes nothing of NaN and of what
/// is negative.
fn share(whole: Duration, random: f64) -> Duration {
    let random = if random > 1.0 { 1.0 } else { random };
    Duration::from_millis((milliseconds(whole) as f64 * random) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ladder() -> Ladder {
        Ladder::new([1, 2].map(Duration::from_secs).to_vec())
    }

    fn rung(attempt: u32, ms: u64) -> Option<Rung> {
        Some(Rung { attempt, delay: Duration::from_millis(ms) })
    }

    #[test]
    fn one_quick_try_then_slow_ones_then_none() {
        let mut ladder = ladder();
        let quick = Duration::from_millis(300);
        assert_eq!(ladder.quick(quick, 0.0), rung(0, 300));
        assert_eq!(ladder.quick(quick, 0.0), rung(1, 500));
        assert_eq!(ladder.quick(quick, 0.5), rung(2, 1500));
        assert_eq!(ladder.quick(quick, 0.0), None);
        ladder.anew();
        assert_eq!(ladder.quick(quick, 0.0), rung(0, 300));
    }

    #[test]
    fn who_is_cut_off_together_comes_back_one_by_one() {
        let quick = Duration::from_millis(300);
        for (random, ms) in [(0.0, 300), (0.5, 450), (1.0, 600), (f64::NAN, 300)] {
            assert_eq!(ladder().about(quick, random), rung(0, ms));
        }
        let mut climbed = ladder();
        climbed.slow(0.0);
        assert_eq!(climbed.about(quick, 0.5), rung(2, 1500), "a slow one is random already");
    }

    #[test]
    fn a_server_that_asks_for_time_gets_it_and_is_not_given_up() {
        let mut ladder = ladder();
        let seven = Duration::from_secs(7);
        assert_eq!(ladder.asked(seven, 0.0), rung(0, 7_000));
        assert_eq!(ladder.asked(Duration::ZERO, 0.0), rung(1, 500), "nor stormed");
        for _ in 0..3 {
            assert_eq!(ladder.asked(Duration::ZERO, 0.0), rung(2, 1_000));
            assert_eq!(ladder.asked(seven, 0.0), rung(2, 7_000));
        }
        assert_eq!(ladder.slow(0.0), None, "only as long as it asks");
        let mut no_more = Ladder::new(Vec::new());
        assert_eq!((no_more.asked(seven, 0.0), no_more.asked(seven, 0.0)), (rung(0, 7_000), None));
    }

    #[test]
    fn chance_out_of_range_does_no_harm() {
        for random in [f64::NAN, -1.0, f64::NEG_INFINITY] {
            assert_eq!(ladder().slow(random), rung(1, 500));
        }
        assert_eq!(ladder().slow(f64::INFINITY), rung(1, 1000));
    }
}
