//! Both directions of one socket in one future, without splitting it.
//!
//! Reading goes on while writing is blocked, so a slow reader's pings are still answered and its
//! close is still heard. Writing feeds every waiting frame into the socket's buffer and flushes
//! once: one system call for a burst instead of one for each frame. A frame leaves the outlet only
//! when the socket takes it, so that all that waits is counted and bounded there.

use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{Error, extract::ws::Message};
use futures::{Sink, Stream};

use crate::hub::Outlet;

/// What happened on the socket.
pub enum Traffic {
    /// A frame came in; nothing when the socket has ended.
    Received(Option<Result<Message, Error>>),
    /// Everything that waited is written.
    Written(Result<(), Error>),
}

/// A socket and what waits to be written to it.
pub struct Pump<S> {
    socket: S,
    outlet: Arc<Outlet>,
    /// Pings and the close frame; they go behind what waits in the outlet.
    control: VecDeque<Message>,
    is_writing: bool,
}

impl<S> Pump<S>
where
    S: Stream<Item = Result<Message, Error>> + Sink<Message, Error = Error> + Unpin,
{
    /// Takes the socket over.
    pub fn new(socket: S, outlet: Arc<Outlet>) -> Self {
        Self { socket, outlet, control: VecDeque::new(), is_writing: false }
    }

    /// Writes a frame when all that waits in the outlet is written.
    pub fn push(&mut self, message: Message) {
        self.control.push_back(message);
        self.write();
    }

    /// Writes what waits in the outlet, from the next call of [`Pump::next`] on.
    pub fn write(&mut self) {
        self.is_writing = true;
    }

    /// Forgets what waits.
    pub fn discard(&mut self) {
        self.outlet.clear();
        self.control.clear();
    }

    /// Whether everything that was to be written has been.
    pub fn is_idle(&self) -> bool {
        !self.is_writing
    }

    /// Waits for the next thing that happens. With `reading` off only writing goes on.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost: frames leave the outlet only when the socket takes them.
    pub async fn next(&mut self, reading: bool) -> Traffic {
        poll_fn(|context| {
            if self.is_writing
                && let Poll::Ready(written) = self.poll_write(context)
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
    pub async fn finish(&mut self) {
        let mut reading = true;
        while reading || !self.is_idle() {
            match self.next(reading).await {
                Traffic::Received(Some(Ok(_))) | Traffic::Written(Ok(())) => {}
                Traffic::Received(_) => reading = false,
                Traffic::Written(Err(_)) => return,
            }
        }
    }

    fn poll_write(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let mut socket = Pin::new(&mut self.socket);
        loop {
            ready!(socket.as_mut().poll_ready(context))?;
            let frame = self.outlet.pop().map(|frame| Message::Text(frame.into_text()));
            let Some(message) = frame.or_else(|| self.control.pop_front()) else { break };
            self.outlet.connection.sent(size(&message));
            socket.as_mut().start_send(message)?;
        }
        ready!(socket.poll_flush(context))?;
        self.is_writing = false;
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering::Relaxed;

    use confab_protocol::{CloseCode, ConnectionId, Pong, Positions, UserId};

    use super::*;
    use crate::{
        hub::QueueBounds,
        ops::{
            Clock, Registry,
            registry::{Quota, Visitor},
        },
    };

    /// A line that takes some frames and is blocked then, and over which nothing comes in.
    #[derive(Default)]
    struct Line {
        room: usize,
        taken: Vec<Message>,
        flushes: usize,
    }

    impl Stream for Line {
        type Item = Result<Message, Error>;

        fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            Poll::Pending
        }
    }

    impl Sink<Message> for Line {
        type Error = Error;

        fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
            if self.room == 0 { Poll::Pending } else { Poll::Ready(Ok(())) }
        }

        fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Error> {
            self.room -= 1;
            self.taken.push(message);
            Ok(())
        }

        fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
            self.flushes += 1;
            Poll::Ready(Ok(()))
        }

        fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
            Poll::Ready(Ok(()))
        }
    }

    /// A pump over a line with room for so many frames, and `waiting` frames in an outlet for four.
    fn pump(room: usize, waiting: u64) -> Pump<Line> {
        let registry = Registry::new(Quota { per_user: 1, per_address: 1 });
        let user = UserId::parse("anna").unwrap();
        let visitor = Visitor {
            address: [127, 0, 0, 1].into(),
            user_agent: String::new(),
            user,
            session: None,
        };
        let id = ConnectionId::parse("c").unwrap();
        let connection = registry.enter(id, visitor, Clock::system().now());
        let bounds = QueueBounds { frames_max: 4, bytes_max: 10_000 };
        let outlet = Arc::new(Outlet::new(connection, bounds));
        (0..waiting).for_each(|n| outlet.tell(Pong { n, positions: Positions::new() }));
        let mut pump = Pump::new(Line { room, ..Line::default() }, outlet);
        pump.write();
        pump
    }

    #[tokio::test]
    async fn what_the_line_does_not_take_still_waits_and_still_counts() {
        let mut pump = pump(1, 4);
        assert!(futures::poll!(Box::pin(pump.next(true))).is_pending());
        let connection = Arc::clone(&pump.outlet.connection);
        assert_eq!(connection.traffic.queued.load(Relaxed), 3);
        for n in 4..6 {
            pump.outlet.tell(Pong { n, positions: Positions::new() });
        }
        let close = futures::poll!(Box::pin(connection.asked_to_close()));
        assert!(matches!(close, Poll::Ready(close) if close.code == CloseCode::TooSlow));
    }

    #[tokio::test]
    async fn a_burst_is_flushed_once() {
        let mut pump = pump(10, 4);
        assert!(matches!(pump.next(true).await, Traffic::Written(Ok(()))));
        assert_eq!((pump.socket.taken.len(), pump.socket.flushes), (4, 1));
        assert!(pump.is_idle());
    }

    #[tokio::test]
    async fn the_close_frame_is_the_last_word() {
        let mut pump = pump(10, 2);
        pump.push(Message::Close(None));
        pump.next(true).await;
        let [Message::Text(_), Message::Text(_), Message::Close(None)] = &*pump.socket.taken else {
            panic!("{:?}", pump.socket.taken);
        };
    }
}
