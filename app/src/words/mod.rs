//! Every text that a person reads, in every language, and nothing else.
//!
//! A language is one value of [`Texts`]: a text that is missing does not compile. The server sends
//! the page's own language along with the page ([`Language::texts`]), so the browser says the same
//! words ([`Words`]) without downloading all three. Texts with a number in them are [`Plural`], chosen by the
//! rules of the Unicode CLDR; a test in the browser holds them against `Intl.PluralRules`.

mod en;
mod language;
mod refusal;
mod ru;
mod standing;
mod uk;

use std::{mem::offset_of, sync::LazyLock};

pub use language::{Category, Language, Plural, digits, fill};
pub(crate) use standing::Texts as StandingTexts;

impl Language {
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
        stale_reconnecting: &'static str,
        stale_updating: &'static str,
        stale_closed: &'static str,
        try_again: &'static str,
        new_messages: Plural,
        you: &'static str,
        refresh: &'static str,
        older: &'static str,

        message: &'static str,
        write_message: &'static str,
        send: &'static str,
        keys_hint: &'static str,
        offline_hint: &'static str,
        characters_left: Plural,
        characters_over: Plural,

        delivery_queued: &'static str,
        delivery_sending: &'static str,
        delivery_unconfirmed: &'static str,
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
        search_for: &'static str,
        found: Plural,
        nothing_found: &'static str,
        said_in: &'static str,
        keys: &'static str,

        refused_empty: &'static str,
        refused_long: Plural,
        refused_control: &'static str,
        refused_marks: &'static str,
        refused_too_many: &'static str,
        refused_storage: &'static str,
        refused_gone: &'static str,
        refused_not_yours: &'static str,
        refused_sent_before: &'static str,
        refused_person: &'static str,
        refused_no_group: &'static str,
        refused_guest: &'static str,
        refused_page: &'static str,
        refused_stopping: &'static str,
        refused_internal: &'static str,
        refused_unreachable: &'static str,
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
}
