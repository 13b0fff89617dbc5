//! The languages, and how each counts.

/// A language that Confab speaks.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
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
        fill(text, &[&digits(number)])
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
#[repr(C)]
pub struct Plural {
    /// For [`Category::One`].
    pub one: &'static str,
    /// For [`Category::Few`].
    pub few: &'static str,
    /// For [`Category::Many`].
    pub many: &'static str,
}

/// A number in digits, without the detour over a formatter, which would be downloaded.
pub fn digits(number: impl Into<u64>) -> String {
    fn push(number: u64, digits: &mut String) {
        if number > 9 {
            push(number / 10, digits);
        }
        digits.push(char::from(b'0' + (number % 10) as u8));
    }
    let mut digits = String::new();
    push(number.into(), &mut digits);
    digits
}

/// Puts values into the places of a text, which are `{}`, in order. A text has no other braces.
pub fn fill(text: &str, values: &[&str]) -> String {
    let (mut filled, mut values) = (String::new(), values.iter());
    for character in text.chars() {
        match character {
            '{' => filled.push_str(values.next().unwrap_or(&"")),
            '}' => {}
            other => filled.push(other),
        }
    }
    filled
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
    fn numbers_are_written_as_everyone_writes_them() {
        for number in [0, 9, 10, 101, u64::MAX] {
            assert_eq!(digits(number), number.to_string());
        }
    }

    #[test]
    fn places_are_filled_in_order() {
        assert_eq!(fill("{} of {}", &["2", "5"]), "2 of 5");
        assert_eq!(fill("no place", &["2"]), "no place");
        assert_eq!(fill("{}", &[]), "");
    }
}
