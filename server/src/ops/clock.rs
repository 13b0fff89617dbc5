//! Two clocks: a monotonic one to wait by, a wall one to show.
//!
//! Nothing else in the server reads the time, so a test holds a [`Manual`] clock and moves sixty
//! seconds in one line while real sockets stay real. (Tokio's paused time cannot do this: it jumps
//! ahead whenever the runtime waits for the kernel.)

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use confab_protocol::Timestamp;
use tokio::sync::watch;

/// The time, handed to whoever waits or writes it down.
#[derive(Clone, Debug, Default)]
pub struct Clock(Source);

#[derive(Clone, Debug, Default)]
enum Source {
    /// The machine's clocks.
    #[default]
    System,
    Manual(Arc<Manual>),
    Runtime(Arc<Runtime>),
}

/// A clock that only a test moves.
#[derive(Debug)]
pub struct Manual {
    started: Instant,
    wall: Timestamp,
    passed: watch::Sender<Duration>,
}

/// The clock of a runtime whose time is paused, as a simulation has one.
#[derive(Debug)]
struct Runtime {
    started: tokio::time::Instant,
    /// What the wall clock said then; it may be set meanwhile.
    wall: Arc<AtomicU64>,
}

impl Clock {
    /// The machine's clocks.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands still until [`Manual::advance`].
    #[expect(clippy::disallowed_methods, reason = "this is where the clocks come from")]
    pub fn manual(wall: Timestamp) -> (Self, Arc<Manual>) {
        let passed = watch::Sender::new(Duration::ZERO);
        let manual = Arc::new(Manual { started: Instant::now(), wall, passed });
        (Self(Source::Manual(Arc::clone(&manual))), manual)
    }

    /// The clock of the runtime that calls. The wall clock shows what is in `wall`, in milliseconds
    /// since 1970, and the time passed since; whoever keeps `wall` may set it.
    pub fn of_runtime(wall: Arc<AtomicU64>) -> Self {
        let started = tokio::time::Instant::now();
        Self(Source::Runtime(Arc::new(Runtime { started, wall })))
    }

    /// A moment to wait by.
    #[expect(clippy::disallowed_methods, reason = "this is where the clocks come from")]
    pub fn now(&self) -> Instant {
        match &self.0 {
            Source::System => Instant::now(),
            Source::Manual(manual) => manual.started + *manual.passed.borrow(),
            Source::Runtime(_) => tokio::time::Instant::now().into_std(),
        }
    }

    /// A moment to show and to store.
    #[expect(clippy::disallowed_methods, reason = "this is where the clocks come from")]
    pub fn wall(&self) -> Timestamp {
        let ms = match &self.0 {
            Source::System => {
                let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
                since.map_or(0, |since| since.as_millis() as u64)
            }
            Source::Manual(manual) => {
                manual.wall.unix_ms() + manual.passed.borrow().as_millis() as u64
            }
            Source::Runtime(runtime) => {
                let passed = runtime.started.elapsed().as_millis() as u64;
                runtime.wall.load(Ordering::Relaxed) + passed
            }
        };
        Timestamp::from_unix_ms(ms)
    }

    /// Waits until the moment has come.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    pub async fn sleep_until(&self, moment: Instant) {
        match &self.0 {
            Source::Manual(manual) => {
                let mut passed = manual.passed.subscribe();
                let due = |passed: &Duration| manual.started + *passed >= moment;
                // The sender lives in `manual`, which this borrow keeps alive.
                let _ = passed.wait_for(due).await;
            }
            Source::System | Source::Runtime(_) => {
                tokio::time::sleep_until(moment.into()).await;
            }
        }
    }

    /// Waits for a while.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing, but a new call waits the whole time again.
    pub async fn sleep(&self, time: Duration) {
        self.sleep_until(self.now() + time).await;
    }
}

impl Manual {
    /// Lets time pass for everyone who holds this clock.
    pub fn advance(&self, time: Duration) {
        self.passed.send_modify(|passed| *passed += time);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_manual_clock_moves_only_by_hand() {
        let (clock, manual) = Clock::manual(Timestamp::from_unix_ms(1_000));
        let started = clock.now();
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(started + Duration::from_secs(60)).await }
        });
        manual.advance(Duration::from_secs(59));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        manual.advance(Duration::from_secs(1));
        sleeper.await.unwrap();
        assert_eq!(clock.wall(), Timestamp::from_unix_ms(61_000));
    }
}
