//! One request, one answer, and what may be asked of the answer.

use std::net::SocketAddr;

use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes, http};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use super::soon;

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
