//! A device: the real engine, driven as the browser drives it, with a person at it who does what
//! their dice say.

use std::time::Duration;

use confab_protocol::{
    ClientId, DialogChange, DialogId, Ev, Message, MessageDelete, MessageEdit, MessageKind,
    MessageSend, Meta, Seq, ServerFrame, Topic, UserId, json,
    rest::{ChangedDialog, DialogDetails, DialogList, MembersChange, MessagesPage},
};
use confab_sync::{
    Client, DeliveryState, Effect, Event, Input, Kept, Moment, Post, Settings, SocketId, Was,
};
use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{sleep, sleep_until},
};

use crate::{
    dice::Dice,
    ledger::Ledger,
    requests::{Answer, Asker},
    shown::{Shown, What},
    socket::{self, Command},
    time,
    trace::Trace,
};

/// How long one waits before asking again what could not be had.
const AGAIN: Duration = Duration::from_secs(1);

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
                let task = tokio::spawn(socket::run(socket, url, asker, orders, move |input| {
                    let _ = heard.send(Happening::Socket(input));
                }));
                if let Some((_, _, old)) = self.socket.replace((socket, commands, task)) {
                    old.abort();
                }
            }
            Effect::Send { socket, text } => {
                self.note(&format!("> {text}"));
                if let Some((open, commands, _)) = &self.socket
                    && *open == socket
                {
                    let _ = commands.send(Command::Send(text));
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
            Event::DialogCaughtUp { .. } | Event::Typing { .. } | Event::RoundTrip(_) => {}
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

    fn fetch(&mut self, what: What) {
        if self.shown.wants(what.clone()) {
            self.ask(what, Duration::ZERO);
        }
    }

    fn ask(&self, what: What, after: Duration) {
        let (asker, heard, life) = (self.seat.asker.clone(), self.heard.clone(), self.life);
        let path = path(&what);
        tokio::spawn(async move {
            sleep(after).await;
            loop {
                match asker.ask("GET", &path, String::new()).await {
                    Some(answer) if answer.status < 500 => {
                        let _ = heard.send(Happening::Answer(life, what, answer));
                        return;
                    }
                    _ => sleep(AGAIN).await,
                }
            }
        });
    }

    fn answered(&mut self, what: What, answer: &Answer) {
        self.note(&format!("has {what:?}: {}", answer.status));
        let you = self.seat.user.clone();
        match &what {
            What::List => match answer.data::<DialogList>() {
                Some(list) => {
                    let dialogs: Vec<_> =
                        list.dialogs.iter().map(|dialog| dialog.dialog_id.clone()).collect();
                    if !self.shown.takes_list(list, &you) {
                        self.fetch(What::List);
                    }
                    for dialog_id in dialogs {
                        if !self.shown.pages.contains_key(&dialog_id)
                            && self.shown.wants(What::Messages(dialog_id.clone()))
                        {
                            self.tell(Input::Join { dialog_id: dialog_id.clone(), after: None });
                            self.ask(What::Messages(dialog_id.clone()), Duration::ZERO);
                            self.fetch(What::Details(dialog_id));
                        }
                    }
                }
                None => self.shown.gives_up(&what),
            },
            What::Messages(dialog_id) => match answer.data::<MessagesPage>() {
                Some(page) => {
                    let at = page.ev;
                    self.sees_page(dialog_id, &page);
                    if self.shown.takes_page(dialog_id, page) {
                        self.tell(Input::Loaded { dialog_id: dialog_id.clone(), at });
                    }
                }
                None => self.shown.gives_up(&what),
            },
            What::Details(_) => match answer.data::<DialogDetails>() {
                Some(details) => {
                    if !self.shown.takes_details(details, &you) {
                        self.fetch(what);
                    }
                }
                None => self.shown.gives_up(&what),
            },
        }
    }

    fn sees_page(&self, dialog: &DialogId, page: &MessagesPage) {
        let mut book = self.seat.ledger.open();
        for message in &page.messages {
            book.shown.insert((dialog.clone(), message.seq, message.message_id.clone()));
        }
    }

    /// What a person does.
    fn does_something(&mut self) {
        let dialogs: Vec<_> = self.shown.pages.keys().cloned().collect();
        let Some(dialog_id) = dialogs.get(self.dice.below(dialogs.len())).cloned() else { return };
        match self.dice.below(20) {
            0..10 => self.says(dialog_id),
            10..12 => self.changes(dialog_id),
            12 => self.tell(Input::Typed { dialog_id }),
            13..15 => {
                let seq = self.shown.pages[&dialog_id].messages.last().map(|last| last.seq);
                let seq = seq.unwrap_or(Seq(0));
                self.tell(Input::Read { dialog_id, seq });
            }
            15 => self.manages(&dialog_id),
            _ => {}
        }
    }

    fn new_client_id(&mut self) -> ClientId {
        let id = format!("{:016x}-{}", self.dice.bits(), self.seat.number);
        ClientId::parse(id).expect("an id")
    }

    fn says(&mut self, dialog_id: DialogId) {
        self.said += 1;
        let content = format!("{} {}", self.name, self.said);
        let client_id = self.new_client_id();
        let said = (dialog_id.clone(), client_id.clone());
        self.seat.ledger.open().said.entry(self.seat.number).or_default().push(said);
        let replies = self.dice.once_in(5);
        let last = self.shown.pages[&dialog_id].messages.last();
        let reply_to = last.filter(|_| replies).map(|last| last.message_id.clone());
        let (kind, meta) = (MessageKind::Text, Meta::default());
        self.tell(Input::Send(MessageSend { dialog_id, client_id, content, kind, meta, reply_to }));
    }

    /// Says one of one's own messages in other words, or takes it back.
    fn changes(&mut self, dialog_id: DialogId) {
        let you = &self.seat.user;
        let mut mine = self.shown.pages[&dialog_id].messages.iter().rev();
        let mine = mine.find(|message| message.sender_id == *you && message.deleted_at.is_none());
        let Some(message_id) = mine.map(|message| message.message_id.clone()) else { return };
        let client_id = self.new_client_id();
        if self.dice.once_in(3) {
            self.tell(Input::Delete(MessageDelete { dialog_id, message_id, client_id }));
        } else {
            self.said += 1;
            let content = format!("{} {}, better", self.name, self.said);
            self.tell(Input::Edit(MessageEdit { dialog_id, message_id, client_id, content }));
        }
    }

    /// Takes somebody in or out, or finds another title.
    fn manages(&mut self, dialog: &DialogId) {
        let someone = self.seat.everyone[self.dice.below(self.seat.everyone.len())].clone();
        let members = ["/api/dialogs/", dialog.as_str(), "/members"].concat();
        let members_change = json::write(&MembersChange { members: vec![someone] });
        let (method, path, body) = match self.dice.below(4) {
            0 => ("DELETE", members, members_change),
            1 | 2 => ("POST", members, members_change),
            _ => {
                let title = Some(format!("Tea {}", self.dice.below(100)));
                let body = json::write(&ChangedDialog { title, ..ChangedDialog::default() });
                ("PATCH", ["/api/dialogs/", dialog.as_str()].concat(), body)
            }
        };
        self.note(&format!("{method} {path} {body}"));
        let asker = self.seat.asker.clone();
        tokio::spawn(async move { asker.ask(method, &path, body).await });
    }

    /// What differs between what is shown and a fresh fetch; what is not settled differs, too.
    async fn compare(&mut self) -> Option<String> {
        if !self.engine.has_open_socket() {
            return Some(format!("no socket: {:?}", self.engine.status()));
        }
        if let Some(post) = self.engine.outbox().next() {
            return Some(format!("unsent: {}", post.client_id()));
        }
        if self.shown.waits() {
            return Some("something is being fetched".to_owned());
        }
        let fresh = self.seat.asker.ask("GET", &path(&What::List), String::new()).await;
        let Some(mut fresh) = fresh.and_then(|answer| answer.data::<DialogList>()) else {
            return Some("the list cannot be had".to_owned());
        };
        let Some(mut shown) = self.shown.list.clone() else {
            return Some("the list is not shown".to_owned());
        };
        for list in [&mut fresh, &mut shown] {
            list.dialogs.iter_mut().for_each(|dialog| dialog.presence = None);
        }
        if fresh != shown {
            return Some(format!("the list is {shown:?}\n and should be {fresh:?}"));
        }
        for dialog in &fresh.dialogs {
            let what = What::Messages(dialog.dialog_id.clone());
            let answer = self.seat.asker.ask("GET", &path(&what), String::new()).await;
            let Some(page) = answer.and_then(|answer| answer.data::<MessagesPage>()) else {
                return Some(format!("{what:?} cannot be had"));
            };
            let Some(shown) = self.shown.pages.get(&dialog.dialog_id) else {
                return Some(format!("{what:?} is not shown"));
            };
            let both = shown.messages.len().min(page.messages.len());
            let tail = |page: &MessagesPage| page.messages[page.messages.len() - both..].to_vec();
            if shown.ev != page.ev || tail(shown) != tail(&page) {
                let (shown_at, fresh_at) = (shown.ev.0, page.ev.0);
                return Some(format!("{what:?} is at {shown_at} and should be at {fresh_at}"));
            }
            let what = What::Details(dialog.dialog_id.clone());
            let answer = self.seat.asker.ask("GET", &path(&what), String::new()).await;
            let Some(mut fresh) = answer.and_then(|answer| answer.data::<DialogDetails>()) else {
                return Some(format!("{what:?} cannot be had"));
            };
            let Some(mut shown) = self.shown.details.get(&dialog.dialog_id).cloned() else {
                return Some(format!("{what:?} is not shown"));
            };
            fresh.dialog.presence = None;
            shown.dialog.presence = None;
            if fresh != shown {
                return Some(format!("{what:?} is {shown:?}\n and should be {fresh:?}"));
            }
        }
        None
    }

    fn note(&self, what: &str) {
        self.seat.trace.note(&self.name, what);
    }

    fn is_wrong(&self, count: &'static str, story: String) {
        let story = format!("{:.3} {}: {story}", time::now().as_secs_f64(), self.name);
        self.seat.ledger.open().wrong.push((count, story));
    }
}

fn path(what: &What) -> String {
    match what {
        What::List => "/api/dialogs".to_owned(),
        What::Details(dialog) => ["/api/dialogs/", dialog.as_str()].concat(),
        What::Messages(dialog) => ["/api/messages/dialog/", dialog.as_str(), "?limit=100"].concat(),
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
