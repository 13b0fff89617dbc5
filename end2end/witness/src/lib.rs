//! A device outside the browser, as a witness: how it asks ([`requests`]) and listens ([`socket`])
//! over any line, what it shows ([`shown`]; with
//! its engine, a [`page`]), what it saw on the way ([`ledger`]), and how that is held
//! against the log at the end ([`checker`]).
//!
//! The simulation drives it in virtual time over a simulated network, `bin/chaos` in real time over
//! real ones. It knows no clock and no server, only its database.

pub mod checker;
pub mod dice;
pub mod ledger;
pub mod page;
pub mod requests;
mod seen;
pub mod shown;
pub mod socket;
