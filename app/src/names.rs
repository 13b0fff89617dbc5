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
