//! Typing: seen by the other members, by nobody else, and not by oneself.

use std::time::Duration;

use confab_protocol::{DialogId, TypingStart, TypingStop};
use serde_json::json;

use super::Three;
use crate::harness::{hears, server};

#[tokio::test]
async fn the_other_members_see_someone_begin_and_stop_to_write() {
    let server = server().start().await;
    let Three { anna, bob, cem, ids, group } = Three::meet(&server).await;
    let stranger = server.guest("Dora").await;
    let (mut at_anna, mut phone) = (anna.listens("typing").await, anna.listens("typing").await);
    let (mut at_bob, mut at_cem) = (bob.listens("typing").await, cem.listens("typing").await);
    let (mut deaf, mut outside) = (bob.listens("dialogs").await, stranger.listens("typing").await);
    at_anna.says(TypingStart { dialog_id: group.clone() }).await;
    at_anna.says(TypingStop { dialog_id: group.clone() }).await;
    at_anna.heard_nothing().await;
    for client in [&mut at_bob, &mut at_cem] {
        let started = hears!(client, TypingStarted);
        assert_eq!((&started.dialog_id, started.user_id.as_str()), (&group, ids[0].as_str()));
        assert_eq!(started.username.as_str(), "Anna");
        let stopped = hears!(client, TypingStopped);
        assert_eq!((&stopped.dialog_id, stopped.user_id.as_str()), (&group, ids[0].as_str()));
        client.heard_nothing().await;
    }
    for client in [&mut phone, &mut deaf, &mut outside] {
        client.heard_nothing().await;
    }
    server.end().await;
}

#[tokio::test]
async fn everyone_else_sees_who_writes_in_the_lobby() {
    let server = server().start().await;
    let anna = server.guest("Anna").await;
    let mut at_anna = anna.listens("typing").await;
    let mut passing = server.client().query("topics=typing").connect().await;
    at_anna.says(TypingStart { dialog_id: DialogId::lobby() }).await;
    at_anna.heard_nothing().await;
    assert_eq!(hears!(passing, TypingStarted).username.as_str(), "Anna");
    passing.says(TypingStart { dialog_id: DialogId::lobby() }).await;
    passing.heard_nothing().await;
    assert_eq!(hears!(at_anna, TypingStarted).user_id, passing.established().user_id);
    server.end().await;
}

#[tokio::test]
async fn a_stranger_who_types_is_told_that_there_is_no_such_dialog_and_nobody_hears() {
    let server = server().start().await;
    let Three { bob, group, .. } = Three::meet(&server).await;
    let (mut at_bob, stranger) = (bob.listens("typing").await, server.guest("Dora").await);
    let mut outside = stranger.listens("typing").await;
    outside.says(TypingStart { dialog_id: group }).await;
    assert_eq!(outside.hears_error().await.0, "unknown_dialog");
    at_bob.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn whoever_types_is_called_as_they_are_now() {
    let server = server().start().await;
    let Three { mut anna, bob, group, .. } = Three::meet(&server).await;
    let (mut at_anna, mut at_bob) = (anna.listens("typing").await, bob.listens("typing").await);
    let answer = anna.patch("/api/me", json!({ "name": "Anna Maria" })).await;
    assert_eq!(answer.status(), 200, "{}", answer.body);
    at_anna.says(TypingStart { dialog_id: group }).await;
    assert_eq!(hears!(at_bob, TypingStarted).username.as_str(), "Anna Maria");
    server.end().await;
}

#[tokio::test]
async fn what_is_said_of_typing_again_and_again_is_told_once() {
    let server = server().start().await;
    let Three { anna, bob, group, .. } = Three::meet(&server).await;
    let (mut at_anna, mut at_bob) = (anna.listens("typing").await, bob.listens("typing").await);
    let (start, stop) =
        (TypingStart { dialog_id: group.clone() }, TypingStop { dialog_id: group.clone() });
    for _ in 0..10 {
        at_anna.says(start.clone()).await;
    }
    at_anna.heard_nothing().await;
    hears!(at_bob, TypingStarted);
    at_bob.heard_nothing().await;
    for _ in 0..10 {
        at_anna.says(stop.clone()).await;
        at_anna.says(start.clone()).await;
    }
    at_anna.heard_nothing().await;
    hears!(at_bob, TypingStopped);
    at_bob.heard_nothing().await;
    server.pass(Duration::from_secs(3));
    at_anna.says(start).await;
    hears!(at_bob, TypingStarted);
    server.end().await;
}
