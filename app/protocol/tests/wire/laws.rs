//! What holds for every frame and every text.

use confab_protocol::*;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::examples::id;

prop_compose! {
    fn any_id()(text in "[A-Za-z0-9_-]{1,64}") -> String { text }
}

fn any_meta() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|map| map.into_iter().collect::<Value>()),
        ]
    })
}

fn any_client_frame() -> impl Strategy<Value = ClientFrame> {
    let words = any::<String>;
    let topics = || prop::collection::vec(any::<String>(), 0..5);
    prop_oneof![
        (prop::option::of(words()), prop::option::of((any_id(), any_id(), any::<u64>()))).prop_map(
            |(username, resume)| {
                let resume = resume.map(|(epoch, dialog, ev)| Resume {
                    epoch: id(&epoch),
                    positions: [(id(&dialog), Ev(ev))].into(),
                });
                Connecting { username, resume }.into()
            }
        ),
        topics().prop_map(|topics| Topics { topics }.into()),
        topics().prop_map(|topics| Unsubscribe { topics }.into()),
        (words(), prop::option::of(any_id())).prop_map(|(message, client_id)| {
            Chat { message, client_id: client_id.map(|client_id| id(&client_id)) }.into()
        }),
        (any_id(), prop::option::of(any::<u64>())).prop_map(|(dialog, after)| {
            DialogJoin { dialog_id: id(&dialog), after: after.map(Ev) }.into()
        }),
        any_id().prop_map(|dialog| DialogLeave { dialog_id: id(&dialog) }.into()),
        (any_id(), any_id(), words(), any_meta(), prop::option::of(any_id())).prop_map(
            |(dialog, client, content, meta, reply_to)| {
                MessageSend {
                    dialog_id: id(&dialog),
                    client_id: id(&client),
                    content,
                    kind: MessageKind::Text,
                    meta: meta.try_into().unwrap(),
                    reply_to: reply_to.map(|reply_to| id(&reply_to)),
                }
                .into()
            }
        ),
        (any_id(), any_id(), any_id(), words()).prop_map(|(dialog, message, client, content)| {
            let (dialog_id, message_id, client_id) = (id(&dialog), id(&message), id(&client));
            MessageEdit { dialog_id, message_id, client_id, content }.into()
        }),
        (any_id(), any_id(), any_id()).prop_map(|(dialog, message, client)| {
            let (dialog_id, message_id, client_id) = (id(&dialog), id(&message), id(&client));
            MessageDelete { dialog_id, message_id, client_id }.into()
        }),
        any_id().prop_map(|dialog| TypingStart { dialog_id: id(&dialog) }.into()),
        any_id().prop_map(|dialog| TypingStop { dialog_id: id(&dialog) }.into()),
        (any_id(), any::<u64>()).prop_map(|(dialog, seq)| {
            MessageDelivered { dialog_id: id(&dialog), seq: Seq(seq) }.into()
        }),
        (any_id(), any::<u64>()).prop_map(|(dialog, seq)| {
            MessageRead { dialog_id: id(&dialog), seq: Seq(seq) }.into()
        }),
        any::<bool>().prop_map(|away| PresenceSet { away }.into()),
        any::<u64>().prop_map(|n| Ping { n }.into()),
    ]
}

proptest! {
    #[test]
    fn every_frame_that_can_be_said_is_heard_as_it_was_said(frame in any_client_frame()) {
        prop_assert_eq!(ClientFrame::decode(&frame.encode()).unwrap(), frame);
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in any::<String>()) {
        let _ = ClientFrame::decode(&text);
        let _ = ServerFrame::decode(&text);
    }

    #[test]
    fn no_payload_makes_a_reader_panic(
        row in 0..ClientFrame::TABLE.len() + ServerFrame::TABLE.len(),
        payload in any_meta(),
    ) {
        let rows = ClientFrame::TABLE.iter().chain(ServerFrame::TABLE);
        let kind = rows.map(|row| row.name).nth(row).unwrap();
        let text = json!({ "type": kind, "payload": payload }).to_string();
        let _ = ClientFrame::decode(&text);
        let _ = ServerFrame::decode(&text);
    }

    #[test]
    fn a_frame_cut_anywhere_is_refused_and_no_panic(frame in any_client_frame(), at in any::<prop::sample::Index>()) {
        let text = frame.encode();
        let cuts: Vec<_> = text.char_indices().map(|(at, _)| at).collect();
        let cut = &text[..cuts[at.index(cuts.len())]];
        prop_assert!(ClientFrame::decode(cut).is_err());
    }

    #[test]
    fn a_time_survives_the_wire(unix_ms in 0..253_402_300_800_000_u64) {
        let time = Timestamp::from_unix_ms(unix_ms);
        prop_assert_eq!(Timestamp::parse(&time.to_string()), Ok(time));
    }

    #[test]
    fn a_message_that_is_accepted_is_accepted_again_as_it_is(text in any::<String>()) {
        if let Ok(accepted) = MessageText::parse(&text, 10_000) {
            prop_assert_eq!(MessageText::parse(accepted.as_str(), 10_000), Ok(accepted));
        }
    }
}
