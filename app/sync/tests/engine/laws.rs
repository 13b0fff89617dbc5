//! What holds whatever happens.

use confab_protocol::{
    Bye, DialogEvents, DialogReset, Ev, Nack, Pong, Positions, ResetReason, ServerFrame, Topic,
};
use confab_sync::{ClosedReason, Input, Kept, Post, SocketId, Status, Was};
use proptest::{collection::vec, prelude::*};

use crate::rig::{Rig, client_id, connected, dialog, event, message_new, send, stored};

/// Anything at all: an input, or time.
#[derive(Clone, Debug)]
enum Any {
    Does(Input),
    Opens,
    Loses,
    Closes(u16),
    Throws,
    Hears(String),
    Greets(bool),
    Waits(u64),
    Sleeps(u64),
}

fn ev() -> impl Strategy<Value = Ev> {
    prop_oneof![8 => 0..20_u64, 1 => Just(u64::MAX), 1 => Just(u64::MAX - 1)].prop_map(Ev)
}

fn frame() -> impl Strategy<Value = ServerFrame> {
    let why = prop_oneof![
        Just(ResetReason::TooFarBehind),
        Just(ResetReason::OtherEpoch),
        Just(ResetReason::AheadOfLog)
    ];
    let id = (0..4_u8).prop_map(|n| client_id(&format!("m{n}")));
    prop_oneof![
        any::<u64>().prop_map(|after_ms| Bye { reason: String::new(), after_ms }.into()),
        (any::<u64>(), ev()).prop_map(|(n, at)| {
            Pong { n: n % 3, positions: Positions::from([(dialog(), at)]) }.into()
        }),
        (vec(ev(), 0..4), ev()).prop_map(|(events, to)| {
            let events = events.into_iter().map(|ev| event(ev.0)).collect();
            DialogEvents { dialog_id: dialog(), events, to }.into()
        }),
        why.prop_map(|why| DialogReset { dialog_id: dialog(), why }.into()),
        ev().prop_map(|ev| message_new(ev.0).into()),
        (id.clone(), any::<bool>(), any::<Option<u64>>()).prop_map(
            |(client_id, retry, after_ms)| {
                let code = confab_protocol::ErrorCode::Internal;
                Nack { client_id, code, message: String::new(), retry, after_ms }.into()
            }
        ),
        id.prop_map(|client_id| {
            let message = stored("me", client_id.as_str(), 1);
            confab_protocol::Ack { client_id, message, duplicate: true }.into()
        }),
        Just(connected().into()),
    ]
}

fn input() -> impl Strategy<Value = Input> {
    let id = (0..4_u8).prop_map(|n| client_id(&format!("m{n}")));
    let old = (0..8_u32).prop_map(SocketId);
    prop_oneof![
        Just(Input::Start),
        Just(Input::Reconnect),
        Just(Input::Stop),
        Just(Input::Drop),
        Just(Input::Online),
        Just(Input::Offline),
        Just(Input::Visible),
        Just(Input::ChangeAddress("ws://there/ws".to_owned())),
        Just(Input::Subscribe(vec![Topic::Chat])),
        Just(Input::Unsubscribe(vec![Topic::Chat])),
        proptest::option::of(ev()).prop_map(|after| Input::Join { dialog_id: dialog(), after }),
        ev().prop_map(|at| Input::Loaded { dialog_id: dialog(), at }),
        Just(Input::Leave { dialog_id: dialog() }),
        id.clone().prop_map(|id| Input::Send(send(id.as_str()))),
        (id.clone(), was()).prop_map(|(id, was)| {
            Input::Restore(vec![Kept { post: Post::Send(send(id.as_str())), was }])
        }),
        Just(Input::LetGo),
        id.clone().prop_map(|client_id| Input::Discard { client_id }),
        Just(Input::Hurry),
        Just(Input::SendRaw("{".to_owned())),
        old.clone().prop_map(Input::Opened),
        old.prop_map(Input::Failed),
    ]
}

fn was() -> impl Strategy<Value = Was> {
    let refused = Was::Refused(confab_protocol::ErrorCode::Internal);
    prop_oneof![Just(Was::Queued), Just(Was::Sent), Just(refused)]
}

fn any_step() -> impl Strategy<Value = Any> {
    prop_oneof![
        4 => input().prop_map(Any::Does),
        4 => Just(Any::Opens),
        1 => Just(Any::Loses),
        1 => prop_oneof![1000..1015_u16, 4000..4030_u16].prop_map(Any::Closes),
        1 => Just(Any::Throws),
        4 => frame().prop_map(|frame| Any::Hears(frame.encode())),
        1 => ".*".prop_map(Any::Hears),
        2 => any::<bool>().prop_map(Any::Greets),
        2 => (0..20_000_u64).prop_map(Any::Waits),
        1 => (0..100_000_u64).prop_map(Any::Sleeps),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// The rig asserts the rest: never two sockets, no send without one, no timer in the past.
    #[test]
    fn nothing_confuses_the_engine(steps in vec(any_step(), 0..60), random in 0.0..1.0_f64) {
        let mut rig = Rig::new();
        rig.random = random;
        rig.does(Input::Start);
        for step in steps {
            match step {
                Any::Does(input) => rig.does(input),
                Any::Opens => rig.opens(),
                Any::Loses => rig.loses(),
                Any::Closes(code) => rig.closes(code),
                Any::Throws => rig.does(Input::Failed(rig.socket)),
                Any::Hears(text) => rig.does(Input::Received(rig.socket, text)),
                Any::Greets(same) => rig.greets(if same { "e1" } else { "e2" }),
                Any::Waits(ms) => rig.waits(ms),
                Any::Sleeps(ms) => rig.sleeps(ms),
            }
            if let Status::Closed { reason, .. } = rig.client.status() {
                prop_assert!(*reason != ClosedReason::NotStarted);
                prop_assert_eq!(rig.client.poll_timeout(), None);
            }
            prop_assert_eq!(rig.client.has_open_socket(), *rig.client.status() == Status::Open);
        }
    }
}
