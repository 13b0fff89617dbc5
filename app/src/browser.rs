//! What the app needs from the browser; the frontend implements it.

use std::{rc::Rc, time::Duration};

use confab_protocol::Timestamp;
use confab_sync::{Input, Moment};
use futures::future::LocalBoxFuture;

use crate::{
    Session,
    live::{Live, QueryError},
    local::{Handle, Local},
};

/// The body of what the server answers, or why there is none.
pub type Answer = LocalBoxFuture<'static, Result<String, QueryError>>;

/// A browser tab: its engine, its clock, its storage.
pub trait Browser {
    /// Tells the engine something.
    fn command(&self, input: Input);
    /// Asks this server: a method, a path, and a body of JSON that is empty if there is none. An
    /// answer that is no success is an error with its code.
    fn request(&self, method: &'static str, path: String, body: String) -> Answer;
    /// Calls back once, after this time.
    fn after(&self, time: Duration, call: Box<dyn FnOnce()>);
    /// The monotonic clock, the engine's.
    fn now(&self) -> Moment;
    /// The wall clock.
    fn wall(&self) -> Timestamp;
    /// 128 random bits.
    fn random(&self) -> u128;
    /// Keeps a text for this tab, over reloads; a storage that is full or forbidden keeps nothing.
    fn remember(&self, key: &str, value: &str);
    /// A text kept before.
    fn recall(&self, key: &str) -> Option<String>;
    /// Begins to share the outbox of this person with their other tabs: the session hears of it.
    fn share_outbox(&self, owner: &str, session: Session);
    /// Keeps a text of the shared outbox under this name, or nothing any more; in the order of calls.
    fn keep(&self, name: &str, text: Option<String>);
    /// Tells the other tabs.
    fn tell_tabs(&self, text: &str);
    /// Whether this tab wants to be the one that sends; it hears when it is.
    fn wants_to_send(&self, wants: bool);
    /// What is kept of this dialog of this person's, if anything is.
    fn recall_timeline(&self, owner: &str, dialog: &str)
    -> LocalBoxFuture<'static, Option<String>>;
    /// Keeps this of a dialog of this person's, in the place of what was kept of it before. What was
    /// not kept for the longest time goes, if it is too much.
    fn keep_timeline(&self, owner: &str, dialog: &str, text: String);
    /// Forgets timelines.
    fn forget_timelines(&self, which: Forgotten<'_>);
    /// The socket's address with a query, as `topics=chat`.
    fn address(&self, query: &str) -> String;
    /// Begins: from now on events go into the session and the cache.
    fn start(&self, session: Session, live: Live);
}

/// Which timelines are forgotten.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Forgotten<'a> {
    /// One dialog's.
    One {
        /// Whose.
        owner: &'a str,
        /// Which dialog.
        dialog: &'a str,
    },
    /// All but this person's.
    Others {
        /// Whose stay.
        owner: &'a str,
    },
    /// Every one.
    All,
}

/// A [`Browser`] that may be passed around; empty on the server.
#[derive(Clone, Copy)]
pub struct BrowserHandle(Handle<Rc<dyn Browser>>);

impl BrowserHandle {
    /// A tab; there is one for as long as the page lives.
    pub fn new(browser: Rc<dyn Browser>) -> Self {
        Self(Local::new(browser).leak())
    }

    /// No tab: the server renders.
    pub fn none() -> Self {
        Self(Handle::none())
    }

    /// The tab, if there is one.
    #[inline(never)]
    pub fn get(&self) -> Option<Rc<dyn Browser>> {
        self.0.get().map(|browser| (*browser).clone())
    }
}
