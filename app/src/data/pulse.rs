//! The server's pulse.

use confab_protocol::{Heartbeat, ServerFrame, Topic};
use futures::future::LocalBoxFuture;

use crate::live::{Endpoint, EntryApi, QueryError};

/// The last `welcome` and the last `heartbeat` (documents 000 and 002).
pub struct Pulse;

/// What the server said last of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LastPulse {
    /// The number in the greeting of this connection.
    pub welcome: Option<u64>,
    /// The last beat of this connection.
    pub heartbeat: Option<Heartbeat>,
}

impl Endpoint for Pulse {
    type Arg = ();
    type Data = LastPulse;
    const NAME: &'static str = "pulse";
    const REFETCH_ON_RECONNECT: bool = false;

    fn query(&self, (): ()) -> LocalBoxFuture<'static, Result<LastPulse, QueryError>> {
        Box::pin(async { Ok(LastPulse::default()) })
    }

    fn on_cache_entry_added(&self, (): (), api: EntryApi<Self>) -> LocalBoxFuture<'static, ()> {
        Box::pin(async move {
            api.subscribe(Topic::Heartbeat);
            let entry = api.clone();
            api.on("welcome", move |frame| {
                let ServerFrame::Welcome(welcome) = frame else { return };
                let pulse = LastPulse { welcome: Some(welcome.client), heartbeat: None };
                entry.update_cached_data(move |last| *last = pulse);
                entry.mark_fresh();
            });
            let entry = api.clone();
            api.on("heartbeat", move |frame| {
                let ServerFrame::Heartbeat(beat) = frame else { return };
                let beat = *beat;
                entry.update_cached_data(move |last| last.heartbeat = Some(beat));
                entry.mark_fresh();
            });
            api.cache_entry_removed().await;
        })
    }
}
