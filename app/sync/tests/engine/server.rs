//! A server that is always right, behind a wire that is not.

use confab_protocol::{
    Ack, ClientFrame, DialogChange, DialogEvent, DialogEvents, ErrorCode, Ev, Message, MessageNew,
    MessageSend, Nack, Pong, Positions, ServerFrame,
};
use confab_sync::{DeliveryState, Effect, Event, Input};

use crate::rig::{Rig, connected, dialog, send, stored};

/// One dialog's log, and what the protocol says about it (DESIGN §4).
#[derive(Default)]
pub struct Server {
    pub log: Vec<Message>,
    /// Whether sends are refused for now.
    pub refuses: bool,
}

impl Server {
    fn head(&self) -> Ev {
        Ev(self.log.len() as u64)
    }

    fn store(&mut self, sender: &str, id: &str) -> MessageNew {
        let message = stored(sender, id, self.log.len() as u64 + 1);
        self.log.push(message.clone());
        MessageNew { dialog_id: dialog(), ev: self.head(), message }
    }

    fn sync(&self, after: Option<Ev>) -> ServerFrame {
        let skip = after.map_or(self.log.len(), |after| after.0 as usize);
        let missed = self.log.iter().skip(skip).cloned();
        let events = missed
            .map(|message| DialogEvent {
                ev: Ev(message.seq.0),
                change: DialogChange::MessageNew(message),
            })
            .collect();
        DialogEvents { dialog_id: dialog(), events, to: self.head() }.into()
    }

    fn answers(&mut self, frame: ClientFrame) -> Vec<ServerFrame> {
        match frame {
            ClientFrame::Connecting(connecting) => {
                let resumed = connecting.resume.and_then(|resume| resume.positions.get(&dialog()));
                let sync = resumed.map(|after| self.sync(Some(after)));
                [Some(connected().into()), sync].into_iter().flatten().collect()
            }
            ClientFrame::DialogJoin(join) => vec![self.sync(join.after)],
            ClientFrame::Ping(ping) => {
                let positions = Positions::from([(dialog(), self.head())]);
                vec![Pong { n: ping.n, positions }.into()]
            }
            ClientFrame::MessageSend(send) => self.takes(send),
            _ => Vec::new(),
        }
    }

    fn takes(&mut self, send: MessageSend) -> Vec<ServerFrame> {
        let client_id = send.client_id;
        if send.content.is_empty() {
            let (code, message) = (ErrorCode::MessageEmpty, String::new());
            return vec![Nack { client_id, code, message, retry: false, after_ms: None }.into()];
        }
        if let Some(message) = self.log.iter().find(|message| message.client_id == client_id) {
            return vec![Ack { client_id, message: message.clone(), duplicate: true }.into()];
        }
        if self.refuses {
            let (code, message) = (ErrorCode::StorageUnavailable, String::new());
            return vec![Nack { client_id, code, message, retry: true, after_ms: None }.into()];
        }
        let new = self.store("me", client_id.as_str());
        let ack = Ack { client_id, message: new.message.clone(), duplicate: false };
        vec![new.into(), ack.into()]
    }
}

/// What may happen to a client, a server and the wire between them.
#[derive(Clone, Debug)]
pub enum Fate {
    OtherWrites,
    WeSend,
    /// We send what no server takes.
    WeSendNothing,
    /// One of the frames on the wire arrives, out of turn.
    Arrives(usize),
    ArrivesTwice(usize),
    IsLost(usize),
    /// What the client says next is lost.
    NobodyListens,
    Cut,
    Waits(u64),
    Refuses(bool),
    /// The app asks for a snapshot; it comes later.
    Fetches,
    Loads,
}

/// All of it together.
pub struct World {
    pub rig: Rig,
    pub server: Server,
    wire: Vec<ServerFrame>,
    deaf: bool,
    snapshot: Option<Ev>,
    pub loaded: Option<Ev>,
    pub sends: usize,
    /// Ids of messages that no server takes.
    pub refused: Vec<String>,
    /// What the app was told: changes, and ids of messages that were stored.
    pub told: Vec<Message>,
    pub delivered: Vec<String>,
}

impl World {
    pub fn new() -> Self {
        let mut rig = Rig::connected();
        rig.does(Input::Join { dialog_id: dialog(), after: None });
        Self {
            rig,
            server: Server::default(),
            wire: Vec::new(),
            deaf: false,
            snapshot: None,
            loaded: None,
            sends: 0,
            refused: Vec::new(),
            told: Vec::new(),
            delivered: Vec::new(),
        }
    }

    pub fn meets(&mut self, fate: &Fate) {
        match *fate {
            Fate::OtherWrites => {
                let id = format!("y{}", self.server.log.len());
                let new = self.server.store("you", &id);
                self.wire.push(new.into());
            }
            Fate::WeSend => {
                let send = self.writes();
                self.rig.does(Input::Send(send));
            }
            Fate::WeSendNothing => {
                let send = MessageSend { content: String::new(), ..self.writes() };
                self.refused.push(send.client_id.to_string());
                self.rig.does(Input::Send(send));
            }
            Fate::Arrives(pick) if !self.wire.is_empty() => {
                let frame = self.wire.remove(pick % self.wire.len());
                self.rig.hears(frame);
            }
            Fate::ArrivesTwice(pick) if !self.wire.is_empty() => {
                let frame = self.wire[pick % self.wire.len()].clone();
                self.rig.hears(frame);
            }
            Fate::IsLost(pick) if !self.wire.is_empty() => {
                self.wire.remove(pick % self.wire.len());
            }
            Fate::NobodyListens => return self.deaf = true,
            Fate::Cut => {
                self.rig.does(Input::Drop);
                self.rig.waits(300);
            }
            Fate::Waits(ms) => self.rig.waits(ms),
            Fate::Refuses(refuses) => self.server.refuses = refuses,
            Fate::Fetches => self.snapshot = Some(self.server.head()),
            Fate::Loads if self.loaded.is_none() => self.load(),
            _ => {}
        }
        self.settle();
        self.deaf = false;
    }

    /// Everything works again, and time passes.
    pub fn heals(&mut self) {
        (self.server.refuses, self.deaf) = (false, false);
        if self.loaded.is_none() {
            self.snapshot = Some(self.server.head());
            self.load();
        }
        for _ in 0..40 {
            if !self.rig.client.has_open_socket() {
                self.rig.does(Input::Reconnect);
            }
            self.rig.does(Input::Visible);
            self.settle();
            while !self.wire.is_empty() {
                let frame = self.wire.remove(0);
                self.rig.hears(frame);
                self.settle();
            }
            self.rig.waits(4_000);
        }
        self.settle();
    }

    fn writes(&mut self) -> MessageSend {
        self.sends += 1;
        send(&format!("m-{:04}", self.sends))
    }

    fn load(&mut self) {
        if let Some(at) = self.snapshot {
            self.loaded = Some(at);
            self.rig.does(Input::Loaded { dialog_id: dialog(), at });
        }
    }

    /// The handshake cannot be lost on a socket that lives, nor can it be overtaken.
    fn says(&mut self, text: &str) {
        let frame = ClientFrame::decode(text).expect("a frame of ours");
        let is_handshake = matches!(frame, ClientFrame::Connecting(_));
        if self.deaf && !is_handshake {
            return;
        }
        for answer in self.server.answers(frame) {
            match answer {
                ServerFrame::Connected(_) => self.rig.hears(answer),
                answer => self.wire.push(answer),
            }
        }
    }

    /// The server hears what was said, a new socket is let in, the app notes what it is told.
    fn settle(&mut self) {
        loop {
            let effects = self.rig.effects();
            if effects.is_empty() {
                break;
            }
            for effect in effects {
                match effect {
                    Effect::Open { socket, .. } if socket == self.rig.socket => {
                        self.wire.clear();
                        self.rig.opens();
                        if self.rig.client.has_open_socket() {
                            self.rig.establishes("e1");
                        }
                    }
                    Effect::Send { socket, text } if socket == self.rig.socket => {
                        self.says(&text);
                    }
                    _ => {}
                }
            }
        }
        for event in self.rig.events() {
            match event {
                Event::Dialog { event, .. } => {
                    let DialogChange::MessageNew(message) = event.change;
                    self.told.push(message);
                }
                Event::Outbox(delivery) => {
                    if let DeliveryState::Stored(message) = delivery.state {
                        self.delivered.push(message.client_id.to_string());
                    }
                }
                _ => {}
            }
        }
    }
}
