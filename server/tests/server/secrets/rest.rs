//! REST over one connection that is kept, because a hundred thousand new ones would be what is
//! measured.

use std::net::SocketAddr;

use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes, client::conn::http1::SendRequest};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::harness::soon;

pub struct Rest {
    sender: SendRequest<Full<Bytes>>,
    address: SocketAddr,
    host: String,
    cookies: String,
}

/// What was answered.
pub struct Told {
    pub status: u16,
    body: Bytes,
}

impl Rest {
    pub async fn connect(address: SocketAddr, cookies: &str) -> Self {
        let sender = Self::opened(address).await;
        Self { sender, address, host: address.to_string(), cookies: cookies.to_owned() }
    }

    async fn opened(address: SocketAddr) -> SendRequest<Full<Bytes>> {
        let stream = TcpStream::connect(address).await.unwrap();
        let connection = hyper::client::conn::http1::handshake(TokioIo::new(stream));
        let (sender, connection) = connection.await.unwrap();
        tokio::spawn(connection);
        sender
    }

    pub async fn asks(&mut self, method: &str, path: &str, body: Option<Value>) -> Told {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", &self.host)
            .header("origin", format!("http://{}", self.host))
            .header("cookie", &self.cookies)
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body)))
            .unwrap();
        let answer = async {
            // The server lets go of a line that nobody has used for a while.
            if self.sender.ready().await.is_err() {
                self.sender = Self::opened(self.address).await;
            }
            let answer = self.sender.send_request(request).await.unwrap();
            let status = answer.status().as_u16();
            Told { status, body: answer.into_body().collect().await.unwrap().to_bytes() }
        };
        soon("an HTTP answer", answer).await
    }
}

impl Told {
    /// Whether it is done; a refusal is the one that strangers get.
    pub fn is_done(&self) -> bool {
        let text = std::str::from_utf8(&self.body).unwrap();
        match self.status {
            200 | 201 => true,
            403 => {
                assert!(text.contains("\"unknown_dialog\""), "{text}");
                false
            }
            other => panic!("{other}: {text}"),
        }
    }

    pub fn data<T: DeserializeOwned>(&self) -> T {
        let value: confab_protocol::rest::Success<T> = serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {:?}", self.body));
        value.data
    }
}
