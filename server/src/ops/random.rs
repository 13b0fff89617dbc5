//! Randomness that is not a secret: ids, jitter. One seeded generator, its seed in the log, so that
//! a run can be repeated. Secrets (the cookie key) come from the operating system instead.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use confab_protocol::Timestamp;
use rand::{RngExt, SeedableRng, rngs::StdRng};

/// A generator that everyone shares.
#[derive(Clone, Debug)]
pub struct Random(Arc<Mutex<StdRng>>);

impl Random {
    /// The same seed gives the same numbers.
    pub fn from_seed(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    fn with<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A UUIDv7 (RFC 9562 §5.7): ids sort by the time they were made.
    pub fn uuid_v7(&self, now: Timestamp) -> String {
        let bytes = self.with(|random| random.random::<[u8; 10]>());
        uuid::Builder::from_unix_timestamp_millis(now.unix_ms(), &bytes).into_uuid().to_string()
    }

    /// Some time from zero up to `max`, so that many do not come at once.
    pub fn jitter(&self, max: Duration) -> Duration {
        max.mul_f64(self.with(|random| random.random::<f64>()))
    }

    /// A number of four digits, for a guest's name.
    pub fn guest_number(&self) -> u16 {
        self.with(|random| random.random_range(1000..=9999))
    }
}
