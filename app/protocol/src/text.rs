//! Words that people type, checked at the door so that nothing inside needs to check again.

use std::fmt;

use thiserror::Error;

use crate::{
    ErrorCode,
    json::{Fit, FromJson, Json, ToJson, Writer},
};

/// Why a text is not accepted: a code for programs and a sentence for people.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum Refusal {
    /// Nothing but white space.
    #[error("the message is empty")]
    MessageEmpty,
    /// More characters than the limit allows.
    #[error("the message has {characters} characters, at most {limit} are allowed")]
    MessageTooLong {
        /// How many Unicode characters it has.
        characters: usize,
        /// How many it may have.
        limit: usize,
    },
    /// A control character other than tab and line feed.
    #[error("the message holds the control character U+{0:04X}")]
    MessageControlCharacter(u32),
    /// More combining marks on one letter than any script needs.
    #[error("the message stacks more than {0} combining marks on one letter")]
    MessageCombiningMarks(usize),
    /// A name that is blank, too long or holds control characters.
    #[error("a name is 1 to 40 characters without control characters")]
    NameInvalid,
    /// A title that is blank, too long or holds control characters.
    #[error("a title is 1 to 100 characters without control characters")]
    TitleInvalid,
}

impl Refusal {
    /// The code that goes into `error`, `nack` or a 4xx body.
    pub fn code(self) -> ErrorCode {
        match self {
            Self::MessageEmpty => ErrorCode::MessageEmpty,
            Self::MessageTooLong { .. } => ErrorCode::MessageTooLong,
            Self::MessageControlCharacter(_) => ErrorCode::MessageControlCharacter,
            Self::MessageCombiningMarks(_) => ErrorCode::MessageCombiningMarks,
            Self::NameInvalid => ErrorCode::NameInvalid,
            Self::TitleInvalid => ErrorCode::TitleInvalid,
        }
    }
}

/// Longest run of combining marks on one letter. Real scripts stay below ten (the Unicode
/// Stream-Safe Text Format of UAX #15 allows 30); more is only there to paint over neighbours.
const COMBINING_MARKS_MAX: usize = 30;

/// A message that may be stored: not blank, not too long, no control characters but tab and line
/// feed. Line ends are `\n`, white space at both ends is gone.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MessageText(String);

impl MessageText {
    /// Checks and tidies what a person typed; `characters_max` counts Unicode characters.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] that names what is wrong.
    pub fn parse(text: &str, characters_max: usize) -> Result<Self, Refusal> {
        let text = with_plain_line_ends(text.trim());
        let text = text.as_str();
        let scan = Scan::of(text);
        if !scan.is_visible {
            return Err(Refusal::MessageEmpty);
        }
        if scan.characters > characters_max {
            let (characters, limit) = (scan.characters, characters_max);
            return Err(Refusal::MessageTooLong { characters, limit });
        }
        if let Some(control) = scan.control {
            return Err(Refusal::MessageControlCharacter(control.into()));
        }
        if scan.marks > COMBINING_MARKS_MAX {
            return Err(Refusal::MessageCombiningMarks(COMBINING_MARKS_MAX));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text itself, owned.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// The text with `\n` for `\r\n`, character by character: a search for a text within a text weighs
/// two kilobytes in the browser.
fn with_plain_line_ends(text: &str) -> String {
    let mut characters = text.chars().peekable();
    let mut plain = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        if character != '\r' || characters.peek() != Some(&'\n') {
            plain.push(character);
        }
    }
    plain
}

/// Characters that leave no trace on the screen: a message of these alone is blank to a reader.
fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{00ad}' | '\u{180e}' | '\u{3164}'
            | '\u{115f}' | '\u{1160}' | '\u{ffa0}' | '\u{2800}')
}

/// The blocks of combining marks that stack without end (Unicode 16, general category Mn). Marks of
/// living scripts outside these blocks combine in ways of their own and are left alone.
fn is_stacking_mark(character: char) -> bool {
    matches!(character, '\u{0300}'..='\u{036f}' | '\u{0483}'..='\u{0489}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}')
}

/// What there is to know of a text, learned in one pass, for messages and names alike.
#[derive(Default)]
struct Scan {
    characters: usize,
    /// Whether any character leaves a trace on the screen.
    is_visible: bool,
    /// The first control character other than tab and line feed.
    control: Option<char>,
    /// Whether tab or line feed occur.
    has_breaks: bool,
    /// The longest run of marks on one letter.
    marks: usize,
}

impl Scan {
    fn of(text: &str) -> Self {
        let (mut scan, mut run) = (Self::default(), 0);
        for character in text.chars() {
            scan.characters += 1;
            scan.is_visible |= !is_invisible(character);
            match character {
                '\n' | '\t' => scan.has_breaks = true,
                _ if character.is_control() => scan.control = scan.control.or(Some(character)),
                _ => {}
            }
            run = if is_stacking_mark(character) { run + 1 } else { 0 };
            scan.marks = scan.marks.max(run);
        }
        scan
    }
}

/// Longer names would push everything else off a narrow screen.
const NAME_CHARACTERS_MAX: usize = 40;

/// Longer titles are sentences.
const TITLE_CHARACTERS_MAX: usize = 100;

/// What is told of a text on one line: the text without white space around it, if it may stand.
fn line(text: &str, characters_max: usize) -> Option<String> {
    let text = text.trim();
    let scan = Scan::of(text);
    let ok = scan.is_visible
        && scan.characters <= characters_max
        && scan.control.is_none()
        && !scan.has_breaks
        && scan.marks <= COMBINING_MARKS_MAX;
    ok.then(|| text.to_owned())
}

/// The title of a group: 1 to 100 visible characters on one line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DialogTitle(String);

impl DialogTitle {
    /// Checks and tidies a title.
    ///
    /// # Errors
    ///
    /// [`Refusal::TitleInvalid`].
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        line(text, TITLE_CHARACTERS_MAX).map(Self).ok_or(Refusal::TitleInvalid)
    }

    /// The title itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The title itself, owned.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// A name that a person goes by: 1 to 40 visible characters on one line.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize, serde::Serialize),
    serde(try_from = "String", into = "String")
)]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(value_type = String, min_length = 1, max_length = 40)
)]
pub struct Username(String);

impl Username {
    /// Checks and tidies a name.
    ///
    /// # Errors
    ///
    /// [`Refusal::NameInvalid`].
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        line(text, NAME_CHARACTERS_MAX).map(Self).ok_or(Refusal::NameInvalid)
    }

    /// What stands for someone whose account is gone; nobody can choose it. Screens say it in their
    /// own language.
    pub fn deleted() -> Self {
        Self("deleted user".to_owned())
    }

    /// Whether this is [`deleted`](Self::deleted).
    pub fn is_deleted(&self) -> bool {
        self.0 == "deleted user"
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Username {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromJson for Username {
    fn from_json(json: &Json<'_>, fit: &mut Fit) -> Self {
        Self::parse(json.text(fit)).unwrap_or_else(|_| {
            fit.misfit();
            Self(String::new())
        })
    }
}

impl ToJson for Username {
    fn write_json(&self, writer: &mut Writer) {
        writer.string(&self.0);
    }
}

impl TryFrom<String> for Username {
    type Error = Refusal;
    fn try_from(text: String) -> Result<Self, Refusal> {
        Self::parse(&text)
    }
}

impl From<Username> for String {
    fn from(name: Username) -> String {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, Refusal> {
        MessageText::parse(text, 10_000).map(MessageText::into_string)
    }

    #[test]
    fn a_message_is_tidied() {
        assert_eq!(parse("  hi\r\nthere\t!\n"), Ok("hi\nthere\t!".to_owned()));
        assert_eq!(parse("<b>not bold</b>"), Ok("<b>not bold</b>".to_owned()));
    }

    #[test]
    fn a_blank_message_is_refused() {
        for blank in ["", "   ", "\r\n\t", "\u{200b}\u{feff}", "\u{3000}", "\u{2800}"] {
            assert_eq!(parse(blank), Err(Refusal::MessageEmpty), "{blank:?}");
        }
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert!(parse(&"й".repeat(10_000)).is_ok());
        let refused = parse(&"й".repeat(10_001));
        assert_eq!(refused, Err(Refusal::MessageTooLong { characters: 10_001, limit: 10_000 }));
    }

    #[test]
    fn control_characters_are_named() {
        assert_eq!(parse("a\0b"), Err(Refusal::MessageControlCharacter(0)));
        assert_eq!(parse("a\u{1b}[31m"), Err(Refusal::MessageControlCharacter(0x1b)));
        assert_eq!(parse("a\rb"), Err(Refusal::MessageControlCharacter(0x0d)));
    }

    #[test]
    fn towers_of_combining_marks_are_refused_and_scripts_are_not() {
        assert_eq!(
            parse(&format!("Z{}", "\u{0300}".repeat(31))),
            Err(Refusal::MessageCombiningMarks(30))
        );
        assert!(parse(&format!("Z{}", "\u{0300}".repeat(30))).is_ok());
        assert!(parse("é ё й ї क्षि ทั้ง n\u{0303}").is_ok());
    }

    #[test]
    fn a_title_is_one_visible_line() {
        let title = DialogTitle::parse(" Tea ").unwrap();
        assert_eq!((title.as_str(), title.clone().into_string()), ("Tea", "Tea".to_owned()));
        for bad in ["", "\u{2060}", "a\nb", &"😀".repeat(200)] {
            assert_eq!(DialogTitle::parse(bad), Err(Refusal::TitleInvalid), "{bad:?}");
        }
    }

    #[test]
    fn a_name_is_one_visible_line() {
        let name = Username::parse(" Ганна ").unwrap();
        assert_eq!((name.as_str(), name.to_string()), ("Ганна", "Ганна".to_owned()));
        for bad in ["", "\u{200b}", "a\nb", &"x".repeat(41)] {
            assert_eq!(Username::parse(bad), Err(Refusal::NameInvalid), "{bad:?}");
        }
    }

    #[test]
    fn who_is_gone_has_a_name_of_their_own() {
        assert!(Username::deleted().is_deleted());
        assert!(!Username::parse("Ганна").unwrap().is_deleted());
    }
}
