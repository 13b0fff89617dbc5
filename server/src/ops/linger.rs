//! A stream that says goodbye properly.
//!
//! When a program closes a socket whose incoming bytes it has not read, the kernel answers with a
//! reset, and a reset may overtake the last bytes that were sent: the close frame that says *why*
//! (1009 for a frame that was too big, say) never arrives. So the stream is not dropped at once: its
//! writing half is shut, and what still comes in is read away for a moment (RFC 9112 §9.6 describes
//! the same for HTTP).

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

/// How long to read away what a peer still sends. A peer that has read our last bytes closes
/// within a round trip.
const LINGER: Duration = Duration::from_secs(1);

/// How much to read away: a little more than the largest frame, far less than a flood.
const LINGER_BYTES: usize = 512 * 1024;

/// A stream that lingers when it is dropped inside a runtime.
#[derive(Debug)]
pub struct Lingering<S: Stream>(Option<S>);

/// What can linger.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Stream for S {}

impl<S: Stream> Lingering<S> {
    /// Wraps an accepted stream.
    pub fn new(stream: S) -> Self {
        Self(Some(stream))
    }

    fn stream(self: Pin<&mut Self>) -> io::Result<Pin<&mut S>> {
        self.get_mut().0.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl<S: Stream> Drop for Lingering<S> {
    fn drop(&mut self) {
        if let (Some(stream), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current())
        {
            runtime.spawn(read_away(stream));
        }
    }
}

async fn read_away(mut stream: impl Stream) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let _ = tokio::time::timeout(LINGER, async {
        let (mut sink, mut left) = ([0; 4096], LINGER_BYTES);
        while let Ok(read @ 1..) = stream.read(&mut sink).await {
            left = left.saturating_sub(read);
            if left == 0 {
                return;
            }
        }
    })
    .await;
}

impl<S: Stream> AsyncRead for Lingering<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream()?.poll_read(context, buffer)
    }
}

impl<S: Stream> AsyncWrite for Lingering<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.stream()?.poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream()?.poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.as_ref().is_some_and(S::is_write_vectored)
    }
}
