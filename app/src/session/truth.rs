//! Until when what is shown was true, in the time of people.
//!
//! The cache counts staleness on a clock that never goes back, and that may stand still while the
//! device sleeps. Who opens a laptop again is told of the last word that came from the server before
//! it was closed.

use std::{cell::RefCell, mem};

use confab_protocol::{DialogId, Timestamp};
use leptos::prelude::*;

use super::{Session, freshness::InDoubt};
use crate::local::{Handle, Local};

/// How many losses are remembered: whatever is stale for longer says when by the other clock.
const LOSSES_KEPT: usize = 16;

/// What this tab remembers of it; copies share it.
#[derive(Clone, Copy)]
pub(super) struct Truth(Handle<RefCell<Heard>>);

#[derive(Default)]
struct Heard {
    /// When something was heard last, by the wall clock.
    last: Option<Timestamp>,
    /// When the line was lost, by the cache's clock, and what was heard last before that.
    losses: Vec<(u64, Timestamp)>,
    /// Since when the first socket is tried, by the cache's clock, until something is heard.
    tries: Option<u64>,
    in_doubt: InDoubt,
}

impl Heard {
    fn lost(&mut self, now: u64) {
        let Some(last) = self.last.take() else { return };
        self.losses.push((now, last));
        if self.losses.len() > LOSSES_KEPT {
            self.losses.remove(0);
        }
    }

    /// What was heard last before something became stale, if that was because the line was lost.
    fn before(&self, since: u64) -> Option<Timestamp> {
        self.losses.iter().rev().find(|(lost, _)| *lost <= since).map(|(_, last)| *last)
    }
}

impl Truth {
    pub fn new(in_doubt: InDoubt) -> Self {
        let heard = Heard { in_doubt, ..Heard::default() };
        match cfg!(target_arch = "wasm32") {
            true => Self(Local::new(RefCell::new(heard)).leak()),
            false => Self(Handle::none()),
        }
    }

    fn with(self, act: &mut dyn FnMut(&mut Heard)) {
        if let Some(heard) = self.0.get() {
            act(&mut heard.borrow_mut());
        }
    }

    /// What was in doubt, and is this from now on.
    pub fn doubts(self, now: InDoubt) -> InDoubt {
        let mut before = now;
        self.with(&mut |heard| before = mem::replace(&mut heard.in_doubt, now));
        before
    }
}

impl Session {
    /// The server has said something.
    pub(super) fn hears_server(&self) {
        let at = self.browser(|browser| browser.wall());
        self.truth.with(&mut |heard| {
            heard.last = at;
            heard.tries = None;
        });
    }

    /// The line is lost: to be called before the cache hears of it. Nobody tells us any more who is
    /// there, either.
    pub(super) fn hears_nothing(&self) {
        let now = self.now().0;
        self.truth.with(&mut |heard| heard.lost(now));
        self.knows_presence(false);
    }

    /// The first socket is tried.
    pub(super) fn tries_first(&self) {
        let now = self.now().0;
        self.truth.with(&mut |heard| heard.tries = Some(now));
    }

    pub(super) fn knows_presence(&self, knows: bool) {
        if self.knows_who_is_here.get_untracked() != knows {
            self.knows_who_is_here.set(knows);
        }
    }

    /// As of when what is shown of a dialog is true: now, unless it is stale since some moment.
    pub(super) fn true_at(&self, dialog: &DialogId, since: Option<u64>) -> Option<Timestamp> {
        match since {
            Some(since) => self.last_updated(dialog, since),
            None => self.browser(|browser| browser.wall()),
        }
    }

    /// Since when nobody vouches for what the cache calls stale since this moment. What came with the page
    /// was true when it came, not until its first socket was given up.
    pub fn alone_since(&self, since: u64) -> u64 {
        let mut alone = since;
        self.truth.with(&mut |heard| alone = heard.tries.unwrap_or(since).min(since));
        alone
    }

    /// As of when what is shown of a dialog is true that is stale since this moment.
    pub fn last_updated(&self, dialog: &DialogId, since: u64) -> Option<Timestamp> {
        let mut at = self.windows.recalled_at(dialog);
        if at.is_some() {
            return at;
        }
        self.truth.with(&mut |heard| at = heard.before(since));
        at.or_else(|| {
            let ago = self.now().0.saturating_sub(since);
            self.browser(|browser| {
                Timestamp::from_unix_ms(browser.wall().unix_ms().saturating_sub(ago))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stale_since_a_loss_was_true_when_something_was_heard_last() {
        let at = Timestamp::from_unix_ms;
        let mut heard = Heard { last: Some(at(9_000)), ..Heard::default() };
        heard.lost(100);
        // Tries that fail, and a line that comes back and is lost again.
        heard.lost(200);
        heard.last = Some(at(20_000));
        heard.lost(300);
        assert_eq!(heard.before(99), None, "it was stale before the line was lost");
        assert_eq!(heard.before(100), Some(at(9_000)));
        assert_eq!(heard.before(299), Some(at(9_000)), "it never caught up in between");
        assert_eq!(heard.before(300), Some(at(20_000)));
    }

    #[test]
    fn no_more_losses_are_remembered_than_tell_something() {
        let mut heard = Heard::default();
        for loss in 0..100 {
            heard.last = Some(Timestamp::from_unix_ms(loss));
            heard.lost(loss);
        }
        assert_eq!(heard.losses.len(), LOSSES_KEPT);
        assert_eq!(heard.before(99), Some(Timestamp::from_unix_ms(99)));
    }
}
