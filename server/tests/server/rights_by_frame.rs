//! Who may do what by the socket: one table, every frame that a client may say, every standing that a
//! person can have towards a group (as in [`rights`](crate::rights), where REST's table is). A frame
//! without a row fails.

use std::collections::BTreeSet;

use confab_protocol::{ClientFrame, ServerFrame};
use serde_json::{Value, json};

use crate::{
    harness::{Client, server},
    rights::{Scene, Standing},
};

/// What a frame is answered with: its type, and the code of a refusal. Nothing is nothing at all.
type Answered = &'static str;

/// Type, payload, and the answer in each column.
type Row = (&'static str, Value, [Answered; 3]);

/// The columns: whoever owns the group, whoever else belongs to it, whoever does not. In payloads
/// `$group` is the group and `$message` its owner's message.
fn table() -> Vec<Row> {
    const UNKNOWN: Answered = "error unknown_dialog";
    const NACK: Answered = "nack unknown_dialog";
    let in_group = |more: Value| {
        let mut payload =
            json!({ "dialogId": "$group", "clientId": "m1", "messageId": "$message" });
        payload.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        payload
    };
    let everyone = |answered| [answered; 3];
    vec![
        ("connecting", json!({}), everyone("connected")),
        (
            "connecting",
            json!({ "resume": { "epoch": "$epoch", "positions": { "$group": 0 } } }),
            ["connected, dialog:sync", "connected, dialog:sync", "connected, error unknown_dialog"],
        ),
        (
            "connecting",
            json!({ "resume": { "epoch": "another-life", "positions": { "$group": 0 } } }),
            [
                "connected, dialog:reset",
                "connected, dialog:reset",
                "connected, error unknown_dialog",
            ],
        ),
        ("subscribe", json!({ "topics": ["typing"] }), everyone("")),
        ("subscribe", json!({ "topics": ["dialog:$group"] }), ["", "", UNKNOWN]),
        ("unsubscribe", json!({ "topics": ["dialog:$group"] }), everyone("")),
        ("chat", json!({ "message": "x", "clientId": "m1" }), everyone("ack")),
        ("dialog:join", in_group(json!({})), ["dialog:sync", "dialog:sync", UNKNOWN]),
        ("dialog:join", in_group(json!({ "after": 0 })), ["dialog:sync", "dialog:sync", UNKNOWN]),
        (
            "dialog:join",
            in_group(json!({ "after": 99 })),
            ["dialog:reset", "dialog:reset", UNKNOWN],
        ),
        ("dialog:leave", in_group(json!({})), everyone("")),
        ("message:send", in_group(json!({ "content": "x" })), ["ack", "ack", NACK]),
        (
            "message:send",
            in_group(json!({ "content": "x", "replyTo": "$message" })),
            ["ack", "ack", NACK],
        ),
        (
            "message:send",
            json!({ "dialogId": "lobby", "clientId": "m1", "content": "x", "replyTo": "$message" }),
            everyone("nack unknown_message"),
        ),
        (
            "message:edit",
            in_group(json!({ "content": "x" })),
            ["ack", "nack not_your_message", NACK],
        ),
        ("message:delete", in_group(json!({})), ["ack", "nack not_your_message", NACK]),
        ("typing:start", in_group(json!({})), ["", "", UNKNOWN]),
        ("typing:stop", in_group(json!({})), ["", "", UNKNOWN]),
        ("message:delivered", in_group(json!({ "seq": 1 })), ["", "", UNKNOWN]),
        ("message:read", in_group(json!({ "seq": 1 })), ["", "", UNKNOWN]),
        ("presence:set", json!({ "away": true }), everyone("")),
        ("ping", json!({ "n": 1 }), everyone("pong")),
    ]
}

/// Says a frame, and gives what is answered to it: everything up to the answer to another message,
/// because answers that wait for a commit come in the order of what was said.
async fn answered(client: &mut Client, kind: &str, payload: &str) -> (String, String) {
    client.says_text(&format!(r#"{{"type":"{kind}","payload":{payload}}}"#)).await;
    client.says_text(r#"{"type":"chat","payload":{"message":"x","clientId":"end"}}"#).await;
    let (mut kinds, mut texts) = (Vec::new(), String::new());
    loop {
        let frame = client.next().await;
        texts.push_str(&frame.encode());
        match frame {
            ServerFrame::Ack(ack) if ack.client_id.as_str() == "end" => {
                return (kinds.join(", "), texts);
            }
            ServerFrame::Nack(nack) => kinds.push(format!("nack {}", nack.code)),
            ServerFrame::Error(error) => kinds.push(format!("error {}", error.code)),
            other => kinds.push(other.kind().to_owned()),
        }
    }
}

/// Goes through one column of the table.
async fn every_frame_is_answered(standing: Standing) {
    let server = server().unhurried().start().await;
    let column = match standing {
        Standing::Owner => 0,
        Standing::Member => 1,
        _ => 2,
    };
    for (kind, payload, answers) in table() {
        let scene = Scene::of(&server, standing).await;
        if standing == Standing::SignedOut {
            let refused = scene.person.dials().open().await.err().expect(kind);
            assert_eq!(refused.status(), 401, "{refused:?}");
            return server.end().await;
        }
        let mut client = scene.person.listens("").await;
        let epoch = client.established().epoch.to_string();
        let payload = payload.to_string().replace("$group", &scene.group);
        let payload = payload.replace("$message", &scene.message).replace("$epoch", &epoch);
        let (heard, texts) = answered(&mut client, kind, &payload).await;
        assert_eq!(heard, answers[column], "{standing:?}: {kind} {payload} {texts}");
        assert!(column < 2 || !texts.contains("hidden words"), "{standing:?}: {kind} {texts}");
        client.leaves().await;
    }
    server.end().await;
}

macro_rules! columns {
    ($($name:ident: $standing:ident;)*) => {$(
        #[tokio::test]
        async fn $name() {
            every_frame_is_answered(Standing::$standing).await;
        }
    )*};
}

columns! {
    what_an_owner_may_say: Owner;
    what_a_member_may_say: Member;
    what_someone_removed_may_say: Removed;
    what_a_stranger_may_say: Stranger;
    what_a_guest_may_say: Guest;
    what_nobody_may_say: Nobody;
    who_is_signed_out_opens_no_socket: SignedOut;
}

#[test]
fn every_frame_of_a_client_has_a_row() {
    let rows: BTreeSet<_> = table().into_iter().map(|(kind, ..)| kind).collect();
    let frames: BTreeSet<_> = ClientFrame::TABLE.iter().map(|row| row.name).collect();
    assert_eq!(rows, frames);
}
