//! The wire, frame by frame: one example of each as it travels, so that a changed word is a visible
//! diff; and the laws that hold for every frame and every text.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

use confab_protocol::{rest::*, *};
use proptest::prelude::*;
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::from_unix_ms(1_795_190_172_345);

fn id<T: TryFrom<String, Error = InvalidId>>(text: &str) -> T {
    T::try_from(text.to_owned()).unwrap()
}

fn person() -> Person {
    Person { id: id("01998d2a-anna"), username: Username::parse("Анна").unwrap() }
}

fn message() -> Message {
    Message {
        message_id: id("01998d2a-message"),
        dialog_id: DialogId::lobby(),
        seq: Seq(7),
        ev: Ev(9),
        sender_id: person().id,
        sender_name: person().username,
        client_id: id("01998d2a-client"),
        content: "<b>\"Привіт\"</b>\n😀".to_owned(),
        kind: MessageKind::Text,
        meta: json!({ "mood": [1, null] }).try_into().unwrap(),
        reply_to: Some(id("01998d2a-earlier")),
        quote: Some(quote()),
        created_at: NOW,
        edited_at: Some(NOW),
        deleted_at: Some(NOW),
    }
}

fn plain() -> Message {
    let (meta, reply_to, quote, edited_at, deleted_at) = Default::default();
    Message { meta, reply_to, quote, edited_at, deleted_at, ..message() }
}

fn quote() -> Quote {
    Quote {
        message_id: id("01998d2a-earlier"),
        seq: Seq(6),
        sender_id: person().id,
        sender_name: person().username,
        content: "як справи?".to_owned(),
        deleted: false,
    }
}

fn member(role: Role) -> Member {
    let Person { id, username } = person();
    Member { id, username, role, delivered: Seq(7), read: Seq(6) }
}

/// With everything in it that may be.
fn direct() -> Dialog {
    Dialog {
        dialog_id: id("01998d2a-dialog"),
        kind: DialogKind::Direct,
        title: Some("Обід".to_owned()),
        peer: Some(person()),
        presence: Some(Presence { state: PresenceState::Away, last_seen_at: Some(NOW) }),
        role: Role::Owner,
        members: 2,
        last_message: Some(plain()),
        last_activity_at: NOW,
        unread: 3,
        read: Seq(4),
        muted: true,
        ev: Ev(9),
    }
}

/// With nothing in it that may be left out.
fn lobby() -> Dialog {
    let (title, peer, presence, last_message) = Default::default();
    let (kind, dialog_id) = (DialogKind::Lobby, DialogId::lobby());
    Dialog { kind, dialog_id, title, peer, presence, last_message, ..direct() }
}

/// One of each kind.
fn changes() -> Vec<DialogChange> {
    vec![
        DialogChange::MessageNew(message()),
        DialogChange::MessageUpdate(plain()),
        DialogChange::MemberAdded(member(Role::Member)),
        DialogChange::MemberRemoved(person().id),
        DialogChange::OwnerChanged(person().id),
        DialogChange::Renamed("Обід".to_owned()),
        DialogChange::PersonUpdated(person()),
    ]
}

fn positions() -> Positions {
    [(DialogId::lobby(), Ev(9))].into()
}

/// One of each, in the order of the table, and again with everything left out that may be.
fn client_frames() -> Vec<ClientFrame> {
    let resume = Resume { epoch: id("epoch-1"), positions: positions() };
    let topics = || vec!["chat".to_owned(), "dialog:lobby".to_owned()];
    vec![
        Connecting { username: Some("Анна".to_owned()), resume: Some(resume) }.into(),
        Connecting::default().into(),
        Topics { topics: topics() }.into(),
        Unsubscribe { topics: topics() }.into(),
        Chat { message: "Hello!".to_owned(), client_id: Some(id("c-1")) }.into(),
        Chat { message: "Hello!".to_owned(), client_id: None }.into(),
        DialogJoin { dialog_id: DialogId::lobby(), after: Some(Ev(3)) }.into(),
        DialogJoin { dialog_id: DialogId::lobby(), after: None }.into(),
        DialogLeave { dialog_id: DialogId::lobby() }.into(),
        MessageSend {
            dialog_id: DialogId::lobby(),
            client_id: id("c-2"),
            content: "Hello!".to_owned(),
            kind: MessageKind::Text,
            meta: json!({ "mood": 1 }).try_into().unwrap(),
            reply_to: Some(id("m-1")),
        }
        .into(),
        MessageSend {
            dialog_id: DialogId::lobby(),
            client_id: id("c-2"),
            content: "Hello!".to_owned(),
            kind: MessageKind::Text,
            meta: Meta::default(),
            reply_to: None,
        }
        .into(),
        MessageEdit {
            dialog_id: DialogId::lobby(),
            message_id: id("m-1"),
            client_id: id("c-3"),
            content: "Hello, all!".to_owned(),
        }
        .into(),
        MessageDelete { dialog_id: DialogId::lobby(), message_id: id("m-1"), client_id: id("c-4") }
            .into(),
        TypingStart { dialog_id: DialogId::lobby() }.into(),
        TypingStop { dialog_id: DialogId::lobby() }.into(),
        MessageDelivered { dialog_id: DialogId::lobby(), seq: Seq(7) }.into(),
        MessageRead { dialog_id: DialogId::lobby(), seq: Seq(7) }.into(),
        PresenceSet { away: true }.into(),
        Ping { n: u64::MAX }.into(),
    ]
}

fn server_frames() -> Vec<ServerFrame> {
    let nack = |retry, after_ms| Nack {
        client_id: id("c-2"),
        code: ErrorCode::StorageUnavailable,
        message: "the message could not be stored; try again".to_owned(),
        retry,
        after_ms,
    };
    let update = |dialog| DialogUpdate { dialog_id: id("01998d2a-dialog"), uev: Uev(3), dialog };
    let user_id = person().id;
    vec![
        ConnectionEstablished {
            connection_id: id("01998d2a-connection"),
            user_id: person().id,
            epoch: id("epoch-1"),
            ping_interval: 25_000,
            limits: Limits::default(),
        }
        .into(),
        Welcome { client: 1, message: "Welcome, client #1".to_owned(), time: NOW }.into(),
        Connected {
            you: person(),
            connected_user_list: vec![person()],
            connected_users: 201,
            away: vec![user_id.clone()],
            messages_list: vec![plain()],
            positions: positions(),
            digest: None,
        }
        .into(),
        Connected {
            you: person(),
            connected_user_list: Vec::new(),
            connected_users: 0,
            away: Vec::new(),
            messages_list: Vec::new(),
            positions: Positions::new(),
            digest: Some(Digest { uev: Uev(3), changes: 71, receipts: 16 }),
        }
        .into(),
        Joined(person()).into(),
        Disconnected(person()).into(),
        Heartbeat { time: NOW, connections: 2 }.into(),
        ChatMessage { message: "Hello!".to_owned(), from: person(), time: NOW }.into(),
        MessageNew { dialog_id: DialogId::lobby(), ev: Ev(9), message: message() }.into(),
        MessageUpdate { dialog_id: DialogId::lobby(), ev: Ev(9), message: message() }.into(),
        DialogChanged {
            dialog_id: id("01998d2a-dialog"),
            event: DialogEvent {
                ev: Ev(9),
                change: DialogChange::MemberAdded(member(Role::Owner)),
            },
        }
        .into(),
        update(Some(direct())).into(),
        update(Some(lobby())).into(),
        update(None).into(),
        TypingStarted {
            dialog_id: DialogId::lobby(),
            user_id: user_id.clone(),
            username: person().username,
        }
        .into(),
        TypingStopped { dialog_id: DialogId::lobby(), user_id: user_id.clone() }.into(),
        Receipt {
            dialog_id: DialogId::lobby(),
            user_id: user_id.clone(),
            delivered: Seq(7),
            read: Seq(6),
        }
        .into(),
        PresenceUpdate { user_id, away: true }.into(),
        Ack { client_id: id("c-2"), message: message(), duplicate: true }.into(),
        nack(true, Some(1_000)).into(),
        nack(false, None).into(),
        DialogEvents {
            dialog_id: DialogId::lobby(),
            events: (4..)
                .map(Ev)
                .zip(changes())
                .map(|(ev, change)| DialogEvent { ev, change })
                .collect(),
            to: Ev(9),
        }
        .into(),
        DialogReset { dialog_id: DialogId::lobby(), why: ResetReason::TooFarBehind }.into(),
        DialogReset { dialog_id: DialogId::lobby(), why: ResetReason::OtherEpoch }.into(),
        DialogReset { dialog_id: DialogId::lobby(), why: ResetReason::AheadOfLog }.into(),
        Invalidate { tags: vec!["messages:lobby".to_owned()] }.into(),
        Pong { n: 42, positions: positions() }.into(),
        ErrorFrame {
            code: ErrorCode::UnknownTopic,
            message: "there is no topic \"weather\"".to_owned(),
            kind: Some("subscribe".to_owned()),
            dialog_id: None,
        }
        .into(),
        ErrorFrame {
            code: ErrorCode::UnknownDialog,
            message: "no such dialog".to_owned(),
            kind: Some("dialog:join".to_owned()),
            dialog_id: Some(id("01998d2a-dialog")),
        }
        .into(),
        ErrorFrame {
            code: ErrorCode::NotJson,
            message: "no".to_owned(),
            kind: None,
            dialog_id: None,
        }
        .into(),
        Bye { reason: "the server is stopping".to_owned(), after_ms: 1_234 }.into(),
    ]
}

#[test]
fn every_frame_of_a_client_looks_like_this() {
    let lines: Vec<_> = client_frames().iter().map(ClientFrame::encode).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn every_frame_of_the_server_looks_like_this() {
    let lines: Vec<_> = server_frames().iter().map(ServerFrame::encode).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn every_body_looks_like_this() {
    let found = FoundPerson {
        id: person().id,
        username: person().username,
        presence: Presence { state: PresenceState::Online, last_seen_at: None },
    };
    let found_message = FoundMessage {
        dialog_id: id("01998d2a-dialog"),
        dialog_name: Some("Обід".to_owned()),
        message_id: id("01998d2a-message"),
        seq: Seq(7),
        sender_name: person().username,
        created_at: NOW,
        pieces: ["де ", "обід"]
            .map(|text| Piece { text: text.to_owned(), hit: text == "обід" })
            .into(),
    };
    let text = |word: &str| word.to_owned();
    let token = Token { id: id("t-1"), name: text("backup"), created_at: NOW, last_used_at: None };
    let events = (4..).map(Ev).zip(changes()).map(|(ev, change)| DialogEvent { ev, change });
    let bodies: [(&str, &dyn json::ToJson); 28] = [
        (
            "NewMessage",
            &NewMessage {
                content: text("Hello!"),
                kind: MessageKind::Text,
                meta: json!({ "mood": 1 }).try_into().unwrap(),
                client_id: Some(id("c-1")),
                reply_to: Some(id("m-1")),
            },
        ),
        ("EditedMessage", &EditedMessage { content: text("Hello!") }),
        (
            "MessagesPage",
            &MessagesPage { messages: vec![plain()], ev: Ev(9), has_more: true, has_newer: false },
        ),
        ("EventsPage", &EventsPage { events: events.collect(), to: Ev(9), reset: None }),
        (
            "EventsPage",
            &EventsPage { events: Vec::new(), to: Ev(900), reset: Some(ResetReason::TooFarBehind) },
        ),
        ("DialogList", &DialogList { dialogs: vec![direct(), lobby()], uev: Uev(3) }),
        ("DialogDetails", &DialogDetails { dialog: lobby(), members: vec![member(Role::Owner)] }),
        (
            "NewDialog",
            &NewDialog {
                kind: DialogKind::Group,
                members: vec![person().id],
                title: Some(text("Обід")),
            },
        ),
        ("ChangedDialog", &ChangedDialog::default()),
        (
            "ChangedDialog",
            &ChangedDialog {
                title: Some(text("Обід")),
                owner: Some(person().id),
                muted: Some(true),
            },
        ),
        ("MembersChange", &MembersChange { members: vec![person().id] }),
        ("ReadUpTo", &ReadUpTo { seq: Seq(7) }),
        ("PeopleList", &PeopleList { people: vec![found.clone()], has_more: true }),
        (
            "Found",
            &Found { people: vec![found], dialogs: vec![lobby()], messages: vec![found_message] },
        ),
        ("Me", &Me { id: person().id, username: person().username, login: Some(text("anna")) }),
        ("NewGuest", &NewGuest { name: Some(text("Анна")) }),
        (
            "Registration",
            &Registration { login: text("anna"), name: text("Анна"), password: text("secret") },
        ),
        ("SignIn", &SignIn { login: text("anna"), password: text("secret") }),
        ("SignOut", &SignOut { everywhere: true }),
        ("PasswordDraft", &PasswordDraft { password: text("secret"), login: None, name: None }),
        ("Strength", &Strength { score: 0, word: StrengthWord::TooWeak, accepted: false }),
        ("ChangedName", &ChangedName { name: text("Анна") }),
        ("ChangedPassword", &ChangedPassword { old: text("secret"), new: text("better") }),
        ("Farewell", &Farewell { password: Some(text("secret")) }),
        ("NewToken", &NewToken { name: text("backup") }),
        ("TokenList", &TokenList { tokens: vec![token.clone()] }),
        ("MadeToken", &MadeToken { token, secret: text("confab_…") }),
        (
            "Failure",
            &Failure {
                success: false,
                error: text("try again"),
                code: ErrorCode::StorageUnavailable,
                retry: true,
                after_ms: Some(1_000),
            },
        ),
    ];
    let lines = bodies.map(|(name, body)| [name, " ", &json::write(body)].concat());
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn no_frame_is_missing_here() {
    let clients: Vec<_> = client_frames().iter().map(ClientFrame::kind).collect();
    for row in ClientFrame::TABLE {
        assert!(clients.contains(&row.name), "{}", row.name);
    }
    let servers: Vec<_> = server_frames().iter().map(ServerFrame::kind).collect();
    for row in ServerFrame::TABLE {
        assert!(servers.contains(&row.name), "{}", row.name);
    }
}

#[test]
fn what_is_said_is_what_is_heard() {
    for frame in client_frames() {
        assert_eq!(ClientFrame::decode(&frame.encode()).unwrap(), frame);
    }
    for frame in server_frames() {
        assert_eq!(ServerFrame::decode(&frame.encode()).unwrap(), frame);
    }
}

#[test]
fn every_frame_is_an_envelope_of_type_and_payload() {
    let texts = client_frames().iter().map(ClientFrame::encode).collect::<Vec<_>>();
    for text in texts.into_iter().chain(server_frames().iter().map(ServerFrame::encode)) {
        let json: Value = serde_json::from_str(&text).unwrap();
        let fields: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, ["payload", "type"], "{text}");
        assert!(json["payload"].is_object() && json["type"].is_string(), "{text}");
        assert!(camel_case(&json["payload"]), "{text}");
    }
}

/// Every name of a field is camelCase; ids that serve as keys, and `meta`, are left alone.
fn camel_case(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.iter().all(|(name, value)| {
            ["positions", "meta"].contains(&name.as_str())
                || !name.contains(['_', '-']) && camel_case(value)
        }),
        Value::Array(items) => items.iter().all(camel_case),
        _ => true,
    }
}

#[test]
fn the_tables_of_the_docs_have_a_row_for_everything() {
    insta::assert_snapshot!([tables::close_codes(), tables::error_codes()].join("\n"));
    let frames = tables::frames();
    assert_eq!(frames.lines().count(), 2 + ClientFrame::TABLE.len() + ServerFrame::TABLE.len());
    assert!(!frames.contains("|  |"), "each says what it is for:\n{frames}");
}

#[test]
fn a_newer_server_may_say_more() {
    let text = r#"{"type":"error","payload":{"code":"brand_new","message":"?","hint":1},"v":2}"#;
    let ServerFrame::Error(error) = ServerFrame::decode(text).unwrap() else { panic!() };
    assert_eq!(error.code, ErrorCode::Unknown);
}

#[test]
fn a_mistake_is_named_as_what_it_is() {
    let code = |text: &str| ClientFrame::decode(text).unwrap_err().code().as_str();
    assert_eq!(code("hello"), "not_json");
    assert_eq!(code(r#"{"payload":{}}"#), "not_json");
    assert_eq!(code(r#"{"type":"dance"}"#), "unknown_type");
    assert_eq!(code(r#"{"type":"chat"}"#), "wrong_shape");
    assert_eq!(code(r#"{"type":"chat","payload":{"message":"\ud800"}}"#), "wrong_shape");
    // The payload may come before the type.
    assert!(ClientFrame::decode(r#"{"payload":{"n":1},"type":"ping"}"#).is_ok());
}

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
