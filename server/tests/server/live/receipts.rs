//! Receipts: two numbers that only grow, the others see them, and one's own devices agree (G7).

use confab_protocol::{MessageDelivered, MessageRead, Seq, rest::DialogDetails};

use super::Three;
use crate::harness::{Client, Person, hears, server};

async fn has_three_messages(person: &mut Person<'_>, dialog: &str) {
    for content in ["one", "two", "three"] {
        person.says(dialog, content).await;
    }
}

/// What is told of someone: how far they have got, and read.
async fn hears_receipt(client: &mut Client, of: &str) -> (u64, u64) {
    let receipt = hears!(client, Receipt);
    assert_eq!(receipt.user_id.as_str(), of);
    (receipt.delivered.0, receipt.read.0)
}

#[tokio::test]
async fn got_and_read_are_told_to_the_members_and_never_less_than_before() {
    let server = server().start().await;
    let Three { mut anna, bob, ids, group, .. } = Three::meet(&server).await;
    has_three_messages(&mut anna, group.as_str()).await;
    server.has_told_all().await;
    let (mut list, mut at_bob) = (anna.listens("dialogs").await, bob.listens("").await);
    let got = |seq| MessageDelivered { dialog_id: group.clone(), seq: Seq(seq) };
    let read = |seq| MessageRead { dialog_id: group.clone(), seq: Seq(seq) };
    at_bob.says(got(2)).await;
    assert_eq!(hears_receipt(&mut list, &ids[1]).await, (2, 0));
    at_bob.says(read(1)).await;
    assert_eq!(hears_receipt(&mut list, &ids[1]).await, (2, 1));
    for less in [0, 1] {
        at_bob.says(got(less)).await;
        at_bob.says(read(less)).await;
    }
    at_bob.says(read(u64::MAX)).await;
    assert_eq!(hears_receipt(&mut list, &ids[1]).await, (3, 3), "no further than there is");
    at_bob.heard_nothing().await;
    server.has_told_all().await;
    list.heard_nothing().await;

    let details = anna.get(&format!("/api/dialogs/{group}")).await;
    let members = details.data::<DialogDetails>(200).members;
    let of = |id: &str| members.iter().find(|member| member.id.as_str() == id).unwrap();
    assert_eq!((of(&ids[1]).delivered.0, of(&ids[1]).read.0), (3, 3), "told is as stored");
    assert_eq!((of(&ids[2]).delivered.0, of(&ids[2]).read.0), (0, 0));
    server.end().await;
}

#[tokio::test]
async fn what_is_read_on_one_device_is_read_on_the_other() {
    let server = server().start().await;
    let Three { mut anna, mut bob, group, .. } = Three::meet(&server).await;
    has_three_messages(&mut anna, group.as_str()).await;
    assert_eq!(bob.line(&group).await.unwrap().unread, 3);
    server.has_told_all().await;
    let (mut desk, mut phone) = (bob.listens("").await, bob.listens("dialogs").await);
    let mut at_anna = anna.listens("dialogs").await;
    desk.says(MessageRead { dialog_id: group.clone(), seq: Seq(2) }).await;
    hears!(phone, Receipt);
    let line = phone.hears_line(2).await.unwrap();
    assert_eq!((line.read.0, line.unread), (2, 1));
    assert_eq!(bob.line(&group).await, Some(line));
    hears!(at_anna, Receipt);
    desk.says(MessageDelivered { dialog_id: group.clone(), seq: Seq(3) }).await;
    hears!(phone, Receipt);
    server.has_told_all().await;
    phone.heard_nothing().await;
    hears!(at_anna, Receipt);
    at_anna.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn who_writes_has_read_what_they_write_and_no_more() {
    let server = server().start().await;
    let Three { mut anna, mut bob, ids, group, .. } = Three::meet(&server).await;
    has_three_messages(&mut anna, group.as_str()).await;
    server.has_told_all().await;
    let mut at_anna = anna.listens("dialogs").await;
    bob.says(group.as_str(), "four").await;
    hears!(at_anna, MessageNew);
    server.has_told_all().await;
    at_anna.heard_nothing().await;
    let line = bob.line(&group).await.unwrap();
    assert_eq!((line.unread, line.read.0), (3, 0));

    bob.listens("").await.says(MessageRead { dialog_id: group.clone(), seq: Seq(3) }).await;
    assert_eq!(hears_receipt(&mut at_anna, &ids[1]).await, (3, 3));
    bob.says(group.as_str(), "five").await;
    hears!(at_anna, MessageNew);
    assert_eq!(hears_receipt(&mut at_anna, &ids[1]).await, (5, 5));
    let line = bob.line(&group).await.unwrap();
    assert_eq!((line.unread, line.read.0), (0, 5));
    server.end().await;
}

#[tokio::test]
async fn the_lobby_keeps_how_far_one_has_read_and_tells_nobody_else() {
    let server = server().start().await;
    let (mut anna, mut bob) = (server.guest("Anna").await, server.guest("Bob").await);
    has_three_messages(&mut anna, "lobby").await;
    let lobby = confab_protocol::DialogId::lobby();
    let mut at_anna = anna.listens("dialogs,dialog:lobby").await;
    let (mut desk, mut phone) = (bob.listens("").await, bob.listens("dialogs").await);
    desk.says(MessageRead { dialog_id: lobby.clone(), seq: Seq(2) }).await;
    let line = phone.hears_line(1).await.unwrap();
    assert_eq!((line.read.0, line.unread), (2, 1));
    assert_eq!(bob.line(&lobby).await, Some(line));
    at_anna.heard_nothing().await;
    server.end().await;
}
