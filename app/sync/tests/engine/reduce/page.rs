//! A page of messages.

use super::*;

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
