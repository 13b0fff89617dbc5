//! Names that people choose, and which of them are the same to a reader.
//!
//! Two names are one if they differ only in what nobody sees: the form of their letters in Unicode,
//! upper and lower case, invisible characters, the amount of white space. What is left is the key
//! that the database keeps unique. Letters of two scripts that look alike stay two names.

use confab_protocol::{ErrorCode, Refusal, Username};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use super::Auth;

/// Why a name cannot be chosen.
#[derive(Clone, Debug, Error)]
pub enum NameError {
    /// It is no name.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It reads like one that the server gives, or like another's.
    #[error("another goes by this name, or by one that reads the same")]
    Taken,
}

impl NameError {
    /// The code for programs.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Taken => ErrorCode::NameTaken,
        }
    }
}

/// A name that may be claimed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChosenName {
    /// As others see it.
    pub name: Username,
    /// What it is to a reader.
    pub key: String,
}

impl ChosenName {
    /// Checks what a person typed.
    ///
    /// # Errors
    ///
    /// [`NameError`].
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name = Username::parse(text)?;
        let key = key(name.as_str());
        if key.is_empty() {
            return Err(Refusal::NameInvalid.into());
        }
        if is_reserved(&key) {
            return Err(NameError::Taken);
        }
        Ok(Self { name, key })
    }
}

impl Auth {
    /// The name of someone who is here for a moment and claims nothing: any that is nobody's.
    ///
    /// # Errors
    ///
    /// [`NameError`].
    pub async fn moment_name(&self, text: &str) -> Result<Username, NameError> {
        let ChosenName { name, key } = ChosenName::parse(text)?;
        match self.0.store.is_name_taken(&key).await {
            Ok(true) => Err(NameError::Taken),
            // The socket does not depend on the database (document 002).
            Ok(false) | Err(_) => Ok(name),
        }
    }
}

/// `guest 1234` is what guests without a name are called, and `deleted user` who is gone.
fn is_reserved(key: &str) -> bool {
    let number = key.strip_prefix("guest").map(str::trim_start);
    let is_guest = number.is_some_and(|n| !n.is_empty() && n.chars().all(char::is_numeric));
    is_guest || key == Username::deleted().as_str()
}

/// What a text is to a reader.
pub(super) fn key(text: &str) -> String {
    fold(text.chars()).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Compatibility forms and cases made one (NFKC; upper case and then lower, letter by letter, which
/// takes ß to ss and both small sigmas to one, as full case folding does), and what leaves no trace
/// is left out. Once more, because what now stands side by side may compose anew.
pub(super) fn fold(text: impl Iterator<Item = char>) -> String {
    let cased = |character: char| character.to_uppercase().flat_map(char::to_lowercase);
    let once: String = text.nfkc().flat_map(cased).filter(|c| !is_ignorable(*c)).collect();
    once.nfkc().flat_map(cased).nfkc().collect()
}

/// Characters that leave no trace on the screen: Default_Ignorable_Code_Point of Unicode 16
/// (DerivedCoreProperties.txt), and the blank of Braille.
fn is_ignorable(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_the_same_is_the_same_name() {
        for (one, other) in [
            ("Anna", "anna"),
            ("Anna", "ＡＮＮＡ"),
            ("Anna", "An\u{200b}na"),
            ("Anna", "Anna\u{fe0f}"),
            ("Anna", "\u{202e}Anna"),
            ("Anna Maria", "anna \u{a0}\u{3000} MARIA"),
            ("René", "Rene\u{301}"),
            ("René", "Rene\u{200b}\u{301}"),
            ("Straße", "STRASSE"),
            ("ὈΔΥΣΣΕΎΣ", "ὀδυσσεύς"),
            ("Ⅷ", "viii"),
            ("ﬁn", "FIN"),
            ("ЁЖ", "ёж"),
        ] {
            assert_eq!(key(one), key(other), "{one} and {other:?}");
        }
    }

    #[test]
    fn what_reads_differently_is_another_name() {
        for (one, other) in [("Anna", "Ana"), ("Ганна", "Анна"), ("Anna", "Аnna"), ("а b", "аb")]
        {
            assert_ne!(key(one), key(other), "{one} and {other}");
        }
    }

    #[test]
    fn a_key_is_its_own_key() {
        for text in ["ẞ", "ΐ", "İstanbul", "ŉ", "ǰ", "ﬃ", "Ω", "K", "ſ", "ᾼ", "ϒ\u{301}"]
        {
            assert_eq!(key(&key(text)), key(text), "{text}");
        }
    }

    #[test]
    fn a_name_of_nothing_visible_is_none() {
        for text in ["\u{200b}", "\u{fe0f}", "\u{e0041}\u{e0042}", "\u{34f}", "\u{2800}"] {
            let refused = ChosenName::parse(text);
            assert!(matches!(refused, Err(NameError::Refused(_))), "{text:?}: {refused:?}");
        }
    }

    #[test]
    fn names_that_the_server_gives_cannot_be_chosen() {
        for text in ["Guest 1234", "guest  7", "ＧＵＥＳＴ １２", "Gu\u{ad}est 1", "Deleted User"]
        {
            let refused = ChosenName::parse(text);
            assert!(matches!(refused, Err(NameError::Taken)), "{text:?}: {refused:?}");
        }
        for text in ["Guest", "Guest of honour", "Guesthouse 7 b", "Undeleted user"] {
            assert!(ChosenName::parse(text).is_ok(), "{text}");
        }
    }
}
