//! What keeps the program running, and knows nothing of what it does.
//!
//! Everyone may use `ops`; `ops` uses no one. Configuration is read here and nowhere else; clocks
//! and randomness are handed out here, so that a test may hold them; sockets are counted, swept and
//! told to close here; the listener accepts, bounds and drains connections for whatever service it
//! is given. Where `ops` needs something of a module above, it owns a small trait ([`Probe`]).

pub mod clock;
pub mod config;
pub mod disk;
pub mod health;
pub mod linger;
pub mod listener;
pub mod logs;
pub mod outside;
pub mod random;
pub mod rate;
pub mod registry;
pub mod requests;
pub mod shutdown;
pub mod sweep;

pub use clock::Clock;
pub use config::Config;
pub use disk::{Access, Disk};
pub use health::{Health, Probe};
pub use outside::Outside;
pub use random::Random;
pub use registry::{Connection, Registry};
pub use shutdown::Shutdown;
