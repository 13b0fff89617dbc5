//! Accepts connections and serves them, within bounds.
//!
//! `axum::serve` gives hyper no timer, so its header timeout never fires and a client that sends
//! one byte a minute holds a connection for ever. This loop does what it does, plus the timer, a
//! bound on the header buffer, `TCP_NODELAY`, and a stop in good order: as long as a task of the
//! server still ends (a socket says goodbye, say), whoever asks is answered that the server is
//! stopping; then nobody is let in any more, and the answers under way finish.

use std::{
    convert::Infallible,
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use axum::{Extension, Router, extract::Request, http::HeaderMap};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto,
        graceful::{GracefulConnection, GracefulShutdown},
    },
};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::TaskTracker;
use tower::{Layer, ServiceExt};
use tracing::{debug, warn};

use super::{
    Shutdown,
    linger::{Lingering, Stream},
};

/// Bounds on a connection before it is a request or a socket.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How long the head of a request may take to arrive.
    pub header_read_timeout: Duration,
    /// Largest head of a request, in bytes.
    pub header_bytes_max: usize,
}

/// How long to wait after `accept` failed, which happens when files run out: trying again at once
/// would only burn the processor that could close some.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The other end of the TCP connection, as axum handlers see it.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// How long the last answers may take to be written once they are made. A connection on which
/// nothing was asked (a browser opens some in advance) would be waited for in vain.
const LAST_BYTES: Duration = Duration::from_millis(500);

/// Where connections come from: the system, or a simulated network.
pub trait Accept: Send + 'static {
    /// A connection.
    type Stream: Stream;

    /// Waits for the next one, and says where it comes from.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses no connection.
    fn accept(&mut self) -> impl Future<Output = io::Result<(Self::Stream, SocketAddr)>> + Send;
}

impl Accept for TcpListener {
    type Stream = TcpStream;

    async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, peer) = TcpListener::accept(self).await?;
        // Small frames go out at once; without it Nagle holds them back for an acknowledgement.
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%peer, %error, "TCP_NODELAY");
        }
        Ok((stream, peer))
    }
}

/// Serves until the server's tasks have ended, then waits for the answers under way.
pub async fn serve(mut listener: impl Accept, router: Router, bounds: Bounds, shutdown: Shutdown) {
    let (graceful, answers) = (GracefulShutdown::new(), TaskTracker::new());
    loop {
        let accepted = tokio::select! {
            biased;
            () = shutdown.finished() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = connection(stream, peer, router.clone(), bounds, answers.clone());
                let connection = graceful.watch(connection);
                tokio::spawn(async move {
                    if let Err(error) = connection.await {
                        debug!(%peer, %error, "connection ended");
                    }
                });
            }
            Err(error) => {
                warn!(%error, "accept failed");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    answers.close();
    let mut connections = std::pin::pin!(graceful.shutdown());
    tokio::select! {
        biased;
        () = &mut connections => return,
        () = answers.wait() => {}
    }
    let _ = tokio::time::timeout(LAST_BYTES, connections).await;
}

fn connection(
    stream: impl Stream,
    peer: SocketAddr,
    router: Router,
    bounds: Bounds,
    answers: TaskTracker,
) -> impl GracefulConnection<Error = Box<dyn std::error::Error + Send + Sync>> {
    // Listening on [::], an IPv4 peer comes as ::ffff:127.0.0.1; lists of proxies say 127.0.0.1.
    let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
    let router = Extension(Peer(peer)).layer(router);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let answer = router.clone().oneshot(request.map(axum::body::Body::new) as Request);
        let under_way = answers.token();
        async move {
            let answer = answer.await.unwrap_or_else(|never| match never {});
            drop(under_way);
            Ok::<_, Infallible>(answer)
        }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.header_read_timeout)
        .max_buf_size(bounds.header_bytes_max);
    let stream = TokioIo::new(Lingering::new(stream));
    builder.serve_connection_with_upgrades(stream, service).into_owned()
}

/// Where a request comes from. Behind trusted proxies that is the last address in
/// `X-Forwarded-For` which is not one of theirs; whatever stands further left, anyone can write.
pub fn client_address(headers: &HeaderMap, peer: IpAddr, trusted: &[IpAddr]) -> IpAddr {
    if !trusted.contains(&peer) {
        return peer;
    }
    let hops = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let mut hops: Vec<_> = hops.flat_map(|value| value.split(',')).map(str::trim).collect();
    while let Some(hop) = hops.pop() {
        match hop.parse() {
            Ok(address) if trusted.contains(&address) => {}
            Ok(address) => return address,
            Err(_) => return peer,
        }
    }
    peer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(forwarded: &str, peer: [u8; 4]) -> String {
        let headers = [("x-forwarded-for".parse().unwrap(), forwarded.parse().unwrap())];
        let headers: HeaderMap = headers.into_iter().collect();
        client_address(&headers, peer.into(), &[[127, 0, 0, 1].into(), [10, 0, 0, 1].into()])
            .to_string()
    }

    #[test]
    fn only_what_a_trusted_proxy_wrote_is_believed() {
        let proxy = [127, 0, 0, 1];
        assert_eq!(address("203.0.113.7", proxy), "203.0.113.7");
        assert_eq!(address("198.51.100.1, 203.0.113.7", proxy), "203.0.113.7");
        assert_eq!(address("203.0.113.7, 10.0.0.1", proxy), "203.0.113.7");
        assert_eq!(address("10.0.0.1", proxy), "127.0.0.1");
        assert_eq!(address("someone", proxy), "127.0.0.1");
        assert_eq!(address("203.0.113.7", [203, 0, 113, 99]), "203.0.113.99");
    }
}
