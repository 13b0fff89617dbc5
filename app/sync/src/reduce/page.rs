//! A page of messages: a run without a gap.

use confab_protocol::{ClientId, DialogEvent, Message, UserId, rest::MessagesPage};

/// Applies the next change of the dialog. A new message is appended unless the page ends before the
/// latest; an edited or deleted one is replaced, and so is what replies show of it.
pub fn apply_event(page: &mut MessagesPage, event: &DialogEvent) {
    let _ = (page, event);
}

/// Takes in a message from elsewhere, mostly from an `ack` that came before its event. Whether the
/// page holds it now: it does not if it lies beyond a gap, and its event will bring it.
pub fn merge_message(page: &mut MessagesPage, message: &Message) -> bool {
    let _ = (page, message);
    false
}

/// Whether the page holds the message that its author knows by this name.
pub fn holds(page: &MessagesPage, sender_id: &UserId, client_id: &ClientId) -> bool {
    let _ = (page, sender_id, client_id);
    false
}

/// Puts an older page in front. `heard` is what the engine told of the dialog while that page was
/// being fetched. Whether it fits: if not, nothing is changed, and it is to be fetched again.
#[must_use]
pub fn add_older(page: &mut MessagesPage, older: MessagesPage, heard: &[DialogEvent]) -> bool {
    let _ = (page, older, heard);
    false
}

/// Puts a newer page behind; the rest as with [`add_older`].
#[must_use]
pub fn add_newer(page: &mut MessagesPage, newer: MessagesPage, heard: &[DialogEvent]) -> bool {
    let _ = (page, newer, heard);
    false
}
