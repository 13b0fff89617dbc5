//! Who you are and what you may.
//!
//! A guest is known by a signed cookie ([`Guests`]); a script without one is a guest for as long as
//! its socket is open. A page of another site may use neither ([`Origins`]). Who may act in a
//! dialog gets a [`Member`](crate::store::Member), and the verbs take nothing less
//! ([`member`]).
//!
//! Deliberately absent: frames, bodies of HTTP, and any state but the cookie key.

mod guest;
mod member;
mod origin;

pub use guest::{Guest, Guests, KeyError};
pub use member::{NoSuchDialog, member};
pub use origin::{OriginNotAllowed, Origins};

pub use crate::store::Member;
