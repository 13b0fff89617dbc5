//! What happened on the lab's connection, line by line, as document 000 shows it.

use confab_protocol::{
    ErrorCode, ErrorFrame, Heartbeat, Person, ServerFrame, Timestamp, Topic, Welcome,
};
use confab_sync::ConnectionError;
use futures::future::LocalBoxFuture;
use leptos::prelude::*;

use crate::{
    Session,
    dom::effect,
    live::{Endpoint, EntryApi, QueryError},
    session::{Break, keep},
};

/// The lab's lines: greetings, beats, what people say, errors and closes.
pub struct LabEvents {
    /// Whose connection.
    pub session: Session,
}

/// Lines that are kept.
const LINES_KEPT: usize = 200;

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct LabLine {
    /// Counts up; the key of the line.
    pub number: u64,
    /// When it happened: by the server's clock if the server said so.
    pub at: Timestamp,
    /// What happened.
    pub event: LabEvent,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum LabEvent {
    /// The greeting.
    Welcome(u64),
    /// A beat.
    Pulse(u64),
    /// Someone said something.
    Chat {
        /// Who.
        from: Person,
        /// What.
        message: String,
    },
    /// The server did not understand or accept a frame.
    Refused(ErrorCode),
    /// There was no connection to be had, or it broke or was closed.
    Broke(ConnectionError),
}

/// The lines, newest last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lines {
    /// The lines.
    pub lines: Vec<LabLine>,
    next: u64,
}

impl Lines {
    fn push(&mut self, at: Timestamp, event: LabEvent) {
        keep(&mut self.lines, LabLine { number: self.next, at, event }, LINES_KEPT);
        self.next += 1;
    }
}

impl Endpoint for LabEvents {
    type Arg = ();
    type Data = Lines;
    const NAME: &'static str = "lab";
    const REFETCH_ON_RECONNECT: bool = false;

    fn query(&self, (): ()) -> LocalBoxFuture<'static, Result<Lines, QueryError>> {
        Box::pin(async { Ok(Lines::default()) })
    }

    fn on_cache_entry_added(&self, (): (), api: EntryApi<Self>) -> LocalBoxFuture<'static, ()> {
        let session = self.session;
        Box::pin(async move {
            for topic in [Topic::Chat, Topic::Heartbeat, Topic::Presence] {
                api.subscribe(topic);
            }
            for kind in ["welcome", "heartbeat", "chat", "error"] {
                let entry = api.clone();
                api.on(kind, move |frame| {
                    if let Some((at, event)) = line(session, frame) {
                        entry.update_cached_data(move |lines| lines.push(at, event.clone()));
                        entry.mark_fresh();
                    }
                });
            }
            let watcher = Owner::new();
            watcher.with(|| watch_breaks(session, api.clone()));
            api.cache_entry_removed().await;
            drop(watcher);
        })
    }
}

fn line(session: Session, frame: &ServerFrame) -> Option<(Timestamp, LabEvent)> {
    Some(match frame {
        ServerFrame::Welcome(Welcome { client, time, .. }) => (*time, LabEvent::Welcome(*client)),
        ServerFrame::Heartbeat(Heartbeat { time, connections }) => {
            (*time, LabEvent::Pulse(*connections))
        }
        ServerFrame::Chat(chat) => {
            let (from, message) = (chat.from.clone(), chat.message.clone());
            (chat.time, LabEvent::Chat { from, message })
        }
        ServerFrame::Error(ErrorFrame { code, .. }) => {
            let at = session.browser(|browser| browser.wall())?;
            (at, LabEvent::Refused(*code))
        }
        _ => return None,
    })
}

/// Writes a line whenever the connection breaks: once for each failure, not for each second waited.
fn watch_breaks(session: Session, api: EntryApi<LabEvents>) {
    let mut last = session.notes.with_untracked(|notes| notes.broken.clone());
    effect(move || {
        let broken = session.notes.with(|notes| notes.broken.clone());
        if broken != last {
            last = broken.clone();
            if let Some(Break { at, error }) = broken {
                api.update_cached_data(move |lines| {
                    lines.push(at, LabEvent::Broke(error.clone()));
                });
            }
        }
    });
}
