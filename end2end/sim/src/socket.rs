//! A device's WebSocket over the simulated network.

use confab_sync::{Input, SocketId};
use futures::{SinkExt, StreamExt};
use hyper::header::{COOKIE, HeaderValue};
use tokio::sync::mpsc;
use tokio_tungstenite::{
    client_async,
    tungstenite::{
        Message,
        client::IntoClientRequest,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

use crate::requests::Asker;

/// What the engine wants of its socket.
pub enum Command {
    /// Say this.
    Send(String),
    /// Close it.
    Close(u16),
}

/// Lives as long as the socket.
pub async fn run(
    socket: SocketId,
    url: String,
    asker: Asker,
    mut commands: mpsc::UnboundedReceiver<Command>,
    tell: impl Fn(Input),
) {
    let lost = || Input::Closed { socket, code: 1006, reason: String::new(), clean: false };
    let Ok(end) = asker.network.connect(asker.road).await else { return tell(lost()) };
    let Ok(mut request) = url.into_client_request() else { return tell(Input::Failed(socket)) };
    if let Some(cookie) = &asker.cookie
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
