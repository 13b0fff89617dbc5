//! What the pages are made of. Each reads entries of the live cache and the session, and speaks
//! through a callback or the session; none knows a socket.

mod avatar;
mod banner;
mod chat;
mod clipboard;
mod dialog;
mod dialog_list;
mod header;
mod keyed;
mod keys;
mod lab;
mod language_switch;
mod message_input;
mod message_list;
mod modal;
mod palette;
mod people_here;
mod presence;
mod refused;
pub mod time;
mod url;
mod websocket_status;

use confab_protocol::ErrorCode;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::{
    Language, Session,
    live::{Live, QueryError},
    words::Words,
};

pub use banner::Banner;
pub use chat::Chat;
pub use dialog::DialogPane;
pub use dialog_list::DialogList;
pub use header::Header;
pub use keys::{Announcements, Keys};
pub use lab::{Controls, EventList, FrameLog, RoundTrips, StateMachine, TopicBoxes};
pub use language_switch::LanguageSwitch;
pub use message_input::MessageInput;
pub use message_list::MessageList;
pub use palette::Palette;
pub use people_here::{PeopleButton, PeopleList};
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
    /// Whether the page has come alive. Not so on the server, nor in the browser's first render,
    /// which must equal the server's.
    pub is_alive: RwSignal<bool>,
    /// The viewer's day, as soon as the page is alive.
    pub today: RwSignal<Option<time::Day>>,
    /// Whether whoever looks has an account to sign in with.
    pub has_account: bool,
}

impl Surroundings {
    /// What it takes to say what came of something.
    pub fn reasons(&self) -> Reasons {
        let limit = self.session.limits().message_characters.into();
        Reasons { language: self.language, words: self.words, limit }
    }
}

/// Says what came of something that was asked for, also when nothing else is at hand any more.
#[derive(Clone, Copy)]
pub struct Reasons {
    language: Language,
    words: &'static Words,
    /// How long a message may be.
    limit: u64,
}

impl Reasons {
    /// How much was found.
    pub fn found(self, count: usize) -> String {
        match count {
            0 => self.words.nothing_found().to_owned(),
            some => self.language.count(&self.words.found(), some as u64),
        }
    }

    /// Why the server refused something, for people.
    pub fn refusal(self, code: ErrorCode) -> String {
        self.words.refusal(self.language, code, self.limit)
    }

    /// Why the server did not do what it was asked for, for people.
    pub fn trouble(self, error: &QueryError) -> String {
        match error {
            QueryError::Refused { code, .. } => self.refusal(*code),
            _ => self.words.refused_unreachable().to_owned(),
        }
    }
}

/// What the page has around it.
///
/// # Panics
///
/// Outside [`App`](crate::App), which provides it.
pub fn surroundings() -> Surroundings {
    // `expect_context` would say where and what, and download how to say it.
    use_context().unwrap_or_else(|| panic!("surroundings are there inside of App"))
}

/// The id of the list that a page is about: the skip link leads there, and the focus when the
/// button that had it goes.
pub const MESSAGES_ID: &str = "messages";

/// The id of the box to write in.
pub const WRITE_ID: &str = "write";

/// Leads the focus to the page's list, for a button that goes when it is pressed.
fn focus_messages() {
    focus(MESSAGES_ID);
}

/// Leads the focus to the element of this id, if it is there.
fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        let _ = element.unchecked_into::<HtmlElement>().focus();
    }
}

/// The words of the page's language.
pub fn words() -> &'static Words {
    surroundings().words
}
