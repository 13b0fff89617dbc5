//! What the pages are made of. Each reads entries of the live cache and the session, and speaks
//! through a callback or the session; none knows a socket.

mod banner;
mod header;
mod lab;
mod language_switch;
mod message_input;
mod message_list;
mod people_here;
mod time;
mod websocket_status;

use leptos::prelude::*;

use crate::{Language, Session, live::Live, words::Words};

pub use banner::Banner;
pub use header::Header;
pub use lab::{Controls, EventList, FrameLog, RoundTrips, StateMachine, TopicBoxes};
pub use language_switch::LanguageSwitch;
pub use message_input::MessageInput;
pub use message_list::MessageList;
pub use people_here::PeopleList;
pub use time::LocalTime;
pub use websocket_status::WebsocketStatus;

/// The few things that the whole page has.
#[derive(Clone)]
pub struct Surroundings {
    /// The language.
    pub language: Language,
    /// What it says.
    pub words: &'static Words,
    /// The live cache.
    pub live: Live,
    /// This tab.
    pub session: Session,
    /// Whether times are shown in the viewer's zone yet.
    pub local_time: LocalTime,
}

/// What the page has around it.
///
/// # Panics
///
/// Outside [`App`](crate::App), which provides it.
pub fn surroundings() -> Surroundings {
    expect_context()
}

/// The words of the page's language.
pub fn words() -> &'static Words {
    surroundings().words
}
