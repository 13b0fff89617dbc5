//! What people and dialogs are called on a screen.

use confab_protocol::{Dialog, DialogKind, Username};

use crate::words::{Words, fill};

/// What someone is called.
pub fn person_name(words: &Words, name: &Username) -> String {
    if name.is_deleted() { words.deleted_user().to_owned() } else { name.as_str().to_owned() }
}

/// What a dialog is called for who looks at it.
pub fn dialog_name(words: &Words, dialog: &Dialog) -> String {
    match (dialog.kind, &dialog.peer, &dialog.title) {
        (DialogKind::Direct, Some(peer), _) => person_name(words, &peer.username),
        (DialogKind::Group, _, Some(title)) => title.clone(),
        _ => words.lobby().to_owned(),
    }
}

/// The title of a page about something.
pub fn page_title(words: &Words, about: &str) -> String {
    fill(words.title(), &[about])
}

/// Whether a character belongs to a word. Near enough, and without the tables of Unicode, which would
/// be downloaded: beyond ASCII all but punctuation and pictures.
pub fn is_letter(character: char) -> bool {
    let is_beyond = matches!(character, '\u{c0}'..'\u{1f000}');
    let is_sign = matches!(character, '\u{2000}'..='\u{2bff}' | '\u{3000}'..='\u{303f}');
    character.is_ascii_alphanumeric() || is_beyond && !is_sign
}
