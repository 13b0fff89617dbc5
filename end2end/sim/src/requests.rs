//! Questions to the server's REST routes, over the simulated network.

use std::time::Duration;

use bytes::Bytes;
use confab_protocol::{json, rest::Success};
use http_body_util::{BodyExt, Full};
use hyper::{
    Request,
    client::conn::http1,
    header::{CONTENT_TYPE, COOKIE, HOST, SET_COOKIE},
};
use hyper_util::rt::TokioIo;

use crate::network::Network;

/// How long one waits for an answer.
const PATIENCE: Duration = Duration::from_secs(8);

/// Where one asks from, and as whom.
#[derive(Clone)]
pub struct Asker {
    /// The network.
    pub network: Network,
    /// Along which road.
    pub road: usize,
    /// `name=value` of the session.
    pub cookie: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: String,
    /// `name=value` of a cookie that came with it.
    pub cookie: Option<String>,
}

impl Answer {
    /// The data of a successful answer.
    pub fn data<T: json::FromJson>(&self) -> Option<T> {
        json::read::<Success<T>>(&self.body).ok().map(|success| success.data)
    }
}

impl Asker {
    /// Asks once; nothing if no answer comes.
    pub async fn ask(&self, method: &str, path: &str, body: String) -> Option<Answer> {
        tokio::time::timeout(PATIENCE, self.try_once(method, path, body)).await.ok()?
    }

    async fn try_once(&self, method: &str, path: &str, body: String) -> Option<Answer> {
        let end = self.network.connect(self.road).await.ok()?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(end)).await.ok()?;
        let connection = tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path).header(HOST, "confab.test");
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        if !body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let request = request.body(Full::new(Bytes::from(body))).ok()?;
        let answer = sender.send_request(request).await.ok()?;
        let status = answer.status().as_u16();
        let mut cookies = answer.headers().get_all(SET_COOKIE).iter();
        let cookie = cookies.find_map(|cookie| {
            let pair = cookie.to_str().ok()?.split(';').next()?;
            (!pair.ends_with('=')).then(|| pair.to_owned())
        });
        let body = answer.into_body().collect().await.ok()?.to_bytes();
        drop(sender);
        connection.abort();
        Some(Answer { status, body: String::from_utf8(body.into()).ok()?, cookie })
    }
}
