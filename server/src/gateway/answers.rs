//! The hub's answers, phrased as frames.

use confab_protocol::{
    Ack, ClientId, ErrorCode, ErrorFrame, FrameError, Nack, ServerFrame, UnknownTopic,
};

use crate::hub::{ConnectError, JoinError, Retry, SendError, Sent};

/// What became of a message. A sender that gave no `clientId` hears only of failure.
pub fn sent(
    client_id: Option<ClientId>,
    kind: &str,
    result: Result<Sent, SendError>,
) -> Option<ServerFrame> {
    match (client_id, result) {
        (Some(client_id), Ok(Sent { message, duplicate })) => {
            Some(Ack { client_id, message, duplicate }.into())
        }
        (None, Ok(_)) => None,
        (Some(client_id), Err(error)) => {
            let (retry, after_ms) = match error.retry() {
                Retry::Never => (false, None),
                Retry::After(time) => (true, Some(time.as_millis() as u64)),
            };
            let (code, message) = (error.code(), error.to_string());
            Some(Nack { client_id, code, message, retry, after_ms }.into())
        }
        (None, Err(error)) => Some(self::error(error.code(), error.to_string(), Some(kind))),
    }
}

/// The history could not be read.
pub fn history_unavailable() -> ServerFrame {
    let message = "the history cannot be read now".to_owned();
    error(ErrorCode::StorageUnavailable, message, Some("connecting"))
}

/// The name was not accepted.
pub fn not_connected(why: &ConnectError) -> ServerFrame {
    error(why.code(), why.to_string(), Some("connecting"))
}

/// What was missed cannot be read.
pub fn not_joined(why: &JoinError) -> ServerFrame {
    error(why.code(), why.to_string(), Some("dialog:join"))
}

/// There is no such topic.
pub fn unknown_topic(why: &UnknownTopic, kind: Option<&str>) -> ServerFrame {
    error(ErrorCode::UnknownTopic, why.to_string(), kind)
}

/// More topics in one frame than anyone has.
pub fn too_many_topics(max: usize, kind: &str) -> ServerFrame {
    error(ErrorCode::WrongShape, format!("at most {max} topics at once"), Some(kind))
}

/// The frame was not understood.
pub fn not_understood(why: &FrameError) -> ServerFrame {
    error(why.code(), why.to_string(), why.kind())
}

/// An `error` frame.
pub fn error(code: ErrorCode, message: String, kind: Option<&str>) -> ServerFrame {
    ErrorFrame { code, message, kind: kind.map(str::to_owned) }.into()
}
