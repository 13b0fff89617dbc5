//! A device's WebSocket, over any line.

use std::io;

use confab_sync::{Input, SocketId};
use futures::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::mpsc,
    task::JoinHandle,
};
use tokio_tungstenite::{
    client_async,
    tungstenite::{
        Message,
        client::IntoClientRequest,
        http::{HeaderValue, header::COOKIE},
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

/// What the engine wants of its socket.
enum Command {
    Send(String),
    Close(u16),
}

/// Where a socket goes, and as whom.
pub struct Way {
    /// The engine's name for it.
    pub socket: SocketId,
    /// The address.
    pub url: String,
    /// `name=value` of the session.
    pub cookie: Option<String>,
}

/// The socket that an engine has, if it has one.
#[derive(Default)]
pub struct Plug(Option<Plugged>);

struct Plugged {
    socket: SocketId,
    commands: mpsc::UnboundedSender<Command>,
    task: JoinHandle<()>,
}

impl Plug {
    /// Opens a socket over the line that `connect` makes; `tell` hears what comes of it. The one before
    /// is gone without a word.
    pub fn open<Line: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
        &mut self,
        way: Way,
        connect: impl Future<Output = io::Result<Line>> + Send + 'static,
        tell: impl Fn(Input) + Send + Sync + 'static,
    ) {
        self.cut();
        let (commands, orders) = mpsc::unbounded_channel();
        let socket = way.socket;
        let task = tokio::spawn(run(way, connect, orders, tell));
        self.0 = Some(Plugged { socket, commands, task });
    }

    /// Says something through a socket, if it is still the one.
    pub fn send(&self, socket: SocketId, text: String) {
        if let Some(plugged) = self.0.as_ref().filter(|plugged| plugged.socket == socket) {
            let _ = plugged.commands.send(Command::Send(text));
        }
    }

    /// Closes a socket, if it is still the one.
    pub fn close(&mut self, socket: SocketId, code: u16) {
        if let Some(plugged) = self.0.take_if(|plugged| plugged.socket == socket) {
            let _ = plugged.commands.send(Command::Close(code));
        }
    }

    /// Drops the line without a word; whose it was.
    pub fn cut(&mut self) -> Option<SocketId> {
        let Plugged { socket, task, .. } = self.0.take()?;
        task.abort();
        Some(socket)
    }
}

/// Lives as long as the socket.
async fn run<Line: AsyncRead + AsyncWrite + Send + Unpin>(
    Way { socket, url, cookie }: Way,
    connect: impl Future<Output = io::Result<Line>>,
    mut commands: mpsc::UnboundedReceiver<Command>,
    tell: impl Fn(Input),
) {
    let lost = || Input::Closed { socket, code: 1006, reason: String::new(), clean: false };
    let Ok(end) = connect.await else { return tell(lost()) };
    let Ok(mut request) = url.into_client_request() else { return tell(Input::Failed(socket)) };
    if let Some(cookie) = &cookie
        && let Ok(cookie) = HeaderValue::from_str(cookie)
    {
        request.headers_mut().insert(COOKIE, cookie);
    }
    let Ok((mut line, _)) = client_async(request, end).await else { return tell(lost()) };
    tell(Input::Opened(socket));
    loop {
        tokio::select! {
            biased;
            command = commands.recv() => match command {
                Some(Command::Send(text)) => {
                    if line.send(Message::text(text)).await.is_err() {
                        return tell(lost());
                    }
                }
                Some(Command::Close(code)) => {
                    let frame = CloseFrame { code: CloseCode::from(code), reason: "".into() };
                    let _ = line.close(Some(frame)).await;
                    return;
                }
                None => return,
            },
            message = line.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    tell(Input::Received(socket, text.as_str().to_owned()));
                }
                Some(Ok(Message::Close(frame))) => {
                    let (code, reason) = frame.map_or((1005, String::new()), |frame| {
                        (frame.code.into(), frame.reason.as_str().to_owned())
                    });
                    let _ = line.close(None).await;
                    return tell(Input::Closed { socket, code, reason, clean: true });
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return tell(lost()),
            },
        }
    }
}
