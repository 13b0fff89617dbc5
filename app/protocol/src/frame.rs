//! How a frame enum is declared: one list gives the enum, its text form, and its row in the docs.
//!
//! The envelope is read first and the payload only when the type is known, so that a mistake is
//! reported as what it is, and a payload written before its type costs nothing.
//!
//! A frame has one codec for its way out and one for its way in (see [`json`](crate::json)): what
//! comes from a client is written lean and read by serde, what comes from the server is written by
//! serde and read lean. serde's half is there with the feature `serde`.

use thiserror::Error;

use crate::{
    ErrorCode,
    json::{Fit, Json, JsonError, Object},
};

/// A frame that cannot be understood.
#[derive(Debug, Error)]
pub enum FrameError {
    /// Not `{"type": …, "payload": …}` at all.
    #[error("a frame is a JSON object {{\"type\": …, \"payload\": {{…}}}}: {0}")]
    NotJson(ParserError),
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
        why: ParserError,
    },
}

/// What the parser of this half found.
#[derive(Debug, Error)]
pub enum ParserError {
    /// In what a server sent.
    #[error(transparent)]
    Lean(#[from] JsonError),
    /// In what a client sent.
    #[cfg(feature = "serde")]
    #[error(transparent)]
    Serde(#[from] serde_json::Error),
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

    pub(crate) fn unknown(kind: &str) -> Self {
        Self::UnknownType { kind: kind.chars().take(64).collect() }
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

/// The type and the payload of a frame whose text is read; a missing payload is an empty one.
pub(crate) fn envelope<'a>(json: &'a Json<'a>) -> Result<(&'a str, &'a Json<'a>), FrameError> {
    const NOTHING: &Json<'_> = &Json::Object(Vec::new());
    let fit = &mut Fit::default();
    let object = Object::of(json, fit);
    let kind = object.must("type", fit).text(fit);
    let payload = object.get("payload", fit).filter(|payload| !matches!(payload, Json::Null));
    fit.judge((kind, payload.unwrap_or(NOTHING))).map_err(|why| FrameError::NotJson(why.into()))
}

/// The outer object, for serde; a missing payload is an empty one.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
pub(crate) struct Envelope<'a> {
    #[serde(rename = "type", borrow)]
    pub kind: std::borrow::Cow<'a, str>,
    #[serde(borrow, default)]
    payload: Option<&'a serde_json::value::RawValue>,
}

#[cfg(feature = "serde")]
impl<'a> Envelope<'a> {
    pub fn read(text: &'a str) -> Result<Self, FrameError> {
        read_object(text).map_err(|why| FrameError::NotJson(why.into()))
    }

    pub fn payload(&self) -> &'a str {
        self.payload.map_or("{}", serde_json::value::RawValue::get)
    }
}

/// Reads a struct from an object. serde would take it from an array of its fields as well, which
/// is nobody's frame.
#[cfg(feature = "serde")]
pub(crate) fn read_object<'a, T: serde::Deserialize<'a>>(text: &'a str) -> serde_json::Result<T> {
    let value = serde_json::from_str(text)?;
    if text.trim_start().starts_with('{') {
        Ok(value)
    } else {
        Err(serde::de::Error::custom("an array, expected an object"))
    }
}

/// Declares a frame enum: `"type" => Variant(Payload)`, the documentation becoming the table's row.
macro_rules! frames {
    (
        $(#[$outer:meta])*
        pub enum $name:ident from $sender:ident {
            $($(#[doc = $doc:literal])* $kind:literal => $variant:ident($payload:ty),)*
        }
    ) => {
        $(#[$outer])*
        #[derive(Clone, Debug, PartialEq)]
        #[cfg_attr(
            feature = "serde",
            derive(serde::Serialize),
            serde(tag = "type", content = "payload")
        )]
        pub enum $name {
            $(
                $(#[doc = $doc])*
                #[cfg_attr(feature = "serde", serde(rename = $kind))]
                $variant($payload),
            )*
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
        }

        $(impl From<$payload> for $name {
            fn from(payload: $payload) -> Self {
                Self::$variant(payload)
            }
        })*

        $crate::frame::frames!(@from $sender $name { $($kind => $variant($payload),)* });
    };
    (@from client $name:ident { $($kind:literal => $variant:ident($payload:ty),)* }) => {
        impl $name {
            /// Reads a frame from its text.
            ///
            /// # Errors
            ///
            /// [`FrameError`](crate::FrameError): not JSON, unknown type, or wrong shape.
            #[cfg(feature = "serde")]
            pub fn decode(text: &str) -> Result<Self, $crate::FrameError> {
                let envelope = $crate::frame::Envelope::read(text)?;
                match envelope.kind.as_ref() {
                    $($kind => $crate::frame::read_object(envelope.payload())
                        .map(Self::$variant)
                        .map_err(|why| {
                            $crate::FrameError::WrongShape { kind: $kind, why: why.into() }
                        }),)*
                    kind => Err($crate::FrameError::unknown(kind)),
                }
            }

            /// The frame as text.
            pub fn encode(&self) -> String {
                $crate::json::write(self)
            }
        }

        impl $crate::json::ToJson for $name {
            fn write_json(&self, writer: &mut $crate::json::Writer) {
                let payload: &dyn $crate::json::ToJson = match self {
                    $(Self::$variant(payload) => payload,)*
                };
                writer.open('{');
                writer.key("type");
                writer.string(self.kind());
                writer.field("payload", payload);
                writer.close('}');
            }
        }
    };
    (@from server $name:ident { $($kind:literal => $variant:ident($payload:ty),)* }) => {
        impl $name {
            /// Reads a frame from its text.
            ///
            /// # Errors
            ///
            /// [`FrameError`](crate::FrameError): not JSON, unknown type, or wrong shape.
            pub fn decode(text: &str) -> Result<Self, $crate::FrameError> {
                #[derive(Clone, Copy)]
                enum Kind { $($variant,)* }
                // Looked up, because a `match` on strings would be unrolled into comparisons.
                const KINDS: &[(&str, Kind)] = &[$(($kind, Kind::$variant),)*];

                let json = $crate::json::Json::parse(text)
                    .map_err(|why| $crate::FrameError::NotJson(why.into()))?;
                let (kind, payload) = $crate::frame::envelope(&json)?;
                let known = KINDS.iter().find(|(known, _)| *known == kind);
                let (kind, variant) = known.ok_or_else(|| $crate::FrameError::unknown(kind))?;
                let fit = &mut $crate::json::Fit::default();
                let frame = match variant { $(
                    Kind::$variant => {
                        Self::$variant($crate::json::FromJson::from_json(payload, fit))
                    }
                )* };
                fit.judge(frame).map_err(|why| {
                    $crate::FrameError::WrongShape { kind, why: why.into() }
                })
            }

            /// The frame as text.
            #[cfg(feature = "serde")]
            pub fn encode(&self) -> String {
                serde_json::to_string(self).expect("frames hold nothing that JSON cannot express")
            }
        }
    };
}

pub(crate) use frames;
