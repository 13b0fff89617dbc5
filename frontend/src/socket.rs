//! One WebSocket, from open to close.
//!
//! gloo-net's `close` of the sink closes nothing, its code can only be given to the whole socket,
//! and its receiving end tells how the socket ended as an error. So the socket stays whole: a task
//! waits for what comes, sending and closing happen at once, and no borrow is held while the engine
//! hears of it.

use std::{
    cell::RefCell,
    future::poll_fn,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use confab_sync::{Input, SocketId};
use futures::{Sink, Stream};
use gloo_net::websocket::{Message, State, WebSocketError, futures::WebSocket};

/// An open or opening socket. Dropping it closes it, and nothing more is reported.
pub struct Socket(Rc<Shared>);

/// What the socket and its task share.
struct Shared {
    id: SocketId,
    /// Nothing as soon as we have closed it.
    socket: RefCell<Option<WebSocket>>,
    /// Whoever waits for the socket, to be told of our close.
    waiting: RefCell<Option<Waker>>,
}

impl Socket {
    /// Opens a socket and reports what happens on it until it is closed.
    ///
    /// # Errors
    ///
    /// The address is no WebSocket address.
    pub fn open(id: SocketId, url: &str, report: impl Fn(Input) + 'static) -> Result<Self, ()> {
        let socket = RefCell::new(Some(WebSocket::open(url).map_err(|_| ())?));
        let shared = Rc::new(Shared { id, socket, waiting: RefCell::default() });
        let task = shared.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let mut is_open = false;
            while let Some(input) = poll_fn(|context| task.next(&mut is_open, context)).await {
                report(input);
            }
        });
        Ok(Self(shared))
    }

    /// Sends a text frame. A socket that cannot take it has closed, or the server is closing it; the
    /// report is on its way, and the browser would complain in its console.
    pub fn send(&self, text: String) {
        if let Some(socket) = &mut *self.0.socket.borrow_mut()
            && matches!(socket.state(), State::Open)
        {
            let _ = Pin::new(socket).start_send(Message::Text(text));
        }
    }

    /// Closes with a code and a reason, and reports nothing more.
    pub fn close(self, code: u16, reason: &str) {
        self.0.close(code, reason);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.0.close(1000, "");
    }
}

impl Shared {
    fn close(&self, code: u16, reason: &str) {
        if let Some(socket) = self.socket.take() {
            let _ = socket.close(Some(code), Some(reason));
        }
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }

    /// What happens next; nothing when nothing more will.
    fn next(&self, is_open: &mut bool, context: &mut Context<'_>) -> Poll<Option<Input>> {
        self.waiting.replace(Some(context.waker().clone()));
        let mut socket = self.socket.borrow_mut();
        let Some(open) = &mut *socket else { return Poll::Ready(None) };
        let mut open = Pin::new(open);
        if !*is_open && open.as_mut().poll_ready(context).is_ready() {
            *is_open = true;
            // gloo-net calls a socket ready that failed to open; its end tells what became of it.
            if matches!(open.state(), State::Open) {
                return Poll::Ready(Some(Input::Opened(self.id)));
            }
        }
        loop {
            let end = match open.as_mut().poll_next(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(Message::Text(text)))) => {
                    return Poll::Ready(Some(Input::Received(self.id, text)));
                }
                Poll::Ready(Some(Err(WebSocketError::ConnectionClose(event)))) => Some(event),
                Poll::Ready(None) => None,
                // Confab speaks text; and an error is followed by the close that it causes.
                Poll::Ready(Some(_)) => continue,
            };
            *socket = None;
            let (code, reason, clean) = end
                .map_or((1006, String::new(), false), |end| (end.code, end.reason, end.was_clean));
            return Poll::Ready(Some(Input::Closed { socket: self.id, code, reason, clean }));
        }
    }
}
