//! A server on a real port, and three ways to talk to it: a [`Client`] that speaks frames, a
//! [`RawClient`] that writes bytes, and plain HTTP.
//!
//! The server's clock stands still until a test moves it ([`TestServer::pass`]), so sixty seconds
//! take no time and "nothing was said" can be asserted without waiting ([`Client::heard_nothing`]:
//! a ping is answered behind everything that was queued before it). Every test ends with
//! [`TestServer::end`], which asserts that nothing is left behind.

mod program;

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use confab_protocol::{
    ClientFrame, ClientId, Connected, ConnectionEstablished, MessageSend, Ping, ServerFrame,
    Timestamp, Welcome,
};
use confab_server::{
    Server,
    ops::{
        Clock, Config, Random,
        clock::Manual,
        config::{Settings, Sources},
    },
};
use futures::{SinkExt, StreamExt, stream::SplitSink};
use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    sync::mpsc,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http},
};

pub use program::{Program, command, confab};

/// How long a test waits for something that must happen. Real time; never reached when all is well.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// When the virtual clock starts: 2026-11-20T15:56:12Z, the first greeting of document 000.
pub const STARTED: Timestamp = Timestamp::from_unix_ms(1_795_190_172_000);

/// Waits for what must happen, and says what it was when it does not.
pub async fn soon<F: Future>(what: &str, future: F) -> F::Output {
    timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// Takes the next frame, which must be of this type, and gives its payload.
macro_rules! hears {
    ($client:expr, $variant:ident) => {
        match $client.next().await {
            confab_protocol::ServerFrame::$variant(payload) => payload,
            other => panic!("expected {}, heard {}", stringify!($variant), other.encode()),
        }
    };
}
pub(crate) use hears;

/// A setting that is not as it is by default.
type Change = Box<dyn FnOnce(&mut Settings)>;

/// A server to be started.
pub struct Builder {
    folder: Arc<TempDir>,
    changes: Vec<Change>,
    started: Timestamp,
    seed: u64,
}

/// A server with the defaults of DESIGN §5, its own folder and a clock that stands still.
pub fn server() -> Builder {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let builder = Builder { folder, changes: Vec::new(), started: STARTED, seed: 1 };
    // A raw client that is still open at the end does not answer the close; this is real time.
    builder.with(|settings| settings.gateway.close_timeout = Duration::from_millis(300))
}

impl Builder {
    /// Changes a setting.
    pub fn with(mut self, change: impl FnOnce(&mut Settings) + 'static) -> Self {
        self.changes.push(Box::new(change));
        self
    }

    /// Started with `--demo`.
    pub fn demo(self) -> Self {
        self.with(|settings| settings.demo.enabled = true)
    }

    /// Nobody is refused for being fast: for tests that are about something else.
    pub fn unhurried(self) -> Self {
        self.with(|settings| {
            settings.limits.frames_per_second = 100_000;
            settings.limits.sends_per_second = 100_000;
            settings.limits.sends_burst = 100_000;
        })
    }

    /// In the folder of a server that has ended.
    pub fn in_folder(mut self, folder: Arc<TempDir>) -> Self {
        self.folder = folder;
        self.seed += 1;
        self
    }

    /// With the wall clock at another time.
    pub fn at(mut self, started: Timestamp) -> Self {
        self.started = started;
        self
    }

    /// Starts it on a free port.
    pub async fn start(self) -> TestServer {
        let config = config(self.folder.path(), self.changes);
        let (clock, manual) = Clock::manual(self.started);
        let server = Server::start(config, clock, Random::from_seed(self.seed)).await.unwrap();
        TestServer { address: server.address(), server: Some(server), manual, folder: self.folder }
    }
}

fn config(folder: &Path, changes: Vec<Change>) -> Config {
    let file = folder.join("Leptos.toml");
    std::fs::write(&file, "[[workspace.metadata.leptos]]\noutput-name = \"confab\"\n").unwrap();
    let sources = Sources {
        file: Some(file),
        listen: Some("127.0.0.1:0".to_owned()),
        data: Some(folder.join("data")),
        site: Some(folder.join("site")),
        ..Sources::default()
    };
    let mut config = Config::read(&sources).unwrap();
    for change in changes {
        change(&mut config.settings);
    }
    config
}

/// A server that runs until [`TestServer::end`].
pub struct TestServer {
    server: Option<Server>,
    manual: Arc<Manual>,
    pub address: SocketAddr,
    pub folder: Arc<TempDir>,
}

impl TestServer {
    fn running(&self) -> &Server {
        self.server.as_ref().expect("runs until the end")
    }

    /// How many sockets are open.
    pub fn open_sockets(&self) -> usize {
        self.running().registry().count()
    }

    /// What the registry knows of the one socket that is open.
    pub fn only_socket(&self) -> Arc<confab_server::ops::Connection> {
        let mut all = self.running().registry().connections();
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    /// Waits until the server ends by itself.
    pub async fn fails(&self) {
        soon("the server to end by itself", self.running().failed()).await;
    }

    /// Lets virtual time pass.
    pub fn pass(&self, time: Duration) {
        self.manual.advance(time);
    }

    /// Waits until so many sockets are open.
    pub async fn has_sockets(&self, count: usize) {
        let reached = async {
            while self.open_sockets() != count {
                tokio::task::yield_now().await;
            }
        };
        let open = || self.open_sockets();
        if timeout(PATIENCE, reached).await.is_err() {
            panic!("{} sockets are open instead of {count}", open());
        }
    }

    /// Stops the server and asserts that it left nothing behind.
    pub async fn end(mut self) {
        let mut server = self.server.take().expect("ends once");
        assert!(server.stop().await, "some tasks did not end");
        let left = server.left();
        assert!(left.is_nothing(), "the server left {left:?}");
    }

    /// Begins to stop; the future ends with the server.
    pub fn stops(mut self) -> tokio::task::JoinHandle<bool> {
        let mut server = self.server.take().expect("ends once");
        tokio::spawn(async move { server.stop().await && server.left().is_nothing() })
    }

    /// A client to be connected.
    pub fn client(&self) -> Dial {
        Dial { address: self.address, path: "/ws".to_owned(), headers: Vec::new() }
    }

    /// A client that names no topics and has been greeted.
    pub async fn connect(&self) -> Client {
        self.client().connect().await
    }

    /// A client that has been greeted, has said `connecting` with this name, and was answered.
    pub async fn join(&self, name: &str) -> Client {
        let mut client = self.connect().await;
        client.says(connecting(name)).await;
        hears!(client, Connected);
        client
    }

    /// A TCP connection to the server.
    pub async fn tcp(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A socket whose frames are written byte by byte, greeted.
    pub async fn raw(&self) -> RawClient {
        let mut raw = RawClient::open(self.tcp().await, "/ws?topics=chat").await;
        raw.greeting().await;
        raw
    }

    /// Asks for a page or posts to it.
    pub async fn http(&self, request: Request<String>) -> Answer {
        http_at(self.address, request).await
    }

    /// `GET` as a browser without cookies.
    pub async fn get(&self, path: &str) -> Answer {
        self.http(Request::get(path).body(String::new()).unwrap()).await
    }

    /// A cookie of someone whom the server knows from now on.
    pub async fn cookie(&self) -> String {
        self.get("/").await.cookie()
    }

    /// `POST` of JSON into the lobby with a cookie, as a page of the server itself does.
    pub async fn posts(&self, cookie: &str, body: Value) -> Answer {
        let request = Request::post("/api/messages/dialog/lobby")
            .header("content-type", "application/json")
            .header("origin", format!("http://{}", self.address))
            .header("cookie", cookie)
            .body(body.to_string());
        self.http(request.unwrap()).await
    }

    /// A page of the lobby, as REST tells it.
    pub async fn history(&self) -> confab_protocol::rest::MessagesPage {
        let answer = self.get("/api/messages/dialog/lobby").await;
        serde_json::from_value(answer.json()["data"].clone()).unwrap()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        if self.server.is_some() && !std::thread::panicking() {
            panic!("a test ends with server.end(), which looks what was left behind");
        }
    }
}

/// One request on a connection of its own.
pub async fn http_at(address: SocketAddr, request: Request<String>) -> Answer {
    let stream = TcpStream::connect(address).await.unwrap();
    let connection = hyper::client::conn::http1::handshake(TokioIo::new(stream));
    let (mut sender, connection) = connection.await.unwrap();
    tokio::spawn(connection);
    let (mut head, body) = request.into_parts();
    head.headers.entry("host").or_insert_with(|| address.to_string().parse().unwrap());
    let request = Request::from_parts(head, Full::new(Bytes::from(body)));
    let answer = soon("an HTTP answer", sender.send_request(request)).await.unwrap();
    let (head, body) = answer.into_parts();
    let body = soon("an HTTP body", body.collect()).await.unwrap().to_bytes();
    Answer { head, body: String::from_utf8(body.to_vec()).unwrap() }
}

/// An HTTP answer.
#[derive(Debug)]
pub struct Answer {
    pub head: http::response::Parts,
    pub body: String,
}

impl Answer {
    pub fn status(&self) -> u16 {
        self.head.status.as_u16()
    }

    pub fn header(&self, name: &str) -> &str {
        self.head.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }

    /// The code of a refusal.
    pub fn code(&self) -> String {
        let json = self.json();
        assert_eq!(json["success"], false, "{json}");
        assert!(json["error"].as_str().is_some_and(|text| text.len() > 5), "a sentence: {json}");
        json["code"].as_str().unwrap().to_owned()
    }

    /// The guest's cookie, as a browser sends it back.
    pub fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap().to_owned()
    }
}

/// A handshake to be made.
pub struct Dial {
    address: SocketAddr,
    path: String,
    headers: Vec<(&'static str, String)>,
}

impl Dial {
    /// To a server that runs in a process of its own.
    pub fn to(address: SocketAddr) -> Self {
        Self { address, path: "/ws".to_owned(), headers: Vec::new() }
    }

    pub fn query(mut self, query: &str) -> Self {
        self.path = format!("/ws?{query}");
        self
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// As a browser with this cookie does from a page of the server itself.
    pub fn browser(self, cookie: &str) -> Self {
        let origin = format!("http://{}", self.address);
        self.header("origin", origin).header("cookie", cookie)
    }

    /// Opens the socket; the greeting is heard and kept.
    pub async fn connect(self) -> Client {
        let mut client = self.open().await.expect("the handshake is accepted");
        client.established = Some(hears!(client, ConnectionEstablished));
        client.welcome = Some(hears!(client, Welcome));
        client
    }

    /// Opens the socket and listens to nothing yet. A refusal is what HTTP said.
    pub async fn open(self) -> Result<Client, (u16, String)> {
        let mut request =
            format!("ws://{}{}", self.address, self.path).into_client_request().unwrap();
        for (name, value) in self.headers {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let stream = TcpStream::connect(self.address).await.unwrap();
        match soon("the handshake", client_async(request, stream)).await {
            Ok((socket, _)) => Ok(Client::new(socket)),
            Err(Error::Http(answer)) => {
                let body = answer.body().clone().unwrap_or_default();
                Err((answer.status().as_u16(), String::from_utf8(body).unwrap()))
            }
            Err(error) => panic!("handshake: {error}"),
        }
    }
}

/// What a client hears.
enum Heard {
    Text(String),
    Ping,
    Closed { code: u16, reason: String },
}

/// A well-behaved WebSocket client. It reads all the time, so pings and closes are answered at once.
pub struct Client {
    to_server: SplitSink<WebSocketStream<TcpStream>, Message>,
    heard: mpsc::UnboundedReceiver<Heard>,
    established: Option<ConnectionEstablished>,
    welcome: Option<Welcome>,
    pings: u64,
}

/// How the server ended a socket.
#[derive(Debug, Eq, PartialEq)]
pub struct Closed {
    pub code: u16,
    pub reason: String,
}

impl Client {
    fn new(socket: WebSocketStream<TcpStream>) -> Self {
        let (to_server, mut from_server) = socket.split();
        let (tell, heard) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut closed = false;
            while let Some(message) = from_server.next().await {
                let heard = match message {
                    Ok(Message::Text(text)) => Heard::Text(text.to_string()),
                    Ok(Message::Ping(_)) => Heard::Ping,
                    Ok(Message::Close(frame)) => {
                        closed = true;
                        let code = frame.as_ref().map_or(1005, |frame| frame.code.into());
                        let reason = frame.map(|frame| frame.reason.to_string());
                        Heard::Closed { code, reason: reason.unwrap_or_default() }
                    }
                    Ok(_) => continue,
                    Err(_) => break,
                };
                let _ = tell.send(heard);
            }
            if !closed {
                let _ = tell.send(Heard::Closed { code: 1006, reason: String::new() });
            }
        });
        Self { to_server, heard, established: None, welcome: None, pings: 0 }
    }

    /// The first frame this socket heard.
    pub fn established(&self) -> &ConnectionEstablished {
        self.established.as_ref().expect("greeted")
    }

    /// The second frame this socket heard.
    pub fn welcome(&self) -> &Welcome {
        self.welcome.as_ref().expect("greeted")
    }

    pub async fn says(&mut self, frame: impl Into<ClientFrame>) {
        self.says_text(&frame.into().encode()).await;
    }

    pub async fn says_text(&mut self, text: &str) {
        self.sends(Message::text(text)).await;
    }

    pub async fn sends(&mut self, message: Message) {
        soon("a frame to be sent", self.to_server.send(message)).await.unwrap();
    }

    /// The next text frame as it came. WebSocket pings are passed over.
    pub async fn next_text(&mut self) -> String {
        loop {
            match soon("a frame", self.heard.recv()).await.expect("the socket is open") {
                Heard::Text(text) => return text,
                Heard::Ping => {}
                Heard::Closed { code, reason } => panic!("closed with {code} {reason}"),
            }
        }
    }

    /// The next frame.
    pub async fn next(&mut self) -> ServerFrame {
        let text = self.next_text().await;
        ServerFrame::decode(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// The next WebSocket ping; frames on the way to it are passed over.
    pub async fn is_pinged(&mut self) {
        loop {
            match soon("a ping", self.heard.recv()).await.expect("the socket is open") {
                Heard::Ping => return,
                Heard::Text(_) => {}
                Heard::Closed { code, reason } => panic!("closed with {code} {reason}"),
            }
        }
    }

    /// Nothing waits to be heard: a ping is answered before anything else comes.
    pub async fn heard_nothing(&mut self) {
        self.pings += 1;
        let n = 1_000_000 + self.pings;
        self.says(Ping { n }).await;
        let pong = hears!(self, Pong);
        assert_eq!(pong.n, n);
    }

    /// The code and sentence of the `error` that comes next; the connection lives.
    pub async fn hears_error(&mut self) -> (String, String) {
        let error = hears!(self, Error);
        assert!(error.message.len() > 5, "a sentence: {error:?}");
        (error.code.to_string(), error.message)
    }

    /// How the server ends this socket; frames before it are passed over.
    pub async fn is_closed(&mut self) -> Closed {
        self.rest().await.1
    }

    /// Everything up to the end, and the end.
    pub async fn rest(&mut self) -> (Vec<ServerFrame>, Closed) {
        let mut frames = Vec::new();
        loop {
            match soon("the close", self.heard.recv()).await.expect("a close is heard once") {
                Heard::Text(text) => frames.push(ServerFrame::decode(&text).unwrap()),
                Heard::Ping => {}
                Heard::Closed { code, reason } => return (frames, Closed { code, reason }),
            }
        }
    }

    /// Says goodbye as a browser does when a page is left.
    pub async fn leaves(mut self) -> Closed {
        let frame = tokio_tungstenite::tungstenite::protocol::CloseFrame {
            code: 1000.into(),
            reason: "done".into(),
        };
        self.sends(Message::Close(Some(frame))).await;
        self.is_closed().await
    }

    /// Sends a message into the lobby and hears `ack`. Other frames on the way are passed over.
    pub async fn sends_message(&mut self, client_id: &str, content: &str) -> confab_protocol::Ack {
        self.says(message(client_id, content)).await;
        loop {
            match self.next().await {
                ServerFrame::Ack(ack) => return ack,
                ServerFrame::Nack(nack) => panic!("refused: {nack:?}"),
                _ => {}
            }
        }
    }

    /// Says `connecting` and hears who is here.
    pub async fn is_connected(&mut self, name: &str) -> Connected {
        self.says(connecting(name)).await;
        hears!(self, Connected)
    }
}

pub fn connecting(name: &str) -> confab_protocol::Connecting {
    confab_protocol::Connecting { username: Some(name.to_owned()), resume: None }
}

pub fn chat(message: &str) -> confab_protocol::Chat {
    confab_protocol::Chat { message: message.to_owned(), client_id: None }
}

pub fn message(client_id: &str, content: &str) -> MessageSend {
    MessageSend {
        dialog_id: confab_protocol::DialogId::lobby(),
        client_id: ClientId::parse(client_id).unwrap(),
        content: content.to_owned(),
        kind: confab_protocol::MessageKind::Text,
        meta: confab_protocol::Meta::default(),
        reply_to: None,
    }
}

/// A client that knows no rules: it writes whatever bytes a test wants.
pub struct RawClient {
    pub stream: TcpStream,
}

/// A frame as it came over the wire.
#[derive(Debug, Eq, PartialEq)]
pub struct RawFrame {
    pub opcode: u8,
    pub payload: Vec<u8>,
}

pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;
pub const PONG: u8 = 10;

/// The head of a good handshake.
pub fn handshake(path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: confab.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
}

/// A whole masked frame with its last fragment flag set.
pub fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    fragment(0x80 | opcode, payload)
}

/// A masked frame whose first byte is given: `FIN RSV1 RSV2 RSV3 opcode`.
pub fn fragment(first: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let mut bytes = vec![first];
    match payload.len() {
        length @ ..126 => bytes.push(0x80 | length as u8),
        length @ ..65_536 => {
            bytes.push(0x80 | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
        length => {
            bytes.push(0x80 | 127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend(MASK);
    bytes.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

impl RawClient {
    /// Makes the handshake over a stream.
    pub async fn open(mut stream: TcpStream, path: &str) -> Self {
        stream.write_all(handshake(path).as_bytes()).await.unwrap();
        let mut raw = Self { stream };
        let head = raw.head().await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        // The key and answer of RFC 6455 §1.3.
        assert!(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
        raw
    }

    /// A socket over a connection with a small receive buffer, as a slow reader has it.
    pub async fn with_small_window(address: SocketAddr, path: &str) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        Self::open(socket.connect(address).await.unwrap(), path).await
    }

    /// Hears `connection_established` and `welcome`.
    pub async fn greeting(&mut self) {
        for kind in ["connection_established", "welcome"] {
            let text = self.text().await;
            assert!(text.contains(kind), "{text}");
        }
    }

    pub async fn write(&mut self, bytes: &[u8]) {
        // A server that has heard enough may have closed already; what it said is still read.
        let _ = soon("bytes to be written", self.stream.write_all(bytes)).await;
    }

    /// The head of an HTTP answer.
    pub async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(soon("an HTTP head", self.stream.read_u8()).await.expect("a whole head"));
        }
        String::from_utf8(head).unwrap()
    }

    /// The next frame of any kind; nothing when the server has hung up.
    pub async fn frame(&mut self) -> Option<RawFrame> {
        soon("a raw frame", async {
            let first = self.stream.read_u8().await.ok()?;
            assert_eq!(first & 0xf0, 0x80, "frames of the server are whole and plain");
            let second = self.stream.read_u8().await.ok()?;
            assert_eq!(second & 0x80, 0, "frames of the server are not masked");
            let length = match second {
                126 => self.stream.read_u16().await.ok()?.into(),
                127 => self.stream.read_u64().await.ok()? as usize,
                length => length.into(),
            };
            let mut payload = vec![0; length];
            self.stream.read_exact(&mut payload).await.ok()?;
            Some(RawFrame { opcode: first & 0x0f, payload })
        })
        .await
    }

    /// The next frame but pings, which must be text.
    pub async fn text(&mut self) -> String {
        let mut frame = self.frame().await.expect("the socket is open");
        while frame.opcode == PING {
            frame = self.frame().await.expect("the socket is open");
        }
        assert_eq!(frame.opcode, TEXT, "{frame:?}");
        String::from_utf8(frame.payload).unwrap()
    }

    /// The code of the close frame; frames before it are passed over. Then the server hangs up.
    pub async fn close_code(&mut self) -> u16 {
        loop {
            let frame = self.frame().await.expect("a close frame comes before the end");
            if frame.opcode == CLOSE {
                assert!(frame.payload.len() > 2, "a code and a reason: {frame:?}");
                std::str::from_utf8(&frame.payload[2..]).expect("a reason in words");
                return u16::from_be_bytes([frame.payload[0], frame.payload[1]]);
            }
        }
    }
}
