//! Values to text, compact, appending.

use super::{Json, ToJson};

/// A text that grows.
#[derive(Debug, Default)]
pub struct Writer {
    text: String,
}

impl Writer {
    /// What has been written.
    pub fn into_string(self) -> String {
        self.text
    }

    /// Appends JSON as it is; the caller knows that it is JSON.
    pub(crate) fn raw(&mut self, json: &str) {
        self.text.push_str(json);
    }

    /// Begins an object or a list with `{` or `[`.
    pub fn open(&mut self, bracket: char) {
        self.text.push(bracket);
    }

    /// Ends it with `}` or `]`.
    pub fn close(&mut self, bracket: char) {
        self.text.push(bracket);
    }

    /// A field of an object, unless its value [is absent](ToJson::is_absent).
    pub fn field(&mut self, name: &str, value: &dyn ToJson) {
        if !value.is_absent() {
            self.key(name);
            value.write_json(self);
        }
    }

    /// The name of a field whose value is written next.
    pub(crate) fn key(&mut self, name: &str) {
        self.comma();
        self.string(name);
        self.text.push(':');
    }

    /// A member of a list.
    pub fn item(&mut self, value: &dyn ToJson) {
        self.comma();
        value.write_json(self);
    }

    /// What follows another member is parted from it. A text that is being written ends with an
    /// opening bracket only where there is no member yet: a bracket within a string has a quotation
    /// mark behind it.
    fn comma(&mut self) {
        if !self.text.ends_with(['{', '[']) {
            self.text.push(',');
        }
    }

    /// A string: quotation marks, backslashes and control characters are escaped, nothing else.
    pub fn string(&mut self, text: &str) {
        self.text.push('"');
        for character in text.chars() {
            match character {
                '"' | '\\' => self.text.extend(['\\', character]),
                // Messages hold these two; an escape of six bytes would fill the frame.
                '\n' => self.text.push_str("\\n"),
                '\t' => self.text.push_str("\\t"),
                '\0'..' ' => self.escaped(u32::from(character)),
                _ => self.text.push(character),
            }
        }
        self.text.push('"');
    }

    fn escaped(&mut self, control: u32) {
        self.text.push_str("\\u00");
        for digit in [control >> 4, control & 15] {
            self.text.extend(char::from_digit(digit, 16));
        }
    }

    /// A whole number.
    pub fn number(&mut self, number: u64) {
        if number > 9 {
            self.number(number / 10);
        }
        self.text.extend(char::from_digit((number % 10) as u32, 10));
    }
}

/// What was read, compact again: names keep their order and numbers their digits.
impl ToJson for Json<'_> {
    fn write_json(&self, writer: &mut Writer) {
        match self {
            Json::Null => writer.raw("null"),
            Json::Bool(bool) => bool.write_json(writer),
            Json::Number(text) => writer.raw(text),
            Json::String(text) => writer.string(text),
            Json::Array(items) => items.write_json(writer),
            Json::Object(fields) => {
                writer.open('{');
                fields.iter().for_each(|(name, value)| writer.field(name, value));
                writer.close('}');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::json::{Json, read, write};
    use proptest::prelude::*;

    #[test]
    fn what_is_read_is_written_compact_and_unchanged() {
        let text =
            r#" { "b" : [ 1.50 , -0, 1e999, null, true, {}, [] ], "a" : "\u0041\/\n\t\r" } "#;
        let compact = r#"{"b":[1.50,-0,1e999,null,true,{},[]],"a":"A/\n\t\u000d"}"#;
        assert_eq!(write(&Json::parse(text).unwrap()), compact);
    }

    proptest! {
        #[test]
        fn a_string_survives(text in any::<String>()) {
            let written = write(&text);
            prop_assert_eq!(&serde_json::from_str::<String>(&written).unwrap(), &text);
            prop_assert_eq!(&read::<String>(&written).unwrap(), &text);
        }

        #[test]
        fn a_number_survives(number in any::<u64>()) {
            prop_assert_eq!(write(&number), number.to_string());
            prop_assert_eq!(read::<u64>(&number.to_string()), Ok(number));
        }
    }
}
