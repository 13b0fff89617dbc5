//! How an entry's tasks wait for the entry to change.

use std::{
    cell::RefCell,
    future::poll_fn,
    task::{Context, Poll, Waker},
};

/// Wakes whoever waits for something about an entry: data, a wanted query, removal.
///
/// One bell serves all three, because each waiter looks for itself whether its wish has come true;
/// an entry changes rarely and has a task or two.
#[derive(Default)]
pub(super) struct Bell {
    waiting: RefCell<Vec<Waker>>,
}

impl Bell {
    /// Something changed: everyone looks again.
    pub fn ring(&self) {
        for waker in self.waiting.take() {
            waker.wake();
        }
    }

    /// Waits until `look` finds something, looking at once and after every ring.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped: what is looked at stays where it is.
    pub async fn until<T>(&self, mut look: impl FnMut() -> Option<T>) -> T {
        poll_fn(|context| self.poll(context, &mut look)).await
    }

    /// One look; if it finds nothing, the task looks again after the next ring.
    pub fn poll<T>(&self, context: &Context<'_>, mut look: impl FnMut() -> Option<T>) -> Poll<T> {
        let found = look();
        if found.is_none() {
            self.remember(context.waker());
        }
        found.map_or(Poll::Pending, Poll::Ready)
    }

    /// A task that is polled often, for other reasons, still waits only once.
    fn remember(&self, waker: &Waker) {
        let mut waiting = self.waiting.borrow_mut();
        if !waiting.iter().any(|other| other.will_wake(waker)) {
            waiting.push(waker.clone());
        }
    }
}
