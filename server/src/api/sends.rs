//! How many messages each address has sent lately.
//!
//! The hub counts for each person, but a script without a cookie is somebody new with each request.
//! Sockets need no such count: an address holds only so many of them.

use std::{net::IpAddr, time::Instant};

use crate::{
    hub::SendError,
    ops::{
        config::Limits,
        rate::{Buckets, Rate, network},
    },
};

/// How much more than one person an address may send: people at home and in offices share one. It
/// is the share that an address has of sockets (DESIGN §5: 20 a user, 100 an address).
const PEOPLE_PER_ADDRESS: u32 = 5;

/// Counts by address.
#[derive(Debug)]
pub struct Sends(Buckets<IpAddr>);

impl Sends {
    /// Nobody has sent anything yet.
    pub fn new(limits: &Limits) -> Self {
        let per_second = limits.sends_per_second * PEOPLE_PER_ADDRESS;
        Self(Buckets::new(Rate::per_second(per_second, limits.sends_burst * PEOPLE_PER_ADDRESS)))
    }

    /// Counts one message.
    ///
    /// # Errors
    ///
    /// [`SendError::TooMany`] says how long to wait.
    pub fn count(&self, address: IpAddr, now: Instant) -> Result<(), SendError> {
        self.0.take(&network(address), now).map_err(|after| SendError::TooMany { after })
    }
}
