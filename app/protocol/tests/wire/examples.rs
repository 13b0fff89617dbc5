//! One example of each frame and of each body.

use confab_protocol::{rest::*, *};
use serde_json::json;

const NOW: Timestamp = Timestamp::from_unix_ms(1_795_190_172_345);

pub fn id<T: TryFrom<String, Error = InvalidId>>(text: &str) -> T {
    T::try_from(text.to_owned()).unwrap()
}

pub fn person() -> Person {
    Person { id: id("01998d2a-anna"), username: Username::parse("Анна").unwrap() }
}

pub fn message() -> Message {
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
pub fn direct() -> Dialog {
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
pub fn client_frames() -> Vec<ClientFrame> {
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

pub fn server_frames() -> Vec<ServerFrame> {
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

/// One of each body of the HTTP routes, with its name, as it travels.
pub fn bodies() -> Vec<String> {
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
    bodies.iter().map(|(name, body)| [name, " ", &json::write(*body)].concat()).collect()
}
