//! What a peer sees of the server: the real listener, real frames, byte by byte.
//!
//! One file per promise of DESIGN; [`harness`] holds the server and the clients, [`house`] the
//! rules that the code keeps about itself.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

mod accounts;
mod api_docs;
mod bad_frames;
mod bad_requests;
mod bad_wishes;
mod bad_words;
mod bugs;
mod closing;
mod conformance;
mod crowd;
mod demo;
mod entering;
mod forms;
mod gone;
mod greeting;
mod handshake;
mod harness;
mod herd;
mod house;
mod http2;
mod live;
mod names;
mod operator;
mod people;
mod process;
mod rest;
mod rights;
mod rights_by_frame;
mod rights_by_page;
mod schemas;
mod secrets;
mod sending;
mod sessions;
mod sheets;
mod site;
mod stopping;
mod storage_down;
mod strange_requests;
mod the_log;
mod tokens;
mod topics;
