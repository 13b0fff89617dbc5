//! Every text that a person reads, in every language, and nothing else.
//!
//! A language is one value of [`Texts`]: a text that is missing does not compile. The server sends
//! the page's own language along with the page ([`Language::texts`]), so the browser says the same
//! words ([`Words`]) without downloading all three. Texts with a number in them are [`Plural`], chosen by the
//! rules of the Unicode CLDR; a test in the browser holds them against `Intl.PluralRules`.

mod en;
mod ru;
mod standing;
mod uk;

pub(crate) use standing::Texts as StandingTexts;

use std::{mem::offset_of, sync::LazyLock};

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

    /// What this language says.
    pub fn words(self) -> &'static Words {
        static WORDS: [LazyLock<Words>; 3] = [
            LazyLock::new(|| Words(en::TEXTS.texts())),
            LazyLock::new(|| Words(ru::TEXTS.texts())),
            LazyLock::new(|| Words(uk::TEXTS.texts())),
        ];
        &WORDS[self as usize]
    }

    /// Every text of this language, on the way to a page.
    pub fn texts(self) -> Vec<String> {
        self.words().0.iter().map(|text| (*text).to_owned()).collect()
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

/// Declares the texts of a language, their order on the way to the browser, and how they are called.
macro_rules! words {
    ($(#[$outer:meta])* pub struct $name:ident {$($field:ident: $kind:ty,)*}) => {
        $(#[$outer])*
        #[derive(Debug)]
        #[repr(C)]
        struct $name {
            $($field: $kind,)*
        }

        impl $name {
            /// Every text, in the order of the fields.
            fn texts(&self) -> Vec<&'static str> {
                let mut texts = Vec::new();
                $(self.$field.give(&mut texts);)*
                texts
            }
        }

        impl Words {
            $(
                #[doc = concat!("The text of `", stringify!($field), "`.")]
                pub fn $field(&self) -> $kind {
                    <$kind>::take(self, offset_of!($name, $field) / size_of::<&'static str>())
                }
            )*
        }
    };
}

/// What a language says, as a row of texts. They come with the page; the browser's program holds
/// only the places of those that its screens show.
#[derive(Debug)]
pub struct Words(Vec<&'static str>);

impl Words {
    /// The words from their texts ([`Language::texts`]); what is missing is empty.
    pub fn from_texts(texts: &[String]) -> Self {
        // A page has one language for as long as it lives, so its texts may live as long.
        Self(texts.iter().map(|text| &*text.clone().leak()).collect())
    }

    #[inline(never)]
    fn at(&self, place: usize) -> &'static str {
        self.0.get(place).copied().unwrap_or_default()
    }
}

/// A text or its forms, as a row of plain texts.
trait Text {
    fn give(&self, texts: &mut Vec<&'static str>);
    fn take(words: &Words, place: usize) -> Self;
}

impl Text for &'static str {
    fn give(&self, texts: &mut Vec<&'static str>) {
        texts.push(self);
    }
    fn take(words: &Words, place: usize) -> Self {
        words.at(place)
    }
}

impl Text for Plural {
    fn give(&self, texts: &mut Vec<&'static str>) {
        texts.extend([self.one, self.few, self.many]);
    }
    fn take(words: &Words, place: usize) -> Self {
        Self { one: words.at(place), few: words.at(place + 1), many: words.at(place + 2) }
    }
}

words! {
    /// What a language says. A field is named after the place its text stands in.
    pub struct Texts {
        language: &'static str,
        description: &'static str,
        brand: &'static str,
        title: &'static str,
        login: &'static str,
        settings: &'static str,
        search: &'static str,
        deleted_user: &'static str,
        lobby: &'static str,
        lab: &'static str,
        lab_heading: &'static str,
        skip_to_messages: &'static str,
        pages: &'static str,

        messages: &'static str,
        no_messages: &'static str,
        history_unavailable: &'static str,
        history_failed: &'static str,
        loading: &'static str,
        stale: &'static str,
        try_again: &'static str,
        new_messages: Plural,
        you: &'static str,
        refresh: &'static str,

        message: &'static str,
        write_message: &'static str,
        send: &'static str,
        keys_hint: &'static str,
        offline_hint: &'static str,
        characters_left: Plural,
        characters_over: Plural,

        delivery_queued: &'static str,
        delivery_sending: &'static str,
        delivery_stored: &'static str,
        delivery_failed: &'static str,
        retry: &'static str,
        discard: &'static str,

        status: &'static str,
        status_connecting: &'static str,
        status_open: &'static str,
        status_reconnecting: &'static str,
        status_closed: &'static str,
        attempt: &'static str,
        retry_in: Plural,
        trying_now: &'static str,
        reconnect: &'static str,
        gave_up: &'static str,
        signed_out: &'static str,
        sent_away: &'static str,
        welcome: &'static str,
        heartbeat: &'static str,
        connections: Plural,
        error_unreachable: &'static str,
        error_lost: &'static str,
        error_silent: &'static str,
        error_closed: &'static str,
        error_restart: &'static str,
        error_too_big: &'static str,
        error_too_slow: &'static str,
        error_too_fast: &'static str,
        error_too_many: &'static str,
        error_dropped: &'static str,

        people: &'static str,
        people_here: Plural,
        people_more: Plural,
        people_stale: &'static str,

        chat: &'static str,
        dialogs: &'static str,
        new_dialog: &'static str,
        dialogs_unavailable: &'static str,
        dialogs_failed: &'static str,
        unread: Plural,
        muted: &'static str,
        draft: &'static str,
        says: &'static str,
        message_deleted: &'static str,
        online: &'static str,
        away: &'static str,
        offline: &'static str,
        last_seen: &'static str,
        typing: &'static str,
        typing_one: &'static str,
        typing_two: &'static str,
        typing_three: &'static str,
        typing_many: &'static str,
        members_count: Plural,
        back_to_list: &'static str,
        dialog_gone: &'static str,
        today: &'static str,
        yesterday: &'static str,
        new_here: &'static str,
        to_latest: &'static str,
        edited: &'static str,
        delivery_delivered: &'static str,
        delivery_read: &'static str,
        read_by: &'static str,
        actions: &'static str,
        reply: &'static str,
        copy: &'static str,
        copied: &'static str,
        copy_failed: &'static str,
        edit: &'static str,
        delete: &'static str,
        delete_really: &'static str,
        editing: &'static str,
        save: &'static str,
        cancel: &'static str,
        close: &'static str,
        details: &'static str,
        owner: &'static str,
        make_owner: &'static str,
        remove: &'static str,
        add_people: &'static str,
        group_title: &'static str,
        rename: &'static str,
        mute: &'static str,
        leave: &'static str,
        leave_really: &'static str,
        refused_title: &'static str,
        refused_owner: &'static str,
        refused_members: &'static str,
        refused_change: &'static str,
        search_for: &'static str,
        nothing_found: &'static str,
        said_in: &'static str,
        keys: &'static str,
        key_send: &'static str,
        key_line: &'static str,
        key_edit: &'static str,
        key_cancel: &'static str,
        key_palette: &'static str,
        key_dialogs: &'static str,

        refused_empty: &'static str,
        refused_long: Plural,
        refused_control: &'static str,
        refused_marks: &'static str,
        refused_too_many: &'static str,
        refused_storage: &'static str,
        refused_other: &'static str,

        lab_about: &'static str,
        lab_machine: &'static str,
        lab_try: &'static str,
        lab_wrong_address: &'static str,
        lab_close_after: &'static str,
        lab_close_after_demo: &'static str,
        lab_drop: &'static str,
        lab_too_big: &'static str,
        lab_topics: &'static str,
        lab_frames: &'static str,
        lab_no_frames: &'static str,
        lab_kept: &'static str,
        lab_clear: &'static str,
        lab_received: &'static str,
        lab_sent: &'static str,
        lab_round_trip: &'static str,
        lab_round_trip_none: &'static str,
        lab_milliseconds: &'static str,
        lab_events: &'static str,
        lab_pulse: &'static str,
        lab_says: &'static str,
        lab_error: &'static str,
        lab_disconnected: &'static str,
    }
}

impl Words {
    /// Why the server refused a message, for people.
    pub fn refusal(
        &self,
        language: Language,
        code: confab_protocol::ErrorCode,
        limit: u64,
    ) -> String {
        use confab_protocol::ErrorCode;
        match code {
            ErrorCode::MessageEmpty => self.refused_empty().to_owned(),
            ErrorCode::MessageTooLong => language.count(&self.refused_long(), limit),
            ErrorCode::MessageControlCharacter => self.refused_control().to_owned(),
            ErrorCode::MessageCombiningMarks => self.refused_marks().to_owned(),
            ErrorCode::TooManySends => self.refused_too_many().to_owned(),
            ErrorCode::StorageUnavailable => self.refused_storage().to_owned(),
            other => fill(self.refused_other(), &[other.as_str()]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_arrives_at_its_own_place() {
        for language in Language::ALL {
            let words = language.words();
            let sent = Words::from_texts(&language.texts());
            assert_eq!(sent.0, words.0);
            assert!(sent.0.iter().all(|text| !text.is_empty()), "{language:?}");
            assert_eq!(sent.language(), words.0[0]);
            assert_eq!(sent.lab_disconnected(), *words.0.last().unwrap(), "the last one declared");
        }
    }

    #[test]
    fn every_language_has_the_same_places() {
        let places = |language: Language| {
            language.words().0.iter().map(|text| text.matches("{}").count()).collect::<Vec<_>>()
        };
        assert_eq!(places(Language::Ru), places(Language::En));
        assert_eq!(places(Language::Uk), places(Language::En));
    }

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
