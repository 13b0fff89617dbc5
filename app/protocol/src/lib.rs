//! What Confab's server and clients say to each other.
//!
//! One WebSocket carries text frames `{"type": …, "payload": {…}}` (DESIGN §4), and a few HTTP
//! routes carry the same bodies. This crate holds every word of that conversation as a Rust type:
//! both doors of the server, the browser, the tests and the load generator speak through it, so a
//! word that changes here changes everywhere or does not compile.
//!
//! The life of a frame: a sender builds a [`ClientFrame`] or a [`ServerFrame`] and calls `encode`;
//! the text travels; the receiver calls `decode` and gets the same value, or a [`FrameError`] that
//! says which of three things was wrong (no JSON, unknown type, wrong shape) in a sentence a person
//! can act on. The tables in the README are generated from the very same declarations.
//!
//! Deliberately absent: I/O, clocks, randomness, Leptos, SQL. The crate compiles for the host and
//! for wasm32, and weighs on the browser's download: what a client writes and reads goes through
//! [`json`], the lean half; what only a server writes and reads stands behind the feature `serde`.

mod client;
mod close;
mod error;
mod frame;
mod id;
mod limits;
mod message;
mod meta;
mod resume;
mod server;
mod text;
mod time;
mod topic;

pub mod json;
#[cfg(feature = "plants")]
pub mod plants;
pub mod rest;
pub mod tables;

pub use client::{
    Chat, ClientFrame, Connecting, DialogJoin, DialogLeave, MessageDelete, MessageDelivered,
    MessageEdit, MessageRead, MessageSend, Ping, PresenceSet, Topics, TypingStart, TypingStop,
    Unsubscribe,
};
pub use close::{CloseCode, ComesBack};
pub use error::ErrorCode;
pub use frame::{FrameError, FrameRow, ParserError};
pub use id::{
    ClientId, ConnectionId, DialogId, Epoch, Ev, InvalidId, MessageId, Seq, TokenId, Uev, UserId,
};
pub use limits::Limits;
pub use message::{
    Dialog, DialogChange, DialogEvent, DialogKind, Member, Message, MessageKind, Person, Presence,
    PresenceState, Quote, Role,
};
pub use meta::{InvalidMeta, Meta};
pub use resume::{Positions, Resume};
pub use server::{
    Ack, Bye, ChatMessage, Connected, ConnectionEstablished, DialogChanged, DialogEvents,
    DialogReset, DialogUpdate, Digest, Disconnected, ErrorFrame, Heartbeat, Invalidate, Joined,
    MessageNew, MessageUpdate, Nack, Pong, PresenceUpdate, Receipt, ResetReason, ServerFrame,
    TypingStarted, TypingStopped, Welcome,
};
pub use text::{DialogTitle, MessageText, Refusal, Username};
pub use time::{InvalidTimestamp, Timestamp};
pub use topic::{Topic, UnknownTopic};
