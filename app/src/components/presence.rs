//! Whether people are there, and whether they are writing, in words.

use confab_protocol::{Presence, PresenceState, Username};

use super::time::when_text;
use crate::{
    names::person_name,
    words::{Words, fill},
};

/// How many of those who are typing are named.
const NAMED: usize = 3;

/// "online".
pub fn presence_name(words: &Words, state: PresenceState) -> &'static str {
    match state {
        PresenceState::Online => words.online(),
        PresenceState::Away => words.away(),
        PresenceState::Offline => words.offline(),
    }
}

/// For style sheets and tests.
pub fn state_name(state: PresenceState) -> &'static str {
    match state {
        PresenceState::Online => "online",
        PresenceState::Away => "away",
        PresenceState::Offline => "offline",
    }
}

/// "online", or "last seen 10:42".
pub fn presence_text(words: &Words, presence: &Presence) -> String {
    match (presence.state, presence.last_seen_at) {
        (PresenceState::Offline, Some(at)) => fill(words.last_seen(), &[&when_text(at)]),
        (state, _) => presence_name(words, state).to_owned(),
    }
}

/// "Anna and Bob are typing…"; without names "typing…".
pub fn typing_text(words: &Words, names: &[Username]) -> String {
    let named: Vec<String> =
        names.iter().take(NAMED).map(|name| person_name(words, name)).collect();
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    let text = match names.len() {
        0 => words.typing(),
        1 => words.typing_one(),
        2 => words.typing_two(),
        NAMED => words.typing_three(),
        _ => words.typing_many(),
    };
    fill(text, &named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    #[test]
    fn three_are_named_and_more_are_several() {
        let names = ["Anna", "Bob", "Cem", "Dia"].map(|name| Username::parse(name).unwrap());
        let text = |count| typing_text(Language::En.words(), &names[..count]);
        assert_eq!(text(0), "typing…");
        assert_eq!(text(1), "Anna is typing…");
        assert_eq!(text(2), "Anna and Bob are typing…");
        assert_eq!(text(3), "Anna, Bob and Cem are typing…");
        assert_eq!(text(4), "Several people are typing…");
    }
}
