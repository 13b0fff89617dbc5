//! The server's disk: it takes its time, now and then it is full, and now and then it is sick: what is
//! asked of it fails, or is done and said to have failed.

use std::{
    io,
    sync::{
        Mutex, MutexGuard, PoisonError,
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
    is_sick: AtomicBool,
}

impl SimulatedDisk {
    /// A disk with room.
    pub fn new(seed: u64) -> Self {
        let dice = Mutex::new(Dice::new(seed, "disk"));
        Self { dice, is_full: AtomicBool::new(false), is_sick: AtomicBool::new(false) }
    }

    /// Fills the disk, or makes room.
    pub fn fill(&self, on: bool) {
        self.is_full.store(on, Ordering::Relaxed);
    }

    /// Makes it sick, or well again.
    pub fn sicken(&self, on: bool) {
        self.is_sick.store(on, Ordering::Relaxed);
    }

    fn wait(&self, most: u64) -> Duration {
        self.dice().between(0, most)
    }

    /// While it is sick, one access in four fails.
    fn fails(&self) -> bool {
        self.is_sick.load(Ordering::Relaxed) && self.dice().once_in(4)
    }

    fn dice(&self) -> MutexGuard<'_, Dice> {
        self.dice.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Played for SimulatedDisk {
    fn begins(&self, access: Access) -> io::Result<Duration> {
        if access == Access::Write && self.is_full.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        if self.fails() {
            return Err(io::Error::other("the disk is sick"));
        }
        Ok(self.wait(if access == Access::Write { 12 } else { 3 }))
    }

    fn is_done(&self, _: Access) -> io::Result<Duration> {
        match self.fails() {
            true => Err(io::Error::other("the disk is sick, and has done it")),
            false => Ok(self.wait(2)),
        }
    }
}
