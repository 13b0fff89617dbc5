//! A timer that is given back when it is dropped.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use leptos::prelude::{TimeoutHandle, set_timeout};

/// Calls back once, unless it is dropped before.
pub struct Timer(Option<TimeoutHandle>);

impl Timer {
    /// Starts now.
    pub fn new(time: Duration, call: impl FnOnce() + 'static) -> Self {
        Self(set_timeout(call, time).ok())
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(handle) = self.0.take() {
            handle.clear();
        }
    }
}

/// A [`Timer`] to wait for. It runs from the moment it is made.
pub struct Sleep {
    state: Rc<State>,
    _timer: Timer,
}

#[derive(Default)]
struct State {
    is_over: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Sleep {
    /// Starts now.
    pub fn new(time: Duration) -> Self {
        let state = Rc::new(State::default());
        let over = Rc::clone(&state);
        let timer = Timer::new(time, move || {
            over.is_over.set(true);
            if let Some(waker) = over.waker.take() {
                waker.wake();
            }
        });
        Self { state, _timer: timer }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.state.is_over.get() {
            return Poll::Ready(());
        }
        self.state.waker.replace(Some(context.waker().clone()));
        Poll::Pending
    }
}
