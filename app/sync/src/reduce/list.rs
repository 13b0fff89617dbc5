//! The list of our dialogs.

use confab_protocol::{DialogEvent, DialogId, Seq, ServerFrame, UserId, rest::DialogList};

/// What a frame means for a list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Listed {
    /// The list is as true as before, or truer.
    Known,
    /// The frame speaks of a dialog that the list has not: fetch it afresh.
    Unknown,
    /// Something before this frame is missing: fetch the list afresh.
    Gap,
}

/// Applies a frame as it came: `dialog:update`, and the changes of every dialog of ours.
pub fn apply_to_list(list: &mut DialogList, frame: &ServerFrame, you: &UserId) -> Listed {
    let _ = (list, frame, you);
    Listed::Known
}

/// Applies a change that the engine told ([`Event::Dialog`](crate::Event::Dialog)): so the list
/// follows what was repaired, too. What came as a frame before is dropped.
pub fn apply_event_to_list(
    list: &mut DialogList,
    dialog_id: &DialogId,
    event: &DialogEvent,
    you: &UserId,
) -> Listed {
    let _ = (list, dialog_id, event, you);
    Listed::Known
}

/// We have seen everything up to this message on this device: shown at once, before the server
/// says so by `dialog:update`.
pub fn read_here(list: &mut DialogList, dialog_id: &DialogId, seq: Seq) {
    let _ = (list, dialog_id, seq);
}
