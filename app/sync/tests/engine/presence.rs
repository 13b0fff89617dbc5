//! Whether anyone is at the page is said when it changes.

use confab_protocol::ClientFrame;
use confab_sync::Input;

use crate::rig::Rig;

/// What was said since the last look: `away here`.
fn said(rig: &mut Rig) -> String {
    let word = |frame| match frame {
        ClientFrame::PresenceSet(set) => Some(if set.away { "away" } else { "here" }),
        _ => None,
    };
    rig.sent().into_iter().filter_map(word).collect::<Vec<_>>().join(" ")
}

/// Keeps the socket alive without a sign of a person.
fn passes(rig: &mut Rig, ms: u64) {
    let mut left = ms;
    while left > 0 {
        let step = left.min(10_000);
        rig.waits(step);
        rig.does(Input::Received(rig.socket, "?".to_owned()));
        left -= step;
    }
}

fn reconnects(rig: &mut Rig) {
    rig.does(Input::Drop);
    rig.waits(300);
    rig.opens();
    rig.greets("e1");
}

#[test]
fn a_page_that_is_hidden_for_10_s_is_away_and_comes_back_at_once() {
    let mut rig = Rig::connected();
    rig.does(Input::Hidden);
    rig.waits(9_999);
    assert_eq!(said(&mut rig), "");
    rig.waits(1);
    assert_eq!(said(&mut rig), "away");
    passes(&mut rig, 600_000);
    assert_eq!(said(&mut rig), "", "once is enough");
    rig.does(Input::Visible);
    assert_eq!(said(&mut rig), "here");
}

#[test]
fn a_look_into_another_tab_is_no_absence() {
    let mut rig = Rig::connected();
    for _ in 0..3 {
        rig.does(Input::Hidden);
        rig.waits(9_999);
        rig.does(Input::Visible);
        rig.waits(1);
    }
    assert_eq!(said(&mut rig), "");
}

#[test]
fn who_shows_no_sign_for_5_min_is_away_until_the_next() {
    let mut rig = Rig::connected();
    passes(&mut rig, 200_000);
    rig.does(Input::Touched);
    passes(&mut rig, 299_999);
    assert_eq!(said(&mut rig), "");
    passes(&mut rig, 1);
    assert_eq!(said(&mut rig), "away");
    rig.does(Input::Touched);
    rig.does(Input::Touched);
    assert_eq!(said(&mut rig), "here");
}

#[test]
fn a_new_socket_is_told_of_an_absence_and_of_nothing_else() {
    let mut rig = Rig::connected();
    reconnects(&mut rig);
    assert_eq!(said(&mut rig), "");
    rig.does(Input::Hidden);
    passes(&mut rig, 10_000);
    said(&mut rig);
    reconnects(&mut rig);
    assert_eq!(said(&mut rig), "away");
    rig.does(Input::Touched);
    reconnects(&mut rig);
    assert_eq!(said(&mut rig), "here");
}

#[test]
fn an_absence_that_began_without_a_socket_is_told_to_the_next() {
    let mut rig = Rig::connected();
    rig.does(Input::Drop);
    rig.does(Input::Hidden);
    rig.waits(300);
    rig.waits(5_000);
    assert_eq!(said(&mut rig), "");
    rig.opens();
    rig.greets("e1");
    assert_eq!(said(&mut rig), "");
    rig.waits(4_700);
    assert_eq!(said(&mut rig), "away");
}
