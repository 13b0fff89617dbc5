//! The simulation: the real server (router, gateway, hub, store) and real engines of `confab-sync`
//! in one process, on virtual time and a simulated network, everything random from one seed.
//!
//! A run begins calmly: people come in, make groups and open them on their devices. Then comes a
//! storm ([`weather`]): lines are held and cut, the server is killed and its disk is full, pages are
//! loaded anew, and all the while people write. Then all is healed, nobody does anything more, and
//! within sixty seconds every device must show what a fresh fetch would bring. What was seen on the
//! way ([`witness`]) is held against the log at the end ([`verdict`]).
//!
//! Nothing waits for the world: time moves in steps ([`time`]), and the database's threads work while
//! everything else stands still ([`disk`]). So the same seed gives the same run, to the last line of
//! its [`trace`].

pub mod device;
pub mod disk;
pub mod machine;
pub mod network;
pub mod requests;
pub mod run;
pub mod time;
pub mod trace;
pub mod verdict;
pub mod weather;
