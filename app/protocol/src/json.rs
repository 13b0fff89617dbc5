//! The browser's half of JSON: small enough to be downloaded (docs/decisions/003-lean-client-codec.md).
//!
//! The server reads what strangers write and explains to them what is wrong with it; that is
//! serde's work, and its weight does not matter there. The browser reads what our own server wrote,
//! and there every kilobyte counts. So each half of a conversation has one codec and keeps it
//! everywhere, in the browser, in the tests and in the load generator:
//!
//! ```text
//! ClientFrame   encode: here    ──►  decode: serde
//! ServerFrame   decode: here    ◄──  encode: serde
//! ```
//!
//! The life of a text that is read: [`Json::parse`] makes a tree that borrows from it, and
//! [`FromJson`] takes values out of the tree, field by field, always straight ahead. What does not
//! fit is noted in a [`Fit`] and replaced by something blank; only at the end [`read`] looks at the
//! note, and then nobody sees the blank. So the code of a struct is one call for each field, and
//! not also the way out of each, which would be most of it.
//!
//! A text that is written: [`ToJson`] appends to a [`Writer`]. A type gets both by naming its fields
//! once: with `wire!` inside this crate, which also derives serde's half from the same names, with
//! [`json_object!`](crate::json_object) elsewhere, and with [`json_words!`](crate::json_words) if it
//! is a word out of a list.
//!
//! Deliberately absent: fractions (a number stays text until somebody asks for a `u64`), borrowed
//! results, configuration. Proptests hold both halves against each other.

mod object;
mod reader;
mod values;
mod writer;

use thiserror::Error;

pub use object::Object;
pub(crate) use object::{json_newtype, wire, words};
pub use reader::Json;
pub use writer::Writer;

/// How deep arrays and objects may nest; deeper texts are refused before they can exhaust the
/// stack. The same as serde_json's limit, so that no half accepts what the other cannot read.
pub const DEPTH_MAX: u32 = 127;

/// Why a text does not become a value.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum JsonError {
    /// The text is no JSON, or nests too deep.
    #[error("not JSON at byte {at}")]
    NotJson {
        /// Where reading ended, in bytes.
        at: usize,
    },
    /// It is JSON, but does not say what is asked for.
    #[error("missing or of another shape: `{field}`")]
    WrongShape {
        /// The innermost field that is missing or of another shape.
        field: &'static str,
    },
}

/// A type that can be taken out of JSON.
pub trait FromJson: Sized {
    /// Takes it. If the JSON says something else, that is [noted](Fit::misfit), and what is returned
    /// is blank: it need not keep the promises of its type, because [`read`] keeps it to itself.
    fn from_json(json: &Json<'_>, fit: &mut Fit) -> Self;
}

/// What is noted while values are taken out of JSON.
#[derive(Debug)]
pub struct Fit {
    /// The field that was asked for last.
    field: &'static str,
    /// The first field that did not fit.
    misfit: Option<&'static str>,
}

impl Default for Fit {
    fn default() -> Self {
        Self { field: "(all of it)", misfit: None }
    }
}

impl Fit {
    /// The field that was asked for last is missing or has another shape.
    #[cold]
    pub fn misfit(&mut self) {
        self.misfit.get_or_insert(self.field);
    }

    /// The value, if everything in it fits.
    ///
    /// # Errors
    ///
    /// [`JsonError::WrongShape`].
    pub fn judge<T>(&self, value: T) -> Result<T, JsonError> {
        match self.misfit {
            Some(field) => Err(JsonError::WrongShape { field }),
            None => Ok(value),
        }
    }
}

/// A type that can be written as JSON.
pub trait ToJson {
    /// Appends it.
    fn write_json(&self, writer: &mut Writer);

    /// Whether a field that holds this is left out: it says nothing that its absence would not.
    fn is_absent(&self) -> bool {
        false
    }
}

/// Reads a whole text.
///
/// # Errors
///
/// [`JsonError`]: no JSON, or JSON of another shape.
pub fn read<T: FromJson>(text: &str) -> Result<T, JsonError> {
    let json = Json::parse(text)?;
    let mut fit = Fit::default();
    let value = T::from_json(&json, &mut fit);
    fit.judge(value)
}

/// Writes a value as text.
pub fn write(value: &dyn ToJson) -> String {
    let mut writer = Writer::default();
    value.write_json(&mut writer);
    writer.into_string()
}
