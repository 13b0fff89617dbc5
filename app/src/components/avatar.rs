//! A circle that stands for a person or a dialog.

use stylers_macro::style_sheet;

use crate::{
    dom::{Element, scoped},
    names::is_letter,
};

/// Their colours (`--person-0` …).
const COLOURS: [&str; 6] =
    ["avatar c0", "avatar c1", "avatar c2", "avatar c3", "avatar c4", "avatar c5"];

/// The initials of a name on the colour of an id. For the eye only: the name stands beside it.
pub fn avatar(id: &str, name: &str) -> Element {
    let el = scoped(style_sheet!("app/src/components/avatar.css"));
    el("span", COLOURS[colour(id)]).attr("aria-hidden", "true").text(initials(name))
}

/// One of the colours, the same for the same id everywhere.
fn colour(id: &str) -> usize {
    // FNV-1a.
    let hash = id
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash as usize % COLOURS.len()
}

/// The first letters of the first two words. The style sheet makes them capitals, so that their tables
/// need not be downloaded.
fn initials(name: &str) -> String {
    let first = |word: &str| word.chars().find(|character| is_letter(*character));
    let letters: String = name.split_whitespace().filter_map(first).take(2).collect();
    match letters.is_empty() {
        true => name.chars().take(1).collect(),
        false => letters,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_of_the_first_two_words() {
        for (name, letters) in [
            ("Anna", "A"),
            ("ганна марія петренко", "гм"),
            ("Guest 12", "G1"),
            ("\"Bob\"", "B"),
            ("😀", "😀"),
        ] {
            assert_eq!(initials(name), letters);
        }
    }

    #[test]
    fn a_person_has_one_colour() {
        assert_eq!(colour("0199-a"), colour("0199-a"));
        assert!((0..100).all(|number| colour(&number.to_string()) < COLOURS.len()));
    }
}
