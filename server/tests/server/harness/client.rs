//! A client that speaks frames and keeps the rules: what it says, what it hears, and how it ends.

use confab_protocol::{
    ClientFrame, ClientId, Connected, ConnectionEstablished, MessageSend, Ping, ServerFrame,
    Welcome,
};
use futures::{SinkExt, StreamExt, stream::SplitSink};
use tokio::{net::TcpStream, sync::mpsc};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};

use super::{hears, soon};

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
    /// Listens from now on.
    pub(super) fn new(socket: WebSocketStream<TcpStream>) -> Self {
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

    /// Hears the two frames that every socket begins with, and keeps them.
    pub(super) async fn is_greeted(&mut self) {
        self.established = Some(hears!(self, ConnectionEstablished));
        self.welcome = Some(hears!(self, Welcome));
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

    /// The next text frame, if one has come by now.
    pub fn waiting(&mut self) -> Option<String> {
        loop {
            match self.heard.try_recv().ok()? {
                Heard::Text(text) => return Some(text),
                Heard::Ping => {}
                Heard::Closed { code, reason } => panic!("closed with {code} {reason}"),
            }
        }
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
