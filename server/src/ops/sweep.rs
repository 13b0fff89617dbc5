//! The broom: a socket that sends no byte, not even a pong, is gone in all but name (document 002).
//!
//! A socket's own task asks sooner, with pings. The broom looks at the registry alone, so that a
//! socket is found whatever its task is waiting for.

use std::{sync::Arc, time::Duration};

use confab_protocol::CloseCode;
use tracing::{debug, info};

use super::{Clock, Registry, Shutdown, registry::Losses};

/// When to sweep and whom (DESIGN §5).
#[derive(Clone, Copy, Debug)]
pub struct Sweep {
    /// How often to look.
    pub interval: Duration,
    /// How long a socket may be silent.
    pub silence_max: Duration,
}

impl Sweep {
    /// Sweeps until the server ends.
    pub fn start(self, registry: Arc<Registry>, clock: Clock, shutdown: &Shutdown) {
        let (mut next, ending) = (clock.now() + self.interval, shutdown.clone());
        let mut before = Losses::default();
        shutdown.spawn(async move {
            loop {
                tokio::select! {
                    biased;
                    () = ending.begun() => return,
                    () = clock.sleep_until(next) => before = self.once(&registry, &clock, before),
                }
                next = (next + self.interval).max(clock.now());
            }
        });
    }

    /// What did not reach sockets until now is told, if it has become more.
    fn once(self, registry: &Registry, clock: &Clock, before: Losses) -> Losses {
        let now = clock.now();
        let mut swept = 0;
        for connection in registry.connections() {
            let silence = connection.silence(now);
            if silence > self.silence_max {
                swept += 1;
                debug!(connection.id = %connection.id, silence_ms = silence.as_millis() as u64, "silent");
                connection.ask_to_close(CloseCode::NoPong, "nothing was heard for too long");
            }
        }
        let (connections, losses) = (registry.count(), registry.losses());
        let Losses { shed, dropped } = losses;
        if swept == 0 && losses == before {
            debug!(connections, shed, dropped, "nothing to sweep");
        } else {
            info!(connections, swept, shed, dropped, "swept");
        }
        losses
    }
}
