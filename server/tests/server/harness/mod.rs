//! A server on a real port, and three ways to talk to it: a [`Client`] that speaks frames, a
//! [`RawClient`] that writes bytes, and plain HTTP. A [`Program`] is the same in a process.
//!
//! The server's clock stands still until a test moves it ([`TestServer::pass`]), so sixty seconds
//! take no time and "nothing was said" can be asserted without waiting ([`Client::heard_nothing`]:
//! a ping is answered behind everything that was queued before it). Every test ends with
//! [`TestServer::end`], which asserts that nothing is left behind.

mod browser;
mod builder;
mod client;
mod dial;
mod http;
pub mod http2;
mod person;
mod program;
mod raw;
mod seed;
mod server;
mod talk;

use std::time::Duration;

use tokio::time::timeout;

pub use browser::Browser;
pub use builder::{Builder, STARTED, server};
pub use client::{Client, Closed, chat, connecting, message};
pub use dial::Dial;
pub use http::{Answer, http_at};
pub use person::{PASSWORD, Person};
pub use program::{Program, command, confab};
pub use raw::{BINARY, CLOSE, PING, PONG, RawClient, TEXT, fragment, frame, handshake};
pub use seed::{asked, seed};
pub use server::TestServer;
pub use talk::{deletion, edit, message_to};

/// How long a test waits for something that must happen. Real time; never reached when all is well.
pub const PATIENCE: Duration = Duration::from_secs(30);

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
