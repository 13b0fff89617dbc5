//! A dialog with its members.

use confab_protocol::{
    DialogChange, DialogEvent, DialogUpdate, Member, Receipt, Seq, UserId, rest::DialogDetails,
};

use super::{
    Listed, Next,
    dialog::{self, role},
};

/// Applies the next change of the dialog, as it reads for `you`. [`Listed::Gap`]: the details were
/// read before the engine's position, and are to be fetched again.
pub fn apply_to_details(details: &mut DialogDetails, event: &DialogEvent, you: &UserId) -> Listed {
    let DialogDetails { dialog, members } = details;
    match Next::after(dialog.ev, event.ev) {
        Next::Old => return Listed::Known,
        Next::Gap => return Listed::Gap,
        Next::Follows => dialog::apply(dialog, event, you),
    }
    match &event.change {
        DialogChange::MemberAdded(member) => members.push(member.clone()),
        DialogChange::MemberRemoved(user_id) => members.retain(|member| member.id != *user_id),
        DialogChange::OwnerChanged(user_id) => {
            members.iter_mut().for_each(|member| member.role = role(member.id == *user_id));
        }
        DialogChange::PersonUpdated(person) => {
            if let Some(member) = members.iter_mut().find(|member| member.id == person.id) {
                member.username.clone_from(&person.username);
            }
        }
        // How far its author has come with a message is told by a receipt.
        DialogChange::MessageNew(_) | DialogChange::MessageUpdate(_) | DialogChange::Renamed(_) => {
        }
    }
    Listed::Known
}

/// A member has got or seen more. The numbers only grow. [`Listed::Unknown`]: it is told of somebody
/// who is no member here, and so may have overtaken their coming, which waits for its turn in the log;
/// nobody says it again.
pub fn apply_receipt(details: &mut DialogDetails, receipt: &Receipt) -> Listed {
    let Receipt { dialog_id, user_id, delivered, read } = receipt;
    let is_here = *dialog_id == details.dialog.dialog_id;
    match is_here && !advance(&mut details.members, user_id, *delivered, *read) {
        true => Listed::Unknown,
        false => Listed::Known,
    }
}

/// Our list has another line for this dialog: read on some device, muted. [`Listed::Gap`]: it was
/// read at another position than the details, which are to be fetched.
///
/// These lines are numbered in the list alone, and only the list knows when one is missing. So what
/// is ours alone (`muted`, `read`, `unread`) is better shown from there; and when the list has a gap,
/// the details are to be fetched too.
pub fn apply_update(details: &mut DialogDetails, update: &DialogUpdate) -> Listed {
    let known = &mut details.dialog;
    if update.dialog_id != known.dialog_id {
        return Listed::Known;
    }
    match &update.dialog {
        Some(dialog) if dialog.ev == known.ev => {
            dialog::renew(known, dialog);
            Listed::Known
        }
        Some(_) => Listed::Gap,
        None => Listed::Unknown,
    }
}

/// Whether they are a member.
fn advance(members: &mut [Member], user_id: &UserId, delivered: Seq, read: Seq) -> bool {
    let Some(member) = members.iter_mut().find(|member| member.id == *user_id) else {
        return false;
    };
    member.delivered = member.delivered.max(delivered);
    member.read = member.read.max(read);
    true
}
