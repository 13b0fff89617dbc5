//! The engine against a wire we hold and a clock we move by hand.

mod connection;
mod dialogs;
mod laws;
mod outbox;
mod rig;
mod server;
mod topics;
