//! A timer that is given back when it is dropped.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use leptos::prelude::window;
use wasm_bindgen::{JsCast, closure::Closure};

/// Calls back once, unless it is dropped before.
pub struct Timer {
    /// Nothing if the browser would not start it.
    id: Option<i32>,
    _call: Closure<dyn FnMut()>,
}

impl Timer {
    /// Starts now. Browsers count in 32 bits; what is longer than 24 days ends then.
    pub fn new(time: Duration, call: impl FnMut() + 'static) -> Self {
        let call = Closure::<dyn FnMut()>::new(call);
        let ms = time.as_secs().min(2_000_000) as i32 * 1000 + time.subsec_millis() as i32;
        let function = call.as_ref().unchecked_ref();
        let id = window().set_timeout_with_callback_and_timeout_and_arguments_0(function, ms).ok();
        Self { id, _call: call }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            window().clear_timeout_with_handle(id);
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
