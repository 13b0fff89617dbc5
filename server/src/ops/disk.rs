//! The disk that the database lies on: the machine's, or one that a simulation plays.
//!
//! A database works on threads of its own, and threads know nothing of a simulation's time. There,
//! an access takes as long as the simulation says, fails when it says so, and is done while nothing
//! else moves; so that the same seed gives the same run.

use std::{fmt::Debug, future::Future, io, sync::Arc, time::Duration};

/// What is done on the disk.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// Something is read.
    Read,
    /// A group is written and synced.
    Write,
}

/// A disk that a simulation plays.
pub trait Played: Debug + Send + Sync {
    /// How long an access waits before it is done; an error if it is not done at all.
    ///
    /// # Errors
    ///
    /// What the system would say.
    fn begins(&self, access: Access) -> io::Result<Duration>;
    /// It is done, and on the disk for good; how long the answer takes. An error if the system says
    /// that it was not done.
    ///
    /// # Errors
    ///
    /// What the system would say.
    fn is_done(&self, access: Access) -> io::Result<Duration>;
}

/// The disk; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Disk(Option<Arc<dyn Played>>);

impl Disk {
    /// The machine's.
    pub fn real() -> Self {
        Self::default()
    }

    /// A simulation's. Time must be tokio's own, paused, on one thread.
    pub fn played(by: Arc<dyn Played>) -> Self {
        Self(Some(by))
    }

    /// Does something that other threads do.
    ///
    /// # Errors
    ///
    /// When a simulation says that the disk fails; what the real one says is in the output.
    pub async fn access<T>(&self, access: Access, work: impl Future<Output = T>) -> io::Result<T> {
        let Some(played) = &self.0 else { return Ok(work.await) };
        tokio::time::sleep(played.begins(access)?).await;
        // Nothing else moves meanwhile, and no budget of the task's may run out.
        let output = futures::executor::block_on(tokio::task::coop::unconstrained(work));
        tokio::time::sleep(played.is_done(access)?).await;
        Ok(output)
    }
}
