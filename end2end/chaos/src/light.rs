//! A device that shows nothing: engine and socket, one dialog joined. So thousands fit into one
//! process, and what is measured is the server.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use confab_protocol::{DialogChange, DialogId, Ev, ServerFrame, Topic, rest::MessagesPage};
use confab_sync::{Client, Effect, Event, Input, Settings};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::{mpsc, watch},
    time::{Instant, sleep_until},
};
use witness::{
    dice::Dice,
    requests::Answer,
    socket::{Plug, Way},
};

use crate::{
    device::{instant, moment},
    people::{asks, line},
};

/// A connection, whatever it leads through.
pub trait Line: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Line for T {}

/// How a device comes to a connection.
pub type Connects =
    Arc<dyn Fn() -> Pin<Box<dyn Future<Output = io::Result<Box<dyn Line>>> + Send>> + Send + Sync>;

/// Straight to the server.
pub fn straight(server: SocketAddr) -> Connects {
    Arc::new(move || {
        Box::pin(async move {
            let line: Box<dyn Line> = Box::new(line(server).await?);
            Ok(line)
        })
    })
}

/// Something that a light device has noticed.
pub enum Noticed {
    /// It has every change there is, for the first time on this socket.
    Level {
        /// When.
        at: Instant,
        /// How many of its sockets had been cut by order until then.
        cuts: u64,
    },
    /// A message came, with these words.
    Heard(String, Instant),
    /// Its socket was closed, or could not be opened.
    Closed,
}

/// What many light devices have in common.
#[derive(Clone)]
pub struct Seat {
    /// Where the server is.
    pub server: SocketAddr,
    /// `name=value` of the session.
    pub cookie: String,
    /// What it has joined, and how far it has read.
    pub dialogs: Vec<(DialogId, Ev)>,
    /// How it connects.
    pub connects: Connects,
    /// Its socket is cut whenever this grows.
    pub cuts: watch::Receiver<u64>,
    /// Who hears what it has noticed.
    pub notes: mpsc::UnboundedSender<Noticed>,
    /// Where it is now, in the first of its dialogs.
    pub position: Arc<AtomicU64>,
}

/// The device.
pub struct Light {
    seat: Seat,
    dice: Dice,
    engine: Client,
    plug: Plug,
    inputs: mpsc::UnboundedReceiver<Input>,
    tells: mpsc::UnboundedSender<Input>,
    is_level: bool,
    greeted: bool,
}

impl Light {
    /// A device with dice of its own.
    pub fn new(seed: u64, number: usize, seat: Seat) -> Self {
        let (tells, inputs) = mpsc::unbounded_channel();
        let url = format!("ws://{}/ws?topics=", seat.server);
        Self {
            dice: Dice::new(seed, ("light", number)),
            engine: Client::new(Settings::default(), url, Vec::<Topic>::new()),
            plug: Plug::default(),
            inputs,
            tells,
            is_level: false,
            greeted: false,
            seat,
        }
    }

    /// Lives until it is dropped.
    pub async fn live(mut self) {
        for (dialog_id, at) in self.seat.dialogs.clone() {
            self.tell(Input::Join { dialog_id, after: Some(at) });
        }
        self.tell(Input::Start);
        loop {
            let far = Instant::now() + Duration::from_secs(3600);
            let due = self.engine.poll_timeout().map_or(far, instant);
            tokio::select! {
                biased;
                cut = self.seat.cuts.changed() => match cut {
                    Ok(()) => self.is_cut(),
                    Err(_) => return,
                },
                input = self.inputs.recv() => {
                    let Some(input) = input else { return };
                    if matches!(input, Input::Closed { .. }) {
                        let _ = self.seat.notes.send(Noticed::Closed);
                    }
                    self.tell(input);
                }
                () = sleep_until(due) => {
                    let random = self.dice.fraction();
                    self.engine.handle_timeout(moment(), random);
                    self.drain();
                }
            }
        }
    }

    fn tell(&mut self, input: Input) {
        let random = self.dice.fraction();
        self.engine.handle(input, moment(), random);
        self.drain();
    }

    /// The connection dies, and the device is told at once.
    fn is_cut(&mut self) {
        self.is_level = false;
        if let Some(socket) = self.plug.cut() {
            self.tell(Input::Closed { socket, code: 1006, reason: String::new(), clean: false });
        }
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
                self.greeted = false;
                let tells = self.tells.clone();
                let way = Way { socket, url, cookie: Some(self.seat.cookie.clone()) };
                let line = (self.seat.connects)();
                self.plug.open(way, line, move |input| drop(tells.send(input)));
            }
            Effect::Send { socket, text } => self.plug.send(socket, text),
            Effect::Close { socket, code, .. } => self.plug.close(socket, code),
        }
    }

    fn hears(&mut self, event: Event) {
        match event {
            Event::Frame(ServerFrame::Connected(_)) => self.greeted = true,
            Event::DialogCaughtUp { dialog_id, at } if self.is_first(&dialog_id) => {
                self.seat.position.store(at.0, Relaxed);
                if self.greeted && !self.is_level {
                    self.is_level = true;
                    let cuts = *self.seat.cuts.borrow();
                    let _ = self.seat.notes.send(Noticed::Level { at: Instant::now(), cuts });
                }
            }
            Event::Dialog { dialog_id, event } if self.is_first(&dialog_id) => {
                self.seat.position.store(event.ev.0, Relaxed);
                if let DialogChange::MessageNew(message) = event.change {
                    let _ = self.seat.notes.send(Noticed::Heard(message.content, Instant::now()));
                }
            }
            Event::DialogReset { dialog_id, .. } => self.reads_afresh(dialog_id),
            _ => {}
        }
    }

    /// It shows nothing, so where a page stands is all it needs.
    fn reads_afresh(&self, dialog_id: DialogId) {
        let (seat, tells) = (self.seat.clone(), self.tells.clone());
        tokio::spawn(async move {
            let path = format!("/api/messages/dialog/{}?limit=1", dialog_id.as_str());
            let page = asks(seat.server, Some(&seat.cookie), "GET", &path, String::new()).await;
            if let Some(page) = page.as_ref().and_then(Answer::data::<MessagesPage>) {
                let _ = tells.send(Input::Loaded { dialog_id, at: page.ev });
            }
        });
    }

    fn is_first(&self, dialog: &DialogId) -> bool {
        self.seat.dialogs.first().is_some_and(|(first, _)| first == dialog)
    }
}
