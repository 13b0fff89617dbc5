//! What a peer sees of the server: the real listener, real frames, byte by byte.
//!
//! One file per promise of DESIGN; [`harness`] holds the server and the clients, [`house`] the
//! rules that the code keeps about itself.

mod bad_frames;
mod bad_words;
mod closing;
mod greeting;
mod handshake;
mod harness;
mod people;
mod rest;
mod sending;
mod the_log;
mod topics;
