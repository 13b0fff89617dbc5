//! Names of things on the wire.
//!
//! Every id is a newtype, so that a dialog cannot be passed where a person is meant. Ids made by
//! the server are UUIDv7 (their order is the order of creation, RFC 9562 §5.7); the client makes
//! only [`ClientId`]. A reader of these types may rely on one thing: an id holds 1 to 64 characters
//! of `A–Z a–z 0–9 - _`, so it needs no escaping in a URL, in HTML or in a log line.

use std::fmt;

use thiserror::Error;

use crate::json::{Fit, FromJson, Json, ToJson, Writer, json_newtype};

/// The text is not usable as an id.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("an id is 1 to 64 characters of A-Z, a-z, 0-9, - and _")]
pub struct InvalidId;

/// Longer ids are refused: an id is stored and echoed with every message.
const ID_CHARACTERS_MAX: usize = 64;

fn is_id(text: &str) -> bool {
    let bytes = text.as_bytes();
    (1..=ID_CHARACTERS_MAX).contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn text_of_id(json: &Json<'_>, fit: &mut Fit) -> String {
    let text = json.text(fit);
    if !is_id(text) {
        fit.misfit();
    }
    text.to_owned()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[cfg_attr(
            feature = "serde",
            derive(serde::Deserialize, serde::Serialize),
            serde(try_from = "String", into = "String")
        )]
        #[cfg_attr(
            feature = "openapi",
            derive(utoipa::ToSchema),
            schema(value_type = String, min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9_-]+$")
        )]
        pub struct $name(String);

        impl $name {
            /// Reads an id from text.
            ///
            /// # Errors
            ///
            /// [`InvalidId`] unless the text is 1 to 64 characters of `A-Z a-z 0-9 - _`.
            pub fn parse(text: impl Into<String>) -> Result<Self, InvalidId> {
                let text = text.into();
                if is_id(&text) { Ok(Self(text)) } else { Err(InvalidId) }
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl FromJson for $name {
            fn from_json(json: &Json<'_>, fit: &mut Fit) -> Self {
                Self(text_of_id(json, fit))
            }
        }

        impl ToJson for $name {
            fn write_json(&self, writer: &mut Writer) {
                writer.string(&self.0);
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    )*};
}

ids! {
    /// One WebSocket, for as long as it is open; UUIDv7, made by the server (document 002).
    ConnectionId;
    /// A person, across tabs, devices and reconnects.
    UserId;
    /// A place where messages stand in one order. The lobby's is [`DialogId::lobby`].
    DialogId;
    /// A personal token, by which a script is known as its owner.
    TokenId;
    /// A stored message, made by the server.
    MessageId;
    /// A message as its author's device knows it before the server does; UUIDv7, made by the
    /// client, unique per author. A repeat gets the first answer (DESIGN §4, *Sending*).
    ClientId;
    /// One life of a database: it changes at a restore, and positions of another epoch mean
    /// nothing (DESIGN §4, *The log*).
    Epoch;
}

impl DialogId {
    /// The dialog everyone is in. The word stands wherever a dialog id is taken (DESIGN §4).
    pub fn lobby() -> Self {
        Self("lobby".to_owned())
    }
}

impl ClientId {
    /// Makes a UUIDv7 (RFC 9562 §5.7) from the time and 74 random bits, both passed in: the
    /// browser has no room for a UUID library, and this crate has no clock.
    ///
    /// `unix_ms` is milliseconds since 1970; of `random`, the lowest 74 bits are used.
    pub fn v7(unix_ms: u64, random: u128) -> Self {
        let random_a = (random >> 62) & 0xfff;
        let random_b = random & ((1 << 62) - 1);
        let bits =
            (u128::from(unix_ms) << 80) | (0x7 << 76) | (random_a << 64) | (0b10 << 62) | random_b;
        let mut text = String::with_capacity(36);
        for place in 0..32 {
            if matches!(place, 8 | 12 | 16 | 20) {
                text.push('-');
            }
            let digit = (bits >> (124 - 4 * place)) as u32 & 0xf;
            text.extend(char::from_digit(digit, 16));
        }
        Self(text)
    }
}

/// A message's number in its dialog: dense from 1 (DESIGN §4).
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize), serde(transparent))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Seq(pub u64);

/// A change's number in its dialog: dense from 1. Every message takes one, and so does every edit,
/// deletion and change of members (DESIGN §4). `Ev(0)` is the position of whoever has seen nothing.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize), serde(transparent))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ev(pub u64);

/// A change's number in a person's own log: which dialogs they have, and what they did to them
/// elsewhere. Dense from 1.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize), serde(transparent))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Uev(pub u64);

json_newtype!(Seq, Ev, Uev);

impl Seq {
    /// The message that comes right after this one.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl Ev {
    /// The change that comes right after this one.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Display for Ev {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_needs_no_escaping_anywhere() {
        assert!(ClientId::parse("0199-aB_9").is_ok());
        for bad in ["", "a b", "a/b", "<b>", "ü", "a\n", &"a".repeat(65)] {
            assert_eq!(ClientId::parse(bad), Err(InvalidId), "{bad:?}");
        }
        assert!(serde_json::from_str::<DialogId>("\"a/b\"").is_err());
    }

    #[test]
    fn a_client_id_is_a_uuid_of_version_7() {
        let id = ClientId::v7(0x0199_8d2a_1234, u128::MAX);
        assert_eq!(id.as_str(), "01998d2a-1234-7fff-bfff-ffffffffffff");
        let earlier = ClientId::v7(1, u128::MAX);
        assert!(earlier < id, "order of ids is order of time");
    }
}
