//! Every text that a person reads, in every language, and nothing else.
//!
//! A language is one value of [`Words`]: a text that is missing does not compile. The same words
//! come from server and browser, so a page hydrates without a change. Texts with a number in them
//! are [`Plural`], chosen by the rules of the Unicode CLDR; a test in the browser holds them
//! against `Intl.PluralRules`.

mod en;
mod ru;
mod uk;

use serde::{Deserialize, Serialize};

/// A language that Confab speaks.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Russian.
    Ru,
    /// Ukrainian.
    Uk,
}

impl Language {
    /// All of them, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::En, Self::Ru, Self::Uk];

    /// The code of BCP 47, as in `<html lang>`.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
            Self::Uk => "uk",
        }
    }

    /// The language's name in itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Ru => "Русский",
            Self::Uk => "Українська",
        }
    }

    /// Two letters that stand for it.
    pub fn sign(self) -> &'static str {
        match self {
            Self::En => "EN",
            Self::Ru => "RU",
            Self::Uk => "UK",
        }
    }

    /// The language with this code; regions are passed over (`ru-UA` is Russian).
    pub fn from_code(code: &str) -> Option<Self> {
        let code = code.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(code))
    }

    /// The first language of an `Accept-Language` header that Confab speaks, by weight (RFC 9110
    /// §12.5.4); English when there is none.
    pub fn accepted(header: &str) -> Self {
        let weighted = header.split(',').filter_map(|part| {
            let mut pieces = part.trim().split(';');
            let language = Self::from_code(pieces.next()?.trim())?;
            let weight = pieces.find_map(|piece| piece.trim().strip_prefix("q=")?.parse().ok());
            Some((language, weight.unwrap_or(1.0_f32)))
        });
        // The first of equal weights wins, so the comparison is strict.
        let best = weighted.fold(None, |best: Option<(Self, f32)>, next| match best {
            Some(best) if best.1 >= next.1 => Some(best),
            _ if next.1 > 0.0 => Some(next),
            best => best,
        });
        best.map_or(Self::En, |(language, _)| language)
    }

    /// What this language says.
    pub fn words(self) -> &'static Words {
        match self {
            Self::En => &en::WORDS,
            Self::Ru => &ru::WORDS,
            Self::Uk => &uk::WORDS,
        }
    }

    /// The plural category of a whole number (Unicode CLDR 46). Russian and Ukrainian share their
    /// rules; their fourth category is for fractions, which Confab never counts.
    pub fn category(self, number: u64) -> Category {
        if self == Self::En {
            return if number == 1 { Category::One } else { Category::Many };
        }
        match (number % 10, number % 100) {
            (1, tens) if tens != 11 => Category::One,
            (2..=4, tens) if !(12..=14).contains(&tens) => Category::Few,
            _ => Category::Many,
        }
    }

    /// A text with a number in it.
    pub fn count(self, plural: &Plural, number: u64) -> String {
        let text = match self.category(number) {
            Category::One => plural.one,
            Category::Few => plural.few,
            Category::Many => plural.many,
        };
        fill(text, &[&number.to_string()])
    }
}

/// A plural category. English has two, and its "other" is `Many` here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Category {
    /// 1, and in Russian and Ukrainian 21, 31 …
    One,
    /// In Russian and Ukrainian 2–4, 22–24 …
    Few,
    /// All else.
    Many,
}

/// The forms of a text with a number, whose place is `{}`.
#[derive(Debug)]
pub struct Plural {
    /// For [`Category::One`].
    pub one: &'static str,
    /// For [`Category::Few`].
    pub few: &'static str,
    /// For [`Category::Many`].
    pub many: &'static str,
}

/// Puts values into the places of a text, which are `{}`, in order.
pub fn fill(text: &str, values: &[&str]) -> String {
    let mut parts = text.split("{}");
    let mut filled = String::from(parts.next().unwrap_or_default());
    for (index, part) in parts.enumerate() {
        filled.push_str(values.get(index).copied().unwrap_or_default());
        filled.push_str(part);
    }
    filled
}

/// What a language says. A field is named after the place its text stands in.
#[derive(Debug)]
pub struct Words {
    pub language: &'static str,
    pub description: &'static str,
    pub brand: &'static str,
    pub lobby_title: &'static str,
    pub lab_title: &'static str,
    pub lobby: &'static str,
    pub lab: &'static str,
    pub lab_heading: &'static str,
    pub skip_to_messages: &'static str,
    pub pages: &'static str,

    pub messages: &'static str,
    pub no_messages: &'static str,
    pub history_unavailable: &'static str,
    pub history_failed: &'static str,
    pub loading: &'static str,
    pub stale: &'static str,
    pub try_again: &'static str,
    pub new_messages: Plural,
    pub to_latest: &'static str,
    pub you: &'static str,
    pub refresh: &'static str,

    pub message: &'static str,
    pub write_message: &'static str,
    pub send: &'static str,
    pub keys_hint: &'static str,
    pub offline_hint: &'static str,
    pub characters_left: Plural,
    pub characters_over: Plural,

    pub delivery_queued: &'static str,
    pub delivery_sending: &'static str,
    pub delivery_stored: &'static str,
    pub delivery_failed: &'static str,
    pub retry: &'static str,
    pub discard: &'static str,

    pub status: &'static str,
    pub status_connecting: &'static str,
    pub status_open: &'static str,
    pub status_reconnecting: &'static str,
    pub status_closed: &'static str,
    pub attempt: &'static str,
    pub retry_in: Plural,
    pub trying_now: &'static str,
    pub reconnect: &'static str,
    pub gave_up: &'static str,
    pub sent_away: &'static str,
    pub heartbeat: &'static str,
    pub no_heartbeat: &'static str,
    pub connections: Plural,
    pub error_unreachable: &'static str,
    pub error_lost: &'static str,
    pub error_silent: &'static str,
    pub error_closed: &'static str,
    pub error_dropped: &'static str,
    pub dismiss: &'static str,

    pub people: &'static str,
    pub people_here: Plural,
    pub people_more: Plural,

    pub refused_empty: &'static str,
    pub refused_long: Plural,
    pub refused_control: &'static str,
    pub refused_marks: &'static str,
    pub refused_too_many: &'static str,
    pub refused_storage: &'static str,
    pub refused_other: &'static str,

    pub lab_about: &'static str,
    pub lab_machine: &'static str,
    pub lab_try: &'static str,
    pub lab_wrong_address: &'static str,
    pub lab_close_after: &'static str,
    pub lab_close_after_demo: &'static str,
    pub lab_drop: &'static str,
    pub lab_too_big: &'static str,
    pub lab_topics: &'static str,
    pub lab_frames: &'static str,
    pub lab_no_frames: &'static str,
    pub lab_clear: &'static str,
    pub lab_received: &'static str,
    pub lab_sent: &'static str,
    pub lab_round_trip: &'static str,
    pub lab_round_trip_none: &'static str,
    pub lab_milliseconds: &'static str,
    pub lab_events: &'static str,
    pub lab_welcome: &'static str,
    pub lab_pulse: &'static str,
    pub lab_says: &'static str,
    pub lab_error: &'static str,
    pub lab_disconnected: &'static str,
    pub lab_connecting_to: &'static str,
}

impl Words {
    /// Why the server refused a message, for people.
    pub fn refusal(&self, language: Language, code: confab_protocol::ErrorCode, limit: u64) -> String {
        use confab_protocol::ErrorCode;
        match code {
            ErrorCode::MessageEmpty => self.refused_empty.to_owned(),
            ErrorCode::MessageTooLong => language.count(&self.refused_long, limit),
            ErrorCode::MessageControlCharacter => self.refused_control.to_owned(),
            ErrorCode::MessageCombiningMarks => self.refused_marks.to_owned(),
            ErrorCode::TooManySends => self.refused_too_many.to_owned(),
            ErrorCode::StorageUnavailable => self.refused_storage.to_owned(),
            other => fill(self.refused_other, &[other.as_str()]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plural_forms_follow_the_last_digits() {
        let plural = Plural { one: "{} a", few: "{} b", many: "{} c" };
        let forms = |language: Language, numbers: &[u64]| -> Vec<String> {
            numbers.iter().map(|n| language.count(&plural, *n)).collect()
        };
        assert_eq!(forms(Language::En, &[0, 1, 2, 21]), ["0 c", "1 a", "2 c", "21 c"]);
        for language in [Language::Ru, Language::Uk] {
            assert_eq!(
                forms(language, &[0, 1, 2, 5, 11, 12, 21, 22, 25, 111, 112, 121]),
                [
                    "0 c", "1 a", "2 b", "5 c", "11 c", "12 c", "21 a", "22 b", "25 c", "111 c",
                    "112 c", "121 a"
                ]
            );
        }
    }

    #[test]
    fn the_browsers_wish_is_weighed() {
        for (header, language) in [
            ("", Language::En),
            ("de", Language::En),
            ("ru-RU,ru;q=0.9,en;q=0.8", Language::Ru),
            ("de,uk;q=0.7,en;q=0.3", Language::Uk),
            ("en;q=0.2, uk-UA;q=0.9", Language::Uk),
            ("uk;q=0, ru;q=0.1", Language::Ru),
            ("ru;q=x", Language::Ru),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
    }

    #[test]
    fn places_are_filled_in_order() {
        assert_eq!(fill("{} of {}", &["2", "5"]), "2 of 5");
        assert_eq!(fill("no place", &["2"]), "no place");
        assert_eq!(fill("{}", &[]), "");
    }
}
