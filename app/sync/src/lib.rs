//! The client's truth, without I/O: connection, outbox, dialog log, typing, receipts, presence
//! (DESIGN §2–§5), and what a change means for what was fetched ([`reduce`]).
//!
//! A [`Client`] is everything a chat client must get right and nothing it must touch. It opens no
//! socket, reads no clock and rolls no dice; a driver does that for it: the browser's, the load
//! generator's, or a test that moves time by hand. So the same engine runs in all three, and a
//! failure seen once can be played again.
//!
//! The life of a message: a person presses Enter, the driver hands over [`Input::Send`], the
//! outbox keeps the message and, once the server has said `connected`, the engine asks for
//! [`Effect::Send`]. The socket dies; the engine asks for a new one after some 300 ms, resumes where it
//! was, and sends the message again under the same `clientId`. The `ack` comes, and the page hears
//! [`Event::Outbox`] with [`DeliveryState::Stored`]. Meanwhile every other change of the dialog has
//! passed through its log: dense, in order, exactly once, as [`Event::Dialog`].
//!
//! The contract of the driver, after the manner of quinn-proto:
//!
//! 1. Feed one input with [`Client::handle`], or [`Client::handle_timeout`] when the moment of
//!    [`Client::poll_timeout`] has come.
//! 2. Drain [`Client::poll_effect`] and [`Client::poll_event`] until both are empty, in order.
//! 3. Ask [`Client::poll_timeout`] again: it may have moved.
//!
//! Time is [`Moment`], which must not run backwards; randomness is a number in `[0, 1)` that comes
//! with every call. Effects for a [`SocketId`] that is gone may be dropped.
//!
//! Deliberately absent: tokio, web-sys, `now()`, `random()`, storage. Whoever wants the outbox to
//! survive a reload keeps what [`Event::Outbox`] tells and hands it back with [`Input::Restore`].

mod client;
mod connection;
mod dialog_log;
mod dialogs;
mod engine;
mod input;
mod ladder;
mod moment;
mod outbox;
mod outcome;
mod post;
mod presence;
mod receipts;
pub mod reduce;
mod settings;
mod status;
mod topics;
mod typing;

pub use client::Client;
pub use input::{Input, SocketId};
pub use moment::Moment;
pub use outcome::{Delivery, DeliveryState, Effect, Event};
pub use post::{Kept, Post, Was};
pub use settings::Settings;
pub use status::{ClosedReason, ConnectionError, Status};
