//! What a peer sees of the server: the real listener, real frames, byte by byte.
//!
//! One file per promise of DESIGN; [`harness`] holds the server and the clients, [`house`] the
//! rules that the code keeps about itself.

mod greeting;
mod harness;
