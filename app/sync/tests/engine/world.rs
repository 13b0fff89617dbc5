//! A server that is always right, a page, and a wire between them that is not.

use confab_protocol::{
    ClientFrame, DialogEvent, Ev, MessageDelete, MessageEdit, MessageId, MessageSend, Seq,
    ServerFrame, Uev,
};
use confab_sync::{Delivery, DeliveryState, Effect, Event, Input, Kept, Post, Was};

use crate::{
    app::{App, What},
    rig::{Rig, client_id, dialog, send},
    room::is_ours,
    server::{Deed, Server},
};

/// What may happen to a client, a server and the wire between them.
#[derive(Clone, Debug)]
pub enum Fate {
    OthersDo(Deed),
    WeSend,
    /// We answer one of the messages there are.
    WeReply(usize),
    /// We send what no server takes.
    WeSendNothing,
    /// We edit one of our messages to one of two texts, to and fro.
    WeEdit(usize, bool),
    WeDelete(usize),
    WeRead(usize),
    /// Another tab is to send, or none.
    LetsGo,
    /// This tab is to send what was kept.
    TakesOver,
    /// One of the frames on the wire arrives, out of turn.
    Arrives(usize),
    ArrivesTwice(usize),
    IsLost(usize),
    /// What the client says next is lost.
    NobodyListens,
    Cut,
    Waits(u64),
    Refuses(bool),
    /// The app fetches; the server reads now, or as late as it answers.
    Asks(What, bool),
    /// One of the requests is answered.
    Answers(usize),
}

/// All of it together.
pub struct World {
    pub rig: Rig,
    pub server: Server,
    pub app: App,
    wire: Vec<ServerFrame>,
    deaf: bool,
    /// The last line of our list that arrived, and whether each came after the one before it.
    line: Uev,
    pub lines_in_order: bool,
    /// Where the app's snapshot stood.
    pub loaded: Option<Ev>,
    /// What the engine told since then.
    pub told: Vec<DialogEvent>,
    /// All that we did, in order.
    pub written: Vec<Post>,
    /// What the person's tabs keep, and whether the engine is the one to send it.
    kept: Vec<Kept>,
    is_sender: bool,
    /// Names of what was stored, and of what was refused for good, as we were told.
    pub delivered: Vec<String>,
    pub failed: Vec<String>,
}

impl World {
    pub fn new(tells_as_now: bool) -> Self {
        let mut rig = Rig::connected();
        rig.does(Input::Join { dialog_id: dialog(), after: None });
        let mut world = Self {
            rig,
            server: Server::new(tells_as_now),
            app: App::default(),
            wire: Vec::new(),
            deaf: false,
            line: Uev(0),
            lines_in_order: true,
            loaded: None,
            told: Vec::new(),
            written: Vec::new(),
            kept: Vec::new(),
            is_sender: true,
            delivered: Vec::new(),
            failed: Vec::new(),
        };
        world.app.reconnected(&world.server);
        world
    }

    pub fn meets(&mut self, fate: &Fate) {
        let wire = self.wire.len();
        match *fate {
            Fate::OthersDo(ref deed) => self.wire.extend(self.server.does(deed)),
            Fate::WeSend => self.we_send("hi", None),
            Fate::WeReply(pick) => {
                let messages = &self.server.rooms[0].messages;
                let original = messages.get(pick % (messages.len() + 1));
                let original = original.map(|message| message.message_id.clone());
                self.we_send("yes", original);
            }
            Fate::WeSendNothing => self.we_send("", None),
            Fate::WeEdit(pick, which) => {
                let content = if which { "a" } else { "b" }.to_owned();
                if let Some(message_id) = self.one_of_ours(pick) {
                    let (dialog_id, client_id) = (dialog(), client_id(&self.name()));
                    let edit = MessageEdit { dialog_id, message_id, client_id, content };
                    self.posts(Post::Edit(edit.clone()), Input::Edit(edit));
                }
            }
            Fate::WeDelete(pick) => {
                if let Some(message_id) = self.one_of_ours(pick) {
                    let (dialog_id, client_id) = (dialog(), client_id(&self.name()));
                    let delete = MessageDelete { dialog_id, message_id, client_id };
                    self.posts(Post::Delete(delete.clone()), Input::Delete(delete));
                }
            }
            Fate::WeRead(pick) => {
                let shown = self.app.page.as_ref().map_or(0, |page| page.messages.len());
                let seq = Seq(pick as u64 % (shown as u64 + 1));
                self.rig.does(Input::Delivered { dialog_id: dialog(), seq: Seq(seq.0 + 1) });
                self.rig.does(Input::Read { dialog_id: dialog(), seq });
            }
            Fate::Arrives(pick) if wire > 0 => {
                let frame = self.wire.remove(pick % wire);
                self.hears(frame);
            }
            Fate::ArrivesTwice(pick) if wire > 0 => {
                let frame = self.wire[pick % wire].clone();
                self.hears(frame);
            }
            // Nobody numbers receipts, and no wire loses one of two frames: a socket that loses
            // some loses the rest, and then all is read afresh.
            Fate::IsLost(pick) if wire > 0 => {
                let place = pick % wire;
                if !matches!(self.wire[place], ServerFrame::Receipt(_)) {
                    self.wire.remove(place);
                }
            }
            Fate::NobodyListens => return self.deaf = true,
            Fate::LetsGo => {
                self.is_sender = false;
                self.rig.does(Input::LetGo);
            }
            Fate::TakesOver => self.takes_over(),
            Fate::Cut => {
                self.rig.does(Input::Drop);
                self.rig.waits(300);
            }
            Fate::Waits(ms) => self.rig.waits(ms),
            Fate::Refuses(refuses) => self.server.refuses = refuses,
            Fate::Asks(what, now) => self.app.asks(what, now, &self.server),
            Fate::Answers(pick) => self.is_answered(pick),
            _ => {}
        }
        self.settle();
        self.deaf = false;
    }

    /// Everything works again, and time passes.
    pub fn heals(&mut self) {
        (self.server.refuses, self.deaf) = (false, false);
        self.takes_over();
        if self.app.page.is_none() {
            self.app.asks(What::Latest(4), false, &self.server);
        }
        self.flows();
        // What is said of dialogs that are not joined is not repaired before the next word of them:
        // it shows by its number that something was lost. No more is done than that, because a line
        // that is sent whole would hide what was wrong with it.
        for room in 0..2 {
            self.wire.extend(self.server.speaks(room));
        }
        self.flows();
        if self.line < self.server.list().uev {
            self.wire.extend(self.server.does(&Deed::Mutes { room: 1 }));
        }
        self.flows();
    }

    fn flows(&mut self) {
        for _ in 0..40 {
            if !self.rig.client.has_open_socket() {
                self.rig.does(Input::Reconnect);
            }
            self.rig.does(Input::Visible);
            self.settle();
            while !self.wire.is_empty() || self.app.waits() {
                if self.wire.is_empty() {
                    self.is_answered(0);
                } else {
                    let frame = self.wire.remove(0);
                    self.hears(frame);
                }
                self.settle();
            }
            self.rig.waits(4_000);
        }
        self.settle();
    }

    fn hears(&mut self, frame: ServerFrame) {
        if let ServerFrame::DialogUpdate(update) = &frame {
            self.lines_in_order &= update.uev == Uev(self.line.0 + 1);
            self.line = update.uev;
        }
        self.rig.hears(frame);
    }

    fn name(&self) -> String {
        format!("m-{:04}", self.written.len())
    }

    fn we_send(&mut self, content: &str, reply_to: Option<MessageId>) {
        let content = content.to_owned();
        let send = MessageSend { content, reply_to, ..send(&self.name()) };
        self.posts(Post::Send(send.clone()), Input::Send(send));
    }

    /// A tab that does not send keeps what it writes, and shows it.
    fn posts(&mut self, post: Post, input: Input) {
        self.written.push(post.clone());
        if self.is_sender {
            return self.rig.does(input);
        }
        let queued = Delivery { client_id: post.client_id().clone(), state: DeliveryState::Queued };
        self.app.hears(&Event::Outbox(queued), &self.server);
        self.kept.push(Kept { post, was: Was::Queued });
    }

    fn takes_over(&mut self) {
        if !std::mem::replace(&mut self.is_sender, true) {
            self.rig.does(Input::Restore(self.kept.clone()));
        }
    }

    fn keeps(&mut self, delivery: &Delivery) {
        let is_it = |post: &Post| *post.client_id() == delivery.client_id;
        let was = match &delivery.state {
            DeliveryState::Stored(_) => return self.kept.retain(|kept| !is_it(&kept.post)),
            DeliveryState::Queued | DeliveryState::Waiting { .. } => Was::Queued,
            DeliveryState::InFlight | DeliveryState::Unconfirmed => Was::Sent,
            DeliveryState::Failed { code, .. } => Was::Refused(*code),
        };
        match self.kept.iter_mut().find(|kept| is_it(&kept.post)) {
            Some(kept) => kept.was = was,
            None => {
                let post = self.written.iter().find(|post| is_it(post)).expect("it was written");
                self.kept.push(Kept { post: post.clone(), was });
            }
        }
    }

    /// One of our messages, as far as we have seen that they are stored.
    fn one_of_ours(&self, pick: usize) -> Option<MessageId> {
        let page = self.app.page.as_ref()?;
        let ours: Vec<_> =
            page.messages.iter().filter(|message| is_ours(&message.sender_id)).collect();
        (!ours.is_empty()).then(|| ours[pick % ours.len()].message_id.clone())
    }

    fn is_answered(&mut self, pick: usize) {
        if let Some(loaded) = self.app.is_answered(pick, &self.server) {
            if let Input::Loaded { at, .. } = loaded {
                (self.loaded, self.told) = (Some(at), Vec::new());
            }
            self.rig.does(loaded);
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
                ServerFrame::Connected(_) => {
                    self.app.reconnected(&self.server);
                    self.rig.hears(answer);
                }
                answer => self.wire.push(answer),
            }
        }
    }

    /// The server hears what was said, a new socket is let in, the app takes what it is told.
    fn settle(&mut self) {
        loop {
            let (effects, events) = (self.rig.effects(), self.rig.events());
            if effects.is_empty() && events.is_empty() {
                break;
            }
            events.iter().for_each(|event| self.notes(event));
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
    }

    fn notes(&mut self, event: &Event) {
        self.app.hears(event, &self.server);
        match event {
            Event::Dialog { event, .. } => self.told.push(event.clone()),
            Event::Outbox(delivery) => {
                self.keeps(delivery);
                let name = delivery.client_id.to_string();
                match &delivery.state {
                    DeliveryState::Stored(_) => self.delivered.push(name),
                    DeliveryState::Failed { .. } => self.failed.push(name),
                    _ => {}
                }
            }
            _ => {}
        }
    }
}
