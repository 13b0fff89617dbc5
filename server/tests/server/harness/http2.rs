//! A connection that speaks HTTP/2 from its first byte, with requests and sockets side by side.

use std::net::SocketAddr;

use axum::body::Bytes;
use h2::{
    RecvStream, SendStream,
    client::{ResponseFuture, SendRequest, handshake},
    ext::Protocol,
};
use hyper::{HeaderMap, Method, Request};
use tokio::{net::TcpStream, task::JoinHandle};

use super::soon;

/// A connection, and the task that carries it.
pub struct Http2 {
    pub requests: SendRequest<Bytes>,
    pub connection: JoinHandle<Result<(), h2::Error>>,
    pub address: SocketAddr,
}

/// A stream that became a socket: bytes of frames go both ways.
pub struct Stream {
    pub ear: RecvStream,
    pub mouth: SendStream<Bytes>,
}

/// Asks for a socket.
pub fn connect(authority: &str, path: &str) -> hyper::http::request::Builder {
    Request::builder()
        .method(Method::CONNECT)
        .uri(format!("http://{authority}{path}"))
        .header("sec-websocket-version", "13")
        .extension(Protocol::from("websocket"))
}

impl Http2 {
    /// Opens one; the server has said that it knows sockets.
    pub async fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        let (requests, connection) = soon("the preface", handshake(stream)).await.unwrap();
        let connection = tokio::spawn(connection);
        let told = async {
            while !requests.is_extended_connect_protocol_enabled() {
                tokio::task::yield_now().await;
            }
        };
        soon("the server to say that it knows sockets", told).await;
        Self { requests, connection, address }
    }

    /// Asks, and does not wait for the answer.
    pub async fn asks(&mut self, request: Request<()>) -> (ResponseFuture, SendStream<Bytes>) {
        let is_whole = request.method() != Method::CONNECT;
        let ready = soon("room for a request", self.requests.clone().ready());
        ready.await.unwrap().send_request(request, is_whole).unwrap()
    }

    /// Asks for a socket; a refusal is the status and what was said.
    pub async fn opens(&mut self, request: Request<()>) -> Result<Stream, (u16, String)> {
        let (answer, mouth) = self.asks(request).await;
        let answer = soon("an answer", answer).await.unwrap();
        let (status, ear) = (answer.status().as_u16(), answer.into_body());
        if status == 200 { Ok(Stream { ear, mouth }) } else { Err((status, all(ear).await)) }
    }

    /// A socket at this path.
    pub async fn socket(&mut self, path: &str) -> Stream {
        let request = connect(&self.address.to_string(), path).body(()).unwrap();
        self.opens(request).await.unwrap()
    }

    /// `GET`: the status, the head and the body.
    pub async fn get(&mut self, path: &str) -> (u16, HeaderMap, String) {
        let uri = format!("http://{}{path}", self.address);
        let (answer, _) = self.asks(Request::get(uri).body(()).unwrap()).await;
        let (head, body) = soon("an answer", answer).await.unwrap().into_parts();
        (head.status.as_u16(), head.headers, all(body).await)
    }
}

/// A whole body.
async fn all(mut body: RecvStream) -> String {
    let mut all = Vec::new();
    loop {
        match soon("a body", hears(&mut body)).await.unwrap() {
            bytes if bytes.is_empty() => return String::from_utf8(all).unwrap(),
            bytes => all.extend(bytes),
        }
    }
}

/// The next bytes; none at the end.
pub async fn hears(stream: &mut RecvStream) -> Result<Bytes, h2::Error> {
    while let Some(bytes) = stream.data().await.transpose()? {
        stream.flow_control().release_capacity(bytes.len())?;
        if !bytes.is_empty() {
            return Ok(bytes);
        }
    }
    Ok(Bytes::new())
}

/// Sends all of it, as fast as the server takes it.
pub async fn says(stream: &mut SendStream<Bytes>, bytes: &[u8]) -> Result<(), h2::Error> {
    let mut rest = Bytes::copy_from_slice(bytes);
    while !rest.is_empty() {
        stream.reserve_capacity(rest.len());
        let room = std::future::poll_fn(|context| stream.poll_capacity(context)).await;
        let room = room.unwrap_or(Err(h2::Reason::STREAM_CLOSED.into()))?;
        stream.send_data(rest.split_to(room.min(rest.len())), false)?;
    }
    Ok(())
}
