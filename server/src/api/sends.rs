//! How many messages each address has sent lately.
//!
//! The hub counts for each person, but a script without a cookie is somebody new with each request.
//! Sockets need no such count: an address holds only so many of them.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::Instant,
};

use crate::{
    hub::{SendError, TokenBucket},
    ops::config::Limits,
};

/// How much more than one person an address may send: people at home and in offices share one. It
/// is the share that an address has of sockets (DESIGN §5: 20 a user, 100 an address).
const PEOPLE_PER_ADDRESS: u32 = 5;

/// Addresses remembered at once. Beyond it those are forgotten whose bucket is full again, which is
/// every address that has been quiet for a few seconds.
const ADDRESSES_KEPT: usize = 4096;

/// Counts by address.
#[derive(Debug)]
pub struct Sends {
    per_second: u32,
    burst: u32,
    buckets: Mutex<HashMap<IpAddr, TokenBucket>>,
}

impl Sends {
    /// Nobody has sent anything yet.
    pub fn new(limits: &Limits) -> Self {
        let per_second = limits.sends_per_second * PEOPLE_PER_ADDRESS;
        let burst = limits.sends_burst * PEOPLE_PER_ADDRESS;
        Self { per_second, burst, buckets: Mutex::default() }
    }

    /// Counts one message.
    ///
    /// # Errors
    ///
    /// [`SendError::TooMany`] says how long to wait.
    pub fn count(&self, address: IpAddr, now: Instant) -> Result<(), SendError> {
        let address = network(address);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= ADDRESSES_KEPT && !buckets.contains_key(&address) {
            buckets.retain(|_, bucket| !bucket.is_full(now));
        }
        let fresh = || TokenBucket::new(self.per_second, self.burst, now);
        let bucket = buckets.entry(address).or_insert_with(fresh);
        bucket.take(now).map_err(|after| SendError::TooMany { after })
    }
}

/// What one customer of a provider has: an IPv4 address, or the 2⁶⁴ addresses of an IPv6 network.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        address => address,
    }
}
