//! A device in real time: the real engine over a real socket, a person at it who writes.

mod compare;
mod diary;
mod fetching;
mod person;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, LazyLock},
    time::Duration,
};

use confab_protocol::{ClientId, DialogChange, DialogId, Ev, ServerFrame};
use confab_sync::{ClosedReason, DeliveryState, Effect, Event, Input, Moment, Settings, Status};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};
use witness::{
    dice::Dice,
    ledger::Ledger,
    page::{Page, Reader, Step},
    requests::Answer,
    shown::What,
    socket::{Plug, Way},
};

use self::diary::Diary;
use crate::{
    counts::Counts,
    people::{Person, line},
    proxy::Road,
};

/// When the clock of all engines began.
static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// How long a person looks at **Reconnect** before they press it.
const PRESSES_AFTER: Duration = Duration::from_secs(2);

/// How long a socket holds until nothing that befell the line before is felt any more: then the engine
/// counts its tries anew.
static STEADY: LazyLock<Duration> = LazyLock::new(|| Settings::default().steady_after);

/// How many messages a page keeps; what is older is fetched again by who scrolls up.
const PAGE_MAX: usize = 600;

/// What comes to a device from elsewhere.
pub enum Happening {
    /// A socket says something.
    Socket(Input),
    /// What was asked for.
    Answer(What, Answer),
    /// The scenario wants something.
    Order(Order),
}

/// What a scenario wants of a device.
pub enum Order {
    /// The person writes, every so often; or no more.
    Write(Option<Pace>),
    /// The server is back: when is this device level with its log?
    Returned(Return),
    /// Compare what is shown with a fresh fetch, by this way; nothing is wrong if nothing differs.
    Compare(SocketAddr, oneshot::Sender<Option<String>>),
}

/// Between so many and so many milliseconds.
pub type Pace = (u64, u64);

/// A server that is back.
#[derive(Clone)]
pub struct Return {
    /// Since when the one before was gone.
    pub gone: Instant,
    /// Since when it listens.
    pub since: Instant,
    /// How far its log was then.
    pub log: Arc<BTreeMap<DialogId, Ev>>,
}

/// What a device has to reach.
struct Behind {
    back: Return,
    /// How many faults its road had had when none of them was felt any more.
    calm: u64,
    /// Whether a line of its road was ill as the server came back.
    was_ill: bool,
}

/// A device that is level again with the log that it came back to.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    /// How long after the server listened.
    pub took: Duration,
    /// Whether a fault of its line was felt meanwhile.
    pub was_disturbed: bool,
}

/// Who sits where.
#[derive(Clone)]
pub struct Seat {
    /// Number of the device.
    pub number: usize,
    /// Whose it is.
    pub person: Person,
    /// Where it knocks.
    pub address: SocketAddr,
    /// The road it takes, if there is one with faults.
    pub road: Option<Arc<Road>>,
    /// Where what is seen is written.
    pub ledger: Ledger,
    /// What is counted.
    pub counts: Arc<Counts>,
    /// Who is told that it is level.
    pub level: mpsc::UnboundedSender<Level>,
}

/// A device.
pub struct Device {
    seat: Seat,
    dice: Dice,
    page: Page,
    /// How far each dialog was ever shown.
    plug: Plug,
    happenings: mpsc::UnboundedReceiver<Happening>,
    heard: mpsc::UnboundedSender<Happening>,
    pace: Option<Pace>,
    said: u64,
    /// Since when `connected` was heard on the socket that is open.
    greeted: Option<Instant>,
    /// How many faults its road had had when none of them was felt any more.
    calm: u64,
    /// A return after which it is not level yet.
    behind: Option<Behind>,
    /// What befell it lately.
    diary: Diary,
    /// When the person presses **Reconnect**.
    presses: Option<Instant>,
}

impl Device {
    /// A device, and how it is reached.
    pub fn new(seed: u64, seat: Seat) -> (Self, mpsc::UnboundedSender<Happening>) {
        let (heard, happenings) = mpsc::unbounded_channel();
        let (number, user) = (seat.number, seat.person.id.clone());
        let reader = Reader { number, user, ledger: seat.ledger.clone() };
        let url = format!("ws://{}/ws?topics=presence,system,dialogs,typing", seat.address);
        let device = Self {
            dice: Dice::new(seed, ("device", seat.number)),
            page: Page::new(reader, url, None),
            plug: Plug::default(),
            happenings,
            heard: heard.clone(),
            pace: None,
            said: 0,
            greeted: None,
            calm: 0,
            behind: None,
            diary: Diary::default(),
            presses: None,
            seat,
        };
        (device, heard)
    }

    /// Lives until it is dropped.
    pub async fn live(mut self) {
        self.tell(Input::Start);
        let mut next_deed = Instant::now();
        loop {
            let far = Instant::now() + Duration::from_secs(3600);
            let due = self.page.engine.poll_timeout().map_or(far, instant);
            tokio::select! {
                biased;
                happening = self.happenings.recv() => match happening {
                    Some(happening) => self.happens(happening).await,
                    None => return,
                },
                () = sleep_until(due) => {
                    let random = self.dice.fraction();
                    self.page.handle_timeout(moment(), random);
                    self.carry_on();
                }
                () = sleep_until(self.presses.unwrap_or(far)) => {
                    self.presses = None;
                    self.tell(Input::Reconnect);
                }
                () = sleep_until(next_deed), if self.pace.is_some() => {
                    let (least, most) = self.pace.unwrap_or((1_000, 1_000));
                    next_deed = Instant::now() + self.dice.between(least, most);
                    self.says();
                }
            }
            self.looks_at_its_road();
            self.looks_whether_it_is_level();
        }
    }

    fn tell(&mut self, input: Input) {
        self.answer(input);
        self.carry_on();
    }

    /// [`tell`](Self::tell) of whoever is carrying on already: a step that carried on itself would stand
    /// on the stack until the last of those behind it is done.
    fn answer(&mut self, input: Input) {
        let random = self.dice.fraction();
        self.page.handle(input, moment(), random);
    }

    async fn happens(&mut self, happening: Happening) {
        match happening {
            Happening::Socket(input) => {
                if let Input::Closed { code, .. } = &input {
                    self.seat.counts.closed(*code);
                }
                self.tell(input);
            }
            Happening::Answer(what, answer) => self.answered(what, &answer),
            Happening::Order(Order::Write(pace)) => self.pace = pace,
            Happening::Order(Order::Returned(back)) => self.falls_behind(back),
            Happening::Order(Order::Compare(server, report)) => {
                let _ = report.send(self.compare(server).await);
            }
        }
    }

    fn carry_on(&mut self) {
        while let Some(step) = self.page.poll() {
            match step {
                Step::Effect(effect) => self.carry_out(effect),
                Step::Fetch(what) => self.ask(what),
                Step::Event(event) => self.hears(*event),
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Open { socket, url } => {
                let (heard, address) = (self.heard.clone(), self.seat.address);
                let way = Way { socket, url, cookie: Some(self.seat.person.cookie.clone()) };
                let tell = move |input| drop(heard.send(Happening::Socket(input)));
                self.plug.open(way, line(address), tell);
            }
            Effect::Send { socket, text } => self.plug.send(socket, text),
            Effect::Close { socket, code, .. } => self.plug.close(socket, code),
        }
    }

    fn hears(&mut self, event: Event) {
        match event {
            Event::Status(status) => self.is(&status),
            Event::Frame(ServerFrame::Connected(_)) => {
                self.diary.notes(format_args!("connected"));
                self.greeted = Some(Instant::now());
            }
            Event::Dialog { dialog_id, event } => {
                if let DialogChange::MessageNew(message) = &event.change {
                    self.answer(Input::Delivered {
                        dialog_id: dialog_id.clone(),
                        seq: message.seq,
                    });
                }
                self.sheds(&dialog_id);
            }
            Event::DialogReset { dialog_id, .. } => {
                self.diary.notes(format_args!("{dialog_id} is to be read afresh"));
                self.seat.counts.resets.add(1);
            }
            Event::DialogDenied { dialog_id } => {
                self.is_wrong("denied", format!("{dialog_id}"));
            }
            Event::Outbox(delivery) => self.delivers(delivery.client_id, delivery.state),
            Event::Frame(_)
            | Event::DialogCaughtUp { .. }
            | Event::Typing { .. }
            | Event::RoundTrip(_)
            | Event::Unreadable(_) => {}
        }
    }

    fn is(&mut self, status: &Status) {
        self.diary.notes(status);
        if *status != Status::Open {
            self.greeted = None;
        }
        if let Status::Closed { reason, error } = status {
            match reason {
                ClosedReason::GaveUp => {
                    self.seat.counts.gave_up.add(1);
                    self.presses = Some(Instant::now() + PRESSES_AFTER);
                }
                ClosedReason::SentAway => self.is_wrong("sent away", format!("{error:?}")),
                _ => {}
            }
        }
    }

    fn delivers(&mut self, client_id: ClientId, state: DeliveryState) {
        match state {
            // Once for each message, as it is said once.
            DeliveryState::Stored(_) => self.seat.counts.acked.add(1),
            DeliveryState::Failed { code, .. } => {
                self.is_wrong("refused", format!("{client_id}: {code:?}"));
                self.answer(Input::Discard { client_id });
            }
            DeliveryState::Waiting { code } => self.seat.counts.refused(&code),
            DeliveryState::Unconfirmed => self.seat.counts.unconfirmed.add(1),
            DeliveryState::Queued | DeliveryState::InFlight => {}
        }
    }

    /// A page does not grow for ever.
    fn sheds(&mut self, dialog_id: &DialogId) {
        let Some(page) = self.page.shown.pages.get_mut(dialog_id) else { return };
        if page.messages.len() > PAGE_MAX {
            page.messages.drain(..PAGE_MAX / 2);
            page.has_more = true;
        }
    }

    fn is_wrong(&self, count: &'static str, story: String) {
        let story = format!("device{}: {story}", self.seat.number);
        self.seat.ledger.open().wrong.push((count, story));
    }
}

/// The engines' clock, now.
pub fn moment() -> Moment {
    Moment(BEGAN.elapsed().as_millis() as u64)
}

/// When the engines' clock shows this.
pub fn instant(moment: Moment) -> Instant {
    // One more: a timer that fires within the same millisecond would fire again and again.
    *BEGAN + Duration::from_millis(moment.0.saturating_add(1).min(1 << 40))
}
