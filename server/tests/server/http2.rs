//! HTTP/2 without TLS, as a proxy speaks it: pages and sockets (RFC 8441) side by side on one
//! connection, under the same rules as everywhere, and within bounds.

use std::time::Duration;

use axum::body::Bytes;
use h2::{Reason, SendStream};
use hyper::{Method, Request, header::HeaderValue};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::harness::{
    CLOSE, PING, PONG, TEXT, TestServer, frame, hears,
    http2::{self, Http2, Stream, connect, says},
    server, soon,
};

/// A frame as it came through a stream.
struct Heard {
    opcode: u8,
    payload: Vec<u8>,
}

impl Heard {
    fn text(&self) -> &str {
        assert_eq!(self.opcode, TEXT);
        str::from_utf8(&self.payload).unwrap()
    }

    fn code(&self) -> u16 {
        assert_eq!(self.opcode, CLOSE);
        u16::from_be_bytes([self.payload[0], self.payload[1]])
    }
}

/// A socket on a stream, and what has come in and was not looked at.
struct Socket {
    stream: Stream,
    bytes: Vec<u8>,
}

impl Socket {
    async fn says(&mut self, opcode: u8, payload: &str) {
        says(&mut self.stream.mouth, &frame(opcode, payload.as_bytes())).await.unwrap();
    }

    /// The next frame, all of which are short here; nothing at the end of the stream.
    async fn next(&mut self) -> Option<Heard> {
        loop {
            if let [first, second, ..] = self.bytes[..] {
                let (head, length) = match (second, self.bytes.get(2..4)) {
                    (126, Some(long)) => (4, usize::from(u16::from_be_bytes([long[0], long[1]]))),
                    (126, None) => (4, usize::MAX - 4),
                    (short, _) => (2, usize::from(short)),
                };
                if self.bytes.len() >= head + length {
                    let payload = self.bytes[head..head + length].to_vec();
                    self.bytes.drain(..head + length);
                    return Some(Heard { opcode: first & 0x0f, payload });
                }
            }
            let more = soon("a frame", http2::hears(&mut self.stream.ear)).await.unwrap();
            if more.is_empty() {
                assert!(self.bytes.is_empty(), "a frame is cut");
                return None;
            }
            self.bytes.extend(more);
        }
    }

    /// The next frame, which must be there.
    async fn hears(&mut self) -> Heard {
        self.next().await.expect("the socket is open")
    }
}

impl From<Stream> for Socket {
    fn from(stream: Stream) -> Self {
        Self { stream, bytes: Vec::new() }
    }
}

/// A socket that was greeted.
async fn socket(http: &mut Http2, path: &str) -> Socket {
    let mut socket = Socket::from(http.socket(path).await);
    assert!(socket.hears().await.text().contains("connection_established"));
    assert!(socket.hears().await.text().contains("welcome"));
    socket
}

/// What a handshake with this header is refused with.
async fn refusal(server: &TestServer, name: &'static str, value: &'static str) -> (u16, String) {
    let mut http = Http2::to(server.address).await;
    let mut request = connect(&server.address.to_string(), "/ws").body(()).unwrap();
    request.headers_mut().insert(name, HeaderValue::from_static(value));
    http.opens(request).await.map(|_| ()).unwrap_err()
}

#[tokio::test]
async fn two_sockets_and_a_page_share_a_connection() {
    let server = server().start().await;
    let mut http = Http2::to(server.address).await;
    let mut one = socket(&mut http, "/ws?topics=chat").await;
    let mut other = socket(&mut http, "/ws?topics=chat").await;
    one.says(TEXT, r#"{"type":"chat","payload":{"message":"side by side"}}"#).await;
    for socket in [&mut one, &mut other] {
        assert!(socket.hears().await.text().contains("side by side"));
    }
    let (status, _, page) = http.get("/").await;
    let by_http_1 = server.get("/").await;
    assert_eq!((status, page.contains("side by side")), (200, true));
    assert_eq!(page.len(), by_http_1.body.len(), "it is the same page");
    other.says(PING, "there?").await;
    let pong = other.hears().await;
    assert_eq!((pong.opcode, pong.payload.as_slice()), (PONG, b"there?".as_slice()));
    one.says(CLOSE, "\u{3}\u{7f}").await;
    drop((one, other, http));
    server.has_sockets(0).await;
    server.end().await;
}

#[tokio::test]
async fn a_goodbye_is_answered_and_ends_the_stream_and_no_other() {
    let server = server().start().await;
    let mut http = Http2::to(server.address).await;
    let mut leaving = socket(&mut http, "/ws?topics=").await;
    let mut staying = socket(&mut http, "/ws?topics=").await;
    let bytes = frame(CLOSE, &1000_u16.to_be_bytes());
    says(&mut leaving.stream.mouth, &bytes).await.unwrap();
    assert_eq!(leaving.hears().await.code(), 1000);
    assert!(leaving.next().await.is_none(), "the stream ends");
    server.has_sockets(1).await;
    staying.says(TEXT, r#"{"type":"ping","payload":{"n":7}}"#).await;
    assert!(staying.hears().await.text().contains(r#""n":7"#));
    drop((staying, leaving, http));
    server.end().await;
}

#[tokio::test]
async fn a_page_of_another_site_is_refused_whatever_host_it_names() {
    let server = server().start().await;
    let (status, body) = refusal(&server, "origin", "https://evil.example").await;
    assert_eq!((status, body.contains("origin_not_allowed")), (403, true), "{body}");

    let mut http = Http2::to(server.address).await;
    let request = connect(&server.address.to_string(), "/ws")
        .header("origin", "https://evil.example")
        .header("host", "evil.example");
    let refused = http.opens(request.body(()).unwrap()).await.map(|_| ());
    assert_eq!(refused.unwrap_err().0, 403, "the authority counts");

    let origin = format!("http://{}", server.address);
    let request = connect(&server.address.to_string(), "/ws").header("origin", origin);
    assert!(http.opens(request.body(()).unwrap()).await.is_ok());
    drop(http);
    server.end().await;
}

#[tokio::test]
async fn a_cookie_names_the_same_person_by_either_version() {
    let server = server().start().await;
    let cookie = server.cookie().await;
    let mut http = Http2::to(server.address).await;
    let request = connect(&server.address.to_string(), "/ws?topics=")
        .header("origin", format!("http://{}", server.address))
        .header("cookie", &cookie)
        .header("x-forwarded-for", "203.0.113.7")
        .header("user-agent", "two");
    let mut by_2 = Socket::from(http.opens(request.body(()).unwrap()).await.unwrap());
    by_2.hears().await;
    let visitor = server.only_socket().visitor.clone();
    assert_eq!(
        (visitor.address.to_string(), visitor.user_agent.as_str()),
        ("203.0.113.7".into(), "two")
    );
    let mut by_1 = server.client().browser(&cookie).open().await.unwrap();
    let established = hears!(by_1, ConnectionEstablished);
    assert_eq!(established.user_id, visitor.user);
    drop((by_1, by_2, http));
    server.end().await;
}

#[tokio::test]
async fn the_twenty_first_socket_of_a_person_is_4009_on_one_connection_too() {
    let server = server().start().await;
    let cookie = server.cookie().await;
    let mut http = Http2::to(server.address).await;
    let mut open = Vec::new();
    for _ in 0..21 {
        let request = connect(&server.address.to_string(), "/ws?topics=")
            .header("origin", format!("http://{}", server.address))
            .header("cookie", &cookie);
        open.push(Socket::from(http.opens(request.body(()).unwrap()).await.unwrap()));
    }
    let surplus = open.last_mut().unwrap();
    let mut heard = surplus.hears().await;
    while heard.opcode != CLOSE {
        heard = surplus.hears().await;
    }
    assert_eq!(heard.code(), 4009);
    drop((open, http));
    server.end().await;
}

#[tokio::test]
async fn what_does_not_ask_for_a_socket_is_told_how_to() {
    let server = server().start().await;
    let mut http = Http2::to(server.address).await;
    let (status, head, body) = http.get("/ws").await;
    assert_eq!((status, &head["sec-websocket-version"]), (400, &"13".parse().unwrap()), "{body}");
    let (status, _) = refusal(&server, "sec-websocket-version", "8").await;
    assert_eq!(status, 400);
    let request = connect(&server.address.to_string(), "/ws")
        .extension(h2::ext::Protocol::from("connect-udp"));
    assert_eq!(http.opens(request.body(()).unwrap()).await.map(|_| ()).unwrap_err().0, 400);
    drop(http);
    server.end().await;
}

#[tokio::test]
async fn who_stops_says_so_on_every_stream_and_waits_for_no_idle_connection() {
    let server = server().start().await;
    let idle = Http2::to(server.address).await;
    let mut http = Http2::to(server.address).await;
    let mut socket = socket(&mut http, "/ws?topics=").await;
    let stopped = server.stops();
    assert!(socket.hears().await.text().contains("bye"));
    assert_eq!(socket.hears().await.code(), 1012);
    socket.says(CLOSE, "").await;
    assert!(socket.next().await.is_none());
    assert!(soon("the end", stopped).await.unwrap());
    assert!(soon("the connection's end", idle.connection).await.unwrap().is_ok());
    assert!(soon("the connection's end", http.connection).await.unwrap().is_ok());
}

/// A server that waits for a head, and on an idle connection, for a moment only.
async fn impatient() -> TestServer {
    let moment = Duration::from_millis(500);
    server().with(move |settings| settings.http.header_read_timeout = moment).start().await
}

#[tokio::test]
async fn a_connection_that_asks_for_nothing_is_cut_and_a_socket_is_not() {
    let server = impatient().await;
    let mut http = Http2::to(server.address).await;
    let mut socket = socket(&mut http, "/ws?topics=").await;
    let idle = Http2::to(server.address).await;
    assert!(soon("the idle connection's end", idle.connection).await.unwrap().is_ok());
    // One that says nothing at all, one that goes half of the way, and one that never hears anything.
    for begins in ["", "PRI * HTTP/2.0\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let mut stream = server.tcp().await;
        stream.write_all(begins.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        let _ = soon("the server to hang up", stream.read_to_end(&mut rest)).await;
    }
    socket.says(TEXT, r#"{"type":"ping","payload":{"n":7}}"#).await;
    assert!(socket.hears().await.text().contains(r#""n":7"#));
    drop((socket, http));
    server.end().await;
}

#[tokio::test]
async fn what_one_connection_may_hold_is_bounded() {
    let server = server().start().await;
    let mut http = Http2::to(server.address).await;
    let mut first = http.requests.clone().ready().await.unwrap();
    let uri = format!("http://{}/healthz", server.address);
    let long = Request::get(&uri).header("x-long", "x".repeat(64 * 1024)).body(()).unwrap();
    let (answer, _) = first.send_request(long, true).unwrap();
    assert_eq!(soon("an answer", answer).await.unwrap().status(), 431);
    assert_eq!(http.get("/healthz").await.0, 200, "the connection lives");
    assert_eq!(http.requests.current_max_send_streams(), 100);
    drop(http);
    server.end().await;
}

#[tokio::test]
async fn who_asks_and_takes_back_all_the_time_is_cut() {
    let server = server().start().await;
    let mut http = Http2::to(server.address).await;
    let uri = format!("http://{}/", server.address);
    let flood = async {
        for _ in 0..10_000 {
            let request = Request::builder().method(Method::POST).uri(&uri).body(()).unwrap();
            let Ok(mut requests) = http.requests.clone().ready().await else { return };
            let Ok((_, mut body)) = requests.send_request(request, false) else { return };
            let body: &mut SendStream<Bytes> = &mut body;
            body.send_reset(Reason::CANCEL);
        }
    };
    soon("the flood", flood).await;
    let end = soon("the connection's end", &mut http.connection).await.unwrap();
    assert_eq!(end.unwrap_err().reason(), Some(Reason::ENHANCE_YOUR_CALM));
    assert_eq!(server.get("/healthz").await.status(), 200, "nobody else is concerned");
    server.end().await;
}
