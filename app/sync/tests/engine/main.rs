//! The engine against a wire we hold and a clock we move by hand.

mod app;
mod connection;
mod dialogs;
mod laws;
mod outbox;
mod presence;
mod receipts;
mod reduce;
mod rig;
mod room;
mod server;
mod topics;
mod truth;
mod typing;
mod world;
