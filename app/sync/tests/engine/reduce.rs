//! The reducers case by case; `truth.rs` holds them to their law.

use confab_protocol::{
    Dialog, DialogChange, DialogChanged, DialogEvent, DialogId, DialogKind, DialogUpdate, Ev,
    Member, Message, MessageNew, MessageUpdate, Person, Presence, PresenceState, Quote, Receipt,
    Role, Seq, ServerFrame, Timestamp, Uev, Username,
    rest::{DialogDetails, DialogList, MessagesPage},
};
use confab_sync::{
    DeliveryState, Event, Input,
    reduce::{
        Listed, add_newer, add_older, apply_event, apply_event_to_list, apply_receipt,
        apply_to_details, apply_to_list, apply_update, caught_up_in_list, holds, merge_message,
        read_here,
    },
};

use crate::{
    rig::{Rig, client_id, dialog, send, stored, user},
    room::Room,
};

/// Messages `from..=to`, each as it was stored at the change of its number.
fn page(from: u64, to: u64, ev: u64) -> MessagesPage {
    let messages = (from..=to).map(|seq| stored("you", &format!("y{seq}"), seq)).collect();
    MessagesPage { messages, ev: Ev(ev), has_more: from > 1, has_newer: false }
}

fn new(ev: u64, message: Message) -> DialogEvent {
    DialogEvent { ev: Ev(ev), change: DialogChange::MessageNew(message) }
}

fn update(ev: u64, message: Message) -> DialogEvent {
    DialogEvent { ev: Ev(ev), change: DialogChange::MessageUpdate(message) }
}

fn amended(seq: u64, ev: u64, content: &str) -> Message {
    Message { ev: Ev(ev), content: content.to_owned(), ..stored("you", &format!("y{seq}"), seq) }
}

fn deleted(seq: u64, ev: u64) -> Message {
    Message { deleted_at: Some(Timestamp::from_unix_ms(9)), ..amended(seq, ev, "") }
}

fn reply(seq: u64, ev: u64, to: &Message) -> Message {
    let (reply_to, quote) = (Some(to.message_id.clone()), Some(Quote::of(to)));
    Message { ev: Ev(ev), reply_to, quote, ..stored("you", &format!("y{seq}"), seq) }
}

/// `1@1 2@5` is two messages with their last changes.
fn run(page: &MessagesPage) -> String {
    let words = page.messages.iter().map(|message| format!("{}@{}", message.seq, message.ev));
    words.collect::<Vec<_>>().join(" ")
}

fn quoted(page: &MessagesPage, place: usize) -> &str {
    page.messages[place].quote.as_ref().map_or("", |quote| quote.content.as_str())
}

#[test]
fn a_change_is_applied_once_and_in_its_turn() {
    let mut here = page(1, 2, 2);
    assert_eq!(apply_event(&mut here, &new(3, stored("you", "y3", 3))), Listed::Known);
    assert_eq!(apply_event(&mut here, &new(3, stored("you", "y3", 3))), Listed::Known);
    assert_eq!(apply_event(&mut here, &update(5, amended(1, 5, "x"))), Listed::Gap);
    assert_eq!((run(&here).as_str(), here.ev), ("1@1 2@2 3@3", Ev(3)));
    let _ = apply_event(&mut here, &update(4, amended(1, 4, "x")));
    assert_eq!((run(&here).as_str(), here.ev), ("1@4 2@2 3@3", Ev(4)));
}

#[test]
fn a_message_that_is_told_with_a_later_state_keeps_it() {
    let mut here = page(1, 1, 1);
    let _ = apply_event(&mut here, &new(2, amended(2, 4, "late")));
    let _ = apply_event(&mut here, &update(3, amended(2, 3, "early")));
    let _ = apply_event(&mut here, &update(4, amended(2, 4, "late")));
    assert_eq!(here.messages[1].content, "late");
    assert_eq!((run(&here).as_str(), here.ev), ("1@1 2@4", Ev(4)));
}

#[test]
fn a_page_that_ends_before_the_latest_takes_no_new_message() {
    let mut here = MessagesPage { has_newer: true, ..page(3, 4, 9) };
    let _ = apply_event(&mut here, &new(10, stored("you", "y9", 9)));
    assert_eq!((run(&here).as_str(), here.ev, here.has_newer), ("3@3 4@4", Ev(10), true));
}

#[test]
fn a_new_message_beyond_a_gap_shows_that_there_are_newer_ones() {
    let mut here = page(1, 2, 2);
    let _ = apply_event(&mut here, &new(3, stored("you", "y9", 9)));
    assert_eq!((run(&here).as_str(), here.ev, here.has_newer), ("1@1 2@2", Ev(3), true));
}

#[test]
fn an_ack_first_and_an_event_first_leave_one_bubble() {
    let message = stored("me", "a", 2);
    for ack_first in [true, false] {
        let mut here = page(1, 1, 1);
        if ack_first {
            assert!(merge_message(&mut here, &message));
        }
        let _ = apply_event(&mut here, &new(2, message.clone()));
        assert!(merge_message(&mut here, &message));
        assert_eq!(run(&here), "1@1 2@2");
        assert!(holds(&here, &user("me"), &client_id("a")));
        assert!(!holds(&here, &user("you"), &client_id("a")));
    }
}

/// The same with the engine: whichever comes first, it says `stored` once, and the page ends alike.
#[test]
fn the_engine_and_the_page_make_one_bubble_of_a_message() {
    for ack_first in [true, false] {
        let mut rig = Rig::connected();
        rig.does(Input::Join { dialog_id: dialog(), after: Some(Ev(1)) });
        rig.does(Input::Send(send("a")));
        let message = stored("me", "a", 2);
        let new = MessageNew { dialog_id: dialog(), ev: Ev(2), message: message.clone() };
        let ack = confab_protocol::Ack { client_id: client_id("a"), message, duplicate: false };
        if ack_first {
            rig.hears(ack.clone());
        }
        rig.hears(new);
        rig.hears(ack);
        let mut here = page(1, 1, 1);
        let mut times = 0;
        for event in rig.events() {
            match event {
                Event::Dialog { event, .. } => {
                    let _ = apply_event(&mut here, &event);
                }
                Event::Outbox(delivery) => {
                    if let DeliveryState::Stored(message) = delivery.state {
                        times += 1;
                        assert!(merge_message(&mut here, &message));
                    }
                }
                _ => {}
            }
        }
        assert_eq!((run(&here).as_str(), times), ("1@1 2@2", 1));
        assert_eq!(rig.client.outbox().count(), 0);
    }
}

#[test]
fn an_ack_beyond_a_gap_waits_for_its_event() {
    let mut here = page(1, 1, 1);
    assert!(!merge_message(&mut here, &stored("me", "a", 3)));
    let mut nobody_spoke = page(1, 0, 0);
    assert!(!merge_message(&mut nobody_spoke, &stored("me", "a", 2)));
    assert!(merge_message(&mut nobody_spoke, &stored("me", "a", 1)));
    assert_eq!((run(&here).as_str(), run(&nobody_spoke).as_str()), ("1@1", "1@1"));
}

#[test]
fn what_a_reply_shows_follows_its_original() {
    let original = stored("you", "y1", 1);
    let mut here = page(1, 1, 1);
    let _ = apply_event(&mut here, &new(2, reply(2, 2, &original)));
    let _ = apply_event(&mut here, &update(3, amended(1, 3, "x")));
    assert_eq!(quoted(&here, 1), "x");
    let _ = apply_event(&mut here, &update(4, deleted(1, 4)));
    assert!(here.messages[1].quote.as_ref().unwrap().deleted);
    let mut beyond = MessagesPage { messages: vec![reply(2, 2, &original)], ..page(2, 2, 2) };
    let _ = apply_event(&mut beyond, &update(3, amended(1, 3, "x")));
    assert_eq!(quoted(&beyond, 0), "x", "also where the original is not in the page");
}

/// A reply comes as it was read; its original may have changed on the screen since.
#[test]
fn a_reply_shows_its_original_as_it_stands_above_it() {
    let original = stored("you", "y1", 1);
    let changed = || MessagesPage { messages: vec![amended(1, 2, "x")], ..page(1, 1, 2) };
    let mut here = changed();
    let _ = apply_event(&mut here, &new(3, reply(2, 3, &original)));
    assert_eq!(quoted(&here, 1), "x", "when it is said");

    let mut here = changed();
    let behind = MessagesPage { messages: vec![reply(2, 3, &original)], ..page(2, 2, 3) };
    assert!(add_newer(&mut here, behind.clone(), &[]));
    assert_eq!(quoted(&here, 1), "x", "when it comes behind");

    let mut here = behind;
    assert!(add_older(&mut here, MessagesPage { ev: Ev(3), ..changed() }, &[]));
    assert_eq!(quoted(&here, 1), "x", "when its original comes in front");

    let mut here = MessagesPage {
        messages: vec![amended(1, 2, "x"), reply(2, 3, &original)],
        ..page(1, 2, 3)
    };
    let _ = apply_event(
        &mut here,
        &update(4, Message { content: "y".to_owned(), ..reply(2, 4, &original) }),
    );
    assert_eq!(quoted(&here, 1), "x", "when it is edited");
}

/// Its original is not in the page, so what was heard of it last is all there is.
#[test]
fn the_same_state_of_a_reply_does_not_set_back_what_it_shows() {
    let original = stored("you", "y1", 1);
    let mut here = MessagesPage { messages: vec![reply(2, 2, &original)], ..page(2, 2, 2) };
    let _ = apply_event(&mut here, &update(3, amended(1, 3, "x")));
    assert!(merge_message(&mut here, &reply(2, 2, &original)));
    assert_eq!(quoted(&here, 0), "x");
}

#[test]
fn an_older_page_goes_in_front_without_doubles() {
    let mut here = page(3, 4, 4);
    let overlapping = MessagesPage { messages: page(1, 3, 6).messages, ..page(1, 3, 6) };
    assert!(add_older(&mut here, overlapping, &[]));
    assert_eq!((run(&here).as_str(), here.ev), ("1@1 2@2 3@3 4@4", Ev(4)));
    assert!(!here.has_more);
}

#[test]
fn an_older_page_that_missed_a_change_on_the_screen_is_fetched_again() {
    let mut here = page(3, 4, 5);
    assert!(!add_older(&mut here, page(1, 2, 4), &[]));
    assert_eq!(run(&here), "3@3 4@4");
    let heard = [update(5, amended(2, 5, "x"))];
    assert!(add_older(&mut here, page(1, 2, 4), &heard));
    assert_eq!(run(&here), "1@1 2@5 3@3 4@4");
}

#[test]
fn an_older_page_from_after_a_change_to_come_is_not_set_back_by_it() {
    let mut here = page(3, 4, 4);
    let mut older = page(1, 2, 6);
    older.messages[1] = amended(2, 6, "new");
    assert!(add_older(&mut here, older, &[]));
    let _ = apply_event(&mut here, &update(5, amended(2, 5, "old")));
    let _ = apply_event(&mut here, &update(6, amended(2, 6, "new")));
    assert_eq!((run(&here).as_str(), here.ev), ("1@1 2@6 3@3 4@4", Ev(6)));
}

#[test]
fn pages_with_a_gap_between_do_not_join() {
    let mut here = page(5, 6, 6);
    assert!(!add_older(&mut here, page(1, 3, 6), &[]));
    assert!(!add_newer(&mut here, page(8, 9, 9), &[]));
    assert!(!add_older(&mut here, page(7, 9, 9), &[]), "newer in front");
    assert_eq!(run(&here), "5@5 6@6");
}

#[test]
fn a_newer_page_that_missed_a_change_on_the_screen_is_fetched_again() {
    let shown = || MessagesPage { has_newer: true, ..page(1, 2, 5) };
    let mut here = shown();
    assert!(!add_newer(&mut here, page(3, 4, 4), &[]));
    assert_eq!(run(&here), "1@1 2@2");
    assert!(add_newer(&mut here, page(3, 4, 4), &[update(5, amended(3, 5, "x"))]));
    assert_eq!(run(&here), "1@1 2@2 3@5 4@4");
    let mut here = shown();
    assert!(add_newer(&mut here, page(3, 4, 6), &[]), "what it knows already is still to come");
    assert_eq!((run(&here).as_str(), here.ev), ("1@1 2@2 3@3 4@4", Ev(5)));
}

#[test]
fn newer_pages_lead_to_the_latest_messages() {
    let mut here = MessagesPage { has_newer: true, ..page(1, 2, 4) };
    assert!(add_newer(&mut here, MessagesPage { has_newer: true, ..page(3, 3, 4) }, &[]));
    assert!(here.has_newer);
    assert!(add_newer(&mut here, page(4, 4, 4), &[]));
    assert!(!here.has_newer);
    let _ = apply_event(&mut here, &new(5, stored("you", "y5", 5)));
    assert_eq!(run(&here), "1@1 2@2 3@3 4@4 5@5");
}

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

fn update_of(uev: u64, room: &Room) -> DialogUpdate {
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

/// Two dialogs, `d` before `x` because nothing was said in either.
fn list() -> (DialogList, [Room; 2]) {
    let rooms = ["d", "x"].map(|id| Room::new(DialogId::parse(id).expect("an id")));
    let dialogs = rooms.iter().map(Room::line).collect();
    (DialogList { dialogs, uev: Uev(4) }, rooms)
}

fn ids(list: &DialogList) -> String {
    list.dialogs.iter().map(|dialog| dialog.dialog_id.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_last_active_dialog_comes_first() {
    let (mut here, rooms) = list();
    let created_at = Timestamp::from_unix_ms(7);
    let message = Message { created_at, ..stored("you", "y", 1) };
    let new = MessageNew { dialog_id: rooms[1].id.clone(), ev: Ev(1), message };
    assert_eq!(apply_to_list(&mut here, &new.clone().into(), &user("me")), Listed::Known);
    assert_eq!(apply_to_list(&mut here, &new.into(), &user("me")), Listed::Known);
    assert_eq!((ids(&here).as_str(), here.dialogs[0].unread), ("x d", 1));
}

#[test]
fn a_line_goes_as_far_up_as_it_is_the_later() {
    let rooms = ["a", "b", "c", "d"].map(|id| Room::new(DialogId::parse(id).expect("an id")));
    let mut here = DialogList { dialogs: rooms.iter().map(Room::line).collect(), uev: Uev(4) };
    let created_at = Timestamp::from_unix_ms(7);
    let message = Message { created_at, ..stored("you", "y", 1) };
    let _ = apply_event_to_list(&mut here, &rooms[3].id, &new(1, message), &user("me"));
    assert_eq!(ids(&here), "d a b c");
    let earlier = Message { created_at: Timestamp::from_unix_ms(6), ..stored("you", "y", 1) };
    let _ = apply_event_to_list(&mut here, &rooms[2].id, &new(1, earlier), &user("me"));
    assert_eq!(ids(&here), "d c a b");
}

#[test]
fn every_kind_of_change_moves_the_line_on() {
    let (mut here, [room, _]) = list();
    let (dialog_id, you) = (room.id.clone(), user("me"));
    let message = stored("you", "y", 1);
    let new = MessageNew { dialog_id: dialog_id.clone(), ev: Ev(1), message: message.clone() };
    let message = Message { ev: Ev(2), content: "x".to_owned(), ..message };
    let update = MessageUpdate { dialog_id: dialog_id.clone(), ev: Ev(2), message };
    let renamed = DialogEvent { ev: Ev(3), change: DialogChange::Renamed("tea".to_owned()) };
    let changed = DialogChanged { dialog_id, event: renamed };
    for frame in [ServerFrame::from(new), update.into(), changed.into()] {
        assert_eq!(apply_to_list(&mut here, &frame, &you), Listed::Known);
    }
    let line = here.dialogs.iter().find(|line| line.dialog_id == room.id).unwrap();
    assert_eq!((line.ev, line.title.as_deref()), (Ev(3), Some("tea")));
    assert_eq!(line.last_message.as_ref().unwrap().content, "x");
}

#[test]
fn who_else_goes_takes_no_line_of_ours() {
    let (mut here, [room, _]) = list();
    let out = DialogEvent { ev: Ev(1), change: DialogChange::MemberRemoved(user("you")) };
    assert_eq!(apply_event_to_list(&mut here, &room.id, &out, &user("me")), Listed::Known);
    assert_eq!((ids(&here).as_str(), here.dialogs[0].members), ("d x", 1));
}

#[test]
fn an_update_read_where_the_line_stands_is_taken() {
    let (mut here, [mut room, _]) = list();
    room.muted = true;
    assert_eq!(apply_to_list(&mut here, &update_of(5, &room).into(), &user("me")), Listed::Known);
    assert!(here.dialogs[0].muted && here.uev == Uev(5));
}

#[test]
fn a_line_that_was_read_before_the_engine_listened_is_fetched() {
    let (here, rooms) = list();
    let line = here.dialogs.iter().find(|line| line.dialog_id == rooms[0].id).unwrap();
    assert_eq!(caught_up_in_list(&here, &rooms[0].id, line.ev), Listed::Known);
    assert_eq!(caught_up_in_list(&here, &rooms[0].id, Ev(line.ev.0 + 1)), Listed::Gap);
    let elsewhere = DialogId::parse("elsewhere").unwrap();
    assert_eq!(caught_up_in_list(&here, &elsewhere, Ev(9)), Listed::Known);
}

#[test]
fn what_a_list_cannot_know_is_fetched() {
    let (mut here, rooms) = list();
    let before = here.clone();
    let you = user("me");
    let later = new(2, stored("you", "y", 2));
    assert_eq!(apply_event_to_list(&mut here, &rooms[0].id, &later, &you), Listed::Gap);
    let elsewhere = DialogId::parse("z").unwrap();
    assert_eq!(apply_event_to_list(&mut here, &elsewhere, &later, &you), Listed::Unknown);
    let gap = apply_to_list(&mut here, &update_of(6, &rooms[0]).into(), &you);
    let old = apply_to_list(&mut here, &update_of(4, &rooms[0]).into(), &you);
    assert_eq!((gap, old), (Listed::Gap, Listed::Known));
    assert_eq!(here, before);
}

#[test]
fn an_update_from_before_a_change_of_the_line_is_not_believed() {
    let (mut here, rooms) = list();
    let you = user("me");
    let _ = apply_event_to_list(&mut here, &rooms[0].id, &new(1, stored("you", "y", 1)), &you);
    let before = here.clone();
    assert_eq!(apply_to_list(&mut here, &update_of(5, &rooms[0]).into(), &you), Listed::Gap);
    assert_eq!(here, before);
}

#[test]
fn dialogs_appear_and_disappear() {
    let (mut here, [first, _]) = list();
    let you = user("me");
    let gone = DialogUpdate { dialog: None, ..update_of(5, &first) };
    assert_eq!(apply_to_list(&mut here, &gone.into(), &you), Listed::Known);
    assert_eq!(ids(&here), "x");
    assert_eq!(apply_to_list(&mut here, &update_of(6, &first).into(), &you), Listed::Known);
    assert_eq!(ids(&here), "d x");
    let out = DialogEvent { ev: Ev(1), change: DialogChange::MemberRemoved(user("me")) };
    assert_eq!(apply_event_to_list(&mut here, &first.id, &out, &you), Listed::Known);
    assert_eq!((ids(&here).as_str(), here.uev), ("x", Uev(6)));
}

#[test]
fn what_was_seen_here_is_seen_before_the_server_says_so() {
    let (mut here, [room, _]) = list();
    let you = user("me");
    for seq in 1..=2 {
        let new = new(seq, stored("you", &format!("y{seq}"), seq));
        let _ = apply_event_to_list(&mut here, &room.id, &new, &you);
    }
    read_here(&mut here, &room.id, Seq(1));
    assert_eq!((here.dialogs[0].unread, here.dialogs[0].read), (2, Seq(1)), "the server counts");
    read_here(&mut here, &room.id, Seq(2));
    assert_eq!(here.dialogs[0].unread, 0);
    let behind = confab_protocol::Dialog { unread: 2, read: Seq(0), ..here.dialogs[0].clone() };
    let (dialog_id, uev) = (room.id.clone(), Uev(5));
    let update = DialogUpdate { dialog_id, uev, dialog: Some(behind) };
    let _ = apply_to_list(&mut here, &update.into(), &you);
    assert_eq!((here.dialogs[0].unread, here.dialogs[0].read), (0, Seq(2)), "and does not go back");
}
