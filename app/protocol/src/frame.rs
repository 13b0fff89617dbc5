//! How a frame enum is declared: one list gives the enum, its text form, and its row in the docs.
//!
//! The envelope is read first and the payload only when the type is known, so that a mistake is
//! reported as what it is, and a payload written before its type costs nothing.

use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

use crate::ErrorCode;

/// A frame that cannot be understood.
#[derive(Debug, Error)]
pub enum FrameError {
    /// Not `{"type": …, "payload": …}` at all.
    #[error("a frame is a JSON object {{\"type\": …, \"payload\": {{…}}}}: {0}")]
    NotJson(serde_json::Error),
    /// An object, but nobody knows its type.
    #[error("there is no frame of type \"{kind}\"")]
    UnknownType {
        /// The type it claims, cut to 64 characters.
        kind: String,
    },
    /// A known type with another payload.
    #[error("the payload of \"{kind}\" has another shape: {why}")]
    WrongShape {
        /// The frame's type.
        kind: &'static str,
        /// What the parser found.
        why: serde_json::Error,
    },
}

impl FrameError {
    /// The code that the `error` frame carries.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NotJson(_) => ErrorCode::NotJson,
            Self::UnknownType { .. } => ErrorCode::UnknownType,
            Self::WrongShape { .. } => ErrorCode::WrongShape,
        }
    }

    /// The type of the frame, as far as it could be read.
    pub fn kind(&self) -> Option<&str> {
        match self {
            Self::NotJson(_) => None,
            Self::UnknownType { kind } => Some(kind),
            Self::WrongShape { kind, .. } => Some(kind),
        }
    }
}

/// One row of a table in the docs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FrameRow {
    /// The word on the wire.
    pub name: &'static str,
    /// What it is for: the first lines of its documentation.
    pub about: &'static str,
}

/// The outer object; a missing payload is an empty one.
#[derive(Deserialize)]
pub(crate) struct Envelope<'a> {
    #[serde(rename = "type", borrow)]
    pub kind: std::borrow::Cow<'a, str>,
    #[serde(borrow, default)]
    pub payload: Option<&'a RawValue>,
}

impl<'a> Envelope<'a> {
    pub fn read(text: &'a str) -> Result<Self, FrameError> {
        serde_json::from_str(text).map_err(FrameError::NotJson)
    }

    pub fn payload(&self) -> &'a str {
        self.payload.map_or("{}", RawValue::get)
    }

    pub fn unknown(&self) -> FrameError {
        FrameError::UnknownType { kind: self.kind.chars().take(64).collect() }
    }
}

/// Declares a frame enum: `"type" => Variant(Payload)`, the documentation becoming the table's row.
macro_rules! frames {
    (
        $(#[$outer:meta])*
        pub enum $name:ident {
            $($(#[doc = $doc:literal])* $kind:literal => $variant:ident($payload:ty),)*
        }
    ) => {
        $(#[$outer])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize)]
        #[serde(tag = "type", content = "payload")]
        pub enum $name {
            $($(#[doc = $doc])* #[serde(rename = $kind)] $variant($payload),)*
        }

        impl $name {
            /// Every frame with what it is for, in the order of the docs.
            pub const TABLE: &'static [$crate::FrameRow] = &[
                $($crate::FrameRow { name: $kind, about: concat!($($doc),*) },)*
            ];

            /// The frame's type as it stands on the wire.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind,)* }
            }

            /// Reads a frame from its text.
            ///
            /// # Errors
            ///
            /// [`FrameError`](crate::FrameError): not JSON, unknown type, or wrong shape.
            pub fn decode(text: &str) -> Result<Self, $crate::FrameError> {
                let envelope = $crate::frame::Envelope::read(text)?;
                match envelope.kind.as_ref() {
                    $($kind => serde_json::from_str(envelope.payload())
                        .map(Self::$variant)
                        .map_err(|why| $crate::FrameError::WrongShape { kind: $kind, why }),)*
                    _ => Err(envelope.unknown()),
                }
            }

            /// The frame as text.
            pub fn encode(&self) -> String {
                serde_json::to_string(self).expect("frames hold nothing that JSON cannot express")
            }
        }

        $(impl From<$payload> for $name {
            fn from(payload: $payload) -> Self {
                Self::$variant(payload)
            }
        })*
    };
}

pub(crate) use frames;
