//! Who types is known, for as long as they do and not longer.

use confab_protocol::{
    DialogId, DialogUpdate, Disconnected, MessageNew, Person, TypingStarted, TypingStopped, Uev,
    Username,
};
use confab_sync::{Event, Input};
use proptest::{collection::vec, prelude::*};

use crate::rig::{Rig, dialog, message_new, stored, user};

fn other() -> DialogId {
    DialogId::parse("x").expect("an id")
}

fn person(id: &str) -> Person {
    Person { id: user(id), username: Username::parse(id).expect("a name") }
}

fn starts(rig: &mut Rig, id: &str) {
    let Person { id, username } = person(id);
    rig.hears(TypingStarted { dialog_id: dialog(), user_id: id, username });
}

fn stops(rig: &mut Rig, id: &str) {
    rig.hears(TypingStopped { dialog_id: dialog(), user_id: user(id) });
}

/// Who types since the last look, list by list: `you; you ann; `.
fn told(rig: &mut Rig) -> String {
    let list = |event| match event {
        Event::Typing { people, .. } => {
            let names: Vec<_> = people.iter().map(|person| person.id.to_string()).collect();
            Some(names.join(" "))
        }
        _ => None,
    };
    rig.events().into_iter().filter_map(list).collect::<Vec<_>>().join("; ")
}

fn typed() -> Input {
    Input::Typed { dialog_id: dialog() }
}

fn ended() -> Input {
    Input::TypingEnded { dialog_id: dialog() }
}

#[test]
fn a_start_is_said_at_once_and_then_every_3_s_while_keys_come() {
    let mut rig = Rig::connected();
    rig.does(typed());
    assert_eq!(rig.said(), "typing:start");
    for _ in 0..29 {
        rig.waits(100);
        rig.does(typed());
    }
    assert_eq!(rig.said(), "");
    rig.waits(100);
    assert_eq!(rig.said(), "", "time alone says nothing");
    rig.does(typed());
    assert_eq!(rig.said(), "typing:start");
    rig.does(Input::Typed { dialog_id: other() });
    assert_eq!(rig.said(), "typing:start", "each dialog counts for itself");
}

#[test]
fn an_end_is_said_once_and_only_after_a_start() {
    let mut rig = Rig::connected();
    rig.does(ended());
    assert_eq!(rig.said(), "");
    rig.does(typed());
    rig.does(ended());
    rig.does(ended());
    assert_eq!(rig.said(), "typing:start typing:stop");
}

#[test]
fn an_end_is_said_though_one_types_elsewhere_meanwhile() {
    let mut rig = Rig::connected();
    rig.does(typed());
    rig.waits(4_000);
    rig.does(Input::Typed { dialog_id: other() });
    rig.said();
    rig.does(ended());
    assert_eq!(rig.said(), "typing:stop");
}

#[test]
fn a_dialog_that_is_ours_no_more_takes_its_own_box_along() {
    let mut rig = Rig::connected();
    rig.does(typed());
    rig.does(Input::Typed { dialog_id: other() });
    rig.hears(DialogUpdate { dialog_id: dialog(), uev: Uev(1), dialog: None });
    rig.said();
    rig.does(ended());
    assert_eq!(rig.said(), "");
    rig.does(Input::TypingEnded { dialog_id: other() });
    assert_eq!(rig.said(), "typing:stop");
}

#[test]
fn who_begins_again_too_soon_is_told_when_the_3_s_are_over() {
    let mut rig = Rig::connected();
    for input in [typed(), ended(), typed()] {
        rig.does(input);
    }
    assert_eq!(rig.said(), "typing:start typing:stop");
    rig.waits(2_999);
    assert_eq!(rig.said(), "");
    rig.waits(1);
    assert_eq!(rig.said(), "typing:start");
    for input in [ended(), typed(), ended()] {
        rig.does(input);
    }
    rig.waits(10_000);
    assert_eq!(rig.said(), "typing:stop", "whoever ended before is not told");
}

#[test]
fn without_a_greeting_nobody_is_told() {
    let mut rig = Rig::new();
    rig.does(Input::Start);
    rig.opens();
    rig.effects();
    rig.does(typed());
    rig.does(ended());
    assert_eq!(rig.said(), "");
}

#[test]
fn a_new_socket_is_told_of_new_keys_alone() {
    let mut rig = Rig::connected();
    rig.does(typed());
    rig.does(Input::Drop);
    rig.waits(300);
    rig.opens();
    rig.greets("e1");
    rig.effects();
    rig.does(ended());
    assert_eq!(rig.said(), "");
    rig.does(typed());
    rig.waits(2_700);
    assert_eq!(rig.said(), "typing:start");
}

#[test]
fn a_start_of_another_holds_for_5_s() {
    let mut rig = Rig::connected();
    starts(&mut rig, "you");
    assert_eq!(told(&mut rig), "you");
    rig.waits(4_999);
    starts(&mut rig, "you");
    rig.waits(4_999);
    assert_eq!(told(&mut rig), "", "said again, nothing is new");
    rig.waits(1);
    assert_eq!(told(&mut rig), "");
    assert_eq!(rig.client.poll_timeout().map(|due| due > rig.now), Some(true));
}

#[test]
fn those_who_type_are_named_in_the_order_they_began() {
    let mut rig = Rig::connected();
    for id in ["you", "ann", "me", "you"] {
        starts(&mut rig, id);
    }
    stops(&mut rig, "you");
    stops(&mut rig, "you");
    assert_eq!(told(&mut rig), "you; you ann; ann");
}

#[test]
fn a_message_a_departure_and_a_lost_socket_end_it() {
    let ends: [&dyn Fn(&mut Rig); 5] = [
        &|rig| rig.hears(message_new(1)),
        &|rig| rig.hears(Disconnected(person("you"))),
        &|rig| {
            let (dialog_id, change) =
                (dialog(), confab_protocol::DialogChange::MemberRemoved(user("you")));
            let event = confab_protocol::DialogEvent { ev: confab_protocol::Ev(1), change };
            rig.hears(confab_protocol::DialogChanged { dialog_id, event });
        },
        &|rig| rig.hears(DialogUpdate { dialog_id: dialog(), uev: Uev(1), dialog: None }),
        &|rig| rig.does(Input::Drop),
    ];
    for end in ends {
        let mut rig = Rig::connected();
        starts(&mut rig, "you");
        told(&mut rig);
        end(&mut rig);
        let empty = rig
            .events()
            .into_iter()
            .any(|event| matches!(event, Event::Typing { people, .. } if people.is_empty()));
        assert!(empty);
    }
}

#[test]
fn a_message_elsewhere_ends_nothing_here() {
    let mut rig = Rig::connected();
    starts(&mut rig, "you");
    told(&mut rig);
    let message = stored("you", "y", 1);
    rig.hears(MessageNew { dialog_id: other(), ev: confab_protocol::Ev(1), message });
    assert_eq!(told(&mut rig), "");
}

#[test]
fn a_crowd_is_bounded() {
    let mut rig = Rig::connected();
    for n in 0..150 {
        starts(&mut rig, &format!("u{n}"));
    }
    let last = rig.events().into_iter().rev().find_map(|event| match event {
        Event::Typing { people, .. } => Some(people.len()),
        _ => None,
    });
    assert_eq!(last, Some(100));
}

#[derive(Clone, Debug)]
enum Step {
    Types,
    Ends,
    Starts(usize),
    Stops(usize),
    Waits(u64),
    Sleeps(u64),
    Reconnects,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Types),
        2 => Just(Step::Ends),
        4 => (0..3_usize).prop_map(Step::Starts),
        1 => (0..3_usize).prop_map(Step::Stops),
        4 => (0..4_000_u64).prop_map(Step::Waits),
        1 => (0..20_000_u64).prop_map(Step::Sleeps),
        1 => Just(Step::Reconnects),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Nobody is shown longer than 5 s after their last start, and we say ours at most every 3 s.
    #[test]
    fn typing_is_neither_stale_nor_chatty(steps in vec(step(), 0..80)) {
        let ids = ["you", "ann", "bob"];
        let mut rig = Rig::connected();
        let mut shown: Vec<Person> = Vec::new();
        let mut started = [None; 3];
        let mut said_at = None;
        for step in steps {
            let before = rig.now;
            match step {
                Step::Types => rig.does(typed()),
                Step::Ends => rig.does(ended()),
                Step::Starts(who) => {
                    started[who] = Some(rig.now);
                    starts(&mut rig, ids[who]);
                }
                Step::Stops(who) => stops(&mut rig, ids[who]),
                Step::Waits(ms) => rig.waits(ms),
                Step::Sleeps(ms) => rig.sleeps(ms),
                Step::Reconnects => {
                    rig.does(Input::Drop);
                    rig.does(Input::Reconnect);
                    rig.opens();
                    rig.greets("e1");
                }
            }
            // Of what was said while time passed, the earliest is the worst.
            for _ in 0..rig.said().split(' ').filter(|kind| *kind == "typing:start").count() {
                prop_assert!(said_at.is_none_or(|at| rig.now - at >= std::time::Duration::from_secs(3)));
                said_at = Some(before);
            }
            for event in rig.events() {
                if let Event::Typing { people, .. } = event {
                    shown = people;
                }
            }
            for person in &shown {
                let who = ids.iter().position(|id| *id == person.id.as_str()).unwrap();
                let since = started[who].unwrap();
                prop_assert!(rig.now - since < std::time::Duration::from_secs(5));
            }
        }
    }
}
