//! The list of our dialogs.

use super::{details::update_of, *};

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
