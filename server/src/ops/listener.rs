//! Accepts connections and serves them, within bounds.
//!
//! `axum::serve` gives hyper no timer, so its header timeout never fires and a client that sends
//! one byte a minute holds a connection for ever. This loop does what it does, plus the timer, a
//! bound on the header buffer, `TCP_NODELAY`, and a stop in good order: as long as a task of the
//! server still ends (a socket says goodbye, say), whoever asks is answered that the server is
//! stopping; then nobody is let in any more, and the answers under way finish.
//!
//! The first bytes say whether HTTP/1 or HTTP/2 is spoken (a proxy knows beforehand that it may, RFC
//! 9113 §3.3). Everything above finds both alike; what one client may hold by HTTP/2 is bounded here
//! (docs/decisions/012-http-2.md).

use std::{
    convert::Infallible,
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    pin::pin,
    time::Duration,
};

use axum::{
    Extension, Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Version, header},
    response::Response,
};
use http_body_util::BodyExt;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::{Layer, ServiceExt};
use tracing::{debug, warn};

use super::{
    Shutdown,
    linger::{Lingering, Stream},
    requests::{Requests, UnderWay},
};

/// Bounds on a connection before it is a request or a socket.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How long the head of a request may take to arrive, and a connection may ask for nothing.
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

/// What all connections know of the end.
#[derive(Clone, Default)]
struct End {
    /// Nobody is let in any more.
    closing: CancellationToken,
    /// Answers that are made at this moment.
    answers: TaskTracker,
    connections: TaskTracker,
}

/// Serves until the server's tasks have ended, then waits for the answers under way.
pub async fn serve(mut listener: impl Accept, router: Router, bounds: Bounds, shutdown: Shutdown) {
    let end = End::default();
    loop {
        let accepted = tokio::select! {
            biased;
            () = shutdown.finished() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = connection(stream, peer, router.clone(), bounds, end.clone());
                end.connections.spawn(connection);
            }
            Err(error) => {
                warn!(%error, "accept failed");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    end.closing.cancel();
    end.answers.close();
    end.connections.close();
    tokio::select! {
        biased;
        () = end.connections.wait() => return,
        () = end.answers.wait() => {}
    }
    let _ = tokio::time::timeout(LAST_BYTES, end.connections.wait()).await;
}

/// One connection, from its first byte to its last, or until it becomes a socket.
async fn connection(
    stream: impl Stream,
    peer: SocketAddr,
    router: Router,
    bounds: Bounds,
    end: End,
) {
    // Listening on [::], an IPv4 peer comes as ::ffff:127.0.0.1; lists of proxies say 127.0.0.1.
    let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
    let router = Extension(Peer(peer)).layer(router);
    let requests = Requests::default();
    let service = service_fn(|request: hyper::Request<Incoming>| {
        let (request, counted) = taken(request.map(Body::new), &requests);
        let answer = router.clone().oneshot(request);
        let under_way = end.answers.token();
        async move {
            let answer = answer.await.unwrap_or_else(|never| match never {});
            drop(under_way);
            Ok::<_, Infallible>(carrying(counted, answer))
        }
    });
    let builder = builder(bounds);
    let stream = TokioIo::new(Lingering::new(stream));
    let mut served = pin!(builder.serve_connection_with_upgrades(stream, service));
    let (mut is_leaving, mut idle_before) = (false, Some(0));
    loop {
        tokio::select! {
            biased;
            ended = served.as_mut() => {
                if let Err(error) = ended {
                    debug!(%peer, %error, "connection ended");
                }
                return;
            }
            () = end.closing.cancelled(), if !is_leaving => {
                is_leaving = true;
                served.as_mut().graceful_shutdown();
            }
            () = tokio::time::sleep(bounds.header_read_timeout) => {
                let idle = requests.idle_after();
                if idle.is_some() && idle == idle_before {
                    // Who does not go when it is told to is cut.
                    if is_leaving {
                        return;
                    }
                    is_leaving = true;
                    served.as_mut().graceful_shutdown();
                }
                idle_before = idle;
            }
        }
    }
}

/// The same request whatever it came by. HTTP/2 says in `:authority` what HTTP/1 says in `Host`; only
/// there a request is counted, and carries its count.
fn taken(mut request: Request, requests: &Requests) -> (Request, Option<UnderWay>) {
    if request.version() != Version::HTTP_2 {
        requests.give_away();
        return (request, None);
    }
    let authority = request.uri().authority().map(|authority| authority.as_str());
    if let Some(host) = authority.and_then(|host| HeaderValue::from_str(host).ok()) {
        request.headers_mut().insert(header::HOST, host);
    }
    let counted = requests.begin();
    request.extensions_mut().insert(counted.clone());
    (request, Some(counted))
}

/// The answer, with the count of its request until the last byte is written.
fn carrying(counted: Option<UnderWay>, answer: Response) -> Response {
    let Some(counted) = counted else { return answer };
    answer.map(|body| {
        Body::new(body.map_frame(move |frame| {
            let _until_here = &counted;
            frame
        }))
    })
}

/// Requests and sockets of one HTTP/2 connection at a time: as many as an address may have sockets.
const STREAMS_MAX: u32 = 100;

/// Bytes of one request or socket that wait to be read, and that wait to be written: what a frame may
/// hold (DESIGN §5). More would only wait here instead of where it came from.
const STREAM_BYTES: u32 = 64 * 1024;

/// Bytes of a whole connection that wait to be read: so many streams cannot wait full at once.
const CONNECTION_BYTES: u32 = 1024 * 1024;

/// Streams that a client has taken back before anybody looked at them, and streams that we have ended
/// for a mistake of theirs: beyond that the connection is. To ask and take back costs a client nothing,
/// and the server each time the beginning of an answer (CVE-2023-44487).
const RESETS_MAX: usize = 20;

/// How often a connection is asked whether it is still there, and how long it may take to say so.
const PING_INTERVAL: Duration = Duration::from_secs(25);
const PING_PATIENCE: Duration = Duration::from_secs(20);

fn builder(bounds: Bounds) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.header_read_timeout)
        .max_buf_size(bounds.header_bytes_max);
    builder
        .http2()
        .timer(TokioTimer::new())
        // RFC 8441: a socket is a stream of its own.
        .enable_connect_protocol()
        .max_header_list_size(u32::try_from(bounds.header_bytes_max).unwrap_or(u32::MAX))
        .max_concurrent_streams(STREAMS_MAX)
        .initial_stream_window_size(STREAM_BYTES)
        .initial_connection_window_size(CONNECTION_BYTES)
        .max_send_buf_size(STREAM_BYTES as usize)
        .max_pending_accept_reset_streams(RESETS_MAX)
        .max_local_error_reset_streams(RESETS_MAX)
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_PATIENCE);
    builder
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
