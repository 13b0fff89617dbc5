//! A timer that is given back when it is dropped.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use wasm_bindgen::{JsValue, closure::Closure, prelude::wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    // web-sys knows numbers of 32 bits. Who stands in for the browser's clock counts from further up,
    // and what is called off by another number happens.

    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(call: &JsValue, ms: u32) -> f64;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(id: f64);
}

/// Calls back once, unless it is dropped before.
pub struct Timer {
    id: f64,
    _call: Closure<dyn FnMut()>,
}

impl Timer {
    /// Starts now. Browsers count in 32 bits; what is longer than 24 days ends then.
    pub fn new(time: Duration, call: impl FnMut() + 'static) -> Self {
        let call = Closure::<dyn FnMut()>::new(call);
        let ms = time.as_secs().min(2_000_000) as u32 * 1000 + time.subsec_millis();
        Self { id: set_timeout(call.as_ref(), ms), _call: call }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(self.id);
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
