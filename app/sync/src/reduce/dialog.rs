//! A dialog as a line of somebody's list: what a change of its log means for it. Details and list
//! share it.

use confab_protocol::{
    Dialog, DialogChange, DialogEvent, DialogKind, Message, Person, Presence, Role, Seq, UserId,
};

/// Another reading of the dialog takes the place of this one. Who has seen a message here has seen
/// it, also if the server did not know yet; the same is true of when the other one was last here. A
/// reading without presence says nothing about it, except of who is gone for good.
pub(super) fn renew(known: &mut Dialog, dialog: &Dialog) {
    let (before, seen) = (known.presence, known.read);
    known.clone_from(dialog);
    known.presence = match (before, dialog.presence) {
        (before, None) => before.filter(|_| !peer_is_gone(dialog)),
        (Some(before), Some(now)) if before.state == now.state => {
            Some(Presence { last_seen_at: now.last_seen_at.max(before.last_seen_at), ..now })
        }
        (_, now) => now,
    };
    read(known, seen);
}

/// Whether the other one of two is gone for good; nobody asks any more whether they are here.
fn peer_is_gone(dialog: &Dialog) -> bool {
    dialog.peer.as_ref().is_some_and(|peer| peer.username.is_deleted())
}

/// Applies the next change of the dialog's log, as it reads for `you`.
pub(super) fn apply(dialog: &mut Dialog, event: &DialogEvent, you: &UserId) {
    dialog.ev = event.ev;
    match &event.change {
        DialogChange::MessageNew(message) => said(dialog, message, you),
        DialogChange::MessageUpdate(message) => {
            amended(dialog, message);
            // A deletion is the last change of a message. An earlier one that is told together with
            // the message as it is now must not be taken for it.
            if message.deleted_at.is_some() && message.ev == event.ev {
                gone(dialog, message, you);
            }
        }
        DialogChange::MemberAdded(_) => dialog.members += 1,
        DialogChange::MemberRemoved(_) => dialog.members = dialog.members.saturating_sub(1),
        DialogChange::OwnerChanged(user_id) => dialog.role = role(user_id == you),
        DialogChange::Renamed(title) => dialog.title = Some(title.clone()),
        DialogChange::PersonUpdated(person) => called(dialog, person),
    }
}

/// What someone may do in a group, depending on whether they own it.
pub(super) fn role(owns: bool) -> Role {
    if owns { Role::Owner } else { Role::Member }
}

/// We have seen everything up to this message.
pub(super) fn read(dialog: &mut Dialog, seq: Seq) {
    dialog.read = dialog.read.max(seq);
    if dialog.last_message.as_ref().is_none_or(|last| last.seq <= dialog.read) {
        dialog.unread = 0;
    }
}

/// A new message. Who says something has not read what was said before: what waits still does. Where
/// nothing waits, our own words do not either.
fn said(dialog: &mut Dialog, message: &Message, you: &UserId) {
    dialog.last_activity_at = message.created_at;
    dialog.last_message = Some(message.preview());
    if is_not_counted(dialog) {
        return;
    }
    if message.sender_id == *you {
        if dialog.unread == 0 {
            read(dialog, message.seq);
        }
    } else if message.seq > dialog.read {
        dialog.unread = (dialog.unread + 1).min(Dialog::UNREAD_MAX);
    }
}

/// Everyone is in the lobby, and for who never said how far they have read nothing waits there.
fn is_not_counted(dialog: &Dialog) -> bool {
    dialog.kind == DialogKind::Lobby && dialog.read == Seq(0) && dialog.unread == 0
}

/// Someone goes by another name: the other one of two, or who said the last message. Of who is gone
/// for good nothing is known any more.
fn called(dialog: &mut Dialog, person: &Person) {
    if let Some(peer) = dialog.peer.as_mut().filter(|peer| peer.id == person.id) {
        peer.clone_from(person);
        if person.username.is_deleted() {
            dialog.presence = None;
        }
    }
    if let Some(last) = &mut dialog.last_message {
        last.follow(person);
    }
}

fn amended(dialog: &mut Dialog, message: &Message) {
    let Some(last) = &mut dialog.last_message else { return };
    if last.message_id == message.message_id && last.ev < message.ev {
        *last = message.preview();
    }
}

/// A deleted message is not waiting to be read. Nobody knows how many there are beyond the most that
/// are counted.
fn gone(dialog: &mut Dialog, message: &Message, you: &UserId) {
    let waited = message.sender_id != *you && message.seq > dialog.read;
    if waited && dialog.unread < Dialog::UNREAD_MAX {
        dialog.unread = dialog.unread.saturating_sub(1);
    }
}
