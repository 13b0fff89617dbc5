//! What the cache needs from outside.

use std::time::Duration;

use confab_protocol::Topic;
use futures::future::LocalBoxFuture;

/// The world around the cache: a place to run tasks, a clock, and the socket's topics.
///
/// `frontend` implements it with the browser, tests with time that is moved by hand. Everything
/// happens on one thread, so nothing here is `Send`. The cache never holds a lock or a borrow while
/// it calls a host; a host may call back into the cache from a task, but not from inside a method.
pub trait Host {
    /// Runs a task to its end. The task is polled later, not inside this call: the caller may be in
    /// the middle of rendering a component.
    fn spawn(&self, task: LocalBoxFuture<'static, ()>);

    /// Ready after `time`. The clock starts with the call, and dropping the future gives the timer
    /// back.
    fn sleep(&self, time: Duration) -> LocalBoxFuture<'static, ()>;

    /// Milliseconds on a clock that never goes back; the zero does not matter.
    fn now(&self) -> u64;

    /// The first entry wants to hear this topic. The host keeps the set over reconnects.
    fn subscribe(&self, topic: &Topic);

    /// The last entry that heard this topic is gone.
    fn unsubscribe(&self, topic: &Topic);
}
