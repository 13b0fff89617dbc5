//! How often someone may try to come in.
//!
//! Counted by login and address together, so that nobody guesses one password and nobody locks
//! another person out; and by address alone, because each try keeps a core busy. Buckets forget by
//! themselves; there is no lasting lock.

use std::{net::IpAddr, time::Instant};

use confab_protocol::UserId;

use super::AccountRefused;
use crate::ops::{
    config,
    rate::{Buckets, Rate, network},
};

/// Estimates of a password's strength that an address may ask for: one for each key that a person
/// presses, and more for an office.
const STRENGTHS_PER_SECOND: u32 = 10;
const STRENGTHS_BURST: u32 = 50;

/// Names that a person may take one after the other: everyone hears of each.
const NAMES_PER_MINUTE: u32 = 20;

pub(super) struct Tries {
    logins: Buckets<(IpAddr, String)>,
    addresses: Buckets<IpAddr>,
    strengths: Buckets<IpAddr>,
    names: Buckets<UserId>,
}

impl Tries {
    /// Nobody has tried anything yet.
    pub fn new(config: &config::Auth) -> Self {
        Self {
            logins: Buckets::new(Rate::per_minute(config.tries_per_minute)),
            addresses: Buckets::new(Rate::per_minute(config.address_tries_per_minute)),
            strengths: Buckets::new(Rate::per_second(STRENGTHS_PER_SECOND, STRENGTHS_BURST)),
            names: Buckets::new(Rate::per_minute(NAMES_PER_MINUTE)),
        }
    }

    /// Counts a try to prove that one is who has this login.
    pub fn sign_in(&self, at: IpAddr, key: &str, now: Instant) -> Result<(), AccountRefused> {
        let login = (network(at), key.to_owned());
        let counted = self.logins.take(&login, now).and_then(|()| self.address(at, now));
        counted.map_err(|after| AccountRefused::TooManyTries { after })
    }

    /// Counts a new account.
    pub fn register(&self, at: IpAddr, now: Instant) -> Result<(), AccountRefused> {
        self.address(at, now).map_err(|after| AccountRefused::TooManyTries { after })
    }

    /// Counts another name of someone.
    pub fn rename(&self, user: &UserId, now: Instant) -> Result<(), AccountRefused> {
        self.names.take(user, now).map_err(|after| AccountRefused::TooManyTries { after })
    }

    /// Counts a look at a password's strength.
    pub fn strength(&self, at: IpAddr, now: Instant) -> Result<(), AccountRefused> {
        let counted = self.strengths.take(&network(at), now);
        counted.map_err(|after| AccountRefused::TooManyTries { after })
    }

    fn address(&self, at: IpAddr, now: Instant) -> Result<(), std::time::Duration> {
        self.addresses.take(&network(at), now)
    }
}
