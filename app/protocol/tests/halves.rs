//! The two halves of the codec against each other: what the server writes with serde the browser
//! reads lean, what the browser writes lean the server reads with serde, and neither takes what the
//! other refuses. `wire.rs` shows the same frame by frame.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

use confab_protocol::{
    json::{self, FromJson, JsonError, ToJson},
    rest::{Failure, MessagesPage, NewMessage, Success},
    *,
};
use proptest::{collection::vec, option, prelude::*};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

fn id<T: TryFrom<String, Error = InvalidId> + std::fmt::Debug>() -> impl Strategy<Value = T> {
    "[A-Za-z0-9_-]{1,64}".prop_map(|text| T::try_from(text).unwrap())
}

fn time() -> impl Strategy<Value = Timestamp> {
    (0..253_402_300_800_000_u64).prop_map(Timestamp::from_unix_ms)
}

fn person() -> impl Strategy<Value = Person> {
    (id(), "[a-zа-яї😀\"\\\\]{1,40}")
        .prop_map(|(id, name)| Person { id, username: Username::parse(&name).unwrap() })
}

fn meta() -> impl Strategy<Value = Meta> {
    let texts = [
        "null",
        "123456789012345678901234567890",
        "[0.10,{\"\":[]}]",
        "\"\\u2028\\u0000<\"",
        "{\"b\":1,\"a\":2}",
    ];
    prop::sample::select(texts.to_vec()).prop_map(|text| Meta::parse(text).unwrap())
}

fn code() -> impl Strategy<Value = ErrorCode> {
    let codes =
        ErrorCode::TABLE.iter().map(|(word, _)| json::read(&format!("\"{word}\"")).unwrap());
    prop::sample::select(codes.collect::<Vec<_>>())
}

prop_compose! {
    fn message()(
        (message_id, dialog_id, client_id, reply_to) in (id(), id(), id(), option::of(id())),
        (seq, person, content) in (any::<u64>(), person(), any::<String>()),
        (meta, created_at) in (meta(), time()),
    ) -> Message {
        Message {
            message_id,
            dialog_id,
            seq: Seq(seq),
            sender_id: person.id,
            sender_name: person.username,
            client_id,
            content,
            kind: MessageKind::Text,
            meta,
            reply_to,
            created_at,
        }
    }
}

prop_compose! {
    fn positions()(list in vec((id(), any::<u64>().prop_map(Ev)), 0..4)) -> Positions {
        list.into_iter().collect()
    }
}

prop_compose! {
    fn limits()(numbers in any::<[u32; 7]>()) -> Limits {
        let [frame_bytes, message_characters, frames_per_second, sends_per_second, ..] = numbers;
        let [.., sends_burst, page_messages, catch_up_events] = numbers;
        Limits {
            frame_bytes,
            message_characters,
            frames_per_second,
            sends_per_second,
            sends_burst,
            page_messages,
            catch_up_events,
        }
    }
}

fn server_frame() -> impl Strategy<Value = ServerFrame> {
    let (text, number) = (any::<String>, any::<u64>);
    let event = (number(), message()).prop_map(|(ev, message)| DialogEvent {
        ev: Ev(ev),
        change: DialogChange::MessageNew(message),
    });
    let why = [ResetReason::TooFarBehind, ResetReason::OtherEpoch, ResetReason::AheadOfLog];
    prop_oneof![
        (id(), id(), id(), number(), limits()).prop_map(
            |(connection_id, user_id, epoch, ping_interval, limits)| {
                let established =
                    ConnectionEstablished { connection_id, user_id, epoch, ping_interval, limits };
                established.into()
            }
        ),
        (number(), text(), time()).prop_map(|(client, message, time)| Welcome {
            client,
            message,
            time
        }
        .into()),
        (person(), vec(person(), 0..3), number(), vec(message(), 0..3), positions()).prop_map(
            |(you, connected_user_list, connected_users, messages_list, positions)| {
                let connected = Connected {
                    you,
                    connected_user_list,
                    connected_users,
                    messages_list,
                    positions,
                };
                connected.into()
            }
        ),
        person().prop_map(|person| Joined(person).into()),
        person().prop_map(|person| Disconnected(person).into()),
        (time(), number()).prop_map(|(time, connections)| Heartbeat { time, connections }.into()),
        (text(), person(), time()).prop_map(|(message, from, time)| ChatMessage {
            message,
            from,
            time
        }
        .into()),
        (id(), number(), message()).prop_map(|(dialog_id, ev, message)| {
            MessageNew { dialog_id, ev: Ev(ev), message }.into()
        }),
        (id(), message(), any::<bool>()).prop_map(|(client_id, message, duplicate)| {
            Ack { client_id, message, duplicate }.into()
        }),
        (id(), code(), text(), any::<bool>(), option::of(number())).prop_map(
            |(client_id, code, message, retry, after_ms)| {
                Nack { client_id, code, message, retry, after_ms }.into()
            }
        ),
        (id(), vec(event, 0..3), number()).prop_map(|(dialog_id, events, to)| {
            DialogEvents { dialog_id, events, to: Ev(to) }.into()
        }),
        (id(), prop::sample::select(why.to_vec())).prop_map(|(dialog_id, why)| DialogReset {
            dialog_id,
            why
        }
        .into()),
        vec(text(), 0..3).prop_map(|tags| Invalidate { tags }.into()),
        (number(), positions()).prop_map(|(n, positions)| Pong { n, positions }.into()),
        (code(), text(), option::of(text())).prop_map(|(code, message, kind)| ErrorFrame {
            code,
            message,
            kind
        }
        .into()),
        (text(), number()).prop_map(|(reason, after_ms)| Bye { reason, after_ms }.into()),
    ]
}

/// Both halves write it, and each reads what the other wrote.
fn agree<T>(value: &T) -> Result<(), TestCaseError>
where
    T: FromJson + ToJson + Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let by_serde = serde_json::to_string(value).unwrap();
    prop_assert_eq!(&json::read::<T>(&by_serde).unwrap(), value, "{}", by_serde);
    let lean = json::write(value);
    prop_assert_eq!(&serde_json::from_str::<T>(&lean).unwrap(), value, "{}", lean);
    Ok(())
}

/// Whether serde and the lean half take it.
fn takers<T: FromJson + DeserializeOwned>(text: &str) -> (bool, bool) {
    (serde_json::from_str::<T>(text).is_ok(), json::read::<T>(text).is_ok())
}

proptest! {
    #[test]
    fn whatever_the_server_says_the_browser_hears(frame in server_frame()) {
        prop_assert_eq!(ServerFrame::decode(&frame.encode()).unwrap(), frame);
    }

    #[test]
    fn bodies_pass_in_both_directions(
        messages in vec(message(), 0..3), ev in any::<u64>(), has_more in any::<bool>(),
    ) {
        let page = MessagesPage { messages, ev: Ev(ev), has_more };
        agree(&page)?;
        let answer = rest::Answer::data(page.clone());
        let answer: Success<MessagesPage> =
            json::read(&serde_json::to_string(&answer).unwrap()).unwrap();
        prop_assert_eq!(answer.data, page);
    }

    #[test]
    fn refusals_pass_in_both_directions(
        error in any::<String>(), code in code(), retry in any::<bool>(),
        after_ms in option::of(any::<u64>()),
    ) {
        agree(&Failure { success: false, error, code, retry, after_ms })?;
    }

    #[test]
    fn what_is_missing_or_of_another_shape_is_refused_by_both(
        message in message(), field in any::<prop::sample::Index>(),
        instead in prop::sample::select(vec![
            None, Some(json!(null)), Some(json!(true)), Some(json!(1)), Some(json!(-1)),
            Some(json!(1.5)), Some(json!("x")), Some(json!("x y")), Some(json!([])), Some(json!({})),
        ]),
    ) {
        let mut value = serde_json::to_value(&message).unwrap();
        let fields = value.as_object_mut().unwrap();
        let name = fields.keys().nth(field.index(fields.len())).unwrap().clone();
        match instead {
            Some(instead) => drop(fields.insert(name, instead)),
            None => drop(fields.remove(&name)),
        }
        let (by_serde, lean) = takers::<Message>(&value.to_string());
        prop_assert_eq!(by_serde, lean, "{}", value);
    }
}

#[test]
fn what_may_be_left_out_may_be_left_out_in_both() {
    let send = r#"{"dialogId":"lobby","clientId":"c","content":"x"}"#;
    assert_eq!(takers::<MessageSend>(send), (true, true));
    assert_eq!(takers::<NewMessage>(r#"{"content":"x"}"#), (true, true));
    assert_eq!(takers::<Ping>("{}"), (true, true));
    assert_eq!(takers::<Connecting>(r#"{"username":null,"resume":null}"#), (true, true));
    assert_eq!(takers::<Pong>("{}"), (false, false));
}

#[test]
fn the_browser_is_told_which_field_is_wrong() {
    let why = |text: &str| ServerFrame::decode(text).unwrap_err().to_string();
    assert_eq!(
        why(r#"{"type":"joined","payload":{"id":"a b","username":""}}"#),
        "the payload of \"joined\" has another shape: missing or of another shape: `id`"
    );
    assert_eq!(
        why(r#"{"type":"joined"}"#),
        "the payload of \"joined\" has another shape: missing or of another shape: `id`"
    );
    assert!(why("{").ends_with("}: not JSON at byte 1"));
    assert!(why("[]").ends_with("}: missing or of another shape: `(all of it)`"));
    assert_eq!(
        json::read::<MessagesPage>(r#"{"messages":[{}],"ev":1,"hasMore":true}"#),
        Err(JsonError::WrongShape { field: "messageId" })
    );
}
