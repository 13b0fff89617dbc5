//! What the bytes of frames travel over.

use axum::body::Bytes;
use h2::{RecvStream, SendStream};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::tcp::{OwnedReadHalf, OwnedWriteHalf},
};

use crate::harness::{
    RawClient, TestServer,
    http2::{self, Http2},
};

/// Which version of HTTP the socket was asked for in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wire {
    /// RFC 6455: the whole connection becomes the socket's.
    Http1,
    /// RFC 8441: a stream of the connection becomes the socket's.
    Http2,
}

/// Both directions of a socket.
pub struct Line {
    pub ear: Ear,
    pub mouth: Mouth,
}

/// What comes in.
pub enum Ear {
    Connection(OwnedReadHalf),
    Stream(RecvStream),
}

/// What goes out.
pub enum Mouth {
    Connection(OwnedWriteHalf),
    Stream(SendStream<Bytes>),
}

impl Wire {
    /// A socket that hears nothing but answers.
    pub async fn open(self, server: &TestServer) -> Line {
        const PATH: &str = "/ws?topics=";
        match self {
            Self::Http1 => {
                let (ear, mouth) =
                    RawClient::open(server.tcp().await, PATH).await.stream.into_split();
                Line { ear: Ear::Connection(ear), mouth: Mouth::Connection(mouth) }
            }
            Self::Http2 => {
                let http2::Stream { ear, mouth } =
                    Http2::to(server.address).await.socket(PATH).await;
                Line { ear: Ear::Stream(ear), mouth: Mouth::Stream(mouth) }
            }
        }
    }
}

impl Ear {
    /// Some more bytes; none at the end, which must be one in good order.
    pub async fn hears(&mut self) -> Result<Vec<u8>, String> {
        match self {
            Self::Connection(stream) => {
                let mut bytes = vec![0; 16 * 1024];
                let read = stream.read(&mut bytes).await;
                let read = read.map_err(|error| format!("the connection broke: {error}"))?;
                bytes.truncate(read);
                Ok(bytes)
            }
            Self::Stream(stream) => {
                let read = http2::hears(stream).await;
                read.map(Into::into).map_err(|error| format!("the stream broke: {error}"))
            }
        }
    }
}

impl Mouth {
    /// Sends these bytes in one piece; whether anybody listens. That nobody does any more is no
    /// mistake: what they said before is still heard.
    pub async fn says(&mut self, bytes: &[u8]) -> bool {
        match self {
            Self::Connection(stream) => stream.write_all(bytes).await.is_ok(),
            Self::Stream(stream) => http2::says(stream, bytes).await.is_ok(),
        }
    }
}
