//! How many messages each person has sent lately.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use confab_protocol::UserId;

use crate::ops::rate::TokenBucket;

/// People remembered at once. Beyond it those are forgotten whose bucket is full again, which is
/// everyone who has been quiet for a few seconds.
const PEOPLE_KEPT: usize = 4096;

#[derive(Debug)]
pub(super) struct Sends {
    per_second: u32,
    burst: u32,
    buckets: Mutex<HashMap<UserId, TokenBucket>>,
}

impl Sends {
    pub fn new(per_second: u32, burst: u32) -> Self {
        Self { per_second, burst, buckets: Mutex::default() }
    }

    /// Counts one message of a person; an error says how long to wait.
    pub fn count(&self, user: &UserId, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= PEOPLE_KEPT && !buckets.contains_key(user) {
            buckets.retain(|_, bucket| !bucket.is_full(now));
        }
        let fresh = || TokenBucket::new(self.per_second, self.burst, now);
        buckets.entry(user.clone()).or_insert_with(fresh).take(now)
    }
}
