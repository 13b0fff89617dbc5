//! The server's disk: it takes its time, and now and then it is full.

use std::{
    io,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use confab_server::ops::{Access, disk::Played};

use witness::dice::Dice;

/// A disk.
#[derive(Debug)]
pub struct SimulatedDisk {
    dice: Mutex<Dice>,
    is_full: AtomicBool,
}

impl SimulatedDisk {
    /// A disk with room.
    pub fn new(seed: u64) -> Self {
        Self { dice: Mutex::new(Dice::new(seed, "disk")), is_full: AtomicBool::new(false) }
    }

    /// Fills the disk, or makes room.
    pub fn fill(&self, on: bool) {
        self.is_full.store(on, Ordering::Relaxed);
    }

    fn wait(&self, most: u64) -> Duration {
        self.dice.lock().unwrap_or_else(PoisonError::into_inner).between(0, most)
    }
}

impl Played for SimulatedDisk {
    fn begins(&self, access: Access) -> io::Result<Duration> {
        if access == Access::Write && self.is_full.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(self.wait(if access == Access::Write { 12 } else { 3 }))
    }

    fn is_done(&self, _: Access) -> Duration {
        self.wait(2)
    }
}
