//! What cannot be is refused with a code and a sentence by the socket too, and nothing is stored. REST's
//! half stands in `bad_requests`, what is wrong with words in `bad_words`, with names in `names`.

use std::time::Duration;

use confab_protocol::{ClientId, DialogId, MessageId, MessageSend, Nack, Seq, rest::MessagesPage};
use serde_json::json;

use crate::harness::{
    Client, Person, STARTED, TestServer, deletion, edit, hears, message_to, server,
};

/// Anna's group with Bob, a message of hers in it, and Bob's socket.
struct Scene<'a> {
    anna: Person<'a>,
    at_bob: Client,
    group: DialogId,
    message: MessageId,
}

impl<'a> Scene<'a> {
    async fn set(server: &'a TestServer) -> Self {
        let (mut anna, mut bob) = (server.guest("Anna").await, server.guest("Bob").await);
        let group = anna.begins_group("Tea", &[&bob.id().await]).await;
        let message = anna.says(group.as_str(), "Tea?").await["messageId"].clone();
        let at_bob = bob.listens("").await;
        Self { anna, at_bob, group, message: serde_json::from_value(message).unwrap() }
    }

    /// Everything that was stored in the group.
    async fn stored(&mut self) -> MessagesPage {
        self.anna.get(&format!("/api/messages/dialog/{}", self.group)).await.data(200)
    }
}

/// The refusal that comes next: its code; it says something, and that it stays one.
async fn refused(client: &mut Client, client_id: &str) -> String {
    let Nack { client_id: id, code, message, retry, .. } = hears!(client, Nack);
    assert_eq!((id.as_str(), retry), (client_id, false), "{code}: {message}");
    assert!(message.len() > 10, "a sentence: {message}");
    code.to_string()
}

#[tokio::test]
async fn nobody_changes_the_message_of_another() {
    let server = server().start().await;
    let mut scene = Scene::set(&server).await;
    let before = scene.stored().await;
    let (group, message) = (scene.group.clone(), scene.message.clone());
    scene.at_bob.says(edit(&group, &message, "m1", "Coffee!")).await;
    assert_eq!(refused(&mut scene.at_bob, "m1").await, "not_your_message");
    scene.at_bob.says(deletion(&group, &message, "m2")).await;
    assert_eq!(refused(&mut scene.at_bob, "m2").await, "not_your_message");
    let lobby = DialogId::lobby();
    scene.at_bob.says(edit(&lobby, &message, "m3", "Coffee!")).await;
    assert_eq!(refused(&mut scene.at_bob, "m3").await, "unknown_message", "it stands elsewhere");
    assert_eq!(scene.stored().await, before);
    server.end().await;
}

#[tokio::test]
async fn a_reply_to_a_message_elsewhere_is_not_stored_and_does_not_quote_it() {
    let server = server().start().await;
    let mut scene = Scene::set(&server).await;
    let reply_to = Some(scene.message.clone());
    let reply = MessageSend { reply_to, ..message_to(&DialogId::lobby(), "m1", "What is it?") };
    scene.at_bob.says(reply).await;
    assert_eq!(refused(&mut scene.at_bob, "m1").await, "unknown_message");
    assert!(server.history().await.messages.is_empty());
    server.end().await;
}

#[tokio::test]
async fn one_name_is_not_given_to_two_messages() {
    let server = server().start().await;
    let mut scene = Scene::set(&server).await;
    let group = scene.group.clone();
    scene.at_bob.says(message_to(&group, "m1", "Yes.")).await;
    let first = hears!(scene.at_bob, Ack).message;
    scene.at_bob.says(message_to(&group, "m1", "No.")).await;
    assert_eq!(refused(&mut scene.at_bob, "m1").await, "client_id_conflict");
    scene.at_bob.says(message_to(&DialogId::lobby(), "m1", "Yes.")).await;
    assert_eq!(
        refused(&mut scene.at_bob, "m1").await,
        "client_id_conflict",
        "not elsewhere either"
    );
    let stored = scene.stored().await;
    assert_eq!((stored.messages.len(), &stored.messages[1]), (2, &first));
    assert!(server.history().await.messages.is_empty());
    server.end().await;
}

#[tokio::test]
async fn what_is_too_long_or_empty_leaves_a_message_as_it_was() {
    let server = server().start().await;
    let mut scene = Scene::set(&server).await;
    let (group, before) = (scene.group.clone(), scene.stored().await);
    let mut at_anna = scene.anna.listens("").await;
    let long = "x".repeat(10_001);
    let marks = format!("e{}", "\u{301}".repeat(60));
    for (content, code) in [
        ("", "message_empty"),
        ("\u{200b}\u{2060}", "message_empty"),
        (long.as_str(), "message_too_long"),
        ("a\u{7}b", "message_control_character"),
        (marks.as_str(), "message_combining_marks"),
    ] {
        at_anna.says(edit(&group, &scene.message, "m1", content)).await;
        assert_eq!(refused(&mut at_anna, "m1").await, code, "{content:.20}");
    }
    assert_eq!(scene.stored().await, before);
    server.end().await;
}

/// The only clock that a client sends is inside the names of its messages (UUIDv7).
#[tokio::test]
async fn a_clock_in_the_future_changes_neither_order_nor_time() {
    let server = server().start().await;
    let mut scene = Scene::set(&server).await;
    let group = scene.group.clone();
    let year = 365 * 24 * 60 * 60 * 1000;
    let clocks = [STARTED.unix_ms() + 10 * year, STARTED.unix_ms(), (1 << 48) - 1, 0];
    for (n, clock) in clocks.into_iter().enumerate() {
        server.pass(Duration::from_secs(1));
        let client_id = ClientId::v7(clock, n as u128).to_string();
        scene.at_bob.says(message_to(&group, &client_id, &n.to_string())).await;
        let ack = hears!(scene.at_bob, Ack);
        assert_eq!(ack.message.seq, Seq(n as u64 + 2));
        assert_eq!(ack.message.created_at.unix_ms(), STARTED.unix_ms() + 1000 * (n as u64 + 1));
    }
    let said: Vec<_> = scene.stored().await.messages.into_iter().map(|m| m.content).collect();
    assert_eq!(said, ["Tea?", "0", "1", "2", "3"]);
    server.end().await;
}

#[tokio::test]
async fn a_group_too_small_or_too_large_or_under_a_title_that_is_none_does_not_begin() {
    let server = server().start().await;
    let mut anna = server.guest("Anna").await;
    let bob = server.guest("Bob").await.id().await;
    let many: Vec<_> = (0..500).map(|n| format!("nobody-{n}")).collect();
    let (teapots, most) = ("🫖".repeat(200), "🫖".repeat(100));
    for (members, title, status, code) in [
        (json!([]), "Tea", 422, "members_invalid"),
        (json!([anna.id().await]), "Tea", 422, "members_invalid"),
        (json!(many), "Tea", 422, "members_invalid"),
        (json!([bob, "nobody"]), "Tea", 404, "unknown_person"),
        (json!([bob]), teapots.as_str(), 422, "title_invalid"),
        (json!([bob]), "\u{200b}\u{2060}", 422, "title_invalid"),
        (json!([bob]), "a\nb", 422, "title_invalid"),
    ] {
        let body = json!({ "kind": "group", "members": members, "title": title });
        let answer = anna.post("/api/dialogs", body).await;
        assert_eq!((answer.status(), answer.code().as_str()), (status, code), "{title:.20}");
    }
    assert_eq!(anna.list().await.dialogs.len(), 1, "the lobby");
    anna.begins_group(&most, &[&bob]).await;
    server.end().await;
}
