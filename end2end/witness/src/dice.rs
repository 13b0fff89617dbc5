//! Chance: every part of the world has dice of its own, all from one seed, so that what one part
//! draws does not change what another one draws.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use rand::{RngExt, SeedableRng, rngs::StdRng};

/// A seeded generator.
#[derive(Debug)]
pub struct Dice(StdRng);

impl Dice {
    /// The dice of a part of the world.
    pub fn new(seed: u64, whose: impl Hash) -> Self {
        // The keys of `DefaultHasher` are fixed.
        let mut hasher = DefaultHasher::new();
        (seed, whose).hash(&mut hasher);
        Self(StdRng::seed_from_u64(hasher.finish()))
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: u32) -> bool {
        self.0.random_range(0..times) == 0
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end.max(1))
    }

    /// A time in whole milliseconds.
    pub fn between(&mut self, least: u64, most: u64) -> Duration {
        Duration::from_millis(self.0.random_range(least..=most))
    }

    /// A number in `[0, 1)`.
    pub fn fraction(&mut self) -> f64 {
        self.0.random()
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.random()
    }
}
