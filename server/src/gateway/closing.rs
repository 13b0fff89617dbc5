//! How a socket ends, and what is said last.

use axum::{
    Error,
    extract::ws::{CloseFrame, Message},
};
use confab_protocol::CloseCode;
use tokio_tungstenite::tungstenite;

/// How it ended, for the close frame and the log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum End {
    /// The client said goodbye.
    ByClient {
        /// Its code; 1005 when it gave none.
        code: u16,
        /// Its reason.
        reason: String,
    },
    /// The server says goodbye.
    ByServer {
        /// The code of the close frame.
        code: CloseCode,
        /// Its reason.
        reason: &'static str,
    },
    /// The line went dead without a word.
    Lost,
}

impl End {
    /// A bug of ours ended the socket's task.
    pub const FAILED: Self =
        Self::ByServer { code: CloseCode::InternalError, reason: "the server failed" };

    /// The end that an error on the socket means (RFC 6455 §7.4.1).
    pub fn from_error(error: Error) -> Self {
        use tungstenite::{Error as Socket, error::ProtocolError};
        let by_server = |code, reason| Self::ByServer { code, reason };
        match error.into_inner().downcast::<Socket>().map(|error| *error) {
            Ok(Socket::Capacity(_)) => by_server(CloseCode::TooBig, "frame too big"),
            Ok(Socket::Utf8(_)) => by_server(CloseCode::InvalidUtf8, "not UTF-8"),
            Ok(Socket::Protocol(
                ProtocolError::ResetWithoutClosingHandshake | ProtocolError::SendAfterClosing,
            )) => Self::Lost,
            Ok(Socket::Protocol(_)) => by_server(CloseCode::ProtocolError, "protocol error"),
            _ => Self::Lost,
        }
    }

    /// The end that a client's close frame means.
    pub fn from_frame(frame: Option<CloseFrame>) -> Self {
        match frame {
            Some(frame) => Self::ByClient { code: frame.code, reason: frame.reason.to_string() },
            None => Self::ByClient { code: 1005, reason: String::new() },
        }
    }

    /// The close frame to send; nothing when there is nobody to send it to, or when the answer to
    /// the client's own is sent by the library.
    pub fn message(&self) -> Option<Message> {
        match self {
            Self::ByServer { code, reason } => {
                let (code, reason) = (code.number(), (*reason).into());
                Some(Message::Close(Some(CloseFrame { code, reason })))
            }
            _ => None,
        }
    }

    /// The code for the log.
    pub fn code(&self) -> u16 {
        match self {
            Self::ByClient { code, .. } => *code,
            Self::ByServer { code, .. } => code.number(),
            Self::Lost => CloseCode::Lost.number(),
        }
    }

    /// The reason for the log.
    pub fn reason(&self) -> &str {
        match self {
            Self::ByClient { reason, .. } => reason,
            Self::ByServer { reason, .. } => reason,
            Self::Lost => "lost",
        }
    }
}
