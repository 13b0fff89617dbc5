//! A bug in the server ends the socket that met it, or the whole server in good order; it leaves
//! neither a ghost nor a server that is deaf in one ear.

use std::time::Duration;

use confab_protocol::{ServerFrame, Timestamp};

use crate::harness::{Builder, Closed, chat, hears, server};

/// A server whose wall clock has come to its end: as soon as time passes, whoever looks at it
/// panics (it adds beyond the largest number, and the profile of tests checks that).
fn with_a_bug() -> Builder {
    server().at(Timestamp::from_unix_ms(u64::MAX))
}

#[tokio::test]
async fn a_bug_ends_one_socket_with_1011_and_the_others_hear_that_it_has_gone() {
    let server = with_a_bug().start().await;
    let mut anna = server.join("Anna").await;
    let mut bob = server.join("Bob").await;
    hears!(anna, Joined);
    server.pass(Duration::from_millis(1));
    bob.says(chat("is given an id, and an id begins with the time")).await;
    let failed = Closed { code: 1011, reason: "the server failed".to_owned() };
    assert_eq!(bob.is_closed().await, failed);
    server.has_sockets(1).await;
    server.pass(Duration::from_secs(1));
    assert_eq!(hears!(anna, Disconnected).0.username.as_str(), "Bob");
    anna.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn a_bug_in_a_task_of_the_server_ends_it_in_good_order() {
    let server = with_a_bug().start().await;
    let mut anna = server.connect().await;
    server.pass(Duration::from_secs(5));
    server.fails().await;
    let (frames, closed) = anna.rest().await;
    assert!(matches!(frames.as_slice(), [ServerFrame::Bye(_)]), "no heartbeat: {frames:?}");
    assert_eq!(closed.code, 1012);
    server.end().await;
}
