//! Whose page this is, and when it becomes somebody else's: whoever signs in with this browser finds
//! their own chat in every tab of it.

use confab_protocol::{CloseCode, UserId, rest::Me};
use confab_sync::{ConnectionError, Status};
use leptos::{prelude::*, task::spawn_local};

use super::Session;
use crate::data::{demand, read};

impl Session {
    /// Somebody else has signed in, or nobody is any more: the page becomes theirs. A guest's page
    /// keeps to whoever the socket says.
    pub(super) fn looks_for_another(&self, user: &UserId) {
        if self.has_account && self.owner.with_untracked(|owner| owner.id != *user) {
            become_theirs();
        }
    }

    /// The page is looked at. If our session has ended, asks whose the browser is by now: the page
    /// becomes theirs, or stays what it is if there is nobody. Whoever signs in does so in another
    /// tab, and has their cookie only after the end has been told; so one asks on coming back.
    /// Coming back is told more than once, and a page that is already on its way to be another is not
    /// asked to go again.
    pub fn is_looked_at(self) {
        if self.asks.get_untracked() || !self.status.with_untracked(has_ended) {
            return;
        }
        self.asks.set(true);
        spawn_local(async move {
            let answer = demand(self, "GET", "/api/me".to_owned(), String::new()).await;
            match read::<Me>(answer) {
                Ok(Me { login: Some(_), .. }) => become_theirs(),
                _ => self.asks.set(false),
            }
        });
    }
}

/// Whether the server ended the session, so that nothing is tried any more.
pub(crate) fn has_ended(status: &Status) -> bool {
    match status {
        Status::Closed { error: Some(ConnectionError::ClosedByServer { code, .. }), .. } => {
            CloseCode::from_number(*code) == CloseCode::SessionEnded
        }
        _ => false,
    }
}

/// What the one before has not sent waits for them.
fn become_theirs() {
    window().set_onbeforeunload(None);
    let _ = window().location().reload();
}
