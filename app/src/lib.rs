//! Confab's user interface, the same on the server and in the browser.
//!
//! The server renders [`App`] from a [`Bootstrap`] and writes that into the page; the browser reads
//! it back, hydrates the same view, and goes on live. What moves is in three places: the live cache
//! ([`live`]) holds what the server knows, the [`Session`] holds what this tab knows (connection,
//! outbox), and components draw both. How bytes travel is none of this crate's business: the
//! frontend gives it a [`Browser`].
//!
//! ```text
//! pages ─► components ─► data, session ─► live        words: every text, once per language
//!               ├──────► markup: what a message says, as values
//!               └──────► dom: the page as text on the server, as nodes in the browser
//! ```

mod bootstrap;
mod browser;
mod components;
mod data;
mod dom;
pub mod live;
mod local;
pub mod markup;
mod names;
mod pages;
mod session;
mod words;

pub use bootstrap::{Bootstrap, ClientSettings, Notice, Open, Page, WRONG_ADDRESS};
pub use browser::{Answer, Browser, BrowserHandle, Forgotten};
pub use pages::{App, sheet, standing};
pub use session::{Direction, Session, Shared};
pub use words::{Category, Language};
