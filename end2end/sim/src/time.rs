//! Virtual time: two runtimes, the server's and that of the devices, are moved on in turn, a step
//! at a time. Neither waits for the world, so an hour passes as fast as it can be computed.

use std::{cell::Cell, future::Future, time::Duration};

use tokio::{
    runtime::{Builder, Runtime},
    time::{Instant, sleep_until},
};

thread_local! {
    /// When the runtime that is being moved on was made, by its own clock and by that of the run.
    static BASE: Cell<Option<(Instant, Duration)>> = const { Cell::new(None) };
    /// The time between two steps.
    static REACHED: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// The time since the run began.
pub fn now() -> Duration {
    match BASE.get() {
        Some((made, offset)) => offset + made.elapsed(),
        None => REACHED.get(),
    }
}

/// A run begins.
pub fn begin() {
    REACHED.set(Duration::ZERO);
}

/// A moment of the run, for timers of the runtime that is being moved on.
pub fn instant(moment: Duration) -> Instant {
    Instant::now() + moment.saturating_sub(now())
}

/// A runtime whose time moves only by [`Stage::play`].
pub struct Stage {
    runtime: Runtime,
    made: Instant,
    offset: Duration,
}

impl Stage {
    /// Begins at a moment of the run.
    pub fn new(offset: Duration) -> Self {
        let mut builder = Builder::new_current_thread();
        builder.enable_time().start_paused(true);
        // The database's threads wake tasks whenever they like. Counted among the others, these would
        // move the turn at which timers are looked at; so nobody counts.
        builder.event_interval(u32::MAX).global_queue_interval(u32::MAX);
        let runtime = builder.build().expect("a runtime of one thread");
        let made = runtime.block_on(async { Instant::now() });
        Self { runtime, made, offset }
    }

    /// Begins something; it goes on when the stage is played.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(task);
    }

    /// Lets everything happen that happens until a moment of the run.
    pub fn play(&self, until: Duration) {
        BASE.set(Some((self.made, self.offset)));
        let instant = self.made + until.saturating_sub(self.offset);
        self.runtime.block_on(async { sleep_until(instant).await });
        BASE.set(None);
        REACHED.set(until);
    }
}
