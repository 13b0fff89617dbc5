//! The hub's answers, phrased as frames.

use std::fmt::Display;

use confab_protocol::{
    Ack, ClientId, DialogId, ErrorCode, ErrorFrame, FrameError, Nack, ServerFrame, UnknownTopic,
};

use crate::{
    auth::NameError,
    hub::{AdvanceError, AmendError, Retry, SendError, Sent},
};

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
            Some(nack(client_id, error.code(), error.to_string(), error.retry()))
        }
        (None, Err(error)) => Some(self::error(error.code(), error.to_string(), Some(kind))),
    }
}

/// What became of an edit or a deletion.
pub fn amended(client_id: ClientId, result: Result<Sent, AmendError>) -> ServerFrame {
    match result {
        Ok(Sent { message, duplicate }) => Ack { client_id, message, duplicate }.into(),
        Err(error) => nack(client_id, error.code(), error.to_string(), error.retry()),
    }
}

/// What became of a receipt: nothing to say, unless they belong to the dialog no more.
pub fn advanced(kind: &str, result: Result<(), AdvanceError>) -> Option<ServerFrame> {
    result.err().map(|why| error(why.code(), why.to_string(), Some(kind)))
}

fn nack(client_id: ClientId, code: ErrorCode, message: String, retry: Retry) -> ServerFrame {
    let (retry, after_ms) = match retry {
        Retry::Never => (false, None),
        Retry::After(time) => (true, Some(time.as_millis() as u64)),
    };
    Nack { client_id, code, message, retry, after_ms }.into()
}

/// The history could not be read.
pub fn history_unavailable() -> ServerFrame {
    let message = "the history cannot be read now".to_owned();
    error(ErrorCode::StorageUnavailable, message, Some("connecting"))
}

/// The name was not accepted.
pub fn not_connected(why: &NameError) -> ServerFrame {
    error(why.code(), why.to_string(), Some("connecting"))
}

/// A dialog is not joined, or what was missed of it cannot be read.
pub fn not_joined(
    dialog_id: DialogId,
    code: ErrorCode,
    why: &dyn Display,
    kind: &str,
) -> ServerFrame {
    let (message, kind, dialog_id) = (why.to_string(), Some(kind.to_owned()), Some(dialog_id));
    ErrorFrame { code, message, kind, dialog_id }.into()
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
    ErrorFrame { code, message, kind: kind.map(str::to_owned), dialog_id: None }.into()
}
