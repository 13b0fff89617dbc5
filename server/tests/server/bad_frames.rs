//! Frames that make no sense: answered with a code and a sentence, and the connection lives.

use confab_protocol::Ping;

use crate::harness::{RawClient, TEXT, chat, frame, hears, server};

/// `{"type": kind, "payload": payload}`
fn framed(kind: &str, payload: &str) -> String {
    format!(r#"{{"type":"{kind}","payload":{payload}}}"#)
}

#[tokio::test]
async fn what_is_no_json_object_with_a_type_is_named_so() {
    let server = server().start().await;
    let mut client = server.client().query("topics=").connect().await;
    for bad in [
        "",
        " ",
        "hello",
        "{",
        "null",
        "42",
        r#""ping""#,
        "{}",
        r#"{"payload":{}}"#,
        r#"{"type":1}"#,
        r#"{"type":null}"#,
        r#"{"type":"ping","type":"ping"}"#,
        r#"{"type":"ping"}x"#,
        r#"["ping",{"n":1}]"#,
        r#"{"type":"ping","payload":}"#,
        "\u{feff}{}",
    ] {
        client.says_text(bad).await;
        let error = hears!(client, Error);
        assert_eq!((error.code.as_str(), error.kind), ("not_json", None), "{bad}");
        client.says(Ping { n: 1 }).await;
        hears!(client, Pong);
    }
    server.end().await;
}

#[tokio::test]
async fn an_unknown_type_is_named_and_cut() {
    let server = server().start().await;
    let mut client = server.client().query("topics=").connect().await;
    for (bad, named) in [
        ("dance".to_owned(), "dance".to_owned()),
        ("Ping".to_owned(), "Ping".to_owned()),
        ("welcome".to_owned(), "welcome".to_owned()),
        ("message:forward".to_owned(), "message:forward".to_owned()),
        ("д".repeat(1_000), "д".repeat(64)),
    ] {
        client.says_text(&framed(&bad, "{}")).await;
        let error = hears!(client, Error);
        assert_eq!((error.code.as_str(), error.kind), ("unknown_type", Some(named)));
    }
    client.heard_nothing().await;
    server.end().await;
}

/// Every field of every frame a client may send, with a good payload around it.
const FIELDS: &[(&str, &str, &[&str])] = &[
    ("connecting", r#"{"username":%}"#, &["1", "[]", "{}", "true"]),
    ("connecting", r#"{"resume":%}"#, &["1", r#""x""#, "[1]", "true", "{}"]),
    (
        "connecting",
        r#"{"resume":{"epoch":%,"positions":{}}}"#,
        &["1", "null", "{}", r#""a b""#, r#""""#],
    ),
    (
        "connecting",
        r#"{"resume":{"epoch":"e","positions":%}}"#,
        &[
            "1",
            "null",
            "[1]",
            r#"{"lobby":"1"}"#,
            r#"{"lobby":-1}"#,
            r#"{"a/b":1}"#,
            r#"{"lobby":1.5}"#,
        ],
    ),
    (
        "subscribe",
        r#"{"topics":%}"#,
        &["1", "null", r#""chat""#, "{}", "[1]", "[null]", r#"[["chat"]]"#],
    ),
    ("unsubscribe", r#"{"topics":%}"#, &["1", "null", r#""chat""#, "{}", "[1]", "[null]"]),
    ("chat", r#"{"message":%}"#, &["1", "null", "[]", "{}", "true"]),
    (
        "chat",
        r#"{"message":"x","clientId":%}"#,
        &["1", "[]", "{}", r#""""#, r#""a b""#, r#""<b>""#],
    ),
    ("dialog:join", r#"{"dialogId":%}"#, &["1", "null", "[]", "{}", r#""""#, r#""../x""#]),
    (
        "dialog:join",
        r#"{"dialogId":"lobby","after":%}"#,
        &[r#""1""#, "-1", "1.5", "[]", "{}", "true", "1e99", "18446744073709551616"],
    ),
    ("dialog:leave", r#"{"dialogId":%}"#, &["1", "null", "[]", "{}", r#""""#]),
    (
        "message:send",
        r#"{"dialogId":%,"clientId":"m","content":"x"}"#,
        &["1", "null", "[]", "{}", r#""a/b""#],
    ),
    (
        "message:send",
        r#"{"dialogId":"lobby","clientId":%,"content":"x"}"#,
        &["1", "null", "[]", "{}", r#""""#, r#""й""#],
    ),
    (
        "message:send",
        r#"{"dialogId":"lobby","clientId":"m","content":%}"#,
        &["1", "null", "[]", "{}", "true"],
    ),
    (
        "message:send",
        r#"{"dialogId":"lobby","clientId":"m","content":"x","type":%}"#,
        &["1", "null", "[]", "{}", r#""image""#, r#""Text""#],
    ),
    (
        "message:send",
        r#"{"dialogId":"lobby","clientId":"m","content":"x","replyTo":%}"#,
        &["1", "[]", "{}", r#""""#, r#""a b""#],
    ),
    (
        "message:edit",
        r#"{"dialogId":%,"messageId":"m","clientId":"c","content":"x"}"#,
        &["1", "null", "[]", "{}", r#""a/b""#],
    ),
    (
        "message:edit",
        r#"{"dialogId":"lobby","messageId":%,"clientId":"c","content":"x"}"#,
        &["1", "null", "[]", "{}", r#""a/b""#],
    ),
    (
        "message:edit",
        r#"{"dialogId":"lobby","messageId":"m","clientId":%,"content":"x"}"#,
        &["1", "null", "[]", "{}", r#""a/b""#],
    ),
    (
        "message:edit",
        r#"{"dialogId":"lobby","messageId":"m","clientId":"c","content":%}"#,
        &["1", "null", "[]", "{}", "true"],
    ),
    (
        "message:delete",
        r#"{"dialogId":%,"messageId":"m","clientId":"c"}"#,
        &["1", "null", "[]", "{}", r#""a/b""#],
    ),
    (
        "message:delete",
        r#"{"dialogId":"lobby","messageId":%,"clientId":"c"}"#,
        &["1", "null", "[]", "{}", r#""a/b""#],
    ),
    (
        "message:delete",
        r#"{"dialogId":"lobby","messageId":"m","clientId":%}"#,
        &["1", "null", "[]", "{}", r#""a/b""#],
    ),
    ("typing:start", r#"{"dialogId":%}"#, &["1", "null", "[]", "{}", r#""a/b""#]),
    ("typing:stop", r#"{"dialogId":%}"#, &["1", "null", "[]", "{}", r#""a/b""#]),
    ("message:delivered", r#"{"dialogId":%,"seq":1}"#, &["1", "null", "[]", "{}", r#""a/b""#]),
    (
        "message:delivered",
        r#"{"dialogId":"lobby","seq":%}"#,
        &[r#""1""#, "null", "-1", "1.5", "[]", "{}", "true", "18446744073709551616"],
    ),
    ("message:read", r#"{"dialogId":%,"seq":1}"#, &["1", "null", "[]", "{}", r#""a/b""#]),
    (
        "message:read",
        r#"{"dialogId":"lobby","seq":%}"#,
        &[r#""1""#, "null", "-1", "1.5", "[]", "{}", "true", "18446744073709551616"],
    ),
    ("presence:set", r#"{"away":%}"#, &["1", "null", "[]", "{}", r#""true""#]),
    (
        "ping",
        r#"{"n":%}"#,
        &[r#""1""#, "null", "-1", "1.5", "[]", "{}", "true", "18446744073709551616"],
    ),
];

#[tokio::test]
async fn a_wrong_type_in_any_field_is_a_wrong_shape_and_the_connection_lives() {
    let server = server().unhurried().start().await;
    let mut client = server.client().query("topics=").connect().await;
    for (kind, payload, wrongs) in FIELDS {
        for wrong in *wrongs {
            let text = framed(kind, &payload.replace('%', wrong));
            client.says_text(&text).await;
            let error = hears!(client, Error);
            let heard = (error.code.as_str(), error.kind.as_deref());
            assert_eq!(heard, ("wrong_shape", Some(*kind)), "{text}");
            client.heard_nothing().await;
        }
    }
    assert!(server.history().await.messages.is_empty());
    server.end().await;
}

#[tokio::test]
async fn a_payload_that_is_no_object_is_a_wrong_shape() {
    let server = server().unhurried().start().await;
    let mut client = server.client().query("topics=").connect().await;
    let kinds = confab_protocol::ClientFrame::TABLE.iter().map(|row| row.name);
    for kind in kinds {
        for wrong in ["1", "true", r#""x""#, "[5]", "[]"] {
            client.says_text(&framed(kind, wrong)).await;
            assert_eq!(client.hears_error().await.0, "wrong_shape", "{kind} {wrong}");
            client.heard_nothing().await;
        }
    }
    server.end().await;
}

#[tokio::test]
async fn every_frame_type_is_covered_by_the_wrong_types_above() {
    for row in confab_protocol::ClientFrame::TABLE {
        assert!(FIELDS.iter().any(|(kind, ..)| *kind == row.name), "{} is missing", row.name);
    }
}

#[tokio::test]
async fn missing_fields_are_named() {
    let server = server().start().await;
    let mut client = server.client().query("topics=").connect().await;
    for (kind, field) in
        [("chat", "message"), ("message:send", "dialogId"), ("subscribe", "topics")]
    {
        client.says_text(&framed(kind, "{}")).await;
        assert!(client.hears_error().await.1.contains(field), "{kind}");
    }
    server.end().await;
}

#[tokio::test]
async fn more_than_is_known_is_passed_over() {
    let server = server().start().await;
    let mut client = server.client().query("topics=").connect().await;
    client.says_text(r#"{"id":7,"payload":{"n":3,"m":[{}]},"type":"ping"}"#).await;
    assert_eq!(hears!(client, Pong).n, 3);
    client.says_text(r#"{"type":"ping","payload":null}"#).await;
    assert_eq!(hears!(client, Pong).n, 0);
    server.end().await;
}

#[tokio::test]
async fn nine_bad_frames_and_a_good_one_are_forgiven() {
    let server = server().start().await;
    let mut client = server.client().query("topics=").connect().await;
    for _ in 0..2 {
        for _ in 0..9 {
            client.says_text("nonsense").await;
            client.hears_error().await;
        }
        client.says(Ping { n: 1 }).await;
        hears!(client, Pong);
    }
    server.end().await;
}

#[tokio::test]
async fn a_frame_split_byte_by_byte_is_understood() {
    let server = server().start().await;
    let mut raw = server.raw().await;
    for byte in frame(TEXT, framed("chat", r#"{"message":"slow й"}"#).as_bytes()) {
        raw.write(&[byte]).await;
    }
    assert!(raw.text().await.contains("slow й"));
    server.end().await;
}

#[tokio::test]
async fn a_handshake_split_byte_by_byte_is_understood() {
    let server = server().start().await;
    let mut stream = server.tcp().await;
    let head = crate::harness::handshake("/ws?topics=");
    let (last, first) = head.as_bytes().split_last().unwrap();
    for byte in first {
        tokio::io::AsyncWriteExt::write_all(&mut stream, &[*byte]).await.unwrap();
    }
    tokio::io::AsyncWriteExt::write_all(&mut stream, &[*last]).await.unwrap();
    let mut raw = RawClient { stream };
    assert!(raw.head().await.starts_with("HTTP/1.1 101 "));
    raw.greeting().await;
    drop(raw);
    server.has_sockets(0).await;
    server.end().await;
}

#[tokio::test]
async fn many_frames_in_one_write_are_understood_one_by_one() {
    let server = server().start().await;
    let mut raw = server.raw().await;
    let bytes: Vec<u8> = (0..20)
        .flat_map(|n| frame(TEXT, framed("ping", &format!(r#"{{"n":{n}}}"#)).as_bytes()))
        .collect();
    raw.write(&bytes).await;
    for n in 0..20 {
        assert!(raw.text().await.contains(&format!(r#""n":{n},"#)));
    }
    server.end().await;
}

#[tokio::test]
async fn frames_right_behind_the_handshake_are_not_lost() {
    let server = server().start().await;
    let mut bytes = crate::harness::handshake("/ws?topics=").into_bytes();
    bytes.extend(frame(TEXT, framed("ping", r#"{"n":5}"#).as_bytes()));
    let mut stream = server.tcp().await;
    tokio::io::AsyncWriteExt::write_all(&mut stream, &bytes).await.unwrap();
    let mut raw = RawClient { stream };
    raw.head().await;
    raw.greeting().await;
    assert!(raw.text().await.contains("pong"));
    server.end().await;
}

#[tokio::test]
async fn a_message_in_fragments_with_a_ping_between_is_understood() {
    let server = server().start().await;
    let mut raw = server.raw().await;
    let text = framed("chat", r#"{"message":"in й parts"}"#);
    // Cut in the middle of й, which is two bytes.
    let (one, two) = text.as_bytes().split_at(text.find('й').unwrap() + 1);
    raw.write(&crate::harness::fragment(TEXT, one)).await;
    raw.write(&frame(crate::harness::PING, b"still here")).await;
    let pong = raw.frame().await.unwrap();
    assert_eq!(
        (pong.opcode, pong.payload.as_slice()),
        (crate::harness::PONG, b"still here".as_slice())
    );
    raw.write(&crate::harness::fragment(0x80, two)).await;
    assert!(raw.text().await.contains("in й parts"));
    server.end().await;
}

#[tokio::test]
async fn one_bad_client_disturbs_no_other() {
    let server = server().start().await;
    let mut good = server.client().query("topics=chat").connect().await;
    let mut bad = server.raw().await;
    bad.write(&[0xff; 64]).await;
    bad.close_code().await;
    good.says(chat("still here")).await;
    assert_eq!(hears!(good, Chat).message, "still here");
    server.end().await;
}
