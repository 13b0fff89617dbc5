//! The engine as a whole: one input in, its consequences in order out.
//!
//! `Client` thinks little itself. It hands an input to the [`Engine`], and after each step looks
//! whether the socket is still the same: a new one is greeted, a lost one is told to everybody. All timers stand in one table, [`Client::timers`], which is read from the states
//! and stored nowhere; a state that is left takes its timer along.

<<<<<<< HEAD
use confab_protocol::{Limits, Topic, UserId};

use crate::{
    Effect, Event, Input, Moment, Post, Settings, Status,
    connection::Happening,
    engine::Engine,
=======
use confab_protocol::{
    ClientFrame, Connecting, DialogChange, DialogChanged, DialogEvent, DialogId, Limits,
    MessageNew, MessageUpdate, ServerFrame, Topic, UserId,
};

use crate::{
    Effect, Event, Input, Moment, Post, Settings, SocketId, Status,
    connection::{Connection, End, Happening},
    dialogs::Dialogs,
    outbox::Outbox,
>>>>>>> 47427bc458be414b1bb5aa4bf5b965b76add316f
    outcome::{Outcomes, Turn, next},
};

/// A chat client without I/O. See the crate's page for the contract with its driver.
#[derive(Debug)]
pub struct Client {
    engine: Engine,
    out: Outcomes,
    status: Status,
}

impl Client {
    /// A client at rest: [`Input::Start`] begins. `url` is the socket's whole address, its topics
    /// included; `topics` are those wanted beyond it, as by [`Input::Subscribe`].
    pub fn new(settings: Settings, url: String, topics: Vec<Topic>) -> Self {
        let engine = Engine::new(settings, url, topics);
        let status = engine.connection.status();
        Self { engine, out: Outcomes::default(), status }
    }

    /// Takes one input. `now` never runs backwards; `random` is in `[0, 1)`.
    pub fn handle(&mut self, input: Input, now: Moment, random: f64) {
        let socket = self.engine.socket;
        let mut turn = Turn { now, random, socket, out: &mut self.out };
        self.engine.input(input, &mut turn);
        self.settle(now, random);
    }

    /// Does everything that is due. Calling it too early is harmless.
    pub fn handle_timeout(&mut self, now: Moment, random: f64) {
        for (timer, _) in self.timers() {
            let socket = self.engine.socket;
            let mut turn = Turn { now, random, socket, out: &mut self.out };
            match timer {
                Timer::Connection => self.engine.connection.handle(Happening::Timeout, &mut turn),
                Timer::Outbox => self.engine.outbox.pump(&mut turn),
                Timer::Dialogs => self.engine.dialogs.timeout(&mut turn),
                Timer::Typing => self.engine.typing.timeout(&mut turn),
                Timer::Receipts => self.engine.receipts.pump(&mut turn),
                Timer::Presence => self.engine.presence.look(&mut turn),
            }
            self.settle(now, random);
        }
    }

    /// When [`Client::handle_timeout`] is wanted next, if ever.
    pub fn poll_timeout(&self) -> Option<Moment> {
        self.timers().into_iter().filter_map(|(_, due)| due).min()
    }

    /// The next thing to do with a socket.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        next(&mut self.out.effects)
    }

    /// The next thing the app should know.
    pub fn poll_event(&mut self) -> Option<Event> {
        next(&mut self.out.events)
    }

    /// What a person is shown about the connection.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Every message that is not acknowledged yet, the failed ones included, in order: to be
    /// stored, and handed to the next page life as [`Input::Restore`].
    pub fn outbox(&self) -> impl Iterator<Item = &Post> {
        self.engine.outbox.iter()
    }

    /// Whether there is a socket to send through.
    pub fn has_open_socket(&self) -> bool {
        self.engine.socket.is_some()
    }

    /// Who the server says we are; `None` before the first `connection_established`.
    pub fn user_id(&self) -> Option<&UserId> {
        self.engine.user_id.as_ref()
    }

    /// What the server last said is too much; the defaults before that.
    pub fn limits(&self) -> &Limits {
        &self.engine.limits
    }

    /// The one table of timers.
    fn timers(&self) -> [(Timer, Option<Moment>); 6] {
        [
            (Timer::Connection, self.engine.connection.deadline()),
            (Timer::Outbox, self.engine.outbox.deadline()),
            (Timer::Dialogs, self.engine.dialogs.deadline()),
            (Timer::Typing, self.engine.typing.deadline()),
            (Timer::Receipts, self.engine.receipts.deadline()),
            (Timer::Presence, self.engine.presence.deadline()),
        ]
    }

    /// Draws the consequences of a step: first what people see, then what a new or lost socket
    /// means for the others.
    fn settle(&mut self, now: Moment, random: f64) {
        let status = self.engine.connection.status();
        if status != self.status {
            self.status = status.clone();
            self.out.events.push(Event::Status(status));
        }
        let socket = self.engine.connection.open_socket();
        if socket == self.engine.socket {
            return;
        }
        let lost = self.engine.socket.is_some();
        self.engine.socket = socket;
        let mut turn = Turn { now, random, socket, out: &mut self.out };
        if lost {
            self.engine.disconnected(&mut turn);
        }
        if socket.is_some() {
            self.engine.greet(&mut turn);
        }
    }
}

/// Whose patience is over.
#[derive(Clone, Copy, Debug)]
enum Timer {
    /// Retry, opening, ping or silence: the states of a connection have one each, `Open` two.
    Connection,
    /// The message in flight, or the wait after a refusal.
    Outbox,
    /// Gaps, and questions without an answer.
    Dialogs,
<<<<<<< HEAD
    /// What others said 5 s ago, and what we may say again.
    Typing,
    /// Watermarks that wait for their second.
    Receipts,
    /// A person who shows no sign.
    Presence,
=======
}

#[derive(Debug)]
struct Engine {
    connection: Connection,
    outbox: Outbox,
    dialogs: Dialogs,
    topics: Topics,
    /// The open socket as everybody here knows it; `settle` keeps it equal to the connection's.
    socket: Option<SocketId>,
    user_id: Option<UserId>,
    limits: Limits,
}

impl Engine {
    fn input(&mut self, input: Input, turn: &mut Turn<'_>) {
        let happening = match input {
            Input::Start => Happening::Start,
            Input::Reconnect => Happening::Reconnect,
            Input::Stop => Happening::Stop,
            Input::Drop => Happening::Drop,
            Input::ChangeAddress(url) => Happening::ChangeAddress(url),
            Input::Online | Input::Visible => Happening::Wake,
            Input::Opened(socket) => Happening::Opened(socket),
            Input::Closed { socket, code, reason, clean } => {
                Happening::Ended(socket, End { code, reason, clean })
            }
            Input::Failed(socket) => {
                Happening::Ended(socket, End { code: 1006, reason: String::new(), clean: false })
            }
            Input::Offline
            | Input::Hidden
            | Input::Touched
            | Input::Typed { .. }
            | Input::TypingEnded { .. }
            | Input::Delivered { .. }
            | Input::Read { .. } => return,
            Input::Received(socket, text) => return self.received(socket, text, turn),
            Input::Subscribe(topics) => return self.topics.wish(topics, Wish::Hear, turn),
            Input::Unsubscribe(topics) => return self.topics.wish(topics, Wish::Spare, turn),
            Input::Join { dialog_id, after } => return self.dialogs.join(dialog_id, after, turn),
            Input::Loaded { dialog_id, at } => return self.dialogs.loaded(&dialog_id, at, turn),
            Input::Leave { dialog_id } => return self.dialogs.leave(dialog_id, turn),
            Input::Send(send) => return self.outbox.push(Post::Send(send), turn),
            Input::Edit(edit) => return self.outbox.push(Post::Edit(edit), turn),
            Input::Delete(delete) => return self.outbox.push(Post::Delete(delete), turn),
            Input::Retry { client_id, new_client_id } => {
                return self.outbox.retry(&client_id, new_client_id, turn);
            }
            Input::Hurry => return self.outbox.hurry(turn),
            Input::Discard { client_id } => return self.outbox.discard(&client_id, turn),
            Input::Restore(posts) => return self.outbox.restore(posts, turn),
            Input::SendRaw(text) => return turn.send_text(text),
        };
        self.connection.handle(happening, turn);
    }

    /// The first words on a new socket. Messages wait until the server has answered them.
    fn greet(&mut self, turn: &mut Turn<'_>) {
        let resume = self.dialogs.resume(turn.now);
        turn.send(&ClientFrame::Connecting(Connecting { username: None, resume }));
        self.topics.repeat(turn);
        self.dialogs.connected(turn);
    }

    fn disconnected(&mut self, turn: &mut Turn<'_>) {
        self.outbox.disconnected(turn);
        self.dialogs.disconnected();
    }

    fn received(&mut self, socket: SocketId, text: String, turn: &mut Turn<'_>) {
        if self.socket != Some(socket) {
            return;
        }
        self.connection.handle(Happening::Heard, turn);
        match ServerFrame::decode(&text) {
            Ok(frame) => {
                // What is concluded from a frame follows it; but while it is looked at, it is here.
                let place = turn.out.events.len();
                self.frame(&frame, turn);
                turn.out.events.insert(place, Event::Frame(frame));
            }
            Err(_) => turn.tell(Event::Unreadable(text)),
        }
    }

    fn frame(&mut self, frame: &ServerFrame, turn: &mut Turn<'_>) {
        match frame {
            ServerFrame::ConnectionEstablished(established) => {
                self.user_id = Some(established.user_id.clone());
                self.limits = established.limits;
                self.dialogs.established(&established.epoch, turn);
            }
            ServerFrame::Connected(_) => {
                self.connection.handle(Happening::Greeted, turn);
                let frame_bytes_max =
                    usize::try_from(self.limits.frame_bytes).unwrap_or(usize::MAX);
                self.outbox.ready(frame_bytes_max, turn);
            }
            ServerFrame::Pong(pong) => {
                self.connection.handle(Happening::Pong(pong.n), turn);
                self.dialogs.reach(&pong.positions, turn.now);
            }
            ServerFrame::Bye(bye) => {
                let after = std::time::Duration::from_millis(bye.after_ms);
                self.connection.handle(Happening::Bye(after), turn);
            }
            ServerFrame::Ack(ack) => self.outbox.acknowledged(ack, turn),
            ServerFrame::Nack(nack) => self.outbox.refused(nack, turn),
            ServerFrame::MessageNew(MessageNew { dialog_id, ev, message }) => {
                let change = DialogChange::MessageNew(message.clone());
                self.change(dialog_id, DialogEvent { ev: *ev, change }, turn);
            }
            ServerFrame::MessageUpdate(MessageUpdate { dialog_id, ev, message }) => {
                let change = DialogChange::MessageUpdate(message.clone());
                self.change(dialog_id, DialogEvent { ev: *ev, change }, turn);
            }
            ServerFrame::DialogChanged(DialogChanged { dialog_id, event }) => {
                self.change(dialog_id, event.clone(), turn);
            }
            ServerFrame::DialogSync(sync) => {
                sync.events.iter().for_each(|event| self.seen(event, turn));
                self.dialogs.sync(sync, turn);
            }
            ServerFrame::DialogReset(reset) => self.dialogs.reset(reset, turn),
            _ => {}
        }
    }

    /// The next line of a dialog's log, or one that we have.
    fn change(&mut self, dialog_id: &DialogId, event: DialogEvent, turn: &mut Turn<'_>) {
        self.seen(&event, turn);
        self.dialogs.event(dialog_id, event, turn);
    }

    /// A message in the log; if it is ours, it is stored, even when its `ack` was lost. Another
    /// person's `clientId` proves nothing: it is unique per author only.
    fn seen(&mut self, event: &DialogEvent, turn: &mut Turn<'_>) {
        let (DialogChange::MessageNew(message) | DialogChange::MessageUpdate(message)) =
            &event.change
        else {
            return;
        };
        if self.user_id.as_ref() == Some(&message.sender_id) {
            self.outbox.seen(message, turn);
        }
    }
>>>>>>> 47427bc458be414b1bb5aa4bf5b965b76add316f
}
