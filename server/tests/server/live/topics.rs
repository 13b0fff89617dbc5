//! What a socket hears of a dialog, by joining it, by hearing all of one's dialogs, by both: each
//! thing once.

use confab_protocol::{DialogLeave, Ev, Ping, ServerFrame, Topics};

use super::Three;
use crate::harness::{Client, hears, server};

/// The types of the frames up to the message with these words, and its receipt.
async fn heard(client: &mut Client, words: &str) -> Vec<&'static str> {
    let mut kinds = Vec::new();
    loop {
        let frame = client.next().await;
        kinds.push(frame.kind());
        let is_last =
            matches!(&frame, ServerFrame::MessageNew(new) if new.message.content == words);
        if is_last {
            kinds.push(client.next().await.kind());
            return kinds;
        }
    }
}

#[tokio::test]
async fn by_whichever_way_one_hears_a_dialog_one_hears_it_once() {
    let server = server().start().await;
    let Three { mut anna, bob, group, .. } = Three::meet(&server).await;
    let mut joined = bob.listens(&format!("dialog:{group}")).await;
    let mut list = bob.listens("dialogs").await;
    let mut both = bob.listens("dialogs").await;
    both.joins(&group).await;
    both.joins(&group).await;
    let mut neither = bob.listens("chat,presence,typing,system").await;
    anna.says(group.as_str(), "one").await;
    for client in [&mut joined, &mut list, &mut both] {
        assert_eq!(heard(client, "one").await, ["message:new", "receipt"]);
        client.heard_nothing().await;
    }
    neither.heard_nothing().await;

    both.says(DialogLeave { dialog_id: group.clone() }).await;
    both.says(Topics { topics: vec!["dialogs".to_owned()] }).await;
    joined.says(DialogLeave { dialog_id: group.clone() }).await;
    for client in [&mut both, &mut joined] {
        client.heard_nothing().await;
    }
    anna.says(group.as_str(), "two").await;
    assert_eq!(heard(&mut both, "two").await, ["message:new", "receipt"], "still on the list");
    server.has_told_all().await;
    joined.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn whoever_hears_a_dialog_by_its_topic_is_told_how_far_it_was_before() {
    let server = server().start().await;
    let Three { mut anna, bob, group, .. } = Three::meet(&server).await;
    anna.says(group.as_str(), "Nobody listens").await;
    let mut at_bob = bob.listens(&format!("dialog:{group}")).await;
    at_bob.says(Ping { n: 1 }).await;
    assert_eq!(hears!(at_bob, Pong).positions, [(group, Ev(1))].into());
    server.end().await;
}
