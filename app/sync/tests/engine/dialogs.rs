//! Changes arrive dense, in order, exactly once, whatever the wire does to them.

use confab_protocol::{
    ClientFrame, Connecting, Dialog, DialogChange, DialogChanged, DialogEvent, DialogEvents,
    DialogJoin, DialogReset, DialogUpdate, Epoch, ErrorCode, ErrorFrame, Ev, MessageUpdate, Pong,
    Positions, ResetReason, Resume, Uev,
};
use confab_sync::{Event, Input, Settings};

use crate::{
    rig::{Rig, dialog, event, message_new, stored},
    room::Room,
};

/// Joined at a known position and caught up with it.
fn joined(at: u64) -> Rig {
    let mut rig = Rig::connected();
    rig.does(Input::Join { dialog_id: dialog(), after: Some(Ev(at)) });
    rig.hears(sync(&[], at));
    assert_eq!(rig.story(), format!("|{at}"));
    rig.effects();
    rig
}

fn sync(events: &[u64], to: u64) -> DialogEvents {
    let events = events.iter().map(|&ev| event(ev)).collect();
    DialogEvents { dialog_id: dialog(), events, to: Ev(to) }
}

fn join(after: Option<u64>) -> ClientFrame {
    DialogJoin { dialog_id: dialog(), after: after.map(Ev) }.into()
}

fn loaded(at: u64) -> Input {
    Input::Loaded { dialog_id: dialog(), at: Ev(at) }
}

fn pong(at: u64) -> Pong {
    Pong { n: 0, positions: Positions::from([(dialog(), Ev(at))]) }
}

fn reset(why: ResetReason) -> DialogReset {
    DialogReset { dialog_id: dialog(), why }
}

#[test]
fn the_next_change_is_told_and_a_known_one_is_not() {
    let mut rig = joined(5);
    for ev in [6, 6, 5, 1, 7] {
        rig.hears(message_new(ev));
    }
    assert_eq!(rig.story(), "6 7");
}

#[test]
fn reordered_changes_are_put_in_order_without_a_question() {
    let mut rig = joined(5);
    rig.hears(message_new(8));
    rig.hears(message_new(7));
    rig.waits(499);
    assert_eq!(rig.story(), "");
    rig.hears(message_new(6));
    assert_eq!(rig.story(), "6 7 8 |8");
    rig.waits(10_000);
    assert_eq!(rig.sent(), []);
}

#[test]
fn a_gap_is_asked_for_after_half_a_second() {
    let mut rig = joined(5);
    rig.hears(message_new(8));
    rig.waits(499);
    assert_eq!(rig.sent(), []);
    rig.waits(1);
    assert_eq!(rig.sent(), [join(Some(5))]);
    rig.hears(message_new(9));
    rig.hears(sync(&[6, 7, 8], 8));
    assert_eq!(rig.story(), "6 7 8 9 |9");
}

#[test]
fn a_gap_that_closes_by_itself_after_a_break_is_told_to_have_closed() {
    let mut rig = joined(5);
    rig.loses();
    reopens(&mut rig);
    rig.effects();
    rig.hears(sync(&[], 8));
    for ev in 6..=8 {
        rig.hears(message_new(ev));
    }
    assert_eq!(rig.story(), "6 7 8 |8", "what is shown is up to date, and no longer in doubt");
    rig.waits(20_000);
    assert_eq!(rig.sent(), [], "nothing is missing");
}

#[test]
fn more_beyond_a_gap_does_not_put_off_the_question() {
    let mut rig = joined(5);
    rig.hears(message_new(8));
    rig.waits(300);
    rig.hears(message_new(9));
    rig.hears(pong(9));
    rig.waits(200);
    assert_eq!(rig.sent(), [join(Some(5))]);
}

#[test]
fn a_question_without_an_answer_is_put_again_ever_more_slowly() {
    let mut rig = joined(5);
    rig.hears(message_new(8));
    rig.waits(500);
    for wait in [5_000, 10_000, 20_000] {
        assert_eq!(rig.sent().last(), Some(&join(Some(5))));
        rig.waits(wait - 1);
        rig.does(Input::Received(rig.socket, "?".to_owned()));
        assert!(!rig.sent().contains(&join(Some(5))));
        rig.waits(1);
    }
}

#[test]
fn the_loss_of_the_last_change_shows_in_a_pong() {
    let mut rig = joined(5);
    rig.hears(pong(6));
    rig.waits(500);
    assert_eq!(rig.sent(), [join(Some(5))]);
    rig.hears(sync(&[6], 6));
    assert_eq!(rig.story(), "6 |6");
    rig.hears(pong(6));
    rig.waits(1_000);
    assert_eq!(rig.sent(), []);
}

#[test]
fn a_pong_that_overtakes_its_change_asks_nothing() {
    let mut rig = joined(5);
    rig.hears(pong(6));
    rig.hears(message_new(6));
    rig.waits(5_000);
    assert_eq!(rig.sent(), []);
}

#[test]
fn nothing_is_told_before_the_snapshot() {
    let mut rig = Rig::connected();
    rig.does(Input::Join { dialog_id: dialog(), after: None });
    assert_eq!(rig.sent(), [join(None)]);
    rig.hears(sync(&[], 5));
    for ev in [6, 7, 8] {
        rig.hears(message_new(ev));
    }
    assert_eq!(rig.story(), "");
    rig.does(loaded(7));
    assert_eq!(rig.story(), "8 |8");
    assert_eq!(rig.sent(), []);
}

#[test]
fn a_snapshot_older_than_the_join_is_completed() {
    let mut rig = Rig::connected();
    rig.does(Input::Join { dialog_id: dialog(), after: None });
    rig.hears(sync(&[], 5));
    rig.effects();
    rig.does(loaded(3));
    assert_eq!(rig.sent(), [join(Some(3))]);
    rig.hears(sync(&[4, 5], 5));
    assert_eq!(rig.story(), "4 5 |5");
}

#[test]
fn an_answer_without_events_does_not_skip_what_the_snapshot_lacks() {
    let mut rig = Rig::connected();
    rig.does(Input::Join { dialog_id: dialog(), after: None });
    rig.does(loaded(3));
    rig.effects();
    rig.hears(sync(&[], 5));
    assert_eq!(rig.story(), "");
    assert_eq!(rig.sent(), [join(Some(3))]);
    rig.hears(sync(&[4, 5], 5));
    assert_eq!(rig.story(), "4 5 |5");
}

#[test]
fn a_snapshot_before_the_socket_is_resumed_from() {
    let epoch = Epoch::parse("e1").unwrap();
    let mut rig = Rig::with(Settings { epoch: Some(epoch.clone()), ..Settings::default() });
    rig.does(Input::Join { dialog_id: dialog(), after: None });
    rig.does(loaded(3));
    rig.does(Input::Start);
    rig.opens();
    let resume = Some(Resume { epoch, positions: Positions::from([(dialog(), Ev(3))]) });
    assert_eq!(rig.sent(), [Connecting { username: None, resume }.into()]);
    rig.greets("e1");
    rig.hears(sync(&[], 3));
    assert_eq!(rig.story(), "|3");
}

#[test]
fn what_the_app_remembers_while_there_is_no_line_is_resumed_from() {
    let mut rig = Rig::connected();
    rig.does(Input::Drop);
    rig.does(Input::Join { dialog_id: dialog(), after: None });
    rig.does(loaded(3));
    rig.waits(300);
    rig.effects();
    rig.opens();
    let positions = Positions::from([(dialog(), Ev(3))]);
    let resume = Some(Resume { epoch: Epoch::parse("e1").unwrap(), positions });
    assert_eq!(rig.sent(), [Connecting { username: None, resume }.into()]);
    rig.greets("e1");
    rig.events();
    rig.hears(sync(&[4, 5], 5));
    assert_eq!(rig.story(), "4 5 |5");
}

#[test]
fn what_was_missed_while_away_is_told() {
    let mut rig = joined(5);
    rig.does(Input::Drop);
    rig.waits(300);
    rig.opens();
    rig.greets("e1");
    rig.events();
    rig.hears(message_new(8));
    rig.hears(sync(&[6, 7], 7));
    assert_eq!(rig.story(), "6 7 8 |8");
}

#[test]
fn an_answer_that_brings_nothing_is_not_asked_for_in_a_loop() {
    let mut rig = joined(5);
    rig.hears(pong(9));
    rig.waits(500);
    rig.effects();
    rig.hears(sync(&[], 5));
    assert_eq!(rig.sent(), []);
    rig.waits(500);
    assert_eq!(rig.sent(), [join(Some(5))]);
}

#[test]
fn a_reset_waits_for_a_fresh_snapshot() {
    let mut rig = joined(5);
    rig.hears(reset(ResetReason::TooFarBehind));
    rig.hears(message_new(400));
    assert_eq!(rig.story(), "TooFarBehind");
    rig.does(loaded(399));
    assert_eq!(rig.story(), "400");
    assert_eq!(rig.sent(), [join(Some(400))]);
    rig.hears(sync(&[], 400));
    assert_eq!(rig.story(), "|400");
}

/// It may answer a question that the reset overtook: whether we are heard on this socket, nobody said.
#[test]
fn an_answer_behind_a_reset_does_not_count() {
    let mut rig = joined(5);
    rig.hears(reset(ResetReason::TooFarBehind));
    rig.hears(sync(&[], 400));
    rig.does(loaded(400));
    assert_eq!(rig.sent(), [join(Some(400))]);
}

#[test]
fn a_dialog_that_waits_for_its_snapshot_is_not_asked_for_by_our_list() {
    let mut rig = joined(5);
    rig.hears(reset(ResetReason::TooFarBehind));
    rig.hears(listed(Some(Room::new(dialog()).line())));
    assert_eq!(rig.sent(), []);
}

#[test]
fn a_dialog_of_another_epoch_is_told_though_no_greeting_said_so() {
    let mut rig = joined(5);
    rig.hears(reset(ResetReason::OtherEpoch));
    assert_eq!(rig.story(), "OtherEpoch");
    assert_eq!(rig.sent(), []);
}

/// The snapshot may be one of a restored database, which we hear of on the next socket.
#[test]
fn what_waits_beyond_a_gap_is_void_with_its_socket() {
    let mut rig = joined(5);
    rig.hears(message_new(400));
    rig.hears(reset(ResetReason::TooFarBehind));
    rig.loses();
    rig.does(loaded(399));
    assert_eq!(rig.story(), "TooFarBehind");
}

#[test]
fn a_position_ahead_of_the_log_is_forgotten() {
    let mut rig = joined(5);
    rig.hears(message_new(9));
    rig.hears(reset(ResetReason::AheadOfLog));
    rig.does(loaded(2));
    rig.hears(sync(&[], 2));
    rig.hears(message_new(3));
    assert_eq!(rig.story(), "AheadOfLog |2 3");
}

#[test]
fn another_epoch_is_told_once() {
    let mut rig = joined(5);
    rig.hears(message_new(7));
    rig.does(Input::Drop);
    rig.waits(300);
    rig.opens();
    rig.greets("e2");
    rig.hears(reset(ResetReason::OtherEpoch));
    assert_eq!(rig.story(), "OtherEpoch");
    rig.does(loaded(2));
    rig.hears(sync(&[3], 3));
    assert_eq!(rig.story(), "3 |3");
}

#[test]
fn another_epoch_is_told_once_even_to_a_quick_app() {
    let mut rig = joined(5);
    rig.does(Input::Drop);
    rig.waits(300);
    rig.opens();
    rig.establishes("e2");
    rig.does(loaded(2));
    rig.effects();
    rig.hears(reset(ResetReason::OtherEpoch));
    assert_eq!(rig.sent(), [join(Some(2))]);
    rig.hears(sync(&[3], 3));
    assert_eq!(rig.story(), "OtherEpoch 3 |3");
}

#[test]
fn the_same_epoch_changes_nothing() {
    let mut rig = joined(5);
    rig.establishes("e1");
    assert_eq!(rig.story(), "");
}

#[test]
fn more_than_512_changes_beyond_a_gap_are_asked_for_in_turn() {
    let mut rig = joined(0);
    for ev in 2..=600 {
        rig.hears(message_new(ev));
    }
    rig.waits(500);
    assert_eq!(rig.sent(), [join(Some(0))]);
    rig.hears(sync(&[1], 1));
    assert!(rig.story().ends_with(" 512 513"));
    assert_eq!(rig.sent(), [join(Some(513))]);
    rig.hears(sync(&(514..=600).collect::<Vec<_>>(), 600));
    assert!(rig.story().ends_with(" 600 |600"));
}

#[test]
fn what_the_snapshot_contains_takes_no_room() {
    let mut rig = Rig::connected();
    rig.does(Input::Join { dialog_id: dialog(), after: None });
    rig.hears(sync(&[], 0));
    for ev in 1..=512 {
        rig.hears(message_new(ev));
    }
    rig.does(loaded(512));
    rig.hears(message_new(514));
    rig.hears(message_new(513));
    assert_eq!(rig.story(), "|512 513 514 |514");
}

#[test]
fn who_left_hears_no_more() {
    let mut rig = joined(5);
    rig.hears(message_new(7));
    rig.does(Input::Leave { dialog_id: dialog() });
    assert_eq!(rig.trace(), "dialog:leave, live");
    rig.hears(message_new(6));
    rig.hears(sync(&[6], 6));
    rig.does(loaded(9));
    rig.waits(20_000);
    assert_eq!(rig.story(), "");
    assert_eq!(rig.sent(), []);
}

#[test]
fn who_never_joined_leaves_nothing() {
    let mut rig = Rig::connected();
    rig.does(Input::Leave { dialog_id: dialog() });
    assert_eq!(rig.sent(), []);
}

#[test]
fn no_number_is_too_large() {
    let mut rig = joined(u64::MAX - 1);
    rig.hears(message_new(u64::MAX));
    rig.hears(message_new(u64::MAX));
    rig.does(loaded(u64::MAX));
    rig.hears(sync(&[1], u64::MAX));
    assert!(rig.story().starts_with("18446744073709551615 |"));
}

fn denied(code: ErrorCode) -> ErrorFrame {
    let (message, kind) = (String::new(), Some("dialog:join".to_owned()));
    ErrorFrame { code, message, kind, dialog_id: Some(dialog()) }
}

/// Our list says whether the dialog is ours.
fn listed(dialog: Option<Dialog>) -> DialogUpdate {
    DialogUpdate { dialog_id: crate::rig::dialog(), uev: Uev(1), dialog }
}

fn reopens(rig: &mut Rig) {
    rig.does(Input::Drop);
    rig.waits(300);
    rig.opens();
    rig.greets("e1");
}

#[test]
fn every_kind_of_change_is_told() {
    let mut rig = joined(5);
    let message = stored("you", "y", 1);
    rig.hears(MessageUpdate { dialog_id: dialog(), ev: Ev(6), message: message.clone() });
    let renamed = DialogEvent { ev: Ev(7), change: DialogChange::Renamed("x".to_owned()) };
    rig.hears(DialogChanged { dialog_id: dialog(), event: renamed.clone() });
    let told = rig.events().into_iter().filter_map(|event| match event {
        Event::Dialog { event, .. } => Some(event),
        _ => None,
    });
    let updated = DialogEvent { ev: Ev(6), change: DialogChange::MessageUpdate(message) };
    assert_eq!(told.collect::<Vec<_>>(), [updated, renamed]);
}

#[test]
fn a_dialog_that_is_denied_is_not_asked_for_again() {
    let mut rig = Rig::connected();
    rig.does(Input::Join { dialog_id: dialog(), after: Some(Ev(5)) });
    rig.effects();
    rig.hears(denied(ErrorCode::UnknownDialog));
    rig.hears(denied(ErrorCode::UnknownDialog));
    assert_eq!(rig.story(), "denied");
    rig.hears(message_new(9));
    rig.hears(pong(9));
    rig.waits(20_000);
    assert!(!rig.sent().iter().any(|frame| frame.kind() == "dialog:join"));
    reopens(&mut rig);
    assert!(rig.sent().contains(&join(None)), "another socket is asked once");
    rig.hears(denied(ErrorCode::UnknownDialog));
    rig.waits(20_000);
    assert!(!rig.said().split(' ').any(|kind| kind == "dialog:join"));
    assert_eq!(rig.story(), "", "the app knows already");
}

#[test]
fn what_is_refused_for_now_is_asked_for_again() {
    let mut rig = Rig::connected();
    rig.does(Input::Join { dialog_id: dialog(), after: Some(Ev(5)) });
    rig.effects();
    rig.hears(denied(ErrorCode::StorageUnavailable));
    rig.waits(5_000);
    assert_eq!(rig.sent(), [join(Some(5))]);
    assert_eq!(rig.story(), "");
}

#[test]
fn who_is_turned_out_while_looking_is_told_and_asks_no_more() {
    let mut rig = joined(5);
    rig.hears(message_new(8));
    rig.hears(listed(None));
    assert_eq!(rig.story(), "denied");
    rig.waits(20_000);
    assert_eq!(rig.sent(), []);
}

#[test]
fn who_is_let_in_again_reads_afresh() {
    let mut rig = joined(5);
    rig.hears(listed(None));
    rig.events();
    rig.hears(listed(Some(Room::new(dialog()).line())));
    assert_eq!(rig.sent(), [join(None)]);
    rig.hears(sync(&[], 9));
    assert_eq!(rig.story(), "TooFarBehind");
    rig.does(loaded(9));
    rig.hears(message_new(10));
    assert_eq!(rig.story(), "|9 10");
}

#[test]
fn a_line_of_the_list_asks_nothing_of_a_dialog_that_is_heard() {
    let mut rig = joined(5);
    rig.hears(listed(Some(Room::new(dialog()).line())));
    assert_eq!(rig.sent(), []);
}
