//! Topics: in the URL, by `subscribe` and `unsubscribe` (document 004).

use std::time::Duration;

use confab_protocol::{ClientFrame, Topics, Unsubscribe};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::harness::{chat, handshake, hears, server, soon};

fn subscribe(topic: &str) -> ClientFrame {
    Topics { topics: vec![topic.to_owned()] }.into()
}

fn unsubscribe(topic: &str) -> ClientFrame {
    Unsubscribe { topics: vec![topic.to_owned()] }.into()
}

const BEAT: Duration = Duration::from_secs(5);

#[tokio::test]
async fn the_url_filters_what_a_socket_hears() {
    let server = server().start().await;
    let mut chats = server.client().query("topics=chat").connect().await;
    let mut beats = server.client().query("topics=heartbeat").connect().await;
    let mut both = server.client().query("topics=chat,heartbeat").connect().await;
    server.join("Anna").await.says(chat("Hi")).await;
    hears!(chats, Chat);
    hears!(both, Chat);
    server.pass(BEAT);
    hears!(beats, Heartbeat);
    hears!(both, Heartbeat);
    for client in [&mut chats, &mut beats, &mut both] {
        client.heard_nothing().await;
    }
    server.end().await;
}

#[tokio::test]
async fn no_topics_in_the_url_means_all_but_single_dialogs() {
    let server = server().start().await;
    let mut client = server.connect().await;
    let mut anna = server.join("Anna").await;
    anna.says(chat("Hi")).await;
    hears!(client, Joined);
    hears!(client, Chat);
    server.pass(BEAT);
    hears!(client, Heartbeat);
    client.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn an_empty_list_means_silence() {
    let server = server().start().await;
    let mut client = server.client().query("topics=").connect().await;
    server.join("Anna").await.says(chat("Hi")).await;
    server.pass(BEAT);
    client.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn a_topic_is_heard_from_subscribe_to_unsubscribe() {
    let server = server().start().await;
    let mut client = server.client().query("topics=").connect().await;
    client.says(subscribe("heartbeat")).await;
    client.heard_nothing().await;
    server.pass(BEAT);
    hears!(client, Heartbeat);
    client.says(unsubscribe("heartbeat")).await;
    client.heard_nothing().await;
    server.pass(BEAT);
    client.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn subscribing_twice_is_hearing_once() {
    let server = server().start().await;
    let mut client = server.client().query("topics=heartbeat,heartbeat").connect().await;
    client.says(subscribe("heartbeat")).await;
    client.heard_nothing().await;
    server.pass(BEAT);
    hears!(client, Heartbeat);
    client.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn a_dialog_is_a_topic_by_its_id() {
    let server = server().start().await;
    let mut reader = server.client().query("topics=dialog:lobby").connect().await;
    server.join("Anna").await.says(chat("Hi")).await;
    let new = hears!(reader, MessageNew);
    assert_eq!((new.dialog_id.as_str(), new.ev.0, new.message.seq.0), ("lobby", 1, 1));
    assert_eq!(new.message.content, "Hi");
    server.end().await;
}

#[tokio::test]
async fn an_unknown_topic_is_answered_with_the_known_ones_and_the_rest_is_heard() {
    let server = server().start().await;
    let mut client = server.client().query("topics=weather,heartbeat").connect().await;
    let (code, sentence) = client.hears_error().await;
    assert_eq!(code, "unknown_topic");
    assert!(sentence.contains("weather") && sentence.contains("heartbeat, presence"), "{sentence}");
    for frame in [subscribe("sports"), unsubscribe("sports"), subscribe("dialog:")] {
        let kind = frame.kind();
        client.says(frame).await;
        let error = hears!(client, Error);
        assert_eq!((error.code.as_str(), error.kind.as_deref()), ("unknown_topic", Some(kind)));
    }
    server.pass(BEAT);
    hears!(client, Heartbeat);
    server.end().await;
}

#[tokio::test]
async fn a_dialog_of_others_is_no_topic() {
    let server = server().start().await;
    let mut client = server.client().query("topics=dialog:secret").connect().await;
    assert_eq!(client.hears_error().await.0, "unknown_dialog");
    client.says(subscribe("dialog:secret")).await;
    assert_eq!(client.hears_error().await.0, "unknown_dialog");
    server.end().await;
}

#[tokio::test]
async fn a_thousand_unknown_topics_are_answered_without_a_flood() {
    let server = server().start().await;
    let names = vec!["x"; 1_000];
    let refused = server.client().query(&format!("topics={}", names.join(","))).open().await;
    assert_eq!(refused.err().unwrap().status(), 400);
    let mut client = server.client().query("topics=").connect().await;
    let topics: Vec<_> = names.into_iter().map(str::to_owned).collect();
    client.says(Topics { topics: topics.clone() }).await;
    assert_eq!(client.hears_error().await.0, "wrong_shape");
    client.heard_nothing().await;
    client.says(Topics { topics: topics[..100].to_vec() }).await;
    for _ in 0..100 {
        assert_eq!(client.hears_error().await.0, "unknown_topic");
    }
    client.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn a_socket_hears_from_the_answer_to_its_handshake_on() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    let (_, token) = anna.makes_token("a script").await;
    // Whether the token still counts is asked of the database, which takes a moment.
    let asks =
        handshake("/ws").replace("\r\n\r\n", &format!("\r\nAuthorization: Bearer {token}\r\n\r\n"));
    for _ in 0..20 {
        let mut raw = server.tcp().await;
        raw.write_all(asks.as_bytes()).await.unwrap();
        let mut first = [0; 12];
        soon("the answer", raw.read_exact(&mut first)).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 101");
        // From here on a browser believes that it misses nothing.
        assert_eq!(server.listeners(), 1);
        drop(raw);
        server.has_sockets(0).await;
    }
    server.end().await;
}
