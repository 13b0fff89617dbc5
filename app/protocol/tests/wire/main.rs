//! The wire, frame by frame: one example of each as it travels, so that a changed word is a visible
//! diff; and the laws that hold for every frame and every text.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

mod examples;
mod laws;
mod rules;

use confab_protocol::*;
use serde_json::Value;

use examples::{bodies, client_frames, server_frames};

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
    insta::assert_snapshot!(bodies().join("\n"));
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
