//! The first frames of a socket, and the server's pulse (DESIGN §3 documents 000 and 002, §4).

use std::time::Duration;

use confab_protocol::{ClientFrame, Limits, Ping, Timestamp};

use crate::harness::{STARTED, chat, hears, server};

#[tokio::test]
async fn a_socket_is_greeted_at_once_with_who_it_is_and_the_rules() {
    let server = server().start().await;
    let client = server.connect().await;
    let established = client.established();
    assert_eq!(established.ping_interval, 25_000);
    assert_eq!(established.limits, Limits::default());
    let connection = server.only_socket();
    assert_eq!(established.connection_id, connection.id);
    assert_eq!(established.user_id, connection.visitor.user);
    server.end().await;
}

#[tokio::test]
async fn the_welcome_counts_clients_up_and_who_comes_back_is_a_new_one() {
    let server = server().start().await;
    let first = server.connect().await;
    assert_eq!(first.welcome().client, 1);
    assert_eq!(first.welcome().message, "Welcome, client #1");
    assert_eq!(first.welcome().time, STARTED);
    assert_eq!(server.connect().await.welcome().client, 2);
    first.leaves().await;
    assert_eq!(server.connect().await.welcome().client, 3);
    server.end().await;
}

#[tokio::test]
async fn a_connection_id_is_a_uuid_of_version_7_and_its_own() {
    let server = server().start().await;
    let (one, two) = (server.connect().await, server.connect().await);
    let version = |client: &crate::harness::Client| {
        let id = client.established().connection_id.as_str().to_owned();
        uuid::Uuid::parse_str(&id).unwrap().get_version_num()
    };
    assert_eq!((version(&one), version(&two)), (7, 7));
    assert_ne!(one.established().connection_id, two.established().connection_id);
    server.end().await;
}

#[tokio::test]
async fn the_registry_knows_who_from_where_with_what_and_how_much() {
    let server = server().start().await;
    let mut client = server.client().header("user-agent", "curl/8").open().await.unwrap();
    let mut told = client.next_text().await.len() + client.next_text().await.len();
    client.says(Ping { n: 1 }).await;
    told += client.next_text().await.len();
    let connection = server.only_socket();
    assert_eq!(connection.visitor.user_agent, "curl/8");
    assert_eq!(connection.visitor.address.to_string(), "127.0.0.1");
    assert_eq!(connection.number, 1);
    let count =
        |counter: &std::sync::atomic::AtomicU64| counter.load(std::sync::atomic::Ordering::Relaxed);
    let ping = ClientFrame::from(Ping { n: 1 }).encode();
    assert_eq!(count(&connection.traffic.frames_in), 1);
    assert_eq!(count(&connection.traffic.bytes_in), ping.len() as u64);
    assert_eq!(count(&connection.traffic.frames_out), 3);
    assert_eq!(count(&connection.traffic.bytes_out), told as u64);
    assert_eq!(count(&connection.traffic.queued), 0);
    server.end().await;
}

#[tokio::test]
async fn the_registry_knows_since_when() {
    let server = server().start().await;
    let first = server.connect().await;
    let opened = server.only_socket().opened;
    first.leaves().await;
    server.has_sockets(0).await;
    server.pass(Duration::from_secs(3));
    let mut second = server.connect().await;
    server.pass(Duration::from_secs(1));
    second.heard_nothing().await;
    assert_eq!(server.only_socket().opened - opened, Duration::from_secs(3));
    server.end().await;
}

#[tokio::test]
async fn a_heartbeat_comes_every_five_seconds_and_counts_the_active_connections() {
    let server = server().start().await;
    let mut anna = server.connect().await;
    let _bob = server.connect().await;
    for beat in 1..=3 {
        server.pass(Duration::from_millis(4_999));
        anna.heard_nothing().await;
        server.pass(Duration::from_millis(1));
        let heartbeat = hears!(anna, Heartbeat);
        assert_eq!(heartbeat.connections, 2);
        assert_eq!(heartbeat.time, Timestamp::from_unix_ms(STARTED.unix_ms() + beat * 5_000));
    }
    server.end().await;
}

#[tokio::test]
async fn a_heartbeat_is_one_frame_shared_by_all() {
    let server = server().start().await;
    let (mut anna, mut bob) = (server.connect().await, server.connect().await);
    server.pass(Duration::from_secs(5));
    assert_eq!(anna.next_text().await, bob.next_text().await);
    server.end().await;
}

#[tokio::test]
async fn a_script_that_says_nothing_hears_its_topics() {
    let server = server().start().await;
    let mut script = server.connect().await;
    let mut anna = server.join("Anna").await;
    assert_eq!(hears!(script, Joined).0.username.as_str(), "Anna");
    anna.says(chat("Hello!")).await;
    let heard = hears!(script, Chat);
    assert_eq!(heard.message, "Hello!");
    assert_eq!(heard.from.username.as_str(), "Anna");
    assert_eq!(heard.time, STARTED);
    server.end().await;
}

#[tokio::test]
async fn a_chat_is_heard_by_everyone_and_by_its_sender() {
    let server = server().start().await;
    let mut anna = server.join("Anna").await;
    let mut bob = server.connect().await;
    anna.says(chat("Hi")).await;
    assert_eq!(hears!(anna, Chat), hears!(bob, Chat));
    server.end().await;
}

#[tokio::test]
async fn a_ping_gets_its_number_back_with_the_positions_of_the_joined_dialogs() {
    let server = server().start().await;
    let mut anna = server.client().query("topics=dialog:lobby").connect().await;
    anna.says(Ping { n: 41 }).await;
    let pong = hears!(anna, Pong);
    assert_eq!(pong.n, 41);
    assert_eq!(serde_json::to_value(&pong.positions).unwrap(), serde_json::json!({ "lobby": 0 }));
    anna.sends_message("m1", "one").await;
    anna.says(Ping { n: 42 }).await;
    let pong = hears!(anna, Pong);
    assert_eq!(serde_json::to_value(&pong.positions).unwrap(), serde_json::json!({ "lobby": 1 }));
    server.end().await;
}

#[tokio::test]
async fn who_has_joined_no_dialog_gets_no_positions() {
    let server = server().start().await;
    let mut anna = server.connect().await;
    anna.says(Ping { n: 1 }).await;
    assert!(hears!(anna, Pong).positions.is_empty());
    server.end().await;
}
