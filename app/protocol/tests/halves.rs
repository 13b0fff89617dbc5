//! The two halves of the codec against each other: what the server writes with serde the browser
//! reads lean, what the browser writes lean the server reads with serde, and neither takes what the
//! other refuses. `wire.rs` shows the same frame by frame.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

use confab_protocol::{
    json::{self, FromJson, JsonError, ToJson},
    rest::*,
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

fn seq() -> impl Strategy<Value = Seq> {
    any::<u64>().prop_map(Seq)
}

fn ev() -> impl Strategy<Value = Ev> {
    any::<u64>().prop_map(Ev)
}

prop_compose! {
    fn quote()(
        (message_id, seq, person) in (id(), seq(), person()),
        (content, deleted) in (any::<String>(), any::<bool>()),
    ) -> Quote {
        let Person { id, username } = person;
        Quote { message_id, seq, sender_id: id, sender_name: username, content, deleted }
    }
}

prop_compose! {
    fn message()(
        (message_id, dialog_id, client_id, reply_to) in (id(), id(), id(), option::of(id())),
        (seq, ev, person, content) in (seq(), ev(), person(), any::<String>()),
        (meta, quote, created_at) in (meta(), option::of(quote()), time()),
        (edited_at, deleted_at) in (option::of(time()), option::of(time())),
    ) -> Message {
        Message {
            message_id,
            dialog_id,
            seq,
            ev,
            sender_id: person.id,
            sender_name: person.username,
            client_id,
            content,
            kind: MessageKind::Text,
            meta,
            reply_to,
            quote,
            created_at,
            edited_at,
            deleted_at,
        }
    }
}

fn role() -> impl Strategy<Value = Role> {
    prop::sample::select(vec![Role::Member, Role::Owner])
}

prop_compose! {
    fn member()(person in person(), role in role(), delivered in seq(), read in seq()) -> Member {
        Member { id: person.id, username: person.username, role, delivered, read }
    }
}

prop_compose! {
    fn presence()(
        state in prop::sample::select(vec![
            PresenceState::Online, PresenceState::Away, PresenceState::Offline,
        ]),
        last_seen_at in option::of(time()),
    ) -> Presence {
        Presence { state, last_seen_at }
    }
}

fn kind() -> impl Strategy<Value = DialogKind> {
    prop::sample::select(vec![DialogKind::Lobby, DialogKind::Direct, DialogKind::Group])
}

prop_compose! {
    fn dialog()(
        (dialog_id, kind, title) in (id(), kind(), option::of(any::<String>())),
        (peer, presence, role) in (option::of(person()), option::of(presence()), role()),
        (members, unread, muted) in (any::<u64>(), any::<u64>(), any::<bool>()),
        (last_message, last_activity_at) in (option::of(message()), time()),
        (read, ev) in (seq(), ev()),
    ) -> Dialog {
        Dialog {
            dialog_id,
            kind,
            title,
            peer,
            presence,
            role,
            members,
            last_message,
            last_activity_at,
            unread,
            read,
            muted,
            ev,
        }
    }
}

fn event() -> impl Strategy<Value = DialogEvent> {
    let change = prop_oneof![
        message().prop_map(DialogChange::MessageNew),
        message().prop_map(DialogChange::MessageUpdate),
        member().prop_map(DialogChange::MemberAdded),
        id().prop_map(DialogChange::MemberRemoved),
        id().prop_map(DialogChange::OwnerChanged),
        any::<String>().prop_map(DialogChange::Renamed),
        person().prop_map(DialogChange::PersonUpdated),
    ];
    (ev(), change).prop_map(|(ev, change)| DialogEvent { ev, change })
}

fn reason() -> impl Strategy<Value = ResetReason> {
    let why = [ResetReason::TooFarBehind, ResetReason::OtherEpoch, ResetReason::AheadOfLog];
    prop::sample::select(why.to_vec())
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
        (
            person(),
            vec(person(), 0..3),
            (number(), vec(id(), 0..3)),
            vec(message(), 0..3),
            positions()
        )
            .prop_map(|(you, connected_user_list, counts, messages_list, positions)| {
                let (connected_users, away) = counts;
                let digest = (connected_users % 2 == 0).then_some(Digest {
                    uev: Uev(connected_users),
                    changes: 7,
                    receipts: 0,
                });
                let connected = Connected {
                    you,
                    connected_user_list,
                    connected_users,
                    away,
                    messages_list,
                    positions,
                    digest,
                };
                connected.into()
            }),
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
        (id(), number(), message()).prop_map(|(dialog_id, ev, message)| {
            MessageUpdate { dialog_id, ev: Ev(ev), message }.into()
        }),
        (id(), event()).prop_map(|(dialog_id, event)| DialogChanged { dialog_id, event }.into()),
        (id(), number(), option::of(dialog())).prop_map(|(dialog_id, uev, dialog)| {
            DialogUpdate { dialog_id, uev: Uev(uev), dialog }.into()
        }),
        (id(), person()).prop_map(|(dialog_id, Person { id, username })| {
            TypingStarted { dialog_id, user_id: id, username }.into()
        }),
        (id(), id()).prop_map(|(dialog_id, user_id)| TypingStopped { dialog_id, user_id }.into()),
        (id(), id(), seq(), seq()).prop_map(|(dialog_id, user_id, delivered, read)| {
            Receipt { dialog_id, user_id, delivered, read }.into()
        }),
        (id(), any::<bool>()).prop_map(|(user_id, away)| PresenceUpdate { user_id, away }.into()),
        (id(), message(), any::<bool>()).prop_map(|(client_id, message, duplicate)| {
            Ack { client_id, message, duplicate }.into()
        }),
        (id(), code(), text(), any::<bool>(), option::of(number())).prop_map(
            |(client_id, code, message, retry, after_ms)| {
                Nack { client_id, code, message, retry, after_ms }.into()
            }
        ),
        (id(), vec(event(), 0..3), number()).prop_map(|(dialog_id, events, to)| {
            DialogEvents { dialog_id, events, to: Ev(to) }.into()
        }),
        (id(), reason()).prop_map(|(dialog_id, why)| DialogReset { dialog_id, why }.into()),
        vec(text(), 0..3).prop_map(|tags| Invalidate { tags }.into()),
        (number(), positions()).prop_map(|(n, positions)| Pong { n, positions }.into()),
        (code(), text(), option::of(text()), option::of(id())).prop_map(
            |(code, message, kind, dialog_id)| {
                ErrorFrame { code, message, kind, dialog_id }.into()
            }
        ),
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

/// The same of what has a secret in it, and no words for logs.
fn agree_unseen<T>(value: &T) -> Result<(), TestCaseError>
where
    T: FromJson + ToJson + Serialize + DeserializeOwned + PartialEq,
{
    let (by_serde, lean) = (serde_json::to_string(value).unwrap(), json::write(value));
    prop_assert!(json::read::<T>(&by_serde).is_ok_and(|read| read == *value), "{}", by_serde);
    prop_assert!(serde_json::from_str::<T>(&lean).is_ok_and(|read| read == *value), "{}", lean);
    Ok(())
}

prop_compose! {
    fn found()(person in person(), presence in presence()) -> FoundPerson {
        FoundPerson { id: person.id, username: person.username, presence }
    }
}

prop_compose! {
    fn found_message()(
        (dialog_id, message_id, seq, sender) in (id(), id(), seq(), person()),
        (dialog_name, created_at) in (option::of(any::<String>()), time()),
        pieces in vec((any::<String>(), any::<bool>()), 0..3),
    ) -> FoundMessage {
        FoundMessage {
            dialog_id,
            dialog_name,
            message_id,
            seq,
            sender_name: sender.username,
            created_at,
            pieces: pieces.into_iter().map(|(text, hit)| Piece { text, hit }).collect(),
        }
    }
}

fn strength() -> impl Strategy<Value = StrengthWord> {
    use StrengthWord::{Fair, Good, Strong, TooWeak, Weak};
    prop::sample::select(vec![TooWeak, Weak, Fair, Good, Strong])
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
    fn pages_of_messages_pass_in_both_directions(
        messages in vec(message(), 0..3), ev in ev(),
        has_more in any::<bool>(), has_newer in any::<bool>(),
    ) {
        let page = MessagesPage { messages, ev, has_more, has_newer };
        agree(&page)?;
        let answer = rest::Answer::data(page.clone());
        let answer: Success<MessagesPage> =
            json::read(&serde_json::to_string(&answer).unwrap()).unwrap();
        prop_assert_eq!(answer.data, page);
    }

    #[test]
    fn bodies_about_dialogs_pass_in_both_directions(
        (dialogs, members) in (vec(dialog(), 1..3), vec(member(), 0..3)),
        (events, reset, to, uev) in (vec(event(), 0..3), option::of(reason()), ev(), any::<u64>()),
        (kind, ids, title) in (kind(), vec(id(), 0..3), option::of(any::<String>())),
        (owner, muted, seq) in (option::of(id()), option::of(any::<bool>()), seq()),
    ) {
        agree(&EventsPage { events, to, reset })?;
        agree(&DialogDetails { dialog: dialogs[0].clone(), members })?;
        agree(&DialogList { dialogs, uev: Uev(uev) })?;
        agree(&NewDialog { kind, members: ids.clone(), title: title.clone() })?;
        agree(&ChangedDialog { title, owner, muted })?;
        agree(&MembersChange { members: ids })?;
        agree(&ReadUpTo { seq })?;
    }

    #[test]
    fn bodies_about_what_is_sent_and_found_pass_in_both_directions(
        (content, meta, client_id) in (any::<String>(), meta(), option::of(id())),
        (reply_to, dialogs, people) in (option::of(id()), vec(dialog(), 0..2), vec(found(), 0..3)),
        (messages, has_more) in (vec(found_message(), 0..3), any::<bool>()),
    ) {
        agree(&EditedMessage { content: content.clone() })?;
        agree(&NewMessage { content, kind: MessageKind::Text, meta, client_id, reply_to })?;
        agree(&PeopleList { people: people.clone(), has_more })?;
        agree(&Found { people, dialogs, messages })?;
    }

    #[test]
    fn bodies_about_oneself_pass_in_both_directions(
        (person, login, token_id) in (person(), option::of(any::<String>()), id()),
        (word, other, flag, at) in (any::<String>(), any::<String>(), any::<bool>(), option::of(time())),
        (score, strength, created_at) in (any::<u32>(), strength(), time()),
    ) {
        let token = Token { id: token_id, name: word.clone(), created_at, last_used_at: at };
        agree(&Me { id: person.id, username: person.username, login: login.clone() })?;
        agree(&NewGuest { name: login.clone() })?;
        agree(&SignOut { everywhere: flag })?;
        agree(&Strength { score, word: strength, accepted: flag })?;
        agree(&ChangedName { name: word.clone() })?;
        agree(&NewToken { name: word.clone() })?;
        agree(&TokenList { tokens: vec![token.clone()] })?;
        // These hide themselves from logs, so they are compared as text.
        let (name, password) = (word, other);
        let (old, new) = (name.clone(), password.clone());
        agree_unseen(&Registration { login: name.clone(), name: name.clone(), password: password.clone() })?;
        agree_unseen(&SignIn { login: name.clone(), password: password.clone() })?;
        agree_unseen(&PasswordDraft { password: password.clone(), login: login.clone(), name: Some(name) })?;
        agree_unseen(&ChangedPassword { old, new })?;
        agree_unseen(&Farewell { password: login })?;
        agree_unseen(&MadeToken { token, secret: password })?;
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
        (message, dialog, event) in (message(), dialog(), event()),
        field in any::<prop::sample::Index>(), instead in instead(),
    ) {
        both_judge::<Message>(&message, field, &instead)?;
        both_judge::<Dialog>(&dialog, field, &instead)?;
        both_judge::<DialogEvent>(&event, field, &instead)?;
    }
}

/// Something else for a field; nothing takes it away.
fn instead() -> impl Strategy<Value = Option<serde_json::Value>> {
    prop::sample::select(vec![
        None,
        Some(json!(null)),
        Some(json!(true)),
        Some(json!(1)),
        Some(json!(-1)),
        Some(json!(1.5)),
        Some(json!("x")),
        Some(json!("x y")),
        Some(json!([])),
        Some(json!({})),
    ])
}

/// With one of its fields made another, the value is taken by both halves or by none.
fn both_judge<T: FromJson + DeserializeOwned + Serialize>(
    value: &T,
    field: prop::sample::Index,
    instead: &Option<serde_json::Value>,
) -> Result<(), TestCaseError> {
    let mut value = serde_json::to_value(value).unwrap();
    let fields = value.as_object_mut().unwrap();
    let name = fields.keys().nth(field.index(fields.len())).unwrap().clone();
    match instead {
        Some(instead) => drop(fields.insert(name, instead.clone())),
        None => drop(fields.remove(&name)),
    }
    let (by_serde, lean) = takers::<T>(&value.to_string());
    prop_assert_eq!(by_serde, lean, "{}", value);
    Ok(())
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
