//! A direct dialog: one for each pair, and no burden to the other before something is said in it.

use std::collections::BTreeSet;

use confab_protocol::Dialog;
use serde_json::json;

use crate::harness::{hears, message_to, server};

#[tokio::test]
async fn a_direct_dialog_is_seen_by_the_other_with_its_first_message() {
    let server = server().start().await;
    let (mut anna, mut bob) = (server.guest("Anna").await, server.guest("Bob").await);
    let (mut at_anna, mut at_bob) = (anna.listens("dialogs").await, bob.listens("dialogs").await);
    let dialog = anna.begins_with(&bob.id().await).await;
    let line = at_anna.hears_line(1).await.unwrap();
    assert_eq!(line, dialog);
    assert_eq!(line.peer.unwrap().username.as_str(), "Bob");
    server.has_told_all().await;
    at_bob.heard_nothing().await;
    assert_eq!(bob.line(&dialog.dialog_id).await, None);

    anna.says(dialog.dialog_id.as_str(), "Tea?").await;
    let new = hears!(at_bob, MessageNew);
    assert_eq!((new.dialog_id.clone(), new.ev.0, new.message.seq.0), (dialog.dialog_id, 1, 1));
    assert_eq!(hears!(at_bob, Receipt).user_id.as_str(), anna.id().await);
    let line = at_bob.hears_line(1).await.unwrap();
    assert_eq!(line.peer.as_ref().unwrap().username.as_str(), "Anna");
    assert_eq!((line.unread, line.last_message.as_ref()), (1, Some(&new.message)));
    assert_eq!(bob.line(&line.dialog_id).await.as_ref(), Some(&line), "heard is as fetched");
    server.end().await;
}

#[tokio::test]
async fn two_who_begin_at_once_get_the_same_dialog() {
    let server = server().start().await;
    let (mut anna, mut bob) = (server.guest("Anna").await, server.guest("Bob").await);
    let begin = |other: String| json!({ "kind": "direct", "members": [other] });
    let (with_bob, with_anna) = (begin(bob.id().await), begin(anna.id().await));
    let (one, other) = tokio::join!(
        anna.post("/api/dialogs", with_bob.clone()),
        bob.post("/api/dialogs", with_anna)
    );
    let statuses = BTreeSet::from([one.status(), other.status()]);
    assert_eq!(statuses, BTreeSet::from([200, 201]));
    let id = |answer: &crate::harness::Answer| answer.json()["data"]["dialogId"].clone();
    assert_eq!(id(&one), id(&other));
    let again = anna.post("/api/dialogs", with_bob).await;
    assert_eq!(again.data::<Dialog>(200).dialog_id.as_str(), id(&one));
    server.end().await;
}

#[tokio::test]
async fn a_message_into_a_known_direct_dialog_makes_no_line_anew() {
    let server = server().start().await;
    let (mut anna, mut bob) = (server.guest("Anna").await, server.guest("Bob").await);
    let dialog = anna.begins_with(&bob.id().await).await.dialog_id;
    anna.says(dialog.as_str(), "Tea?").await;
    let mut at_anna = anna.listens("dialogs").await;
    let mut at_bob = bob.listens("dialogs").await;
    at_bob.says(message_to(&dialog, "m1", "Yes.")).await;
    for seq in [2, 3] {
        let new = hears!(at_anna, MessageNew);
        assert_eq!((new.message.seq.0, new.message.sender_name.as_str()), (seq, "Bob"));
        if seq == 2 {
            bob.says(dialog.as_str(), "With milk.").await;
        }
    }
    at_anna.heard_nothing().await;
    assert_eq!(anna.line(&dialog).await.unwrap().unread, 2);
    server.end().await;
}
