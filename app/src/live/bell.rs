//! How an entry's tasks wait for the entry to change.

use std::{cell::RefCell, future::poll_fn, task::Poll, task::Waker};

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
        poll_fn(|context| match look() {
            Some(found) => Poll::Ready(found),
            None => {
                self.remember(context.waker());
                Poll::Pending
            }
        })
        .await
    }

    /// A task that is polled often, for other reasons, still waits only once.
    fn remember(&self, waker: &Waker) {
        let mut waiting = self.waiting.borrow_mut();
        if !waiting.iter().any(|other| other.will_wake(waker)) {
            waiting.push(waker.clone());
        }
    }
}
