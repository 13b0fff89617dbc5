//! A device: the real engine, driven as the browser drives it, with a person at it who does what
//! their dice say.

mod compare;
mod fetching;
mod person;

use std::time::Duration;

use confab_protocol::{ClientId, DialogChange, DialogId, Ev, Message, ServerFrame, Topic, UserId};
use confab_sync::{
    Client, DeliveryState, Effect, Event, Input, Kept, Moment, Post, Settings, SocketId, Was,
};
use tokio::{sync::mpsc, task::JoinHandle, time::sleep_until};
use witness::{
    dice::Dice,
    ledger::Ledger,
    requests::Answer,
    shown::{Shown, What},
    socket::{self, Command, Way},
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
    /// The person does nothing more.
    Rest,
    /// The browser believes that the network is back.
    Online,
    /// Compare what is shown with a fresh fetch.
    Compare,
}

/// Who sits where.
#[derive(Clone)]
pub struct Seat {
    /// Number of the device, and of its road.
    pub number: usize,
    /// Whose device it is.
    pub user: UserId,
    /// Everyone there is.
    pub everyone: Vec<UserId>,
    /// How it asks.
    pub asker: Asker,
    /// Where what happens is written.
    pub trace: Trace,
    /// Where what is seen is written.
    pub ledger: Ledger,
}

/// A device.
pub struct Device {
    seat: Seat,
    name: String,
    dice: Dice,
    life: u32,
    engine: Client,
    shown: Shown,
    socket: Option<(SocketId, mpsc::UnboundedSender<Command>, JoinHandle<()>)>,
    happenings: mpsc::UnboundedReceiver<Happening>,
    heard: mpsc::UnboundedSender<Happening>,
    rests: bool,
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
        let dice = Dice::new(seed, ("device", seat.number));
        let device = Self {
            name: format!("device{}", seat.number),
            engine: engine(&seat.user),
            shown: Shown::default(),
            socket: None,
            life: 0,
            rests: false,
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
            self.drain();
            let due = self.engine.poll_timeout().map(|moment| Duration::from_millis(moment.0));
            let due = due.unwrap_or(Duration::MAX / 4);
            tokio::select! {
                biased;
                happening = self.happenings.recv() => match happening {
                    Some(happening) => self.happens(happening).await,
                    None => return,
                },
                () = sleep_until(time::instant(due.min(time::now() + Duration::from_secs(3600)))) => {
                    let random = self.dice.fraction();
                    self.engine.handle_timeout(now(), random);
                }
                () = sleep_until(time::instant(next_deed)), if !self.rests => {
                    next_deed = time::now() + self.dice.between(50, 1_000);
                    self.does_something();
                }
            }
        }
    }

    fn begin(&mut self, waiting: Vec<Kept>) {
        self.tell(Input::Restore(waiting));
        self.tell(Input::Start);
        self.fetch(What::List);
    }

    fn tell(&mut self, input: Input) {
        let random = self.dice.fraction();
        self.engine.handle(input, now(), random);
        self.drain();
    }

    async fn happens(&mut self, happening: Happening) {
        match happening {
            Happening::Socket(input) => self.tell(input),
            Happening::Answer(life, what, answer) if life == self.life => {
                self.answered(what, &answer)
            }
            Happening::Answer(..) => {}
            Happening::Order(Order::Rest) => self.rests = true,
            Happening::Order(Order::Online) => self.tell(Input::Online),
            Happening::Order(Order::Reload) => self.reload(),
            Happening::Order(Order::Compare) => {
                let differs = self.compare().await;
                let report = Report { device: self.seat.number, differs };
                let _ = self.report.send(report);
            }
        }
    }

    /// The page is gone, and with it everything but what is not sent yet.
    fn reload(&mut self) {
        self.note("reloads");
        // Who was in the midst of sending does not know whether it came.
        let kept = |post: &Post| Kept { post: post.clone(), was: Was::Sent };
        let waiting: Vec<_> = self.engine.outbox().map(kept).collect();
        if let Some((_, _, task)) = self.socket.take() {
            task.abort();
        }
        self.life += 1;
        self.engine = engine(&self.seat.user);
        self.shown = Shown::default();
        self.begin(waiting);
    }

    fn drain(&mut self) {
        loop {
            if let Some(effect) = self.engine.poll_effect() {
                self.carry_out(effect);
            } else if let Some(event) = self.engine.poll_event() {
                self.hears(event);
            } else {
                return;
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Open { socket, url } => {
                self.note(&format!("opens {socket:?}"));
                let (commands, orders) = mpsc::unbounded_channel();
                let (heard, asker) = (self.heard.clone(), self.seat.asker.clone());
                let way = Way { socket, url, cookie: asker.cookie.clone() };
                let task = tokio::spawn(async move {
                    let line = asker.network.connect(asker.road);
                    let tell = |input| drop(heard.send(Happening::Socket(input)));
                    socket::run(way, line, orders, tell).await;
                });
                if let Some((_, _, old)) = self.socket.replace((socket, commands, task)) {
                    old.abort();
                }
            }
            Effect::Send { socket, text } => {
                self.note(&format!("> {text}"));
                if let Some((open, commands, _)) = &self.socket
                    && *open == socket
                {
                    // As another tab would, or somebody on the way.
                    let doubles = text.starts_with(r#"{"type":"message:"#) && self.dice.once_in(12);
                    let again = doubles.then(|| Command::Send(text.clone()));
                    let _ = commands.send(Command::Send(text));
                    let _ = again.map(|again| commands.send(again));
                }
            }
            Effect::Close { socket, code, .. } => {
                self.note(&format!("closes {socket:?} {code}"));
                if let Some((_, commands, _)) = self.socket.take_if(|(open, ..)| *open == socket) {
                    let _ = commands.send(Command::Close(code));
                }
            }
        }
    }

    fn hears(&mut self, event: Event) {
        let you = self.seat.user.clone();
        match event {
            Event::Status(status) => self.note(&format!("is {status:?}")),
            Event::Frame(frame) => {
                self.sees_frame(&frame);
                if matches!(frame, ServerFrame::Connected(_)) {
                    self.shown.doubts(What::List);
                    self.fetch(What::List);
                    let open: Vec<_> = self.shown.details.keys().cloned().collect();
                    open.into_iter().for_each(|dialog| self.fetch(What::Details(dialog)));
                }
                let lost = self.shown.frame(&frame, &you);
                lost.into_iter().for_each(|what| self.fetch(what));
            }
            Event::Dialog { dialog_id, event } => {
                self.note(&format!("= {dialog_id} {}", event.ev.0));
                self.was_told(&dialog_id, event.ev);
                let (keeps_pace, lost) = self.shown.told(&dialog_id, &event, &you);
                if !keeps_pace {
                    self.is_wrong("gap", format!("the page of {dialog_id} at {}", event.ev.0));
                }
                lost.into_iter().for_each(|what| self.fetch(what));
                if let DialogChange::MessageNew(message) = &event.change {
                    self.has(message);
                }
            }
            Event::DialogReset { dialog_id, why } => {
                self.note(&format!("is reset in {dialog_id}: {why:?}"));
                self.shown.forgets(&dialog_id);
                self.fetch(What::Messages(dialog_id.clone()));
                self.fetch(What::Details(dialog_id));
            }
            Event::DialogDenied { dialog_id } => {
                self.note(&format!("is denied {dialog_id}"));
                self.shown.forgets(&dialog_id);
                self.shown.gives_up(&What::Messages(dialog_id.clone()));
                self.shown.gives_up(&What::Details(dialog_id));
            }
            Event::Outbox(delivery) => self.delivers(delivery.client_id, delivery.state),
            Event::DialogCaughtUp { dialog_id, at } => {
                let lost = self.shown.caught_up(dialog_id, at, &you);
                lost.into_iter().for_each(|what| self.fetch(what));
            }
            Event::Typing { .. } | Event::RoundTrip(_) => {}
            Event::Unreadable(text) => self.is_wrong("unreadable", text),
        }
    }

    fn delivers(&mut self, client_id: ClientId, state: DeliveryState) {
        let you = self.seat.user.clone();
        match state {
            DeliveryState::Stored(message) => {
                let place = (message.dialog_id.clone(), message.message_id.clone(), message.seq);
                self.shown.stored(&message, &you);
                self.seat.ledger.open().acked.insert(client_id, place);
            }
            DeliveryState::Failed { code, .. } => {
                self.note(&format!("is refused {client_id}: {code:?}"));
                self.seat.ledger.open().refused.insert(client_id.clone());
                self.tell(Input::Discard { client_id });
            }
            _ => {}
        }
    }

    /// Receipts only grow, and nobody has seen what is not there.
    fn sees_frame(&mut self, frame: &ServerFrame) {
        let told: Vec<(DialogId, Ev)> = match frame {
            ServerFrame::MessageNew(new) => vec![(new.message.dialog_id.clone(), new.ev)],
            ServerFrame::MessageUpdate(new) => vec![(new.message.dialog_id.clone(), new.ev)],
            ServerFrame::DialogChanged(told) => vec![(told.dialog_id.clone(), told.event.ev)],
            ServerFrame::DialogSync(sync) => {
                sync.events.iter().map(|event| (sync.dialog_id.clone(), event.ev)).collect()
            }
            _ => Vec::new(),
        };
        for (dialog, ev) in told {
            self.was_told(&dialog, ev);
        }
        let ServerFrame::Receipt(receipt) = frame else { return };
        if receipt.read > receipt.delivered {
            self.is_wrong("receipt", format!("{receipt:?}"));
        }
        let key = (self.seat.number, receipt.dialog_id.clone(), receipt.user_id.clone());
        let now = (receipt.delivered, receipt.read);
        let before = self.seat.ledger.open().receipts.insert(key, now).unwrap_or_default();
        if now.0 < before.0 || now.1 < before.1 {
            self.is_wrong("receipt", format!("{receipt:?} after {before:?}"));
        }
    }

    fn was_told(&self, dialog: &DialogId, ev: Ev) {
        let heard = (self.seat.user.clone(), dialog.clone(), ev);
        self.seat.ledger.open().heard.insert(heard);
    }

    /// It is here, and now and then it is seen.
    fn has(&mut self, message: &Message) {
        let (dialog_id, seq) = (message.dialog_id.clone(), message.seq);
        self.tell(Input::Delivered { dialog_id: dialog_id.clone(), seq });
        if self.dice.once_in(2) {
            self.tell(Input::Read { dialog_id, seq });
        }
    }

    fn note(&self, what: &str) {
        self.seat.trace.note(&self.name, what);
    }

    fn is_wrong(&self, count: &'static str, story: String) {
        let story = format!("{:.3} {}: {story}", time::now().as_secs_f64(), self.name);
        self.seat.ledger.open().wrong.push((count, story));
    }
}

fn engine(user: &UserId) -> Client {
    let settings = Settings { owner: Some(user.clone()), ..Settings::default() };
    let url = "ws://confab.test/ws?topics=presence,system,dialogs,typing,dialog:lobby".to_owned();
    Client::new(settings, url, Vec::<Topic>::new())
}

/// The engine's clock.
fn now() -> Moment {
    Moment(time::now().as_millis() as u64)
}
