//! What happened, line by line, and its hash: the same seed gives the same lines.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use crate::time;

/// The lines of a run; clones write the same ones.
#[derive(Clone)]
pub struct Trace(Arc<Mutex<Lines>>);

struct Lines {
    hash: Sha256,
    count: u64,
    is_told: bool,
}

impl Trace {
    /// Nothing has happened. Whether each line is printed, too.
    pub fn new(is_told: bool) -> Self {
        Self(Arc::new(Mutex::new(Lines { hash: Sha256::new(), count: 0, is_told })))
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something happened.
    pub fn note(&self, who: &str, what: &str) {
        let line = format!("{:>9.3} {who:<8} {what}", time::now().as_secs_f64());
        let mut lines = self.lock();
        lines.hash.update(&line);
        lines.hash.update("\n");
        lines.count += 1;
        if lines.is_told {
            println!("{line}");
        }
    }

    /// How many lines there are, and their hash in hexadecimal.
    pub fn hash(&self) -> (u64, String) {
        let lines = self.lock();
        let bytes = lines.hash.clone().finalize();
        (lines.count, bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect())
    }
}
