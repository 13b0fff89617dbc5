//! Edit, delete and reply: the others see it in place.

use confab_protocol::{ErrorCode, MessageSend, MessageUpdate};
use hyper::Request;
use serde_json::json;

use super::Three;
use crate::harness::{Client, deletion, edit, hears, message_to, server};

/// The answer to a change, whatever is heard before it.
async fn acknowledged(client: &mut Client) -> confab_protocol::Ack {
    loop {
        match client.next().await {
            confab_protocol::ServerFrame::Ack(ack) => return ack,
            confab_protocol::ServerFrame::Nack(nack) => panic!("refused: {nack:?}"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn an_edit_is_heard_by_the_joined_and_on_the_list_and_keeps_its_place() {
    let server = server().start().await;
    let Three { mut anna, bob, mut cem, group, .. } = Three::meet(&server).await;
    let (mut at_anna, mut joined) = (anna.listens("").await, bob.listens("").await);
    let mut list = cem.listens("dialogs").await;
    joined.joins(&group).await;
    at_anna.says(message_to(&group, "m1", "Tae?")).await;
    let sent = acknowledged(&mut at_anna).await.message;
    for client in [&mut joined, &mut list] {
        assert_eq!(hears!(client, MessageNew).message, sent);
        hears!(client, Receipt);
    }
    at_anna.says(edit(&group, &sent.message_id, "m2", "Tea?")).await;
    let ack = acknowledged(&mut at_anna).await;
    assert_eq!((ack.client_id.as_str(), ack.duplicate), ("m2", false));
    for client in [&mut joined, &mut list] {
        let MessageUpdate { ev, message, .. } = hears!(client, MessageUpdate);
        assert_eq!((ev.0, message.ev.0, message.seq), (2, 2, sent.seq));
        assert_eq!((message.content.as_str(), &message), ("Tea?", &ack.message));
        assert!(message.edited_at.is_some() && message.client_id.as_str() == "m1");
    }
    let line = cem.line(&group).await.unwrap();
    assert_eq!((line.last_message.unwrap().content.as_str(), line.unread), ("Tea?", 1));

    at_anna.says(edit(&group, &sent.message_id, "m3", "Tea?")).await;
    assert!(acknowledged(&mut at_anna).await.duplicate, "the same words are no change");
    server.has_told_all().await;
    joined.heard_nothing().await;

    at_anna.says(edit(&group, &sent.message_id, "m4", "Tea at five?")).await;
    acknowledged(&mut at_anna).await;
    hears!(joined, MessageUpdate);
    at_anna.says(edit(&group, &sent.message_id, "m2", "Tea?")).await;
    let again = acknowledged(&mut at_anna).await;
    assert!(again.duplicate, "sent again, because its answer was lost");
    assert_eq!(again.message.content, "Tea at five?", "as it is now");
    at_anna.says(edit(&group, &sent.message_id, "m2", "Coffee?")).await;
    assert_eq!(hears!(at_anna, Nack).code, ErrorCode::ClientIdConflict);
    server.has_told_all().await;
    joined.heard_nothing().await;

    let path = format!("/api/messages/dialog/{group}/{}", sent.message_id);
    for (words, status) in [("Milk?", 200), ("Milk?", 200), ("Juice?", 409)] {
        let asks = Request::patch(&path).header("idempotency-key", "m5");
        let body = json!({ "content": words }).to_string();
        let answer = anna.sends(asks.header("content-type", "application/json"), body).await;
        assert_eq!(answer.status(), status, "{}", answer.body);
    }
    server.end().await;
}

#[tokio::test]
async fn a_deleted_message_leaves_a_trace_without_words() {
    let server = server().start().await;
    let Three { anna, mut bob, group, .. } = Three::meet(&server).await;
    let (mut at_anna, mut joined) = (anna.listens("").await, bob.listens("").await);
    joined.joins(&group).await;
    at_anna.says(message_to(&group, "m1", "secret slip")).await;
    let sent = acknowledged(&mut at_anna).await.message;
    hears!(joined, MessageNew);
    hears!(joined, Receipt);
    for (client_id, duplicate) in [("m2", false), ("m3", true)] {
        at_anna.says(deletion(&group, &sent.message_id, client_id)).await;
        assert_eq!(acknowledged(&mut at_anna).await.duplicate, duplicate);
    }
    let gone = hears!(joined, MessageUpdate).message;
    assert_eq!((gone.seq, gone.content.as_str()), (sent.seq, ""));
    assert!(gone.deleted_at.is_some());
    server.has_told_all().await;
    joined.heard_nothing().await;
    for path in [
        format!("/api/messages/dialog/{group}"),
        format!("/api/messages/dialog/{group}/events?after=0"),
        "/api/dialogs".to_owned(),
        "/api/search?query=slip".to_owned(),
    ] {
        let answer = bob.get(&path).await;
        assert_eq!(answer.status(), 200);
        assert!(!answer.body.contains("slip"), "{path}: {}", answer.body);
    }
    assert_eq!(bob.line(&group).await.unwrap().unread, 0, "nobody must read what is gone");
    server.end().await;
}

#[tokio::test]
async fn a_reply_carries_the_beginning_of_what_it_answers() {
    let server = server().start().await;
    let Three { anna, mut bob, ids, group, .. } = Three::meet(&server).await;
    let (mut at_anna, mut joined) = (anna.listens("").await, bob.listens("").await);
    joined.joins(&group).await;
    let long = "ü".repeat(200);
    at_anna.says(message_to(&group, "m1", &long)).await;
    let sent = acknowledged(&mut at_anna).await.message;
    let reply_to = Some(sent.message_id.clone());
    at_anna.says(MessageSend { reply_to, ..message_to(&group, "m2", "as I said") }).await;
    acknowledged(&mut at_anna).await;
    hears!(joined, MessageNew);
    hears!(joined, Receipt);
    let quote = hears!(joined, MessageNew).message.quote.unwrap();
    hears!(joined, Receipt);
    assert_eq!((quote.seq, quote.sender_id.as_str()), (sent.seq, ids[0].as_str()));
    assert_eq!((quote.content, quote.deleted), ("ü".repeat(140), false));

    at_anna.says(deletion(&group, &sent.message_id, "m3")).await;
    acknowledged(&mut at_anna).await;
    assert_eq!(hears!(joined, MessageUpdate).message.seq, sent.seq);
    let page = bob.get(&format!("/api/messages/dialog/{group}")).await;
    let page: confab_protocol::rest::MessagesPage = page.data(200);
    let quote = page.messages[1].quote.clone().unwrap();
    assert_eq!((quote.content.as_str(), quote.deleted), ("", true), "gone there too");
    server.end().await;
}

#[tokio::test]
async fn who_was_away_catches_up_on_every_kind_of_change_in_order() {
    let server = server().start().await;
    let Three { mut anna, bob, ids, group, .. } = Three::meet(&server).await;
    let mut live = bob.listens("").await;
    live.joins(&group).await;
    let sent = anna.says(group.as_str(), "Tea?").await;
    let message = format!("/api/messages/dialog/{group}/{}", sent["messageId"].as_str().unwrap());
    anna.patch(&message, serde_json::json!({ "content": "Coffee?" })).await;
    anna.removes(&group, &[&ids[2]]).await;
    anna.adds(&group, &[&ids[2]]).await;
    let path = format!("/api/dialogs/{group}");
    anna.patch(&path, serde_json::json!({ "title": "Coffee", "owner": ids[1] })).await;
    anna.delete(&message, None).await;

    let mut heard = Vec::new();
    while heard.len() < 7 {
        use confab_protocol::{DialogChange, DialogEvent, ServerFrame};
        match live.next().await {
            ServerFrame::MessageNew(new) => heard
                .push(DialogEvent { ev: new.ev, change: DialogChange::MessageNew(new.message) }),
            ServerFrame::MessageUpdate(update) => heard.push(DialogEvent {
                ev: update.ev,
                change: DialogChange::MessageUpdate(update.message),
            }),
            ServerFrame::DialogChanged(changed) => heard.push(changed.event),
            ServerFrame::Receipt(_) => {}
            other => panic!("{other:?}"),
        }
    }
    let mut back = bob.listens("").await;
    let after = Some(confab_protocol::Ev(0));
    back.says(confab_protocol::DialogJoin { dialog_id: group.clone(), after }).await;
    let sync = hears!(back, DialogSync);
    assert_eq!(sync.events.iter().map(|e| e.ev.0).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7]);
    // A message reads in the log as it is now; everything else as it was told.
    for (told, logged) in heard.iter().zip(&sync.events).skip(2).take(4) {
        assert_eq!(told, logged);
    }
    assert_eq!(heard.last(), sync.events.last());
    let words = serde_json::to_string(&sync.events).unwrap();
    assert!(!words.contains("Tea?") && !words.contains("Coffee?"), "deleted everywhere: {words}");
    server.end().await;
}
