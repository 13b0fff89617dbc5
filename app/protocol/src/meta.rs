//! What a client attaches to a message: JSON that nobody here reads.

use std::fmt;

use thiserror::Error;

use crate::json::{self, Fit, FromJson, Json, ToJson, Writer};

/// How deep a [`Meta`] may nest. It travels five levels down in a page of history, and whoever
/// reads the page stops at [`json::DEPTH_MAX`]: a message that its readers cannot read would take
/// the whole page from them.
const DEPTH_MAX: u32 = 64;

/// The text is not JSON, or nests too deep.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("meta is JSON with at most {DEPTH_MAX} levels of lists and objects")]
pub struct InvalidMeta;

/// JSON as its author wrote it, but compact: names keep their order and numbers their digits.
/// Nothing, which is the default, is `null`. Two are equal if their texts are.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Meta {
    /// Empty for `null`, so that most messages carry no text at all.
    text: String,
}

impl Meta {
    /// Reads it from JSON.
    ///
    /// # Errors
    ///
    /// [`InvalidMeta`].
    pub fn parse(text: &str) -> Result<Self, InvalidMeta> {
        let json = Json::parse_within(text, DEPTH_MAX).map_err(|_| InvalidMeta)?;
        Ok(Self::of(&json))
    }

    fn of(json: &Json<'_>) -> Self {
        match json {
            Json::Null => Self::default(),
            json => Self { text: json::write(json) },
        }
    }

    /// The JSON.
    pub fn as_str(&self) -> &str {
        if self.is_null() { "null" } else { &self.text }
    }

    /// Whether there is nothing.
    pub fn is_null(&self) -> bool {
        self.text.is_empty()
    }
}

impl fmt::Display for Meta {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromJson for Meta {
    fn from_json(json: &Json<'_>, _: &mut Fit) -> Self {
        Self::of(json)
    }
}

impl ToJson for Meta {
    fn write_json(&self, writer: &mut Writer) {
        writer.raw(self.as_str());
    }

    fn is_absent(&self) -> bool {
        self.is_null()
    }
}

#[cfg(feature = "serde")]
mod with_serde {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
    use serde_json::value::RawValue;

    use super::{InvalidMeta, Meta};

    impl TryFrom<serde_json::Value> for Meta {
        type Error = InvalidMeta;
        fn try_from(value: serde_json::Value) -> Result<Self, InvalidMeta> {
            Self::parse(&value.to_string())
        }
    }

    impl<'de> Deserialize<'de> for Meta {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = Box::<RawValue>::deserialize(deserializer)?;
            Self::parse(text.get()).map_err(de::Error::custom)
        }
    }

    impl Serialize for Meta {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let raw: &RawValue = serde_json::from_str(self.as_str()).map_err(ser::Error::custom)?;
            raw.serialize(serializer)
        }
    }
}

#[cfg(feature = "openapi")]
mod with_openapi {
    use utoipa::openapi::{RefOr, Schema, schema::empty};

    use super::Meta;

    impl utoipa::PartialSchema for Meta {
        fn schema() -> RefOr<Schema> {
            empty().into()
        }
    }

    impl utoipa::ToSchema for Meta {}
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    #[test]
    fn it_is_kept_as_it_was_written_but_compact() {
        let meta = Meta::parse("{ \"b\": 1e999, \"a\": [0.10, \"\\u0041\"] }").unwrap();
        assert_eq!(meta.as_str(), r#"{"b":1e999,"a":[0.10,"A"]}"#);
        assert_eq!(meta.to_string(), meta.as_str());
        assert_eq!(Meta::parse(" null "), Ok(Meta::default()));
        assert_eq!(Meta::parse("{"), Err(InvalidMeta));
    }

    /// JSON as strange as people write it: numbers without end, escapes, blanks.
    fn any_json() -> impl Strategy<Value = String> {
        let number = "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,4})?";
        let text = any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap());
        let escapes = "\"(\\\\u00[0-9a-fA-F]{2}|\\\\[nrtbf/]|\\\\ud83d\\\\ude00){0,5}\"";
        let word = prop_oneof!["true", "false", "null"];
        let leaf = prop_oneof![number, text, escapes, word];
        leaf.prop_recursive(4, 32, 4, |inner| {
            let pairs = vec(("\"[a-z\u{e9}]{0,3}\"", inner.clone()), 0..4);
            prop_oneof![
                vec(inner, 0..4).prop_map(|items| format!("[ {} ]", items.join(" , "))),
                pairs.prop_map(|pairs| {
                    let pairs: Vec<_> = pairs.iter().map(|(k, v)| format!("{k} :\n{v}")).collect();
                    format!("{{{}}}", pairs.join(","))
                }),
            ]
        })
    }

    proptest! {
        /// A frame whose encoding failed would be a bug that anybody could send.
        #[test]
        fn what_is_accepted_can_be_sent_on(text in any_json()) {
            let meta = serde_json::from_str::<Meta>(&text);
            prop_assert!(meta.is_ok(), "{text}");
            let sent = serde_json::to_string(&meta.unwrap());
            prop_assert!(sent.is_ok_and(|sent| Meta::parse(&sent).is_ok()), "{text}");
        }
    }

    #[test]
    fn it_is_never_too_deep_for_those_who_read_it_in_a_page() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        let deepest = nested(DEPTH_MAX as usize);
        assert!(serde_json::from_str::<Meta>(&deepest).is_ok());
        assert!(Json::parse(&format!("[[[[[[{deepest}]]]]]]")).is_ok());
        for depth in [DEPTH_MAX as usize + 1, 100_000] {
            let why = serde_json::from_str::<Meta>(&nested(depth)).unwrap_err().to_string();
            assert!(why.starts_with("meta is JSON with at most 64 levels"), "{why}");
        }
    }
}
