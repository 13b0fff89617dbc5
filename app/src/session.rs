//! What this tab knows by itself: how the connection is, who we are, and what we have said that is
//! not in the log yet.
//!
//! One session per page, in context. The frontend feeds it ([`Session::hear`],
//! [`Session::note_traffic`]); components read its signals and speak through its methods, which
//! reach the engine by way of the [`Browser`](crate::Browser).
//!
//! On the server every signal has its first value and every method does nothing.

use confab_protocol::{
    ClientId, DialogId, ErrorCode, Limits, MessageKind, MessageSend, MessageText, Meta, Person,
    Refusal, ServerFrame, Timestamp, json,
};
use confab_sync::{
    ClosedReason, ConnectionError, Delivery, DeliveryState, Event, Input, Moment, Post, Status,
};
use leptos::prelude::*;

use crate::{Bootstrap, BrowserHandle, Page, live::Live, words::digits};

/// A message of ours on its way into the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    /// What is sent.
    pub send: MessageSend,
    /// When it was written, by this device's clock.
    pub at: Timestamp,
    /// How far it is.
    pub state: OutgoingState,
}

/// How far a message of ours is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OutgoingState {
    /// It waits for the connection or its turn.
    Queued,
    /// It is under way.
    InFlight,
    /// The server has it.
    Stored,
    /// It was refused for now. It keeps its place, and is tried again by itself.
    Waiting(ErrorCode),
    /// It was refused, and will not be tried again by itself.
    Failed(ErrorCode),
}

impl OutgoingState {
    /// Why the server did not take it, if that is where it stands.
    pub fn refusal(self) -> Option<ErrorCode> {
        match self {
            Self::Waiting(code) | Self::Failed(code) => Some(code),
            Self::Queued | Self::InFlight | Self::Stored => None,
        }
    }
}

/// A time the connection broke.
#[derive(Clone, Debug, PartialEq)]
pub struct Break {
    /// When, by this device's clock.
    pub at: Timestamp,
    /// What went wrong.
    pub error: ConnectionError,
}

/// What broke, if something did between two states: an open connection or a try came to an end.
fn broke<'a>(before: &Status, after: &'a Status) -> Option<&'a ConnectionError> {
    let was_alive = matches!(
        before,
        Status::Open | Status::Connecting | Status::Reconnecting { retry_at: None, .. }
    );
    match after {
        Status::Reconnecting { retry_at: None, error, .. } if *before == Status::Open => {
            Some(error)
        }
        Status::Reconnecting { retry_at: Some(_), error, .. } if was_alive => Some(error),
        Status::Closed { error, .. } if was_alive => error.as_ref(),
        _ => None,
    }
}

/// Which way a frame went.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// From the server.
    Received,
    /// To the server.
    Sent,
}

/// A frame in the lab's log.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedFrame {
    /// Counts up; the key of its line.
    pub number: u64,
    /// Which way it went.
    pub direction: Direction,
    /// When, by this device's clock.
    pub at: Timestamp,
    /// The text, cut when it is long.
    pub text: String,
}

/// What the lab shows of the connection.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// The last round trips in milliseconds, oldest first.
    pub round_trips: Vec<u32>,
    /// The last time the connection broke.
    pub broken: Option<Break>,
    /// Every frame, newest last. Empty on other pages.
    pub frames: Vec<LoggedFrame>,
}

/// Adds to a list that holds so many at most.
pub fn keep<T>(list: &mut Vec<T>, new: T, most: usize) {
    if list.len() == most {
        list.remove(0);
    }
    list.push(new);
}

/// Frames the lab keeps: a few screens of them.
pub const FRAMES_KEPT: usize = 200;
/// Characters of a frame the lab shows: a page of history would bury the rest.
pub const FRAME_CHARACTERS_SHOWN: usize = 2_000;
/// Round trips the lab's chart shows.
pub const ROUND_TRIPS_KEPT: usize = 60;
/// Where the outbox survives a reload.
const OUTBOX_KEY: &str = "outbox";

/// The session; copies share it.
#[derive(Clone, Copy)]
pub struct Session {
    /// The state of the connection.
    pub status: RwSignal<Status>,
    /// Who we are, as the server says.
    pub you: RwSignal<Person>,
    /// Messages of ours that are not in the log yet, oldest first.
    pub outbox: RwSignal<Vec<Outgoing>>,
    /// What the lab shows of the connection.
    pub notes: RwSignal<Notes>,
    page: Page,
    limits: Limits,
    browser: BrowserHandle,
}

impl Session {
    /// A session that has not begun.
    pub fn new(bootstrap: &Bootstrap, browser: BrowserHandle) -> Self {
        Self {
            status: RwSignal::new(Status::Closed { reason: ClosedReason::NotStarted, error: None }),
            you: RwSignal::new(bootstrap.person()),
            outbox: RwSignal::default(),
            notes: RwSignal::default(),
            page: bootstrap.page,
            limits: bootstrap.limits,
            browser,
        }
    }

    /// Does something with the tab; nothing on the server.
    pub fn browser<T>(&self, act: impl FnOnce(&dyn crate::Browser) -> T) -> Option<T> {
        self.browser.get().map(|browser| act(&*browser))
    }

    /// Tells the engine something.
    pub fn command(&self, input: Input) {
        self.browser(|browser| browser.command(input));
    }

    /// Takes up what the last life of this page left unsent, then connects.
    pub fn begin(self, live: Live) {
        self.restore();
        self.browser(|browser| browser.start(self, live));
    }

    /// What is too much.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Sends a message: the bubble is there at once, the engine does the rest.
    ///
    /// # Errors
    ///
    /// The same [`Refusal`] the server would answer; nothing is sent.
    pub fn send(&self, dialog_id: DialogId, text: &str) -> Result<(), Refusal> {
        let text = MessageText::parse(text, self.limits.message_characters as usize)?;
        let Some((client_id, at)) = self.new_client_id() else { return Ok(()) };
        let send = MessageSend {
            dialog_id,
            client_id,
            content: text.into_string(),
            kind: MessageKind::Text,
            meta: Meta::default(),
            reply_to: None,
        };
        let outgoing = Outgoing { send: send.clone(), at, state: OutgoingState::Queued };
        self.change_outbox(&mut |outbox| outbox.push(outgoing.clone()));
        self.command(Input::Send(send));
        Ok(())
    }

    /// Whether we have said something that would be lost with this tab.
    pub fn has_unsent(&self) -> bool {
        self.outbox.with(|outbox| outbox.iter().any(|out| out.state != OutgoingState::Stored))
    }

    /// Tries a refused message once more: at once if it is to be tried again anyhow, else under a
    /// new name and at the end of the line.
    pub fn retry(&self, client_id: &ClientId) {
        let waits = |out: &Outgoing| {
            out.send.client_id == *client_id && matches!(out.state, OutgoingState::Waiting(_))
        };
        if self.outbox.with_untracked(|outbox| outbox.iter().any(waits)) {
            return self.command(Input::Hurry);
        }
        let Some((new_client_id, at)) = self.new_client_id() else { return };
        self.change_outbox(&mut |outbox| {
            let place = outbox.iter().position(|outgoing| outgoing.send.client_id == *client_id);
            if let Some(place) = place {
                let mut outgoing = outbox.remove(place);
                outgoing.send.client_id = new_client_id.clone();
                outgoing.at = at;
                outgoing.state = OutgoingState::Queued;
                outbox.push(outgoing);
            }
        });
        self.command(Input::Retry { client_id: client_id.clone(), new_client_id });
    }

    /// Forgets a refused message.
    pub fn discard(&self, client_id: &ClientId) {
        self.forget(client_id);
        self.command(Input::Discard { client_id: client_id.clone() });
    }

    /// Takes in what the engine has to tell.
    pub fn hear(&self, live: &Live, event: Event) {
        match event {
            Event::Status(status) => self.status_changed(live, status),
            Event::Frame(frame) => self.frame(live, frame),
            Event::Dialog { dialog_id, event } => {
                let confab_protocol::DialogChange::MessageNew(message) = event.change else {
                    return;
                };
                let client_id = message.client_id.clone();
                let is_mine = self.you.with_untracked(|you| you.id == message.sender_id);
                let new = confab_protocol::MessageNew { dialog_id, ev: event.ev, message };
                live.deliver(&new.into());
                if is_mine {
                    self.forget(&client_id);
                }
            }
            Event::DialogCaughtUp { dialog_id, at } => {
                let caught_up =
                    confab_protocol::DialogEvents { dialog_id, events: Vec::new(), to: at };
                live.deliver(&caught_up.into());
            }
            Event::DialogReset { dialog_id, why } => {
                live.deliver(&confab_protocol::DialogReset { dialog_id, why }.into());
            }
            Event::Outbox(delivery) => self.delivered(delivery),
            Event::RoundTrip(time) => {
                let ms = time.as_secs() as u32 * 1000 + time.subsec_millis();
                self.notes.update(|notes| keep(&mut notes.round_trips, ms, ROUND_TRIPS_KEPT));
            }
            Event::Unreadable(_) | Event::DialogDenied { .. } | Event::Typing { .. } => {}
        }
    }

    /// Writes a frame into the lab's log.
    pub fn note_traffic(&self, direction: Direction, text: &str) {
        if self.page != Page::Lab {
            return;
        }
        let Some(at) = self.browser(|browser| browser.wall()) else { return };
        let text = text.chars().take(FRAME_CHARACTERS_SHOWN).collect();
        self.notes.update(|Notes { frames, .. }| {
            let number = frames.last().map_or(0, |last| last.number + 1);
            keep(frames, LoggedFrame { number, direction, at, text }, FRAMES_KEPT);
        });
    }

    fn status_changed(&self, live: &Live, status: Status) {
        let (was_open, error) = self
            .status
            .with_untracked(|before| (*before == Status::Open, broke(before, &status).cloned()));
        let (is_open, tries_first) = (status == Status::Open, status == Status::Connecting);
        // Noted here, where no state is skipped: signals show only the last of a turn.
        if let (Some(error), Some(at)) = (error, self.browser(|browser| browser.wall())) {
            if let ConnectionError::ClosedByServer { code, reason } = &error {
                let mut frame = String::from("close ");
                frame.push_str(&digits(*code));
                frame.push(' ');
                frame.push_str(reason);
                self.note_traffic(Direction::Received, &frame);
            }
            self.notes.update(|notes| notes.broken = Some(Break { at, error }));
        }
        self.status.set(status);
        match (was_open, is_open) {
            (false, true) => live.reconnected(),
            // The first try: what came with the page is as old as the page.
            (false, false) if tries_first => {}
            // Also after a try that failed: a stream that never was is not whole (DESIGN §2).
            (_, false) => live.connection_lost(),
            (true, true) => {}
        }
    }

    fn frame(&self, live: &Live, frame: ServerFrame) {
        match &frame {
            ServerFrame::Connected(connected) => self.you.set(connected.you.clone()),
            // The engine puts these in order first; they come as `Event::Dialog` and its kin.
            ServerFrame::MessageNew(_)
            | ServerFrame::DialogSync(_)
            | ServerFrame::DialogReset(_) => return,
            _ => {}
        }
        live.deliver(&frame);
    }

    fn delivered(&self, Delivery { client_id, state }: Delivery) {
        let state = match state {
            DeliveryState::Queued => OutgoingState::Queued,
            DeliveryState::InFlight => OutgoingState::InFlight,
            // The lab shows what was said when it hears it, and keeps no bubbles.
            DeliveryState::Stored(_) if self.page == Page::Lab => return self.forget(&client_id),
            DeliveryState::Stored(_) => OutgoingState::Stored,
            DeliveryState::Waiting { code } => OutgoingState::Waiting(code),
            DeliveryState::Failed { code, .. } => OutgoingState::Failed(code),
        };
        self.change_outbox(&mut |outbox| {
            let outgoing = outbox.iter_mut().find(|outgoing| outgoing.send.client_id == client_id);
            if let Some(outgoing) = outgoing {
                outgoing.state = state;
            }
        });
    }

    fn forget(&self, client_id: &ClientId) {
        self.change_outbox(&mut |outbox| outbox.retain(|out| out.send.client_id != *client_id));
    }

    fn new_client_id(&self) -> Option<(ClientId, Timestamp)> {
        self.browser(|browser| {
            let at = browser.wall();
            (ClientId::v7(at.unix_ms(), browser.random()), at)
        })
    }

    /// The monotonic clock; zero on the server.
    pub fn now(&self) -> Moment {
        self.browser(|browser| browser.now()).unwrap_or(Moment(0))
    }

    /// The one way the outbox changes: shown and stored. Without types, to be downloaded once.
    fn change_outbox(&self, change: &mut dyn FnMut(&mut Vec<Outgoing>)) {
        self.outbox.update(change);
        let waiting: Vec<MessageSend> = self.outbox.with_untracked(|outbox| {
            let unsent = outbox.iter().filter(|out| out.state != OutgoingState::Stored);
            unsent.map(|outgoing| outgoing.send.clone()).collect()
        });
        let text = json::write(&waiting);
        self.browser(|browser| browser.remember(OUTBOX_KEY, &text));
    }

    fn restore(&self) {
        let text = self.browser(|browser| browser.recall(OUTBOX_KEY)).flatten();
        let waiting = text.and_then(|text| json::read::<Vec<MessageSend>>(&text).ok());
        let (Some(waiting), Some(at)) = (waiting, self.browser(|browser| browser.wall())) else {
            return;
        };
        if !waiting.is_empty() {
            let state = OutgoingState::Queued;
            let outgoing = |send: &MessageSend| Outgoing { send: send.clone(), at, state };
            self.change_outbox(&mut |outbox| outbox.extend(waiting.iter().map(outgoing)));
            self.command(Input::Restore(waiting.into_iter().map(Post::Send).collect()));
        }
    }
}
