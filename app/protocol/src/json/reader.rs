//! Text to tree: RFC 8259 to the letter, and nothing beside it.
//!
//! Escapes that mean nothing, half surrogate pairs, bare control characters, numbers such as `01`,
//! and anything after the value are refused. Names that repeat are not: the first one counts.
//! Indexing is never used, so nothing here can panic, and no sentence about it is downloaded.

use std::borrow::Cow;

use super::{DEPTH_MAX, JsonError};

/// A JSON value that borrows from its text.
#[derive(Clone, Debug, PartialEq)]
pub enum Json<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as it is written: who wants to count reads it, and nobody rounds it.
    Number(&'a str),
    /// Text; borrowed unless it holds escapes.
    String(Cow<'a, str>),
    /// A list.
    Array(Vec<Json<'a>>),
    /// Names and values, in the order of the text.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// Reads a whole text.
    ///
    /// # Errors
    ///
    /// [`JsonError::NotJson`], also when the text nests deeper than [`DEPTH_MAX`].
    pub fn parse(text: &'a str) -> Result<Self, JsonError> {
        Self::parse_within(text, DEPTH_MAX)
    }

    /// The same with another limit of depth.
    pub(crate) fn parse_within(text: &'a str, depth_max: u32) -> Result<Self, JsonError> {
        let mut reader = Reader { rest: text };
        let value = reader.value(depth_max);
        reader.skip_space();
        match value {
            Some(value) if reader.rest.is_empty() => Ok(value),
            _ => Err(JsonError::NotJson { at: text.len() - reader.rest.len() }),
        }
    }
}

/// What is still to be read. `None` means: no JSON from here on.
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: u32) -> Option<Json<'a>> {
        self.skip_space();
        Some(match self.peek()? {
            b'"' => Json::String(self.string()?),
            b'{' => Json::Object(self.object(depth.checked_sub(1)?)?),
            b'[' => Json::Array(self.array(depth.checked_sub(1)?)?),
            b'n' => self.word("null", Json::Null)?,
            b't' => self.word("true", Json::Bool(true))?,
            b'f' => self.word("false", Json::Bool(false))?,
            _ => Json::Number(self.number()?),
        })
    }

    fn object(&mut self, depth: u32) -> Option<Vec<(Cow<'a, str>, Json<'a>)>> {
        let mut fields = Vec::new();
        let mut more = self.opens(b'}');
        while more {
            self.skip_space();
            let name = self.string()?;
            self.skip_space();
            self.expect(b':')?;
            fields.push((name, self.value(depth)?));
            more = self.goes_on(b'}')?;
        }
        Some(fields)
    }

    fn array(&mut self, depth: u32) -> Option<Vec<Json<'a>>> {
        let mut items = Vec::new();
        let mut more = self.opens(b']');
        while more {
            items.push(self.value(depth)?);
            more = self.goes_on(b']')?;
        }
        Some(items)
    }

    /// Steps in; whether there is anything inside.
    fn opens(&mut self, end: u8) -> bool {
        self.skip(1);
        self.skip_space();
        !self.take(end)
    }

    /// After a member: whether another one follows.
    fn goes_on(&mut self, end: u8) -> Option<bool> {
        self.skip_space();
        if self.take(end) {
            return Some(false);
        }
        self.expect(b',').map(|()| true)
    }

    fn word(&mut self, word: &str, value: Json<'a>) -> Option<Json<'a>> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(value)
    }

    fn number(&mut self) -> Option<&'a str> {
        let start = self.rest;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        start.get(..start.len() - self.rest.len())
    }

    /// One digit or more.
    fn digits(&mut self) -> Option<()> {
        let count = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        self.skip(count);
        (count > 0).then_some(())
    }

    fn string(&mut self) -> Option<Cow<'a, str>> {
        self.expect(b'"')?;
        let mut unescaped = String::new();
        loop {
            let ends_plain = |byte| matches!(byte, 0..0x20 | b'"' | b'\\');
            let plain = self.rest.bytes().position(ends_plain)?;
            let plain = self.skip(plain);
            match self.next()? {
                // An escape always leaves a character behind.
                b'"' if unescaped.is_empty() => return Some(Cow::Borrowed(plain)),
                b'"' => {
                    unescaped.push_str(plain);
                    return Some(Cow::Owned(unescaped));
                }
                b'\\' => {
                    unescaped.push_str(plain);
                    unescaped.push(self.escape()?);
                }
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.next()? {
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.code_point()?,
            _ => return None,
        })
    }

    /// The hexadecimal digits of `\u`, and the second half if they are the first of a pair.
    fn code_point(&mut self) -> Option<char> {
        let mut code = self.hex()?;
        if let 0xd800..0xdc00 = code {
            self.expect(b'\\')?;
            self.expect(b'u')?;
            let low = self.hex().filter(|low| matches!(low, 0xdc00..0xe000))?;
            code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        }
        char::from_u32(code)
    }

    fn hex(&mut self) -> Option<u32> {
        let mut code = 0;
        for _ in 0..4 {
            code = code << 4 | char::from(self.next()?).to_digit(16)?;
        }
        Some(code)
    }

    fn peek(&self) -> Option<u8> {
        self.rest.bytes().next()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.rest = self.rest.get(1..)?;
        Some(byte)
    }

    /// Steps over `count` bytes that end before a whole character, and gives them.
    fn skip(&mut self, count: usize) -> &'a str {
        let (skipped, rest) = self.rest.split_at_checked(count).unwrap_or_default();
        self.rest = rest;
        skipped
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\r', '\t']);
    }

    /// Steps over this byte if it comes next.
    fn take(&mut self, byte: u8) -> bool {
        let comes = self.peek() == Some(byte);
        if comes {
            self.skip(1);
        }
        comes
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.take(byte).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    /// The tree as serde_json would have read it.
    fn value(json: &Json<'_>) -> Value {
        match json {
            Json::Null => Value::Null,
            Json::Bool(bool) => Value::Bool(*bool),
            Json::Number(text) => serde_json::from_str(text).unwrap(),
            Json::String(text) => Value::String(text.to_string()),
            Json::Array(items) => items.iter().map(value).collect(),
            Json::Object(fields) => {
                // The first of equal names counts here, the last one there.
                fields.iter().rev().map(|(name, json)| (name.to_string(), value(json))).collect()
            }
        }
    }

    fn refused_at(text: &str) -> usize {
        match Json::parse(text) {
            Err(JsonError::NotJson { at }) => at,
            other => panic!("{text:?} gave {other:?}"),
        }
    }

    #[test]
    fn what_rfc_8259_forbids_is_refused() {
        for text in [
            "",
            " ",
            "nul",
            "tru",
            "True",
            "01",
            "-",
            "1.",
            ".5",
            "1e",
            "+1",
            "0x1",
            "NaN",
            "'a'",
            "\"a",
            "\"\n\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u123g\"",
            "[",
            "[1",
            "[1,]",
            "[,]",
            "{",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "[1]]",
            "1 2",
            "{} x",
            "\u{a0}1",
        ] {
            refused_at(text);
            assert!(serde_json::from_str::<Value>(text).is_err(), "{text:?}");
        }
        assert_eq!(refused_at("{\"a\": nope}"), 6);
    }

    #[test]
    fn half_a_surrogate_pair_is_no_character() {
        for text in [r#""\ud800""#, r#""\udc00""#, r#""\ud800x""#, r#""\ud800\ud800""#] {
            refused_at(text);
        }
        let smile = Json::String(Cow::Borrowed("😀"));
        assert_eq!(Json::parse(r#""\ud83d\uDE00""#), Ok(smile));
    }

    #[test]
    fn the_depth_has_the_limit_of_serde_json() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        let deepest = nested(DEPTH_MAX as usize);
        assert!(Json::parse(&deepest).is_ok() && serde_json::from_str::<Value>(&deepest).is_ok());
        for depth in [DEPTH_MAX as usize + 1, 100_000] {
            let deeper = nested(depth);
            refused_at(&deeper);
            assert!(serde_json::from_str::<Value>(&deeper).is_err());
        }
    }

    #[test]
    fn text_without_escapes_is_not_copied() {
        assert!(matches!(Json::parse(" \"й\" "), Ok(Json::String(Cow::Borrowed("й")))));
    }

    proptest! {
        #[test]
        fn whatever_serde_json_writes_reads_the_same(text in json_text()) {
            let here = Json::parse(&text).map(|json| value(&json));
            prop_assert_eq!(here.ok(), serde_json::from_str::<Value>(&text).ok());
        }

        #[test]
        fn what_is_refused_there_is_refused_here(text in "[\\[\\]{}\":,.\\\\ue0-9tfn +-]{0,24}") {
            let there = serde_json::from_str::<Value>(&text);
            let here = Json::parse(&text);
            // Numbers too large for an f64 are only text here.
            let is_vast = matches!(&there, Err(why) if why.to_string().contains("out of range"));
            prop_assert_eq!(here.is_ok(), there.is_ok() || is_vast, "{:?} {:?}", here, there);
        }

        #[test]
        fn no_text_is_too_strange(text in any::<String>()) {
            let _ = Json::parse(&text);
        }
    }

    fn json_text() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        let tree = leaf.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..8)
                    .prop_map(|map| map.into_iter().collect()),
            ]
        });
        (tree, any::<bool>()).prop_map(|(value, pretty)| match pretty {
            true => serde_json::to_string_pretty(&value).unwrap(),
            false => value.to_string(),
        })
    }
}
