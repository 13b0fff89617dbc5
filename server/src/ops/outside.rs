//! What the server gets from outside, and a test or a simulation holds in its stead.

use super::{Clock, Disk, Random};

/// Time, randomness and the disk; clones share them.
#[derive(Clone, Debug)]
pub struct Outside {
    /// The time.
    pub clock: Clock,
    /// Randomness that is not a secret.
    pub random: Random,
    /// Where the database lies.
    pub disk: Disk,
}

impl Outside {
    /// With the machine's own disk.
    pub fn new(clock: Clock, random: Random) -> Self {
        Self { clock, random, disk: Disk::real() }
    }
}
