//! What devices count while they live.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use confab_protocol::ErrorCode;

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Count(AtomicUsize);

impl Count {
    /// So many more.
    pub fn add(&self, more: usize) {
        self.0.fetch_add(more, Relaxed);
    }

    /// How many.
    pub fn so_far(&self) -> usize {
        self.0.load(Relaxed)
    }
}

/// Counts of all devices together.
#[derive(Debug, Default)]
pub struct Counts {
    /// What the server said it has stored.
    pub acked: Count,
    /// Sends that were cut off before their answer, and sent again.
    pub unconfirmed: Count,
    /// Dialogs that had to be read afresh.
    pub resets: Count,
    /// Engines that gave up trying, until their person pressed **Reconnect**.
    pub gave_up: Count,
    /// Engines that were not level when the server was killed again.
    pub overtaken: Count,
    refusals: Mutex<BTreeMap<String, usize>>,
    closes: Mutex<BTreeMap<u16, usize>>,
}

impl Counts {
    /// A send was refused for now.
    pub fn refused(&self, code: &ErrorCode) {
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        *refusals.entry(code.as_str().to_owned()).or_default() += 1;
    }

    /// How many sends were refused for now, by code.
    pub fn refusals(&self) -> BTreeMap<String, usize> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A socket was closed.
    pub fn closed(&self, code: u16) {
        let mut closes = self.closes.lock().unwrap_or_else(PoisonError::into_inner);
        *closes.entry(code).or_default() += 1;
    }

    /// How many sockets were closed, by code.
    pub fn closes(&self) -> BTreeMap<u16, usize> {
        self.closes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
