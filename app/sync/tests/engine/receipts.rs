//! How far we have come is said, seldom and never less.

use confab_protocol::{
    ClientFrame, DialogId, ErrorCode, ErrorFrame, Pong, Positions, Seq, ServerFrame,
};
use confab_sync::{Effect, Input};
use proptest::{collection::vec, prelude::*};

use crate::rig::{Rig, dialog};

fn read(seq: u64) -> Input {
    Input::Read { dialog_id: dialog(), seq: Seq(seq) }
}

fn delivered(seq: u64) -> Input {
    Input::Delivered { dialog_id: dialog(), seq: Seq(seq) }
}

/// What was said since the last look: `d5 r5`.
fn said(rig: &mut Rig) -> String {
    let word = |frame| match frame {
        ClientFrame::MessageDelivered(got) => Some(format!("d{}", got.seq)),
        ClientFrame::MessageRead(seen) => Some(format!("r{}", seen.seq)),
        _ => None,
    };
    rig.sent().into_iter().filter_map(word).collect::<Vec<_>>().join(" ")
}

fn reconnects(rig: &mut Rig, epoch: &str) {
    rig.does(Input::Drop);
    rig.does(Input::Reconnect);
    rig.opens();
    rig.greets(epoch);
}

/// A ping, and the answer to it.
fn pings(rig: &mut Rig) {
    rig.effects();
    rig.does(Input::Visible);
    let ping = rig.effects().into_iter().find_map(|effect| match effect {
        Effect::Send { text, .. } => match ClientFrame::decode(&text).expect("a frame of ours") {
            ClientFrame::Ping(ping) => Some(ping.n),
            _ => None,
        },
        _ => None,
    });
    rig.hears(Pong { n: ping.expect("a ping"), positions: Positions::new() });
}

#[test]
fn a_watermark_is_said_at_once_and_then_once_a_second() {
    let mut rig = Rig::connected();
    for seq in 1..=5 {
        rig.does(read(seq));
    }
    assert_eq!(said(&mut rig), "r1");
    rig.waits(999);
    assert_eq!(said(&mut rig), "");
    rig.waits(1);
    assert_eq!(said(&mut rig), "r5");
    rig.waits(10_000);
    assert_eq!(said(&mut rig), "");
}

#[test]
fn a_page_that_goes_says_what_waits_for_its_second() {
    for (goes, ends) in [(Input::Hidden, "live"), (Input::Stop, "close 0 1000, Stopped")] {
        let mut rig = Rig::connected();
        rig.does(read(1));
        rig.does(delivered(2));
        rig.does(read(2));
        rig.does(delivered(3));
        assert_eq!(said(&mut rig), "r1 d2");
        rig.does(goes);
        let last = rig.trace();
        assert_eq!(last, ["message:read, message:delivered, ", ends].concat());
        rig.does(Input::Hidden);
        rig.waits(2_000);
        assert_eq!(said(&mut rig), "", "once is enough");
    }
}

#[test]
fn a_page_that_goes_without_a_socket_says_nothing() {
    let mut rig = Rig::new();
    rig.does(read(1));
    rig.does(Input::Start);
    rig.opens();
    rig.does(Input::Hidden);
    assert_eq!(said(&mut rig), "", "nobody has greeted us");
    rig.greets("e1");
    assert_eq!(said(&mut rig), "r1");
    rig.does(read(2));
    rig.loses();
    rig.does(Input::Stop);
    assert_eq!(said(&mut rig), "");
}

#[test]
fn less_than_before_is_not_said() {
    let mut rig = Rig::connected();
    rig.does(read(5));
    rig.waits(2_000);
    rig.does(read(4));
    rig.does(read(5));
    rig.waits(2_000);
    assert_eq!(said(&mut rig), "r5");
}

#[test]
fn who_has_seen_a_message_has_got_it() {
    let mut rig = Rig::connected();
    rig.does(read(5));
    rig.does(delivered(5));
    assert_eq!(said(&mut rig), "r5");
    rig.does(delivered(6));
    assert_eq!(said(&mut rig), "d6", "another kind, another second");
}

#[test]
fn what_a_socket_took_with_it_unheard_is_said_again() {
    let mut rig = Rig::connected();
    rig.does(read(5));
    said(&mut rig);
    reconnects(&mut rig, "e1");
    assert_eq!(said(&mut rig), "", "the second is not over");
    rig.waits(1_000);
    assert_eq!(said(&mut rig), "r5");
}

#[test]
fn what_a_pong_proves_heard_is_not_said_again() {
    let mut rig = Rig::connected();
    rig.does(read(5));
    rig.waits(1);
    pings(&mut rig);
    rig.waits(2_000);
    rig.does(read(6));
    said(&mut rig);
    reconnects(&mut rig, "e1");
    rig.waits(1_000);
    assert_eq!(said(&mut rig), "r6");
    rig.waits(1);
    pings(&mut rig);
    reconnects(&mut rig, "e1");
    rig.waits(2_000);
    assert_eq!(said(&mut rig), "");
}

/// Nor does one to a ping of the same moment: which was said first, nobody knows.
#[test]
fn a_pong_to_an_older_ping_proves_nothing() {
    for since in [1, 0] {
        let mut rig = Rig::connected();
        rig.does(Input::Visible);
        rig.waits(since);
        rig.does(read(5));
        rig.hears(Pong { n: 1, positions: Positions::new() });
        said(&mut rig);
        reconnects(&mut rig, "e1");
        rig.waits(1_000);
        assert_eq!(said(&mut rig), "r5", "{since} ms before");
    }
}

#[test]
fn nothing_is_said_before_the_greeting() {
    let mut rig = Rig::new();
    rig.does(read(5));
    rig.does(Input::Start);
    rig.opens();
    rig.establishes("e1");
    assert_eq!(said(&mut rig), "");
    rig.hears(crate::rig::connected());
    assert_eq!(said(&mut rig), "r5");
}

#[test]
fn many_dialogs_with_news_do_not_speak_all_at_once() {
    let mut rig = Rig::new();
    for n in 0..25 {
        let dialog_id = DialogId::parse(format!("d{n}")).unwrap();
        rig.does(Input::Delivered { dialog_id, seq: Seq(1) });
    }
    rig.does(Input::Start);
    rig.opens();
    rig.greets("e1");
    for some in [10, 10, 5, 0] {
        assert_eq!(said(&mut rig).split_whitespace().count(), some);
        rig.waits(1_000);
    }
}

#[test]
fn a_page_that_goes_does_not_break_the_limit_of_its_socket() {
    let mut rig = Rig::connected();
    for n in 0..60 {
        let dialog_id = DialogId::parse(format!("d{n}")).unwrap();
        rig.does(Input::Delivered { dialog_id, seq: Seq(1) });
    }
    assert_eq!(said(&mut rig).split_whitespace().count(), 10);
    rig.does(Input::Hidden);
    assert_eq!(said(&mut rig).split_whitespace().count(), 20);
    rig.does(Input::Hidden);
    assert_eq!(said(&mut rig), "", "thirty in a second");
}

#[test]
fn another_database_and_a_denied_dialog_have_no_watermarks() {
    let mut rig = Rig::connected();
    rig.does(read(5));
    said(&mut rig);
    reconnects(&mut rig, "e2");
    rig.waits(2_000);
    assert_eq!(said(&mut rig), "");
    rig.does(read(2));
    rig.does(read(3));
    assert_eq!(said(&mut rig), "r2");
    let (code, message) = (ErrorCode::UnknownDialog, String::new());
    let (kind, dialog_id) = (None, Some(dialog()));
    rig.hears(ServerFrame::from(ErrorFrame { code, message, kind, dialog_id }));
    rig.waits(2_000);
    assert_eq!(said(&mut rig), "");
}

#[derive(Clone, Debug)]
enum Step {
    Reads(u64),
    Gets(u64),
    Waits(u64),
    Sleeps(u64),
    Reconnects,
    Pings,
    Hides,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..20_u64).prop_map(Step::Reads),
        4 => (0..20_u64).prop_map(Step::Gets),
        4 => (0..1_500_u64).prop_map(Step::Waits),
        1 => (0..20_000_u64).prop_map(Step::Sleeps),
        1 => Just(Step::Reconnects),
        1 => Just(Step::Pings),
        1 => Just(Step::Hides),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// G7: what we say only grows, comes at most once a second unless the page goes out of sight, and
    /// in the end is all we wished.
    #[test]
    fn watermarks_only_grow_and_arrive(steps in vec(step(), 0..80)) {
        let mut rig = Rig::connected();
        let (mut wished, mut last, mut said_at) = ((0, 0), (0, 0), [None; 2]);
        let tail = [Step::Reconnects, Step::Waits(2_000)];
        for step in steps.into_iter().chain(tail) {
            let before = rig.now;
            rig.effects();
            let is_calm = !matches!(step, Step::Hides);
            match step {
                Step::Reads(seq) => {
                    wished = (wished.0, seq.max(wished.1));
                    rig.does(read(seq));
                }
                Step::Gets(seq) => {
                    wished = (seq.max(wished.0), wished.1);
                    rig.does(delivered(seq));
                }
                Step::Waits(ms) => rig.waits(ms),
                Step::Sleeps(ms) => rig.sleeps(ms),
                Step::Reconnects => reconnects(&mut rig, "e1"),
                Step::Pings if rig.client.has_open_socket() => pings(&mut rig),
                Step::Pings => {}
                Step::Hides => rig.does(Input::Hidden),
            }
            for frame in rig.sent() {
                let (kind, seq, mark) = match frame {
                    ClientFrame::MessageDelivered(got) => (0, got.seq.0, &mut last.0),
                    ClientFrame::MessageRead(seen) => (1, seen.seq.0, &mut last.1),
                    _ => continue,
                };
                prop_assert!(seq >= *mark, "less than before");
                *mark = seq;
                let is_due = said_at[kind].is_none_or(|at| rig.now - at >= std::time::Duration::from_secs(1));
                prop_assert!(is_due || !is_calm, "twice a second");
                said_at[kind] = Some(before);
            }
        }
        prop_assert_eq!(last.1, wished.1);
        prop_assert_eq!(last.0.max(last.1), wished.0.max(wished.1));
    }
}
