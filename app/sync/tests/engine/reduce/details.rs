//! A dialog with its members, and as a line: the two share what a change means.

use super::*;

fn details() -> DialogDetails {
    Room::new(dialog()).details()
}

fn tells(details: &mut DialogDetails, change: DialogChange) {
    let event = DialogEvent { ev: details.dialog.ev.next(), change };
    assert_eq!(apply_to_details(details, &event, &user("me")), Listed::Known);
}

fn member(id: &str) -> Member {
    let username = Username::parse(id).expect("a name");
    Member { id: user(id), username, role: Role::Member, delivered: Seq(0), read: Seq(0) }
}

#[test]
fn members_come_go_and_own() {
    let mut here = details();
    tells(&mut here, DialogChange::MemberAdded(member("ann")));
    tells(&mut here, DialogChange::OwnerChanged(user("ann")));
    tells(&mut here, DialogChange::MemberRemoved(user("you")));
    tells(&mut here, DialogChange::Renamed("x".to_owned()));
    let members: Vec<_> =
        here.members.iter().map(|member| (member.id.as_str(), member.role)).collect();
    assert_eq!(members, [("me", Role::Member), ("ann", Role::Owner)]);
    let dialog = &here.dialog;
    assert_eq!((dialog.members, dialog.role, dialog.ev), (2, Role::Member, Ev(4)));
    assert_eq!(dialog.title.as_deref(), Some("x"));
}

#[test]
fn receipts_only_grow_and_a_message_is_none() {
    let mut here = details();
    let receipt = |delivered, read| Receipt {
        dialog_id: dialog(),
        user_id: user("you"),
        delivered: Seq(delivered),
        read: Seq(read),
    };
    for (delivered, read) in [(3, 1), (2, 2), (1, 1)] {
        assert_eq!(apply_receipt(&mut here, &receipt(delivered, read)), Listed::Known);
    }
    let elsewhere = DialogId::parse("x").unwrap();
    let elsewhere = Receipt { dialog_id: elsewhere, ..receipt(9, 9) };
    assert_eq!(apply_receipt(&mut here, &elsewhere), Listed::Known);
    let stranger = Receipt { user_id: user("zoe"), ..receipt(9, 9) };
    assert_eq!(apply_receipt(&mut here, &stranger), Listed::Unknown, "who is still to come");
    assert_eq!((here.members[1].delivered, here.members[1].read), (Seq(3), Seq(2)));
    tells(&mut here, DialogChange::MessageNew(stored("you", "y", 5)));
    assert_eq!((here.members[1].delivered, here.members[1].read), (Seq(3), Seq(2)));
}

#[test]
fn what_waits_to_be_read_is_counted() {
    let mut here = details();
    let unread = |here: &DialogDetails| here.dialog.unread;
    tells(&mut here, DialogChange::MessageNew(stored("you", "y1", 1)));
    tells(&mut here, DialogChange::MessageNew(stored("you", "y2", 2)));
    assert_eq!(unread(&here), 2);
    tells(&mut here, DialogChange::MessageUpdate(deleted(1, 3)));
    assert_eq!(unread(&here), 1);
    tells(&mut here, DialogChange::MessageNew(stored("me", "a", 3)));
    assert_eq!((unread(&here), here.dialog.read), (1, Seq(0)), "to write is not to read");
    tells(&mut here, DialogChange::MessageUpdate(deleted(2, 5)));
    assert_eq!((unread(&here), here.dialog.read), (0, Seq(0)));
    tells(&mut here, DialogChange::MessageNew(stored("me", "b", 4)));
    assert_eq!((unread(&here), here.dialog.read), (0, Seq(4)), "nothing waited");
}

#[test]
fn only_what_waits_is_taken_off_the_count() {
    let mut here = details();
    for (ev, who) in [(1, "you"), (2, "you"), (3, "me")] {
        tells(&mut here, DialogChange::MessageNew(stored(who, &format!("y{ev}"), ev)));
    }
    here.dialog.read = Seq(1);
    here.dialog.unread = 1;
    tells(&mut here, DialogChange::MessageUpdate(deleted(1, 4)));
    assert_eq!(here.dialog.unread, 1, "it was read");
    let ours = Message { sender_id: user("me"), ..deleted(3, 5) };
    tells(&mut here, DialogChange::MessageUpdate(ours));
    assert_eq!(here.dialog.unread, 1, "it was ours");
    here.dialog.unread = Dialog::UNREAD_MAX;
    tells(&mut here, DialogChange::MessageUpdate(deleted(2, 6)));
    assert_eq!(here.dialog.unread, Dialog::UNREAD_MAX, "there may be more");
}

/// A watermark may be ahead of the log: it was read on another device.
#[test]
fn what_was_read_before_it_was_told_does_not_wait() {
    let mut here = details();
    here.dialog.read = Seq(1);
    tells(&mut here, DialogChange::MessageNew(stored("you", "y1", 1)));
    assert_eq!(here.dialog.unread, 0);
    tells(&mut here, DialogChange::MessageNew(stored("you", "y2", 2)));
    assert_eq!(here.dialog.unread, 1);
}

#[test]
fn a_change_of_another_message_does_not_make_it_the_last() {
    let mut here = details();
    for seq in 1..=2 {
        tells(&mut here, DialogChange::MessageNew(stored("you", &format!("y{seq}"), seq)));
    }
    tells(&mut here, DialogChange::MessageUpdate(amended(1, 3, "x")));
    assert_eq!(here.dialog.last_message.as_ref().unwrap().seq, Seq(2));
    tells(&mut here, DialogChange::MessageUpdate(amended(2, 4, "z")));
    assert_eq!(here.dialog.last_message.unwrap().content, "z");
}

#[test]
fn in_the_lobby_nothing_waits_for_who_never_read_there() {
    let mut here = details();
    here.dialog.kind = DialogKind::Lobby;
    tells(&mut here, DialogChange::MessageNew(stored("you", "y1", 1)));
    tells(&mut here, DialogChange::MessageNew(stored("me", "a", 2)));
    assert_eq!((here.dialog.unread, here.dialog.read), (0, Seq(0)));
    here.dialog.read = Seq(2);
    tells(&mut here, DialogChange::MessageNew(stored("you", "y3", 3)));
    assert_eq!(here.dialog.unread, 1);
}

#[test]
fn a_line_shows_no_more_of_a_message_than_a_list_would() {
    let mut here = details();
    let long = Message { content: "x".repeat(999), ..reply(1, 1, &stored("you", "y0", 0)) };
    tells(&mut here, DialogChange::MessageNew(long.clone()));
    assert_eq!(here.dialog.last_message, Some(long.preview()));
    let longer = Message { ev: Ev(2), content: "y".repeat(999), ..long };
    tells(&mut here, DialogChange::MessageUpdate(longer.clone()));
    assert_eq!(here.dialog.last_message, Some(longer.preview()));
}

/// Told late, a message and an edit of it come as the message is now: deleted. It counts until its
/// deletion is told, and that once.
#[test]
fn a_message_told_as_deleted_is_taken_off_the_count_once() {
    let mut here = details();
    tells(&mut here, DialogChange::MessageNew(stored("you", "y1", 1)));
    for change in
        [DialogChange::MessageNew, DialogChange::MessageUpdate, DialogChange::MessageUpdate]
    {
        tells(&mut here, change(deleted(2, 4)));
    }
    assert_eq!(here.dialog.unread, 1);
}

pub fn update_of(uev: u64, room: &Room) -> DialogUpdate {
    DialogUpdate { dialog_id: room.id.clone(), uev: Uev(uev), dialog: Some(room.line()) }
}

#[test]
fn an_update_read_at_another_position_does_not_fit_the_details() {
    let mut room = Room::new(dialog());
    let mut here = room.details();
    room.muted = true;
    assert_eq!(apply_update(&mut here, &update_of(1, &room)), Listed::Known);
    assert!(here.dialog.muted);
    room.commit(DialogChange::Renamed("x".to_owned()));
    assert_eq!(apply_update(&mut here, &update_of(2, &room)), Listed::Gap);
    let gone = DialogUpdate { dialog: None, ..update_of(3, &room) };
    assert_eq!(apply_update(&mut here, &gone), Listed::Unknown);
}

fn seen(state: PresenceState, at: Option<u64>) -> Option<Presence> {
    Some(Presence { state, last_seen_at: at.map(Timestamp::from_unix_ms) })
}

#[test]
fn an_update_does_not_forget_when_the_other_one_was_last_here() {
    use PresenceState::{Offline, Online};
    let room = Room::new(dialog());
    let updated = |before, now| {
        let (mut here, mut update) = (room.details(), update_of(1, &room));
        here.dialog.presence = before;
        update.dialog.as_mut().unwrap().presence = now;
        assert_eq!(apply_update(&mut here, &update), Listed::Known);
        here.dialog.presence
    };
    let (noon, later) = (seen(Offline, Some(1)), seen(Offline, Some(2)));
    assert_eq!(updated(noon, None), noon, "nothing is said of it");
    assert_eq!(updated(noon, seen(Offline, None)), noon, "not noted yet");
    assert_eq!(updated(later, noon), later);
    assert_eq!(updated(noon, later), later);
    assert_eq!(updated(noon, seen(Online, None)), seen(Online, None));
    assert_eq!(updated(seen(Online, None), noon), noon);
}

fn is_called(ev: u64, who: &str, username: Username) -> DialogEvent {
    let person = Person { id: user(who), username };
    DialogEvent { ev: Ev(ev), change: DialogChange::PersonUpdated(person) }
}

#[test]
fn another_name_is_shown_of_people_and_not_of_what_they_said() {
    let (mut here, mut page) = (details(), page(1, 2, 2));
    let you = Person { id: user("you"), username: Username::parse("you").unwrap() };
    here.dialog.peer = Some(you);
    here.dialog.last_message = page.messages.last().map(Message::preview);
    let before = page.messages.clone();
    let name = Username::parse("Yolanda").unwrap();
    let _ = apply_to_details(&mut here, &is_called(1, "you", name.clone()), &user("me"));
    assert_eq!(apply_event(&mut page, &is_called(3, "you", name.clone())), Listed::Known);
    let DialogDetails { dialog, members } = &here;
    assert_eq!(dialog.peer.as_ref().unwrap().username, name);
    assert_eq!(members.iter().find(|member| member.id == user("you")).unwrap().username, name);
    assert_eq!(dialog.last_message.as_ref().unwrap().sender_name.as_str(), "you");
    assert_eq!((page.messages, page.ev), (before, Ev(3)));
}

#[test]
fn who_is_gone_for_good_has_no_name_in_anything_they_said() {
    let mut here = page(1, 1, 1);
    let original = here.messages[0].clone();
    let answer = Message { sender_id: user("ann"), ..reply(2, 2, &original) };
    let _ = apply_event(&mut here, &new(2, answer));
    let _ = apply_event(&mut here, &is_called(3, "you", Username::deleted()));
    let [said, answer] = &here.messages[..] else { panic!("{here:?}") };
    assert!(said.sender_name.is_deleted() && !answer.sender_name.is_deleted());
    assert!(answer.quote.as_ref().unwrap().sender_name.is_deleted());

    let mut line = details();
    line.dialog.last_message = Some(original);
    let gone = is_called(1, "you", Username::deleted());
    let _ = apply_to_details(&mut line, &gone, &user("me"));
    assert!(line.dialog.last_message.unwrap().sender_name.is_deleted());
}

#[test]
fn who_is_gone_for_good_is_neither_here_nor_was() {
    let mut here = details();
    let you = Person { id: user("you"), username: Username::parse("you").unwrap() };
    here.dialog.peer = Some(you);
    here.dialog.presence = seen(PresenceState::Offline, Some(1));
    let mut updated = here.clone();
    let gone = is_called(1, "you", Username::deleted());
    let _ = apply_to_details(&mut here, &gone, &user("me"));
    assert_eq!(here.dialog.presence, None);

    let dialog = Some(Dialog { ev: updated.dialog.ev, ..here.dialog });
    let update = DialogUpdate { dialog_id: updated.dialog.dialog_id.clone(), uev: Uev(1), dialog };
    assert_eq!(apply_update(&mut updated, &update), Listed::Known);
    assert_eq!(updated.dialog.presence, None);
}
