//! The plain types: text, truth, whole numbers, lists, and what may be missing.

use std::time::Duration;

use super::{Fit, FromJson, Json, ToJson, Writer};

impl Json<'_> {
    /// The text; an empty one if it is none, which is noted.
    pub fn text(&self, fit: &mut Fit) -> &str {
        match self {
            Self::String(text) => text,
            _ => {
                fit.misfit();
                ""
            }
        }
    }
}

impl FromJson for String {
    fn from_json(json: &Json<'_>, fit: &mut Fit) -> Self {
        json.text(fit).to_owned()
    }
}

impl ToJson for String {
    fn write_json(&self, writer: &mut Writer) {
        writer.string(self);
    }
}

impl FromJson for bool {
    fn from_json(json: &Json<'_>, fit: &mut Fit) -> Self {
        match json {
            Json::Bool(bool) => *bool,
            _ => {
                fit.misfit();
                false
            }
        }
    }
}

impl ToJson for bool {
    fn write_json(&self, writer: &mut Writer) {
        writer.raw(if *self { "true" } else { "false" });
    }
}

impl FromJson for u64 {
    fn from_json(json: &Json<'_>, fit: &mut Fit) -> Self {
        let number = match json {
            Json::Number(text) => text.parse().ok(),
            _ => None,
        };
        number.unwrap_or_else(|| {
            fit.misfit();
            0
        })
    }
}

impl ToJson for u64 {
    fn write_json(&self, writer: &mut Writer) {
        writer.number(*self);
    }
}

impl FromJson for u32 {
    fn from_json(json: &Json<'_>, fit: &mut Fit) -> Self {
        let number = u64::from_json(json, fit);
        if number > u64::from(u32::MAX) {
            fit.misfit();
        }
        number as u32
    }
}

impl ToJson for u32 {
    fn write_json(&self, writer: &mut Writer) {
        writer.number(u64::from(*self));
    }
}

/// Whole milliseconds, as every span of time on the wire.
impl FromJson for Duration {
    fn from_json(json: &Json<'_>, fit: &mut Fit) -> Self {
        Self::from_millis(u64::from_json(json, fit))
    }
}

impl ToJson for Duration {
    fn write_json(&self, writer: &mut Writer) {
        writer.number(self.as_secs() * 1000 + u64::from(self.subsec_millis()));
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(json: &Json<'_>, fit: &mut Fit) -> Self {
        let items: &[_] = match json {
            Json::Array(items) => items,
            _ => {
                fit.misfit();
                &[]
            }
        };
        items.iter().map(|item| T::from_json(item, fit)).collect()
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn write_json(&self, writer: &mut Writer) {
        writer.open('[');
        self.iter().for_each(|item| writer.item(item));
        writer.close(']');
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(json: &Json<'_>, fit: &mut Fit) -> Self {
        match json {
            Json::Null => None,
            json => Some(T::from_json(json, fit)),
        }
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn write_json(&self, writer: &mut Writer) {
        match self {
            Some(value) => value.write_json(writer),
            None => writer.raw("null"),
        }
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::json::{read, write};

    #[test]
    fn a_number_fits_or_is_refused() {
        assert_eq!(read::<u32>("4294967295"), Ok(u32::MAX));
        assert!(read::<u32>("4294967296").is_err());
        assert!(read::<u32>("4294967297").is_err());
    }

    #[test]
    fn a_span_of_time_is_whole_milliseconds() {
        let span = Duration::from_micros(61_345_678);
        assert_eq!(write(&span), "61345");
        assert_eq!(read::<Duration>("61345"), Ok(Duration::from_millis(61_345)));
    }
}
