//! Is the server alive, and should it get traffic? `/healthz` needs nothing; `/readyz` asks the
//! database and says no while the server stops.

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use thiserror::Error;

use super::Shutdown;

/// Something the server cannot do its work without.
pub trait Probe: Send + Sync {
    /// Tries it out; the sentence says what is wrong.
    fn probe(&self) -> BoxFuture<'_, Result<(), String>>;
}

/// Why the server should get no traffic.
#[derive(Debug, Error, Eq, PartialEq)]
pub enum NotReady {
    /// It is about to end.
    #[error("the server is stopping")]
    Stopping,
    /// Nothing can be stored; the sentence says why.
    #[error("{0}")]
    Database(String),
}

/// Longest wait for the database: a load balancer gives up soon after.
const PROBE_PATIENCE: Duration = Duration::from_secs(2);

/// The server's answer to "how are you".
#[derive(Clone)]
pub struct Health {
    shutdown: Shutdown,
    database: Arc<dyn Probe>,
}

impl Health {
    /// Health of a server that stands on this database.
    pub fn new(shutdown: Shutdown, database: Arc<dyn Probe>) -> Self {
        Self { shutdown, database }
    }

    /// Whether the server should get traffic.
    ///
    /// # Errors
    ///
    /// [`NotReady`] says why not.
    pub async fn ready(&self) -> Result<(), NotReady> {
        if self.shutdown.has_begun() {
            return Err(NotReady::Stopping);
        }
        match tokio::time::timeout(PROBE_PATIENCE, self.database.probe()).await {
            Ok(answer) => answer.map_err(NotReady::Database),
            Err(_) => {
                Err(NotReady::Database("the database does not answer: no answer in 2 s".to_owned()))
            }
        }
    }
}
