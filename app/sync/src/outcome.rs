//! What the engine asks of its driver, and what it tells the app.

use std::time::Duration;

use confab_protocol::{
    ClientFrame, ClientId, DialogEvent, DialogId, ErrorCode, Ev, Message, Person, ResetReason,
    ServerFrame,
};

use crate::{Moment, SocketId, Status};

/// Something to do with a socket, in this order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Effect {
    /// Open a socket. If that throws, answer with [`Input::Failed`](crate::Input::Failed).
    Open {
        /// Its name from now on.
        socket: SocketId,
        /// Where to.
        url: String,
    },
    /// Send a text frame.
    Send {
        /// Through which.
        socket: SocketId,
        /// The frame.
        text: String,
    },
    /// Close a socket, open or still opening. Its own report of the close is not needed any more.
    Close {
        /// Which.
        socket: SocketId,
        /// 1000 or 4000: browsers allow no other range.
        code: u16,
        /// Why, for the server's log.
        reason: &'static str,
    },
}

/// Something that became true.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The state of the connection changed.
    Status(Status),
    /// The server said this. What the engine concludes from a frame follows it.
    Frame(ServerFrame),
    /// The server said something that this version does not understand, and need not.
    Unreadable(String),
    /// The next change of a joined dialog: dense, in order, exactly once after the position.
    Dialog {
        /// Which dialog.
        dialog_id: DialogId,
        /// What happened.
        event: DialogEvent,
    },
    /// The app has every change there is, and hears the next ones.
    DialogCaughtUp {
        /// Which dialog.
        dialog_id: DialogId,
        /// The position.
        at: Ev,
    },
    /// The position is void: read the dialog afresh, then say [`Input::Loaded`](crate::Input::Loaded).
    DialogReset {
        /// Which dialog.
        dialog_id: DialogId,
        /// Why.
        why: ResetReason,
    },
    /// The server tells us this dialog no more: there is none, or we are not in it. What was shown
    /// of it is void. It is not asked for again, but once on every new socket, and when our list
    /// says that it is ours again: then a [`Event::DialogReset`] comes.
    DialogDenied {
        /// Which dialog.
        dialog_id: DialogId,
    },
    /// Who else is typing in a dialog now, the longest first; nobody, when the last one stopped.
    Typing {
        /// Which dialog.
        dialog_id: DialogId,
        /// All of them.
        people: Vec<Person>,
    },
    /// A [`Post`](crate::Post) of ours went a step further.
    Outbox(Delivery),
    /// How long a ping took to come back.
    RoundTrip(Duration),
}

/// Where one of our posts is: a message, an edit or a deletion.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Which post: its own `clientId`, not that of the message it changes.
    pub client_id: ClientId,
    /// Where it is.
    pub state: DeliveryState,
}

/// The stations of a post of ours.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time, on its way from the engine to the app"
)]
pub enum DeliveryState {
    /// It waits for its turn or for the connection.
    Queued,
    /// It was sent and is not answered yet.
    InFlight,
    /// It was sent, and the answer did not come in time, or the connection went first: the server
    /// may have it. It is sent again, which is harmless.
    Unconfirmed,
    /// The server has committed it; it has left the outbox. The message as it is then.
    Stored(Message),
    /// It was refused for now. It keeps its place and is tried again by itself, or at
    /// [`Input::Hurry`](crate::Input::Hurry).
    Waiting {
        /// What is wrong, for programs.
        code: ErrorCode,
    },
    /// It will not be tried again by itself.
    Failed {
        /// What is wrong, for programs.
        code: ErrorCode,
        /// What is wrong, for people.
        message: String,
    },
}

/// Effects and events on their way out, in order. The driver empties it after every input, so there
/// are a few at a time, and lists do where rings would weigh more.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcomes {
    pub effects: Vec<Effect>,
    pub events: Vec<Event>,
}

/// The first of a list, taken out.
pub(crate) fn next<T>(outcomes: &mut Vec<T>) -> Option<T> {
    if outcomes.is_empty() { None } else { Some(outcomes.remove(0)) }
}

/// One call into the engine: when it is, what chance says, and where the outcomes go.
pub(crate) struct Turn<'a> {
    pub now: Moment,
    pub random: f64,
    /// The open socket. `Client` keeps it up to date within the turn.
    pub socket: Option<SocketId>,
    pub out: &'a mut Outcomes,
}

impl Turn<'_> {
    pub fn tell(&mut self, event: Event) {
        self.out.events.push(event);
    }

    pub fn effect(&mut self, effect: Effect) {
        self.out.effects.push(effect);
    }

    /// Sends through the open socket; without one there is nobody to say it to.
    pub fn send(&mut self, frame: &ClientFrame) {
        self.send_text(frame.encode());
    }

    pub fn send_text(&mut self, text: String) {
        if let Some(socket) = self.socket {
            self.effect(Effect::Send { socket, text });
        }
    }
}
