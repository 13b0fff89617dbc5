//! A question to the server's REST routes, over any line.

use bytes::Bytes;
use confab_protocol::{json, rest::Success};
use http_body_util::{BodyExt, Full};
use hyper::{
    Request,
    client::conn::http1,
    header::{CONTENT_TYPE, COOKIE, HOST, SET_COOKIE},
};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

/// A question.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// Whose server it is.
    pub host: &'a str,
    /// `name=value` of the session.
    pub cookie: Option<&'a str>,
    /// The method.
    pub method: &'a str,
    /// Path and query.
    pub path: &'a str,
    /// JSON, or nothing.
    pub body: String,
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

/// Asks once, on a line of its own; nothing if it breaks.
pub async fn ask(
    line: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    question: Question<'_>,
) -> Option<Answer> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(line)).await.ok()?;
    let connection = tokio::spawn(connection);
    let Question { host, cookie, method, path, body } = question;
    let mut request = Request::builder().method(method).uri(path).header(HOST, host);
    if let Some(cookie) = cookie {
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
