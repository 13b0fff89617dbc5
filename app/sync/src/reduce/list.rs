//! The list of our dialogs, by last activity, the latest first; of two of the same moment, the one
//! with the smaller id.
//!
//! Its own changes (`dialog:update`) are numbered by `uev`, and what a `dialog:update` brings was
//! read at a position of the dialog's log. Changes of that log move the line on from there. Both are
//! dense, so what is missing shows, and then the list is fetched: nothing repairs it otherwise.

use confab_protocol::{
    Dialog, DialogChange, DialogChanged, DialogEvent, DialogId, DialogUpdate, Ev, MessageNew,
    MessageUpdate, Seq, ServerFrame, Uev, UserId, rest::DialogList,
};

use super::{Listed, Next, dialog};

/// Applies a frame as it came: `dialog:update`, and the changes of every dialog of ours.
pub fn apply_to_list(list: &mut DialogList, frame: &ServerFrame, you: &UserId) -> Listed {
    match frame {
        ServerFrame::DialogUpdate(update) => updated(list, update),
        ServerFrame::MessageNew(MessageNew { dialog_id, ev, message }) => {
            let change = DialogChange::MessageNew(message.clone());
            apply_event_to_list(list, dialog_id, &DialogEvent { ev: *ev, change }, you)
        }
        ServerFrame::MessageUpdate(MessageUpdate { dialog_id, ev, message }) => {
            let change = DialogChange::MessageUpdate(message.clone());
            apply_event_to_list(list, dialog_id, &DialogEvent { ev: *ev, change }, you)
        }
        ServerFrame::DialogChanged(DialogChanged { dialog_id, event }) => {
            apply_event_to_list(list, dialog_id, event, you)
        }
        _ => Listed::Known,
    }
}

/// Applies a change that the engine told ([`Event::Dialog`](crate::Event::Dialog)): so the list
/// follows what was repaired, too. What came as a frame before is dropped.
pub fn apply_event_to_list(
    list: &mut DialogList,
    dialog_id: &DialogId,
    event: &DialogEvent,
    you: &UserId,
) -> Listed {
    let Some(known) = line(list, dialog_id) else { return Listed::Unknown };
    match Next::after(known.ev, event.ev) {
        Next::Old => return Listed::Known,
        Next::Gap => return Listed::Gap,
        Next::Follows => dialog::apply(known, event, you),
    }
    match &event.change {
        DialogChange::MessageNew(_) => sort(list),
        DialogChange::MemberRemoved(user_id) if user_id == you => remove(list, dialog_id),
        _ => {}
    }
    Listed::Known
}

/// The engine has a dialog up to this position
/// ([`Event::DialogCaughtUp`](crate::Event::DialogCaughtUp)). [`Listed::Gap`]: its line was read before,
/// and what lies between was told before the engine listened, or never.
pub fn caught_up_in_list(list: &DialogList, dialog_id: &DialogId, at: Ev) -> Listed {
    let is_behind = |line: &Dialog| line.dialog_id == *dialog_id && line.ev < at;
    if list.dialogs.iter().any(is_behind) { Listed::Gap } else { Listed::Known }
}

/// We have seen everything up to this message on this device: shown at once, before the server
/// says so by `dialog:update`.
pub fn read_here(list: &mut DialogList, dialog_id: &DialogId, seq: Seq) {
    if let Some(known) = line(list, dialog_id) {
        dialog::read(known, seq);
    }
}

/// A line is new or another, or gone.
fn updated(list: &mut DialogList, update: &DialogUpdate) -> Listed {
    let DialogUpdate { dialog_id, uev, dialog } = update;
    if *uev <= list.uev {
        return Listed::Known;
    }
    if *uev != Uev(list.uev.0.saturating_add(1)) {
        return Listed::Gap;
    }
    match (dialog, line(list, dialog_id)) {
        // It was read before a change that the line has already.
        (Some(dialog), Some(known)) if dialog.ev < known.ev => return Listed::Gap,
        (Some(dialog), Some(known)) => dialog::renew(known, dialog),
        (Some(dialog), None) => list.dialogs.push(dialog.clone()),
        (None, _) => remove(list, dialog_id),
    }
    list.uev = *uev;
    sort(list);
    Listed::Known
}

fn line<'a>(list: &'a mut DialogList, dialog_id: &DialogId) -> Option<&'a mut Dialog> {
    list.dialogs.iter_mut().find(|dialog| dialog.dialog_id == *dialog_id)
}

fn remove(list: &mut DialogList, dialog_id: &DialogId) {
    list.dialogs.retain(|dialog| dialog.dialog_id != *dialog_id);
}

/// Puts every line in its place by letting neighbours change theirs. Mostly one line has moved, and
/// a list is short; a sort by the standard library would weigh more than the rest of this page.
fn sort(list: &mut DialogList) {
    let dialogs = &mut list.dialogs;
    for end in 1..dialogs.len() {
        let mut place = end;
        while place > 0 && is_before(&dialogs[place], &dialogs[place - 1]) {
            dialogs.swap(place, place - 1);
            place -= 1;
        }
    }
}

fn is_before(one: &Dialog, other: &Dialog) -> bool {
    let (at, other_at) = (one.last_activity_at.unix_ms(), other.last_activity_at.unix_ms());
    at > other_at || at == other_at && one.dialog_id < other.dialog_id
}
