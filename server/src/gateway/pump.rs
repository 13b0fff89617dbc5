//! Both directions of one socket in one future, without splitting it.
//!
//! Reading goes on while writing is blocked, so a slow reader's pings are still answered and its
//! close is still heard. Writing feeds every waiting frame into the socket's buffer and flushes
//! once: one system call for a burst instead of one for each frame.

use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::{
    Error,
    extract::ws::{Message, WebSocket},
};
use futures::{Sink, Stream};

use crate::ops::Connection;

/// What happened on the socket.
pub enum Traffic {
    /// A frame came in; nothing when the socket has ended.
    Received(Option<Result<Message, Error>>),
    /// Everything that waited is written.
    Written(Result<(), Error>),
}

/// A socket and what waits to be written to it.
pub struct Pump {
    socket: WebSocket,
    waiting: VecDeque<Message>,
    unflushed: bool,
}

impl Pump {
    /// Takes the socket over.
    pub fn new(socket: WebSocket) -> Self {
        Self { socket, waiting: VecDeque::new(), unflushed: false }
    }

    /// Puts a frame behind those that wait.
    pub fn push(&mut self, message: Message) {
        self.waiting.push_back(message);
    }

    /// Forgets what waits.
    pub fn discard(&mut self) {
        self.waiting.clear();
    }

    /// Whether everything has been written, so that there is room for more.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && !self.unflushed
    }

    /// Waits for the next thing that happens. With `reading` off only writing goes on.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost: frames leave the waiting line only when the socket has taken them.
    pub async fn next(&mut self, connection: &Connection, reading: bool) -> Traffic {
        poll_fn(|context| {
            if !self.is_idle()
                && let Poll::Ready(written) = self.poll_write(context, connection)
            {
                return Poll::Ready(Traffic::Written(written));
            }
            if reading {
                let received = ready!(Pin::new(&mut self.socket).poll_next(context));
                return Poll::Ready(Traffic::Received(received));
            }
            Poll::Pending
        })
        .await
    }

    /// Writes what waits and reads on, without caring what, until the other side has closed.
    pub async fn finish(&mut self, connection: &Connection) {
        let mut reading = true;
        while reading || !self.is_idle() {
            match self.next(connection, reading).await {
                Traffic::Received(Some(Ok(_))) | Traffic::Written(Ok(())) => {}
                Traffic::Received(_) => reading = false,
                Traffic::Written(Err(_)) => return,
            }
        }
    }

    fn poll_write(
        &mut self,
        context: &mut Context<'_>,
        connection: &Connection,
    ) -> Poll<Result<(), Error>> {
        let mut socket = Pin::new(&mut self.socket);
        while !self.waiting.is_empty() {
            ready!(socket.as_mut().poll_ready(context))?;
            if let Some(message) = self.waiting.pop_front() {
                connection.sent(size(&message));
                self.unflushed = true;
                socket.as_mut().start_send(message)?;
            }
        }
        ready!(socket.poll_flush(context))?;
        self.unflushed = false;
        Poll::Ready(Ok(()))
    }
}

/// Bytes of payload.
pub fn size(message: &Message) -> usize {
    match message {
        Message::Text(text) => text.len(),
        Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
        Message::Close(_) => 0,
    }
}
