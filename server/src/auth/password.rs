//! Passwords: which are taken, and how hard one is to guess.
//!
//! No rules about digits and signs (ASVS 5.0 §6.2): length counts, and what everyone tries first is
//! refused. How hard a password is to guess is estimated by zxcvbn, which knows the lists that
//! guessers begin with, names, dates, keyboards and their mirror writing. It runs here and not in
//! the browser, because its lists weigh more than the whole page.

use confab_protocol::rest::{Strength, StrengthWord};
use thiserror::Error;
use zxcvbn::{Score, zxcvbn};

use super::name;

/// Shorter ones are guessed however strange they are.
const CHARACTERS_MIN: usize = 8;

/// Nobody types more, and hashing more is work for nothing.
const CHARACTERS_MAX: usize = 200;

/// What is found in so many guesses is found by anyone who tries a list of common passwords.
const GUESSES_MIN: u64 = 10_000;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum PasswordRefused {
    /// Too short or too long.
    #[error("a password has {CHARACTERS_MIN} to {CHARACTERS_MAX} characters")]
    Length,
    /// The login or the name.
    #[error("the password must not be the login or the name")]
    Known,
    /// On every guesser's list.
    #[error("this password is among the first that anyone would try; take a longer one")]
    Common,
}

/// A password that may protect an account. It is neither shown nor logged.
pub struct Password(String);

impl Password {
    /// Checks a password that someone chose, for an account with these words (login and name).
    ///
    /// # Errors
    ///
    /// [`PasswordRefused`].
    pub fn choose(text: &str, words: &[&str]) -> Result<Self, PasswordRefused> {
        if !has_length(text) {
            return Err(PasswordRefused::Length);
        }
        let key = name::key(text);
        if words.iter().any(|word| name::key(word) == key) {
            return Err(PasswordRefused::Known);
        }
        if is_found_in(zxcvbn(text, words).guesses()) {
            return Err(PasswordRefused::Common);
        }
        Ok(Self(text.to_owned()))
    }

    /// A password that someone says they have chosen before. Nothing when no account can have it.
    pub fn claim(text: &str) -> Option<Self> {
        has_length(text).then(|| Self(text.to_owned()))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Whether so many guesses are what anyone would try.
fn is_found_in(guesses: u64) -> bool {
    guesses < GUESSES_MIN
}

fn has_length(text: &str) -> bool {
    // Four bytes a character at most: what is longer need not be counted.
    text.len() <= 4 * CHARACTERS_MAX
        && (CHARACTERS_MIN..=CHARACTERS_MAX).contains(&text.chars().count())
}

/// How hard a password is to guess by someone who knows these words.
pub fn strength(text: &str, words: &[&str]) -> Strength {
    // Costly for long texts, and beyond this the answer does not change.
    let begin: String = text.chars().take(CHARACTERS_MAX).collect();
    let accepted = Password::choose(text, words).is_ok();
    let score = if text.is_empty() { Score::Zero } else { zxcvbn(&begin, words).score() };
    let word = match score {
        Score::Zero => StrengthWord::TooWeak,
        Score::One => StrengthWord::Weak,
        Score::Two => StrengthWord::Fair,
        Score::Three => StrengthWord::Good,
        _ => StrengthWord::Strong,
    };
    Strength { score: u32::from(u8::from(score)), word, accepted }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> Option<PasswordRefused> {
        Password::choose(text, &["79111111111", "Anna Maria"]).err()
    }

    #[test]
    fn length_counts_characters() {
        assert_eq!(refused("кв7шн2ж"), Some(PasswordRefused::Length));
        assert_eq!(refused("кв7шн2жы"), None);
        assert_eq!(refused(&"кв7шн2жы".repeat(25)), None);
        assert_eq!(refused(&"x".repeat(201)), Some(PasswordRefused::Length));
        assert_eq!(refused(""), Some(PasswordRefused::Length));
    }

    #[test]
    fn what_everyone_tries_first_is_refused() {
        for text in ["password", "12345678", "qwertyuiop", "iloveyou", "aaaaaaaa", "P@ssw0rd"] {
            assert_eq!(refused(text), Some(PasswordRefused::Common), "{text}");
        }
        for text in ["correct horse battery staple", "tea at eleven", "Zx9$kQ2p"] {
            assert_eq!(refused(text), None, "{text}");
        }
    }

    #[test]
    fn ten_thousand_guesses_are_enough_and_one_fewer_is_not() {
        assert_eq!((is_found_in(9_999), is_found_in(10_000)), (true, false));
    }

    #[test]
    fn login_and_name_are_no_secret() {
        for text in ["79111111111", "ANNA  maria", "anna maria"] {
            assert_eq!(refused(text), Some(PasswordRefused::Known), "{text}");
        }
    }

    #[test]
    fn strength_grows_with_what_a_guesser_must_try() {
        let score = |text: &str| strength(text, &["anna"]).score;
        assert_eq!((score(""), score("password")), (0, 0));
        assert!(score("tea at eleven") >= 2);
        let strong = strength("correct horse battery staple", &[]);
        assert_eq!((strong.score, strong.word, strong.accepted), (4, StrengthWord::Strong, true));
        assert!(!strength("annaanna", &["anna"]).accepted);
    }

    #[test]
    fn each_score_has_its_word() {
        use StrengthWord::{Fair, Good, Strong, TooWeak, Weak};
        for (text, score, word) in [
            ("password", 0, TooWeak),
            ("kettle77", 1, Weak),
            ("kettlerain", 2, Fair),
            ("kettle pot", 3, Good),
            ("kettle pot and seven cups", 4, Strong),
        ] {
            let strength = strength(text, &[]);
            assert_eq!((strength.score, strength.word), (score, word), "{text}");
        }
    }
}
