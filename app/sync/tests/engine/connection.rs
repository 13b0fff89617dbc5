//! When a socket is opened, believed, given up and tried again.

use confab_protocol::{Bye, ConnectionEstablished, Limits, Pong, Positions};
use confab_sync::{Event, Input, Settings};

use crate::rig::{Rig, connected, established, ms};

/// What happens, step by step; the last one's outcome counts.
#[derive(Clone, Debug)]
enum Step {
    Do(Input),
    Opens,
    Greets,
    Loses,
    Closes(u16),
    Unclean(u16),
    Throws,
    Bye(u64),
    Waits(u64),
    /// Every try but the last fails.
    FailsOut,
}
use Step::*;

fn take(rig: &mut Rig, step: Step) {
    match step {
        Do(input) => rig.does(input),
        Opens => rig.opens(),
        Greets => rig.greets("e1"),
        Loses => rig.loses(),
        Closes(code) => rig.closes(code),
        Unclean(code) => {
            let socket = rig.socket;
            rig.does(Input::Closed { socket, code, reason: String::new(), clean: false });
        }
        Throws => rig.does(Input::Failed(rig.socket)),
        Bye(after_ms) => rig.hears(confab_protocol::Bye { reason: "stop".to_owned(), after_ms }),
        Waits(ms) => rig.waits(ms),
        FailsOut => {
            for _ in 0..6 {
                rig.loses();
                rig.retries();
            }
        }
    }
}

fn outcome(steps: &[Step]) -> String {
    let mut rig = Rig::new();
    for step in steps {
        rig.effects();
        take(&mut rig, step.clone());
    }
    rig.trace()
}

#[track_caller]
fn check(rows: &[(&[Step], &str)]) {
    for (steps, expected) in rows {
        assert_eq!(outcome(steps), *expected, "{steps:?}");
    }
}

/// Steps after an open, greeted socket that has held for 6 s.
fn held(steps: &[Step]) -> Vec<Step> {
    [&[Do(Input::Start), Opens, Greets, Waits(6_000)], steps].concat()
}

#[test]
fn a_start_opens_one_socket() {
    check(&[
        (&[], "NotStarted"),
        (&[Do(Input::Start)], "open 0, connecting"),
        (&[Do(Input::Start), Do(Input::Start)], "connecting"),
        (&[Do(Input::Start), Opens], "connecting, live"),
        (&[Do(Input::Reconnect)], "open 0, connecting"),
        (&[Do(Input::Online)], "NotStarted"),
        (&[Do(Input::ChangeAddress("ws://x".into()))], "open 0, connecting"),
    ]);
}

#[test]
fn a_lost_socket_is_tried_again_after_300_ms() {
    check(&[
        (&held(&[Loses]), "0/5 in 300 Lost"),
        (&held(&[Unclean(1011)]), "0/5 in 300 Lost"),
        (&held(&[Loses, Waits(299)]), "0/5 in 1 Lost"),
        (&held(&[Loses, Waits(300)]), "open 1, 0/5 now Lost"),
        (&held(&[Loses, Waits(300), Opens]), "connecting, live"),
    ]);
}

#[test]
fn a_first_connect_that_fails_is_tried_again_like_a_loss() {
    check(&[
        (&[Do(Input::Start), Loses], "0/5 in 300 Unreachable"),
        (&[Do(Input::Start), Throws], "0/5 in 300 Unreachable"),
        (&[Do(Input::Start), Closes(4003)], "0/5 in 300 Unreachable"),
        (&[Do(Input::Start), Waits(9_999)], "0/5 now Unreachable"),
        (&[Do(Input::Start), Waits(10_000)], "close 0 4000, 0/5 in 300 Unreachable"),
    ]);
}

#[test]
fn a_first_connect_that_takes_long_is_said_to_and_goes_on() {
    let afresh = "close 0 1000, open 1, 0/5 now Unreachable";
    check(&[
        (&[Do(Input::Start), Waits(4_999)], "connecting"),
        (&[Do(Input::Start), Waits(5_000)], "0/5 now Unreachable"),
        (&[Do(Input::Start), Waits(5_000), Opens], "connecting, live"),
        (&[Do(Input::Start), Waits(5_000), Loses], "0/5 in 300 Unreachable"),
        (&[Do(Input::Start), Waits(5_000), Do(Input::Reconnect)], afresh),
        // Any other try is known to be one.
        (&held(&[Loses, Waits(300), Waits(9_999)]), "0/5 now Lost"),
    ]);
}

#[test]
fn five_slow_tries_follow_and_then_a_person_is_asked() {
    let mut rig = Rig::new();
    rig.random = 0.5;
    rig.does(Input::Start);
    let delays = [450, 750, 1500, 3000, 6000, 12_000];
    for (attempt, delay) in delays.into_iter().enumerate() {
        rig.effects();
        rig.loses();
        assert_eq!(rig.trace(), format!("{attempt}/5 in {delay} Unreachable"));
        rig.waits(delay);
    }
    rig.effects();
    rig.loses();
    assert_eq!(rig.trace(), "GaveUp Unreachable");
    assert_eq!(rig.client.poll_timeout(), None);
}

#[test]
fn half_of_each_delay_is_random() {
    for (random, quick, delay) in [(0.0, 300, 500), (0.999_999, 599, 999)] {
        let mut rig = Rig::new();
        rig.random = random;
        rig.does(Input::Start);
        rig.effects();
        rig.loses();
        assert_eq!(rig.trace(), format!("0/5 in {quick} Unreachable"));
        rig.waits(quick);
        rig.effects();
        rig.loses();
        assert_eq!(rig.trace(), format!("1/5 in {delay} Unreachable"));
    }
}

#[test]
fn a_close_code_says_whether_and_when_we_come_back() {
    check(&[
        (&held(&[Closes(1000)]), "SentAway by 1000"),
        (&held(&[Closes(4001)]), "SentAway by 4001"),
        (&held(&[Closes(4003)]), "SentAway by 4003"),
        (&held(&[Closes(4009)]), "SentAway by 4009"),
        (&held(&[Closes(1011)]), "0/5 in 300 by 1011"),
        (&held(&[Closes(4029)]), "0/5 in 300 by 4029"),
        (&held(&[Closes(4321)]), "0/5 in 300 by 4321"),
        (&held(&[Closes(4008)]), "open 1, 0/5 now by 4008"),
        (&held(&[Closes(1012)]), "1/5 in 500 by 1012"),
        (&held(&[Bye(7_000), Closes(1012)]), "0/5 in 7000 by 1012"),
        (&held(&[Bye(7_000), Closes(1001)]), "0/5 in 7000 by 1001"),
        (&held(&[Bye(7_000), Loses]), "0/5 in 7000 Lost"),
        (&held(&[Bye(7_000), Closes(1011)]), "0/5 in 300 by 1011"),
        (&held(&[Bye(7_000), Closes(1001), Waits(7_000), Loses]), "1/5 in 500 Unreachable"),
        (&held(&[Bye(u64::MAX), Closes(1001)]), "0/5 in 3600000 by 1001"),
    ]);
}

#[test]
fn a_server_that_accepts_and_closes_is_not_stormed() {
    check(&[
        (&held(&[Closes(4008), Opens, Greets, Closes(4008)]), "1/5 in 500 by 4008"),
        (&held(&[Loses, Waits(300), Opens, Greets, Waits(1_999), Loses]), "1/5 in 500 Lost"),
        (&held(&[Loses, Waits(300), Opens, Waits(9_000), Loses]), "1/5 in 500 Lost"),
        (&held(&[Loses, Waits(300), Opens, Greets, Waits(2_000), Loses]), "0/5 in 300 Lost"),
        (&held(&[Bye(0), Closes(1001), Opens, Greets, Bye(0), Closes(1001)]), "1/5 in 500 by 1001"),
        (
            &held(&[Bye(0), Closes(1001), Opens, Greets, Bye(7_000), Closes(1001)]),
            "1/5 in 7000 by 1001",
        ),
    ]);
    let mut overloaded = Vec::from([Do(Input::Start)]);
    for _ in 0..9 {
        overloaded.extend([Opens, Greets, Bye(7_000), Closes(1013), Waits(8_000)]);
    }
    overloaded.pop();
    check(&[(&overloaded, "5/5 in 8000 by 1013")]);
    let mut rig = Rig::new();
    rig.does(Input::Start);
    for _ in 0..6 {
        rig.opens();
        rig.greets("e1");
        rig.loses();
        rig.retries();
    }
    rig.effects();
    rig.opens();
    rig.loses();
    assert_eq!(rig.trace(), "connecting, GaveUp Lost");
}

#[test]
fn network_or_focus_tries_at_once_with_all_tries_ahead() {
    for wake in [Input::Online, Input::Visible, Input::Reconnect] {
        let wake = Do(wake);
        check(&[
            (&held(&[Loses, wake.clone()]), "open 1, 0/5 now Lost"),
            (&held(&[Loses, wake.clone(), Loses]), "0/5 in 300 Unreachable"),
        ]);
        let fails_out = [&[Do(Input::Start)][..], &[FailsOut, Loses]].concat();
        check(&[
            (&fails_out, "GaveUp Unreachable"),
            (
                &[&fails_out[..], std::slice::from_ref(&wake)].concat(),
                "open 7, 0/5 now Unreachable",
            ),
            (&[&fails_out[..], &[wake, Loses]].concat(), "0/5 in 300 Unreachable"),
        ]);
    }
}

#[test]
fn who_was_sent_away_or_left_comes_back_only_by_hand() {
    for end in [Closes(4001), Do(Input::Stop)] {
        let away = outcome(&held(&[end.clone(), Waits(1)]));
        for ignored in [Input::Online, Input::Visible, Input::Offline, Input::Drop] {
            assert_eq!(outcome(&held(&[end.clone(), Do(ignored)])), away);
        }
    }
    check(&[
        (&held(&[Closes(4001), Do(Input::Reconnect)]), "open 1, 0/5 now by 4001"),
        (&held(&[Do(Input::Stop), Do(Input::Reconnect)]), "open 1, connecting"),
        (&held(&[Do(Input::Stop), Do(Input::Start)]), "open 1, connecting"),
    ]);
}

#[test]
fn a_stop_leaves_no_socket_and_no_timer() {
    check(&[
        (&[Do(Input::Stop)], "Stopped"),
        (&[Do(Input::Start), Do(Input::Stop)], "close 0 1000, Stopped"),
        (&held(&[Do(Input::Stop)]), "close 0 1000, Stopped"),
        (&held(&[Loses, Do(Input::Stop)]), "Stopped"),
        (&held(&[Do(Input::Stop), Loses]), "Stopped"),
    ]);
    let mut rig = Rig::connected();
    rig.does(Input::Stop);
    assert_eq!(rig.client.poll_timeout(), None);
}

#[test]
fn reconnect_and_offline_leave_what_works_alone() {
    check(&[
        (&held(&[Do(Input::Reconnect)]), "live"),
        (&held(&[Do(Input::Offline)]), "live"),
        (&held(&[Do(Input::Start)]), "live"),
        (&held(&[Loses, Do(Input::Offline)]), "0/5 in 300 Lost"),
        (&[Do(Input::Start), Do(Input::Reconnect)], "close 0 1000, open 1, connecting"),
        (&[Do(Input::Start), Do(Input::Online)], "connecting"),
        (
            &[Do(Input::Start), Loses, Waits(300), Do(Input::Visible), Loses],
            "0/5 in 300 Unreachable",
        ),
    ]);
}

#[test]
fn a_socket_can_be_cut_on_purpose() {
    check(&[
        (&held(&[Do(Input::Drop)]), "close 0 4000, 0/5 in 300 Dropped"),
        (&[Do(Input::Start), Do(Input::Drop)], "close 0 4000, 0/5 in 300 Dropped"),
        (&held(&[Loses, Do(Input::Drop)]), "0/5 in 300 Lost"),
    ]);
}

#[test]
fn another_address_is_connected_to_at_once() {
    let there = Do(Input::ChangeAddress("ws://there/ws".to_owned()));
    check(&[
        (&held(std::slice::from_ref(&there)), "close 0 1000, open 1, connecting"),
        (&held(&[Loses, there.clone()]), "open 1, connecting"),
        (&held(&[Do(Input::Stop), there.clone()]), "open 1, connecting"),
        (&[Do(Input::Start), there.clone()], "close 0 1000, open 1, connecting"),
        (&held(&[Loses, there, Loses]), "0/5 in 300 Unreachable"),
    ]);
}

#[test]
fn what_an_old_socket_says_is_ignored() {
    let mut rig = Rig::connected();
    let old = rig.socket;
    rig.does(Input::Drop);
    rig.waits(300);
    rig.events();
    rig.effects();
    rig.does(Input::Opened(old));
    rig.does(Input::Received(old, connected_text()));
    rig.does(Input::Closed { socket: old, code: 4001, reason: String::new(), clean: true });
    rig.does(Input::Failed(old));
    assert_eq!(rig.trace(), "0/5 now Dropped");
    assert_eq!(rig.events(), []);
}

fn connected_text() -> String {
    confab_protocol::ServerFrame::from(connected()).encode()
}

#[test]
fn an_open_socket_is_pinged_every_30_s() {
    let mut rig = Rig::connected();
    for n in 1..=3 {
        rig.waits(30_000);
        assert_eq!(rig.trace(), "ping, live");
        rig.hears(Pong { n, positions: Positions::new() });
    }
}

#[test]
fn a_pong_tells_the_round_trip_once() {
    let mut rig = Rig::connected();
    rig.waits(30_000);
    rig.waits(15);
    rig.hears(Pong { n: 7, positions: Positions::new() });
    rig.waits(25);
    rig.hears(Pong { n: 1, positions: Positions::new() });
    rig.hears(Pong { n: 1, positions: Positions::new() });
    let trips = rig.events().into_iter().filter(|event| matches!(event, Event::RoundTrip(_)));
    assert_eq!(trips.collect::<Vec<_>>(), [Event::RoundTrip(ms(40))]);
}

#[test]
fn silence_for_35_s_is_a_loss() {
    let mut rig = Rig::connected();
    rig.waits(34_999);
    assert_eq!(rig.trace(), "ping, live");
    rig.waits(1);
    assert_eq!(rig.trace(), "close 0 4000, 0/5 in 300 Silent");
    rig.loses();
    assert_eq!(rig.trace(), "0/5 in 300 Silent");
}

#[test]
fn any_byte_breaks_the_silence() {
    let mut rig = Rig::connected();
    rig.waits(29_000);
    rig.does(Input::Received(rig.socket, "?".to_owned()));
    rig.waits(34_999);
    assert_eq!(rig.trace(), "ping, ping, live");
    rig.waits(1);
    assert_eq!(rig.trace(), "close 0 4000, 0/5 in 300 Silent");
}

#[test]
fn a_machine_that_slept_asks_before_it_judges() {
    let mut rig = Rig::connected();
    rig.sleeps(3_600_000);
    assert_eq!(rig.trace(), "ping, presence:set, live");
    rig.waits(4_999);
    rig.does(Input::Received(rig.socket, "?".to_owned()));
    rig.waits(1);
    assert_eq!(rig.trace(), "live");
    rig.sleeps(3_600_000);
    rig.waits(5_000);
    assert_eq!(rig.trace(), "ping, close 0 4000, 0/5 in 300 Silent");
}

#[test]
fn focus_probes_an_open_socket_for_5_s() {
    for wake in [Input::Online, Input::Visible] {
        let mut rig = Rig::connected();
        rig.waits(10_000);
        rig.does(wake.clone());
        assert_eq!(rig.trace(), "ping, live");
        rig.waits(4_999);
        rig.does(wake.clone());
        assert_eq!(rig.trace(), "ping, live");
        rig.waits(1);
        assert_eq!(rig.trace(), "close 0 4000, 0/5 in 300 Silent");
    }
}

#[test]
fn a_probe_that_is_answered_changes_nothing() {
    let mut rig = Rig::connected();
    rig.does(Input::Visible);
    rig.waits(100);
    rig.hears(Bye { reason: "soon".to_owned(), after_ms: 1 });
    rig.waits(20_000);
    assert_eq!(rig.trace(), "ping, live");
}

#[test]
fn every_change_of_status_is_told_once() {
    let mut rig = Rig::with(Settings { retry_delays: Vec::new(), ..Settings::default() });
    rig.does(Input::Start);
    rig.loses();
    rig.waits(300);
    rig.loses();
    rig.does(Input::Offline);
    let told: Vec<_> = rig.events();
    assert_eq!(told.len(), 4, "{told:?}");
    assert_eq!(told.last(), Some(&Event::Status(rig.client.status().clone())));
    assert_eq!(rig.trace().split(", ").last(), Some("GaveUp Unreachable"));
}

#[test]
fn the_limits_are_those_that_the_server_said() {
    let mut rig = Rig::connected();
    assert_eq!(*rig.client.limits(), Limits::default());
    let limits = Limits { message_characters: 7, ..Limits::default() };
    rig.hears(ConnectionEstablished { limits, ..established("e1") });
    assert_eq!(*rig.client.limits(), limits);
}
