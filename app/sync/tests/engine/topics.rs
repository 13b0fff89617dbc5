//! What a new socket is told first.

use confab_protocol::{
    ClientFrame, Connecting, DialogJoin, Epoch, Ev, Positions, ResetReason, Resume, Topic, Topics,
    Unsubscribe,
};
use confab_sync::{Event, Input};

use crate::rig::{Rig, dialog};

fn subscribe(topics: &[&str]) -> ClientFrame {
    Topics { topics: topics.iter().map(|&topic| topic.to_owned()).collect() }.into()
}

fn unsubscribe(topics: &[&str]) -> ClientFrame {
    Unsubscribe { topics: topics.iter().map(|&topic| topic.to_owned()).collect() }.into()
}

#[test]
fn a_wish_is_said_once_per_socket() {
    let mut rig = Rig::connected();
    rig.does(Input::Subscribe(vec![Topic::Chat, Topic::Dialog(dialog())]));
    rig.does(Input::Unsubscribe(vec![Topic::Heartbeat]));
    rig.does(Input::Subscribe(vec![Topic::Chat]));
    let expected = [subscribe(&["chat", "dialog:d"]), unsubscribe(&["heartbeat"])];
    assert_eq!(rig.sent(), expected);
    rig.does(Input::Drop);
    rig.waits(300);
    rig.opens();
    assert_eq!(rig.sent()[1..], expected);
}

#[test]
fn the_last_wish_counts_even_without_a_socket() {
    let mut rig = Rig::new();
    rig.does(Input::Subscribe(vec![Topic::Chat]));
    rig.does(Input::Unsubscribe(vec![Topic::Chat]));
    rig.does(Input::Start);
    rig.opens();
    let connecting = Connecting::default().into();
    assert_eq!(rig.sent(), [connecting, unsubscribe(&["chat"])]);
}

#[test]
fn a_socket_resumes_before_it_subscribes_and_joins_the_rest() {
    let mut rig = Rig::connected();
    let other = confab_protocol::DialogId::lobby();
    rig.does(Input::Join { dialog_id: dialog(), after: Some(Ev(3)) });
    rig.does(Input::Join { dialog_id: other.clone(), after: None });
    rig.does(Input::Subscribe(vec![Topic::Chat]));
    rig.does(Input::Drop);
    rig.waits(300);
    rig.effects();
    rig.opens();
    let epoch = Epoch::parse("e1").unwrap();
    let resume = Some(Resume { epoch, positions: Positions::from([(dialog(), Ev(3))]) });
    assert_eq!(
        rig.sent(),
        [
            Connecting { username: None, resume }.into(),
            subscribe(&["chat"]),
            DialogJoin { dialog_id: other, after: None }.into(),
        ]
    );
}

/// It may be one of a life of the database that ended before the first socket was open.
#[test]
fn without_an_epoch_a_known_position_is_void() {
    let mut rig = Rig::new();
    rig.does(Input::Join { dialog_id: dialog(), after: Some(Ev(3)) });
    rig.does(Input::Start);
    rig.opens();
    let join = DialogJoin { dialog_id: dialog(), after: None };
    assert_eq!(rig.sent(), [Connecting::default().into(), join.into()]);
    let reset = Event::DialogReset { dialog_id: dialog(), why: ResetReason::OtherEpoch };
    assert!(rig.events().contains(&reset));

    rig.does(Input::Loaded { dialog_id: dialog(), at: Ev(4) });
    rig.events();
    rig.establishes("e1");
    assert!(rig.events().contains(&reset), "nor is one from before the greeting");
}

#[test]
fn raw_text_passes_as_it_is_and_only_through_an_open_socket() {
    let mut rig = Rig::new();
    rig.does(Input::SendRaw("{".to_owned()));
    assert_eq!(rig.trace(), "NotStarted");
    let mut rig = Rig::connected();
    rig.does(Input::SendRaw("{".to_owned()));
    assert_eq!(rig.trace(), "raw, live");
}
