//! One WebSocket, from open to close, as a task.
//!
//! gloo-net's `close` of the sink closes nothing, its code can only be given to the whole socket,
//! and its receiving end tells how the socket ended as an error. So one task owns the whole socket,
//! and everything that is to be sent or closed comes to it through a queue. The queue is short by
//! nature: the engine sends what a person types, one message at a time, and pings.

use std::pin::pin;

use confab_sync::{Input, SocketId};
use futures::{
    Sink, StreamExt,
    channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
    future::{Either, poll_fn, select},
};
use gloo_net::websocket::{Message, State, WebSocketError, futures::WebSocket};

/// What a socket's task is told.
enum Order {
    Send(String),
    Close(u16, &'static str),
}

/// An open or opening socket. Dropping it closes it, and nothing more is reported.
pub struct Socket(UnboundedSender<Order>);

impl Socket {
    /// Opens a socket and reports what happens on it until it is closed.
    ///
    /// # Errors
    ///
    /// The address is no WebSocket address.
    pub fn open(id: SocketId, url: &str, report: impl Fn(Input) + 'static) -> Result<Self, ()> {
        let socket = WebSocket::open(url).map_err(|_| ())?;
        let (orders, queue) = unbounded();
        wasm_bindgen_futures::spawn_local(run(id, socket, queue, Box::new(report)));
        Ok(Self(orders))
    }

    /// Sends a text frame. A socket that cannot take it has closed; its report is on its way.
    pub fn send(&self, text: String) {
        let _ = self.0.unbounded_send(Order::Send(text));
    }

    /// Closes with a code and a reason, and reports nothing more.
    pub fn close(self, code: u16, reason: &'static str) {
        let _ = self.0.unbounded_send(Order::Close(code, reason));
    }
}

async fn run(
    id: SocketId,
    mut socket: WebSocket,
    mut queue: UnboundedReceiver<Order>,
    report: Box<dyn Fn(Input)>,
) {
    let opened = {
        let mut ready = pin!(poll_fn(|context| pin!(&mut socket).poll_ready(context)));
        loop {
            // What is to be sent comes only after `Opened`, so an order now is a close.
            match select(&mut ready, queue.next()).await {
                Either::Left((opened, _)) => break Some(opened),
                Either::Right((Some(Order::Send(_)), _)) => {}
                Either::Right((Some(Order::Close(..)) | None, _)) => break None,
            }
        }
    };
    match opened {
        None => {
            let _ = socket.close(Some(1000), None);
            return;
        }
        // gloo-net calls a socket ready that failed to open; what became of it tells the stream below.
        Some(_) if matches!(socket.state(), State::Open) => report(Input::Opened(id)),
        Some(_) => {}
    }
    loop {
        match select(socket.next(), queue.next()).await {
            Either::Left((Some(Ok(Message::Text(text))), _)) => report(Input::Received(id, text)),
            Either::Left((Some(Ok(Message::Bytes(_))), _)) => {}
            Either::Left((Some(Err(WebSocketError::ConnectionClose(event))), _)) => {
                let (code, reason, clean) = (event.code, event.reason, event.was_clean);
                return report(Input::Closed { socket: id, code, reason, clean });
            }
            // An error is followed by the close that it causes.
            Either::Left((Some(Err(_)), _)) => {}
            Either::Left((None, _)) => return report(lost(id)),
            Either::Right((Some(Order::Send(text)), _)) => {
                if pin!(&mut socket).start_send(Message::Text(text)).is_err() {
                    return report(lost(id));
                }
            }
            Either::Right((Some(Order::Close(code, reason)), _)) => {
                let _ = socket.close(Some(code), Some(reason));
                return;
            }
            Either::Right((None, _)) => {
                let _ = socket.close(Some(1000), None);
                return;
            }
        }
    }
}

fn lost(socket: SocketId) -> Input {
    Input::Closed { socket, code: 1006, reason: String::new(), clean: false }
}
