//! A handshake that keeps the rules, with what a test wants in its address and head.

use std::net::SocketAddr;

use tokio::net::TcpStream;
use tokio_tungstenite::{
    client_async,
    tungstenite::{Error, client::IntoClientRequest},
};

use super::{Answer, Client, soon};

/// A handshake to be made.
pub struct Dial {
    address: SocketAddr,
    path: String,
    headers: Vec<(&'static str, String)>,
}

impl Dial {
    /// To a server that listens there.
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
        client.is_greeted().await;
        client
    }

    /// Opens the socket and listens to nothing yet. A refusal is what HTTP said.
    pub async fn open(self) -> Result<Client, Answer> {
        let mut request =
            format!("ws://{}{}", self.address, self.path).into_client_request().unwrap();
        for (name, value) in self.headers {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let stream = TcpStream::connect(self.address).await.unwrap();
        match soon("the handshake", client_async(request, stream)).await {
            Ok((socket, _)) => Ok(Client::new(socket)),
            Err(Error::Http(answer)) => {
                let (head, body) = answer.into_parts();
                let body = String::from_utf8(body.unwrap_or_default()).unwrap();
                Err(Answer { head, body })
            }
            Err(error) => panic!("handshake: {error}"),
        }
    }
}
