//! A device: the real engine, driven as the browser drives it, with a person at it who does what
//! their dice say.

mod compare;
mod fetching;
mod person;

use std::time::Duration;

use confab_protocol::{DialogChange, Message, UserId};
use confab_sync::{DeliveryState, Effect, Event, Input, Kept as Unsent, Moment, Post, Was};
use tokio::{sync::mpsc, time::sleep_until};
use witness::{
    dice::Dice,
    page::{Kept, Page, Reader, Step},
    requests::Answer,
    shown::What,
    socket::{Plug, Way},
};

use crate::{requests::Asker, time, trace::Trace};

/// What comes to a device from elsewhere.
pub enum Happening {
    /// A socket says something.
    Socket(Input),
    /// What was asked for, in which life of the page.
    Answer(u32, What, Answer),
    /// The director wants something.
    Order(Order),
}

/// What the director wants of a device.
#[derive(Clone, Debug)]
pub enum Order {
    /// The page is loaded anew, as after a crash of the browser.
    Reload,
    /// The person does nothing more, but to press **Reconnect** where they are asked to.
    Rest,
    /// Compare what is shown with a fresh fetch.
    Compare,
}

/// Who sits where.
#[derive(Clone)]
pub struct Seat {
    /// Whose device it is; its number is that of its road.
    pub reader: Reader,
    /// Everyone there is.
    pub everyone: Vec<UserId>,
    /// How it asks.
    pub asker: Asker,
    /// Where what happens is written.
    pub trace: Trace,
}

/// A device.
pub struct Device {
    seat: Seat,
    name: String,
    dice: Dice,
    life: u32,
    /// Whether the page has all that it opens its first socket with.
    has_started: bool,
    page: Page,
    plug: Plug,
    happenings: mpsc::UnboundedReceiver<Happening>,
    heard: mpsc::UnboundedSender<Happening>,
    rests: bool,
    /// Whether **Reconnect** was pressed since all is well.
    has_pressed: bool,
    said: u64,
    report: mpsc::UnboundedSender<Report>,
}

/// What a device found when it compared.
#[derive(Debug)]
pub struct Report {
    /// Which.
    pub device: usize,
    /// What is not as it should be; nothing, if all is.
    pub differs: Option<String>,
}

impl Device {
    /// A device, and how the director reaches it.
    pub fn new(
        seed: u64,
        seat: Seat,
        report: mpsc::UnboundedSender<Report>,
    ) -> (Self, mpsc::UnboundedSender<Happening>) {
        let (heard, happenings) = mpsc::unbounded_channel();
        let dice = Dice::new(seed, ("device", seat.reader.number));
        let device = Self {
            name: format!("device{}", seat.reader.number),
            page: Page::new(seat.reader.clone(), URL.to_owned(), None),
            plug: Plug::default(),
            life: 0,
            has_started: false,
            rests: false,
            has_pressed: false,
            said: 0,
            happenings,
            heard: heard.clone(),
            dice,
            seat,
            report,
        };
        (device, heard)
    }

    /// Lives until the end of the run.
    pub async fn live(mut self) {
        self.begin(Vec::new());
        let mut next_deed = time::now();
        loop {
            let due = self.page.engine.poll_timeout();
            let due = due.map_or(Duration::MAX / 4, |moment| Duration::from_millis(moment.0));
            tokio::select! {
                biased;
                happening = self.happenings.recv() => match happening {
                    Some(happening) => self.happens(happening).await,
                    None => return,
                },
                () = sleep_until(time::instant(due.min(time::now() + Duration::from_secs(3600)))) => {
                    let random = self.dice.fraction();
                    self.page.handle_timeout(now(), random);
                    self.carry_on();
                }
                () = sleep_until(time::instant(next_deed)), if !self.rests => {
                    next_deed = time::now() + self.dice.between(50, 1_000);
                    self.does_something();
                }
            }
        }
    }

    /// Half of the pages open their socket at once, the others when they have all that they show; as
    /// the browser does, which has it with the page.
    fn begin(&mut self, waiting: Vec<Unsent>) {
        self.tell(Input::Restore(waiting));
        self.has_started = false;
        if self.dice.once_in(2) {
            self.starts();
        }
    }

    fn starts(&mut self) {
        if !std::mem::replace(&mut self.has_started, true) {
            self.tell(Input::Start);
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
        self.page.handle(input, now(), random);
    }

    async fn happens(&mut self, happening: Happening) {
        match happening {
            Happening::Socket(input) => self.tell(input),
            Happening::Answer(life, what, answer) if life == self.life => {
                self.answered(what, &answer)
            }
            Happening::Answer(..) => {}
            Happening::Order(Order::Rest) => self.rests = true,
            Happening::Order(Order::Reload) => self.reload(),
            Happening::Order(Order::Compare) => {
                // Once: on a network that is well, nobody has to twice.
                if self.page.has_given_up() && !std::mem::replace(&mut self.has_pressed, true) {
                    self.tell(Input::Reconnect);
                }
                let differs = self.compare().await;
                let report = Report { device: self.seat.reader.number, differs };
                let _ = self.report.send(report);
            }
        }
    }

    /// The page is gone, and with it everything but what is not sent yet; and in half of the browsers,
    /// what they keep.
    fn reload(&mut self) {
        self.note("reloads");
        // Who was in the midst of sending does not know whether it came.
        let unsent = |post: &Post| Unsent { post: post.clone(), was: Was::Sent };
        let waiting: Vec<_> = self.page.engine.outbox().map(unsent).collect();
        self.plug.cut();
        self.life += 1;
        let kept = self.page.kept();
        let kept = if self.dice.once_in(2) { kept } else { kept.map(Kept::without_pages) };
        self.page = Page::new(self.seat.reader.clone(), URL.to_owned(), kept);
        self.begin(waiting);
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
                self.note(&format!("opens {socket:?}"));
                let (heard, asker) = (self.heard.clone(), self.seat.asker.clone());
                let way = Way { socket, url, cookie: asker.cookie.clone() };
                let line = async move { asker.network.connect(asker.road).await };
                let tell = move |input| drop(heard.send(Happening::Socket(input)));
                self.plug.open(way, line, tell);
            }
            Effect::Send { socket, text } => {
                self.note(&format!("> {text}"));
                // As another tab would, or somebody on the way.
                if text.starts_with(r#"{"type":"message:"#) && self.dice.once_in(12) {
                    self.plug.send(socket, text.clone());
                }
                self.plug.send(socket, text);
            }
            Effect::Close { socket, code, .. } => {
                self.note(&format!("closes {socket:?} {code}"));
                self.plug.close(socket, code);
            }
        }
    }

    fn hears(&mut self, event: Event) {
        match event {
            Event::Status(status) => self.note(&format!("is {status:?}")),
            Event::Dialog { dialog_id, event } => {
                self.note(&format!("= {dialog_id} {}", event.ev.0));
                if let DialogChange::MessageNew(message) = &event.change {
                    self.has(message);
                }
            }
            Event::DialogReset { dialog_id, why } => {
                self.note(&format!("is reset in {dialog_id}: {why:?}"));
            }
            Event::DialogDenied { dialog_id } => self.note(&format!("is denied {dialog_id}")),
            Event::Outbox(delivery) => {
                let client_id = delivery.client_id;
                if let DeliveryState::Failed { code, .. } = delivery.state {
                    self.note(&format!("is refused {client_id}: {code:?}"));
                    self.answer(Input::Discard { client_id });
                }
            }
            Event::Frame(_)
            | Event::DialogCaughtUp { .. }
            | Event::Typing { .. }
            | Event::RoundTrip(_)
            | Event::Unreadable(_) => {}
        }
    }

    /// It is here, and now and then it is seen.
    fn has(&mut self, message: &Message) {
        let (dialog_id, seq) = (message.dialog_id.clone(), message.seq);
        self.answer(Input::Delivered { dialog_id: dialog_id.clone(), seq });
        if self.dice.once_in(2) {
            self.answer(Input::Read { dialog_id, seq });
        }
    }

    fn note(&self, what: &str) {
        self.seat.trace.note(&self.name, what);
    }
}

/// Where its sockets lead to.
const URL: &str = "ws://confab.test/ws?topics=presence,system,dialogs,typing,dialog:lobby";

/// The engine's clock.
fn now() -> Moment {
    Moment(time::now().as_millis() as u64)
}
