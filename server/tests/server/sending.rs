//! `message:send` and `chat`: the ack, the duplicate, the conflict, the hurry (DESIGN §4, *Sending*).

use std::time::Duration;

use confab_protocol::{Chat, ClientId, DialogId, MessageSend, ServerFrame};
use serde_json::json;

use crate::harness::{Client, chat, hears, message, server};

/// Sends and hears the answer, whichever it is.
async fn answer(client: &mut Client, frame: MessageSend) -> ServerFrame {
    client.says(frame).await;
    client.next().await
}

#[tokio::test]
async fn a_message_is_acknowledged_as_it_was_stored() {
    let server = server().start().await;
    let mut anna = server.client().query("topics=").connect().await;
    let sent = MessageSend {
        meta: json!({ "mood": "😀" }).try_into().unwrap(),
        ..message("m1", "  Hello!\r\n ")
    };
    anna.says(sent).await;
    let ack = hears!(anna, Ack);
    assert_eq!(ack.client_id.as_str(), "m1");
    assert!(!ack.duplicate);
    assert_eq!(ack.message.content, "Hello!");
    assert_eq!(ack.message.sender_id, anna.established().user_id);
    assert_eq!(ack.message.meta.as_str(), r#"{"mood":"😀"}"#);
    assert_eq!(server.history().await.messages, [ack.message], "acknowledged means stored");
    server.end().await;
}

#[tokio::test]
async fn a_resent_message_gets_the_first_answer_and_is_told_once() {
    let server = server().start().await;
    let mut anna = server.client().query("topics=dialog:lobby").connect().await;
    let first = anna.sends_message("m1", "Hello!").await;
    let again = anna.sends_message("m1", "Hello!").await;
    assert!(again.duplicate);
    assert_eq!(again.message, first.message);
    anna.heard_nothing().await;
    assert_eq!(server.history().await.messages.len(), 1);
    server.end().await;
}

#[tokio::test]
async fn the_same_id_with_another_body_is_refused() {
    let server = server().start().await;
    let mut anna = server.client().query("topics=").connect().await;
    anna.sends_message("m1", "Hello!").await;
    for other in [
        message("m1", "Hello?"),
        MessageSend { meta: json!(1).try_into().unwrap(), ..message("m1", "Hello!") },
        MessageSend { reply_to: "m0".to_owned().try_into().ok(), ..message("m1", "Hello!") },
    ] {
        anna.says(other).await;
        let nack = hears!(anna, Nack);
        assert_eq!((nack.client_id.as_str(), nack.code.as_str()), ("m1", "client_id_conflict"));
        assert!(!nack.retry);
    }
    assert_eq!(server.history().await.messages.len(), 1);
    server.end().await;
}

#[tokio::test]
async fn two_authors_may_use_the_same_id() {
    let server = server().start().await;
    let mut anna = server.client().query("topics=").connect().await;
    let mut bob = server.client().query("topics=").connect().await;
    assert!(!anna.sends_message("m1", "from Anna").await.duplicate);
    assert!(!bob.sends_message("m1", "from Bob").await.duplicate);
    server.end().await;
}

#[tokio::test]
async fn one_message_by_socket_and_by_rest_is_stored_once() {
    let server = server().start().await;
    let cookie = server.cookie().await;
    let mut anna = server.client().browser(&cookie).query("topics=").connect().await;
    let first = anna.sends_message("m1", "Hello!").await;
    let by_rest = server.posts(&cookie, json!({ "content": "Hello!", "clientId": "m1" })).await;
    assert_eq!(by_rest.status(), 200);
    assert_eq!(by_rest.json()["data"], serde_json::to_value(&first.message).unwrap());
    let conflict = server.posts(&cookie, json!({ "content": "Hello?", "clientId": "m1" })).await;
    assert_eq!((conflict.status(), conflict.code().as_str()), (409, "client_id_conflict"));
    let posted = server.posts(&cookie, json!({ "content": "By REST", "clientId": "m2" })).await;
    assert_eq!(posted.status(), 201);
    assert!(anna.sends_message("m2", "By REST").await.duplicate);
    assert_eq!(server.history().await.messages.len(), 2);
    server.end().await;
}

#[tokio::test]
async fn a_message_by_rest_is_heard_by_everyone() {
    let server = server().start().await;
    let mut anna = server.client().query("topics=chat,dialog:lobby").connect().await;
    server.posts("", json!({ "content": "By REST" })).await;
    assert_eq!(hears!(anna, Chat).message, "By REST");
    assert_eq!(hears!(anna, MessageNew).message.content, "By REST");
    server.end().await;
}

#[tokio::test]
async fn a_chat_with_an_id_is_acknowledged_and_one_without_is_not() {
    let server = server().start().await;
    let mut anna = server.client().query("topics=").connect().await;
    anna.says(chat("quiet")).await;
    anna.says(Chat { message: "loud".to_owned(), client_id: ClientId::parse("m1").ok() }).await;
    assert_eq!(hears!(anna, Ack).message.content, "loud");
    assert_eq!(server.history().await.messages.len(), 2);
    server.end().await;
}

#[tokio::test]
async fn a_chat_that_is_refused_is_an_error_or_a_nack() {
    let server = server().start().await;
    let mut anna = server.connect().await;
    anna.says(chat("  ")).await;
    let error = hears!(anna, Error);
    assert_eq!((error.code.as_str(), error.kind.as_deref()), ("message_empty", Some("chat")));
    anna.says(Chat { message: "  ".to_owned(), client_id: ClientId::parse("m1").ok() }).await;
    assert_eq!(hears!(anna, Nack).code.as_str(), "message_empty");
    server.end().await;
}

#[tokio::test]
async fn a_dialog_that_is_not_there_takes_no_messages() {
    let server = server().start().await;
    let mut anna = server.connect().await;
    let nowhere = DialogId::parse("secret").unwrap();
    let sent = MessageSend { dialog_id: nowhere, ..message("m1", "Hello?") };
    let ServerFrame::Nack(nack) = answer(&mut anna, sent).await else { panic!() };
    assert_eq!((nack.code.as_str(), nack.retry), ("unknown_dialog", false));
    server.end().await;
}

#[tokio::test]
async fn a_burst_of_thirty_passes_and_the_next_waits_as_long_as_it_is_told() {
    let server = server().start().await;
    let mut anna = server.client().query("topics=").connect().await;
    for n in 1..=30 {
        anna.sends_message(&format!("m{n}"), "quick").await;
    }
    let ServerFrame::Nack(nack) = answer(&mut anna, message("m31", "quick")).await else {
        panic!()
    };
    assert_eq!(
        (nack.code.as_str(), nack.retry, nack.after_ms),
        ("too_many_sends", true, Some(100))
    );
    server.pass(Duration::from_millis(100));
    assert!(!anna.sends_message("m31", "quick").await.duplicate);
    server.end().await;
}

#[tokio::test]
async fn the_hurry_of_one_person_counts_over_all_their_sockets_and_rest() {
    let server = server().with(|settings| settings.limits.sends_burst = 2).start().await;
    let cookie = server.cookie().await;
    let mut tab = server.client().browser(&cookie).query("topics=").connect().await;
    let mut other = server.client().browser(&cookie).query("topics=").connect().await;
    tab.sends_message("m1", "one").await;
    other.sends_message("m2", "two").await;
    let ServerFrame::Nack(_) = answer(&mut tab, message("m3", "three")).await else { panic!() };
    let by_rest = server.posts(&cookie, json!({ "content": "four" })).await;
    assert_eq!((by_rest.status(), by_rest.code().as_str()), (429, "too_many_sends"));
    assert_eq!(by_rest.header("retry-after"), "1");
    server.join("Bob").await.sends_message("m1", "someone else is not held back").await;
    server.end().await;
}

#[tokio::test]
async fn a_devices_sends_keep_their_order() {
    let server = server().unhurried().start().await;
    let mut anna = server.client().query("topics=").connect().await;
    for n in 0..40 {
        anna.says(message(&format!("m{n}"), &n.to_string())).await;
    }
    for n in 0..40 {
        let ack = hears!(anna, Ack);
        assert_eq!((ack.message.content, ack.message.seq.0), (n.to_string(), n + 1));
    }
    server.end().await;
}
