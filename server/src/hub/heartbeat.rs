//! The server's pulse: one frame, encoded once, for everyone (documents 000 and 002).

use std::time::Instant;

use confab_protocol::{Heartbeat, ServerFrame, Topic};

use super::{Audience, Encoded, Hub};

impl Hub {
    /// Beats until the server ends; `started` is when the first interval began.
    pub(super) async fn beat(self, started: Instant) {
        let interval = self.0.rules.hub.heartbeat_interval;
        let mut next = started + interval;
        loop {
            tokio::select! {
                biased;
                () = self.0.shutdown.begun() => return,
                () = self.0.clock.sleep_until(next) => {}
            }
            // A beat that comes late does not make the next one come early twice.
            next = (next + interval).max(self.0.clock.now());
            let beat = Heartbeat {
                time: self.0.clock.wall(),
                connections: self.0.registry.count() as u64,
            };
            let frame = Encoded::new(&ServerFrame::from(beat));
            self.0.listeners.tell(&Topic::Heartbeat, &frame, Audience::Everyone);
        }
    }
}
