//! What someone signs in with: a name, an e-mail address or a phone number. Others never see it.

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use super::name;

/// The shortest that tells people apart.
const CHARACTERS_MIN: usize = 3;

/// The longest e-mail addresses that people have stay below this.
const CHARACTERS_MAX: usize = 100;

/// The text is no login.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("a login is {CHARACTERS_MIN} to {CHARACTERS_MAX} letters, digits and . _ - + @")]
pub struct InvalidLogin;

/// A login that may be registered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Login {
    /// As its owner sees it.
    pub text: String,
    /// How it is found: whatever the case, and a phone number however it is grouped.
    pub key: String,
}

impl Login {
    /// Checks what a person typed.
    ///
    /// # Errors
    ///
    /// [`InvalidLogin`].
    pub fn parse(text: &str) -> Result<Self, InvalidLogin> {
        let text: String = text.trim().nfkc().collect();
        let folded = name::fold(text.chars());
        let key = phone_number(&folded).unwrap_or(folded);
        let allowed = |c: char| c.is_alphanumeric() || "._-+@".contains(c);
        let fits = (CHARACTERS_MIN..=CHARACTERS_MAX).contains(&key.chars().count());
        if fits && text.len() <= 4 * CHARACTERS_MAX && key.chars().all(allowed) {
            Ok(Self { text, key })
        } else {
            Err(InvalidLogin)
        }
    }
}

/// The digits, if there is nothing else but what people group them with.
fn phone_number(text: &str) -> Option<String> {
    let is_phone =
        text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-().".contains(c));
    is_phone.then(|| text.chars().filter(char::is_ascii_digit).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> String {
        Login::parse(text).unwrap().key
    }

    #[test]
    fn a_phone_number_is_its_digits() {
        for text in ["79111111111", "+79111111111", "+7 911 111-11-11", " +7 (911) 111.11.11 "] {
            assert_eq!(key(text), "79111111111", "{text}");
        }
    }

    #[test]
    fn case_and_form_do_not_matter() {
        assert_eq!(key("Anna@Example.org"), "anna@example.org");
        assert_eq!(key("ａｎｎａ"), "anna");
        assert_eq!(key("Ганна"), "ганна");
        assert_eq!(key("anna-maria_1+x"), "anna-maria_1+x");
    }

    #[test]
    fn its_owner_sees_it_as_it_was_typed() {
        assert_eq!(Login::parse(" Anna@Example.org ").unwrap().text, "Anna@Example.org");
        assert_eq!(Login::parse("+7 911 111-11-11").unwrap().text, "+7 911 111-11-11");
    }

    #[test]
    fn what_is_none_is_refused() {
        let long = "x".repeat(101);
        for text in [
            "",
            "  ",
            "ab",
            "a b",
            "anna maria",
            "+-+",
            "+7 9",
            "a\0b",
            "a<b>",
            "an\u{200b}na",
            &long,
        ] {
            let parsed = Login::parse(text);
            // What leaves no trace is passed over, and what is left may be one.
            assert!(parsed.is_err() || parsed.unwrap().key == "anna", "{text:?}");
        }
        assert!(Login::parse(&"x".repeat(100)).is_ok());
        // What groups a number counts towards the length of what is kept.
        let grouped = |bytes: usize| format!("79{}1", " ".repeat(bytes - 3));
        assert!(Login::parse(&grouped(400)).is_ok() && Login::parse(&grouped(401)).is_err());
    }
}
