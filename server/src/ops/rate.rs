//! How much is too much, by time: a bucket that fills steadily and is emptied by use, and many of
//! them by key.
//!
//! What is counted (frames, messages, tries to sign in) and by what (a socket, a person, a network)
//! is the business of those above; the time is passed in.

use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// A token bucket. The time is passed in.
#[derive(Clone, Copy, Debug)]
pub struct TokenBucket {
    per_second: f64,
    burst: f64,
    tokens: f64,
    at: Instant,
}

impl TokenBucket {
    /// A full bucket that gains `per_second` tokens up to `burst`.
    pub fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        Rate::per_second(per_second, burst).bucket(now)
    }

    /// Takes one token.
    ///
    /// # Errors
    ///
    /// How long to wait until there is one.
    pub fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.tokens = (self.tokens + passed * self.per_second).min(self.burst);
        self.at = now;
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            Ok(())
        } else {
            Err(Duration::from_secs_f64((1.0 - self.tokens) / self.per_second))
        }
    }

    /// Whether it has had time to fill, so that forgetting it changes nothing.
    pub fn is_full(&self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.tokens + passed * self.per_second >= self.burst
    }
}

/// How fast a bucket fills, and how much it holds.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    per_second: f64,
    burst: f64,
}

impl Rate {
    /// So many a second, and `burst` at once.
    pub fn per_second(per_second: u32, burst: u32) -> Self {
        Self { per_second: f64::from(per_second), burst: f64::from(burst) }
    }

    /// So many a minute, and as many at once.
    pub fn per_minute(per_minute: u32) -> Self {
        Self { per_second: f64::from(per_minute) / 60.0, burst: f64::from(per_minute) }
    }

    /// A full bucket.
    pub fn bucket(self, now: Instant) -> TokenBucket {
        let Self { per_second, burst } = self;
        TokenBucket { per_second, burst, tokens: burst, at: now }
    }
}

/// Keys remembered at once. Beyond it those are forgotten whose bucket is full again, which is every
/// one that has been quiet for a while.
const KEYS_KEPT: usize = 4096;

/// One bucket for each key.
#[derive(Debug)]
pub struct Buckets<K> {
    rate: Rate,
    buckets: Mutex<HashMap<K, TokenBucket>>,
}

impl<K: Clone + Eq + Hash> Buckets<K> {
    /// All are full.
    pub fn new(rate: Rate) -> Self {
        Self { rate, buckets: Mutex::default() }
    }

    /// Takes one token from a key's bucket.
    ///
    /// # Errors
    ///
    /// How long to wait until there is one.
    pub fn take(&self, key: &K, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= KEYS_KEPT && !buckets.contains_key(key) {
            buckets.retain(|_, bucket| !bucket.is_full(now));
        }
        buckets.entry(key.clone()).or_insert_with(|| self.rate.bucket(now)).take(now)
    }
}

/// What one customer of a provider has: an IPv4 address, or the 2⁶⁴ addresses of an IPv6 network.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::Clock;

    #[test]
    fn a_burst_is_allowed_and_then_the_steady_rate() {
        let now = Clock::system().now();
        let mut bucket = TokenBucket::new(10, 30, now);
        for _ in 0..30 {
            assert_eq!(bucket.take(now), Ok(()));
        }
        assert_eq!(bucket.take(now), Err(Duration::from_millis(100)));
        let later = now + Duration::from_millis(100);
        assert_eq!(bucket.take(later), Ok(()));
        assert!(bucket.take(later).is_err());
        assert!(bucket.is_full(later + Duration::from_secs(3)));
    }

    #[test]
    fn each_key_has_its_own_bucket_and_quiet_ones_are_forgotten() {
        let now = Clock::system().now();
        let buckets = Buckets::new(Rate::per_minute(1));
        assert_eq!(buckets.take(&0, now), Ok(()));
        assert_eq!(buckets.take(&0, now), Err(Duration::from_secs(60)));
        let later = now + Duration::from_secs(61);
        for key in 1..=KEYS_KEPT {
            assert_eq!(buckets.take(&key, later), Ok(()));
        }
        assert_eq!(buckets.buckets.lock().unwrap().len(), KEYS_KEPT, "the first is full again");
    }
}
