//! What this tab knows by itself: how the connection is, who we are, what we have said that is not
//! in the log yet, what we are about to say, and who is typing.
//!
//! One session per page, in context. The frontend feeds it ([`Session::hear`],
//! [`Session::note_traffic`]); components read its signals and speak through its methods, which
//! reach the engine by way of the [`Browser`](crate::Browser).
//!
//! On the server every signal has its first value and every method does nothing.

mod draft;
mod freshness;
mod notes;
mod outgoing;
mod owner;
mod record;
mod sending;
mod tabs;
mod timelines;
mod truth;

use confab_protocol::{
    ClientId, DialogChange, DialogEvent, DialogEvents, DialogId, DialogUpdate, Limits, Message,
    Person, ServerFrame, json,
};
use confab_sync::{ClosedReason, ConnectionError, Event, Input, Moment, Status};
use leptos::prelude::*;

use crate::{
    Bootstrap, BrowserHandle, Page,
    data::Windows,
    live::Live,
    words::{Words, digits},
};

use draft::DRAFTS;
pub use draft::Draft;
use notes::broke;
pub use notes::{
    Break, Direction, FRAME_CHARACTERS_SHOWN, FRAMES_KEPT, LoggedFrame, Notes, ROUND_TRIPS_KEPT,
    keep,
};
pub use outgoing::{Outgoing, OutgoingState};
pub(crate) use owner::has_ended;
use record::Record;
pub use tabs::Shared;
use timelines::Timelines;
use truth::Truth;

/// Where what the browser does not keep for all tabs survives a reload.
const OUTBOX: &str = "outbox";

/// Who is typing in a dialog, others than us.
#[derive(Clone, Debug, PartialEq)]
pub struct TypingIn {
    /// Where.
    pub dialog: DialogId,
    /// All of them, the longest first.
    pub people: Vec<Person>,
}

/// The session; copies share it.
#[derive(Clone, Copy)]
pub struct Session {
    /// The state of the connection.
    pub status: RwSignal<Status>,
    /// Who we are, as the server says.
    pub you: RwSignal<Person>,
    /// Whose page this is.
    owner: RwSignal<Person>,
    has_account: bool,
    /// Whether it is being asked whose the browser is.
    asks: RwSignal<bool>,
    /// What we have said and done that is not in the log yet, oldest first.
    pub outbox: RwSignal<Vec<Outgoing>>,
    /// Whether this is the tab that sends.
    sends: RwSignal<bool>,
    /// For another tab, which seems to be asleep.
    stands_in: RwSignal<bool>,
    /// Whether it is noted what is heard of a tab that sends; and how much that was.
    listens: RwSignal<bool>,
    sender_heard: RwSignal<u64>,
    /// Who is typing, where anyone is.
    pub typing: RwSignal<Vec<TypingIn>>,
    /// What was begun to be written, where anything was.
    pub drafts: RwSignal<Vec<Draft>>,
    /// Dialogs that the server does not let us see.
    pub denied: RwSignal<Vec<DialogId>>,
    /// Whether the server tells us who is there: if not, nobody is shown to be.
    pub knows_who_is_here: RwSignal<bool>,
    /// The last word to whoever does not see what has happened.
    pub said: RwSignal<String>,
    /// What the lab shows of the connection.
    pub notes: RwSignal<Notes>,
    /// Which part of each dialog's messages is wanted.
    pub windows: Windows,
    truth: Truth,
    timelines: Timelines,
    page: Page,
    limits: Limits,
    words: &'static Words,
    browser: BrowserHandle,
}

impl Session {
    /// A session that has not begun.
    pub fn new(bootstrap: &Bootstrap, words: &'static Words, browser: BrowserHandle) -> Self {
        Self {
            status: RwSignal::new(Status::Closed { reason: ClosedReason::NotStarted, error: None }),
            you: RwSignal::new(bootstrap.person()),
            owner: RwSignal::new(bootstrap.person()),
            has_account: bootstrap.you.login.is_some(),
            asks: RwSignal::new(false),
            outbox: RwSignal::default(),
            sends: RwSignal::new(false),
            stands_in: RwSignal::new(false),
            listens: RwSignal::new(false),
            sender_heard: RwSignal::new(0),
            typing: RwSignal::default(),
            drafts: RwSignal::default(),
            denied: RwSignal::default(),
            // A page that has just been read knows it as well as the server does.
            knows_who_is_here: RwSignal::new(true),
            said: RwSignal::default(),
            notes: RwSignal::default(),
            windows: Windows::new(),
            truth: Truth::new(freshness::came_to(bootstrap)),
            timelines: Timelines::new(bootstrap),
            page: bootstrap.page,
            limits: bootstrap.limits,
            words,
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
        self.forget_others();
        let owner = self.owner.with_untracked(|owner| owner.id.clone());
        self.browser(|browser| {
            browser.share_outbox(owner.as_str(), self);
            browser.start(self, live);
        });
    }

    /// What is too much.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Whether this is us.
    pub fn is_you(&self, person: &confab_protocol::UserId) -> bool {
        self.you.with(|you| you.id == *person)
    }

    /// Tells whoever does not see it. The same word twice is another text, or nobody would hear it.
    pub fn say(&self, text: &str) {
        let mut text = text.to_owned();
        if self.said.with_untracked(|said| *said == text) {
            text.push('\u{a0}');
        }
        self.said.set(text);
    }

    /// Takes in what the engine has to tell.
    pub fn hear(&self, live: &Live, event: Event) {
        match event {
            Event::Status(status) => self.status_changed(live, status),
            Event::Frame(frame) => self.frame(live, frame),
            Event::Dialog { dialog_id, event } => self.dialog_changed(live, dialog_id, event),
            Event::DialogCaughtUp { dialog_id, at } => {
                self.shows_until(&dialog_id, at);
                let caught_up = DialogEvents { dialog_id, events: Vec::new(), to: at };
                live.deliver(caught_up.into());
            }
            Event::DialogReset { dialog_id, why } => {
                self.allowed(&dialog_id);
                live.deliver(confab_protocol::DialogReset { dialog_id, why }.into());
            }
            Event::DialogDenied { dialog_id } => self.is_denied(dialog_id),
            Event::Typing { dialog_id, people } => self.typing.update(|typing| {
                typing.retain(|typing| typing.dialog != dialog_id);
                if !people.is_empty() {
                    typing.push(TypingIn { dialog: dialog_id, people });
                }
            }),
            Event::Outbox(delivery) => self.delivered(delivery),
            Event::RoundTrip(time) => {
                let ms = time.as_secs() as u32 * 1000 + time.subsec_millis();
                self.notes.update(|notes| keep(&mut notes.round_trips, ms, ROUND_TRIPS_KEPT));
            }
            Event::Unreadable(_) => {}
        }
    }

    /// The next change of a joined dialog. To the cache it is a `dialog:sync` of one change, told
    /// apart from the frames as they came, which may come twice, early or never.
    fn dialog_changed(&self, live: &Live, dialog_id: DialogId, event: DialogEvent) {
        let mine = match &event.change {
            DialogChange::MessageNew(message) => self.sent_by_us(message),
            _ => None,
        };
        let to = event.ev;
        live.deliver(DialogEvents { dialog_id: dialog_id.clone(), events: vec![event], to }.into());
        if let Some(client_id) = mine {
            self.forget(&client_id);
        }
        self.shows_until(&dialog_id, to);
    }

    fn sent_by_us(&self, message: &Message) -> Option<ClientId> {
        let is_mine = self.you.with_untracked(|you| you.id == message.sender_id);
        is_mine.then(|| message.client_id.clone())
    }

    fn is_denied(&self, dialog: DialogId) {
        self.forget_timeline(&dialog);
        self.denied.update(|denied| {
            if !denied.contains(&dialog) {
                denied.push(dialog);
            }
        });
    }

    fn allowed(&self, dialog: &DialogId) {
        if self.denied.with_untracked(|denied| denied.contains(dialog)) {
            self.denied.update(|denied| denied.retain(|other| other != dialog));
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
        if has_ended(&status) {
            self.forget_timelines();
        }
        self.status.set(status);
        if was_open && !is_open {
            self.wants_to_send(false);
        }
        match (was_open, is_open) {
            (false, false) if tries_first => self.tries_first(),
            // Also after a try that failed: a stream that never was is not whole (DESIGN §2).
            (_, false) => self.lost(live),
            // Whether what is shown is true, is said once the server lets us in.
            (_, true) => {}
        }
    }

    fn frame(&self, live: &Live, frame: ServerFrame) {
        self.hears_server();
        match &frame {
            ServerFrame::ConnectionEstablished(here) => {
                self.lives_in(&here.epoch);
                self.looks_for_another(&here.user_id);
            }
            // We were taken out, perhaps of one that is not open.
            ServerFrame::DialogUpdate(DialogUpdate { dialog_id, dialog: None, .. }) => {
                self.forget_timeline(dialog_id);
            }
            ServerFrame::Connected(connected) => {
                self.you.set(connected.you.clone());
                self.compare(live, connected);
                self.wants_to_send(true);
            }
            // The engine puts these in order first; they come as `Event::Dialog` and its kin.
            ServerFrame::DialogSync(_) | ServerFrame::DialogReset(_) => return,
            _ => {}
        }
        let says_who_is_here = matches!(frame, ServerFrame::Connected(_));
        live.deliver(frame);
        if says_who_is_here {
            self.knows_presence(true);
        }
    }

    /// The monotonic clock; zero on the server.
    pub fn now(&self) -> Moment {
        self.browser(|browser| browser.now()).unwrap_or(Moment(0))
    }

    /// Keeps something of this person's over reloads: whoever signs in next in this tab has their
    /// own.
    fn remember(&self, what: &str, text: &str) {
        let key = self.key(what);
        self.browser(|browser| browser.remember(&key, text));
    }

    fn key(&self, what: &str) -> String {
        self.owner.with_untracked(|owner| [what, ":", owner.id.as_str()].concat())
    }

    fn restore(&self) {
        let recall = |what| {
            let key = self.key(what);
            self.browser(|browser| browser.recall(&key)).flatten()
        };
        if let Some(drafts) = recall(DRAFTS).and_then(|text| json::read(&text).ok()) {
            self.drafts.set(drafts);
        }
        let unkept = recall(OUTBOX).and_then(|text| json::read::<Vec<Record>>(&text).ok());
        for record in unkept.unwrap_or_default() {
            self.take_up(Outgoing { is_kept: false, ..record.recalled() });
        }
    }
}
