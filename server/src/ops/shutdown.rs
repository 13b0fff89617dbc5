//! One word that everyone hears, and one door that closes behind the last.
//!
//! A task that lives as long as the server is spawned through [`Shutdown::spawn`], listens to
//! [`Shutdown::begun`], and ends. The listener goes last: it answers until all of them have ended.
//! The whole may take no longer than the configured grace.
//!
//! Such a task that panics begins the end. A server without its writer, its fan-out or its broom
//! would go on accepting and be of no use; stopped in good order, it is started anew by whoever
//! watches the process, and its clients come back to the log.

use std::{future::Future, panic::AssertUnwindSafe};

use futures::FutureExt;
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};
use tracing::error;

/// Something under way whose task someone else has started, a socket for one.
#[derive(Debug)]
pub struct Hold {
    _token: TaskTrackerToken,
}

/// The end of the server, shared by all its tasks.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    token: CancellationToken,
    tasks: TaskTracker,
}

impl Shutdown {
    /// Tells everyone to end.
    pub fn begin(&self) {
        self.token.cancel();
        self.tasks.close();
    }

    /// Whether the end has begun.
    pub fn has_begun(&self) -> bool {
        self.token.is_cancelled()
    }

    /// Waits for the end to begin.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    pub async fn begun(&self) {
        self.token.cancelled().await;
    }

    /// Starts a task that the end waits for, and that the server cannot be without.
    pub fn spawn<F>(&self, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(self.watch(task));
    }

    /// The task, whose panic begins the end.
    pub fn watch<F>(&self, task: F) -> impl Future<Output = ()> + Send + use<F>
    where
        F: Future<Output = ()> + Send,
    {
        let shutdown = self.clone();
        async move {
            // What the panic said has been printed where it happened.
            if AssertUnwindSafe(task).catch_unwind().await.is_err() {
                error!("a task of the server has panicked; the server stops");
                shutdown.begin();
            }
        }
    }

    /// The end waits until this is dropped.
    pub fn hold(&self) -> Hold {
        Hold { _token: self.tasks.token() }
    }

    /// How many tasks still run.
    pub fn tasks(&self) -> usize {
        self.tasks.len()
    }

    /// Waits until the end has begun and all tasks have ended.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    pub async fn finished(&self) {
        self.tasks.wait().await;
    }
}
