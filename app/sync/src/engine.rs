//! Everyone who acts on an input or a frame, and who of them is concerned by which.
//!
//! Deliberately absent: rules. What an input or a frame means is decided by those who are called
//! here; this page is the list of them.

use std::time::Duration;

use confab_protocol::{
    ClientFrame, Connecting, DialogChange, DialogChanged, DialogEvent, DialogId, DialogUpdate,
    Disconnected, ErrorCode, ErrorFrame, Limits, Message, MessageNew, MessageUpdate, Pong,
    ServerFrame, Topic, TypingStopped, UserId,
};

use crate::{
    Event, Input, Post, Settings, SocketId,
    connection::{Connection, End, Happening},
    dialogs::{Dialogs, Life},
    outbox::Outbox,
    outcome::Turn,
    presence::Presence,
    receipts::{Reach, Receipts},
    topics::{Topics, Wish},
    typing::Typing,
};

#[derive(Clone, Debug)]
pub(crate) struct Engine {
    pub connection: Connection,
    pub outbox: Outbox,
    pub dialogs: Dialogs,
    pub typing: Typing,
    pub receipts: Receipts,
    pub presence: Presence,
    topics: Topics,
    /// The open socket as everybody here knows it; `Client` keeps it equal to the connection's.
    pub socket: Option<SocketId>,
    /// Whose messages these are, if it matters; see [`Settings::owner`].
    owner: Option<UserId>,
    pub user_id: Option<UserId>,
    pub limits: Limits,
}

impl Engine {
    pub fn new(settings: Settings, url: String, topics: Vec<Topic>) -> Self {
        Self {
            topics: Topics::new(topics),
            outbox: Outbox::new(settings.ack_patience),
            dialogs: Dialogs::new(settings.gap_patience, settings.epoch.clone()),
            owner: settings.owner.clone(),
            connection: Connection::new(settings, url),
            typing: Typing::default(),
            receipts: Receipts::default(),
            presence: Presence::default(),
            socket: None,
            user_id: None,
            limits: Limits::default(),
        }
    }

    pub fn input(&mut self, input: Input, turn: &mut Turn<'_>) {
        let happening = match input {
            Input::Start => Happening::Start,
            Input::Reconnect => Happening::Reconnect,
            Input::Stop => {
                self.receipts.flush(turn);
                Happening::Stop
            }
            Input::Drop => Happening::Drop,
            Input::ChangeAddress(url) => Happening::ChangeAddress(url),
            Input::Online => Happening::Wake,
            Input::Visible => {
                self.presence.touched(turn);
                Happening::Wake
            }
            Input::Opened(socket) => Happening::Opened(socket),
            Input::Closed { socket, code, reason, clean } => {
                Happening::Ended(socket, End { code, reason, clean })
            }
            Input::Failed(socket) => {
                Happening::Ended(socket, End { code: 1006, reason: String::new(), clean: false })
            }
            Input::Offline => return,
            Input::Hidden => {
                self.receipts.flush(turn);
                return self.presence.hidden(turn);
            }
            Input::Touched => return self.presence.touched(turn),
            Input::Typed { dialog_id } => return self.typing.typed(dialog_id, turn),
            Input::TypingEnded { dialog_id } => return self.typing.ended(dialog_id, turn),
            Input::Delivered { dialog_id, seq } => {
                return self.receipts.advance(dialog_id, Reach::Delivered, seq, turn);
            }
            Input::Read { dialog_id, seq } => {
                return self.receipts.advance(dialog_id, Reach::Read, seq, turn);
            }
            Input::Received(socket, text) => return self.received(socket, text, turn),
            Input::Subscribe(topics) => return self.topics.wish(topics, Wish::Hear, turn),
            Input::Unsubscribe(topics) => return self.topics.wish(topics, Wish::Spare, turn),
            Input::Join { dialog_id, after } => return self.dialogs.join(dialog_id, after, turn),
            Input::Loaded { dialog_id, at } => return self.dialogs.loaded(&dialog_id, at, turn),
            Input::Leave { dialog_id } => return self.dialogs.leave(dialog_id, turn),
            Input::Send(send) => return self.outbox.push(Post::Send(send), turn),
            Input::Edit(edit) => return self.outbox.push(Post::Edit(edit), turn),
            Input::Delete(delete) => return self.outbox.push(Post::Delete(delete), turn),
            Input::Hurry => return self.outbox.hurry(turn),
            Input::Discard { client_id } => return self.outbox.discard(&client_id, turn),
            Input::Restore(kept) => return self.outbox.restore(kept, turn),
            Input::LetGo => return self.outbox.let_go(),
            Input::SendRaw(text) => return turn.send_text(text),
        };
        self.connection.handle(happening, turn);
    }

    /// The first words on a new socket. Messages wait until the server has answered them.
    pub fn greet(&mut self, turn: &mut Turn<'_>) {
        let resume = self.dialogs.resume(turn);
        turn.send(&ClientFrame::Connecting(Connecting { username: None, resume }));
        self.topics.repeat(turn);
        self.dialogs.connected(turn);
    }

    pub fn disconnected(&mut self, turn: &mut Turn<'_>) {
        self.outbox.disconnected(turn);
        self.dialogs.disconnected();
        self.typing.disconnected(turn);
        self.receipts.disconnected();
        self.presence.disconnected();
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
                if self.dialogs.established(&established.epoch, turn) == Life::Another {
                    self.receipts.other_epoch();
                }
            }
            ServerFrame::Connected(_) => self.greeted(turn),
            ServerFrame::Pong(Pong { n, positions }) => {
                if let Some(asked_at) = self.connection.asked_at(*n) {
                    self.receipts.heard(asked_at);
                }
                self.connection.handle(Happening::Pong(*n), turn);
                self.dialogs.reach(positions, turn.now);
            }
            ServerFrame::Bye(bye) => {
                let after = Duration::from_millis(bye.after_ms);
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
                sync.events.iter().for_each(|event| self.seen(&sync.dialog_id, event, turn));
                self.dialogs.sync(sync, turn);
            }
            ServerFrame::DialogReset(reset) => self.dialogs.reset(reset, turn),
            ServerFrame::DialogUpdate(DialogUpdate { dialog_id, dialog, .. }) => match dialog {
                Some(_) => self.dialogs.admitted(dialog_id, turn),
                None => self.denied(dialog_id, turn),
            },
            ServerFrame::Error(ErrorFrame {
                code: ErrorCode::UnknownDialog,
                dialog_id: Some(dialog_id),
                ..
            }) => self.denied(dialog_id, turn),
            ServerFrame::TypingStarted(started)
                if self.user_id.as_ref() != Some(&started.user_id) =>
            {
                self.typing.started(started, turn);
            }
            ServerFrame::TypingStopped(TypingStopped { dialog_id, user_id }) => {
                self.typing.stopped(dialog_id, user_id, turn);
            }
            ServerFrame::Disconnected(Disconnected(person)) => self.typing.left(&person.id, turn),
            _ => {}
        }
    }

    /// `connected` came: whoever waited may speak.
    fn greeted(&mut self, turn: &mut Turn<'_>) {
        self.connection.handle(Happening::Greeted, turn);
        let frame_bytes_max = usize::try_from(self.limits.frame_bytes).unwrap_or(usize::MAX);
        self.typing.greeted();
        if self.is_ours() {
            self.outbox.ready(frame_bytes_max, turn);
            self.receipts.greeted(turn);
        }
        self.presence.greeted(turn);
    }

    /// Whether the socket is that of whose messages these are.
    fn is_ours(&self) -> bool {
        self.owner.is_none() || self.owner == self.user_id
    }

    /// A dialog is none of ours.
    fn denied(&mut self, dialog_id: &DialogId, turn: &mut Turn<'_>) {
        self.dialogs.denied(dialog_id, turn);
        self.typing.denied(dialog_id, turn);
        self.receipts.denied(dialog_id);
    }

    /// The next line of a dialog's log, or one that we have.
    fn change(&mut self, dialog_id: &DialogId, event: DialogEvent, turn: &mut Turn<'_>) {
        self.seen(dialog_id, &event, turn);
        self.dialogs.event(dialog_id, event, turn);
    }

    /// A line of a log, not put in order yet: what is true at any time is concluded from it here.
    fn seen(&mut self, dialog_id: &DialogId, event: &DialogEvent, turn: &mut Turn<'_>) {
        match &event.change {
            DialogChange::MessageNew(message) => {
                self.typing.stopped(dialog_id, &message.sender_id, turn);
                self.seen_message(message, turn);
            }
            DialogChange::MessageUpdate(message) => self.seen_message(message, turn),
            DialogChange::MemberRemoved(user_id) => self.typing.stopped(dialog_id, user_id, turn),
            _ => {}
        }
    }

    /// If it is ours, it is stored, even when its `ack` was lost. Another person's `clientId` proves
    /// nothing: it is unique per author only.
    fn seen_message(&mut self, message: &Message, turn: &mut Turn<'_>) {
        if self.user_id.as_ref() == Some(&message.sender_id) {
            self.outbox.seen(message, turn);
        }
    }
}
