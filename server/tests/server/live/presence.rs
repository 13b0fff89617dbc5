//! Presence: online while somebody is at one of a person's sockets, away when nobody is at any, and
//! last seen once they are gone.

use std::time::Duration;

use confab_protocol::{
    ClientFrame, Connecting, Dialog, Ping, PresenceSet, PresenceState, ServerFrame, Timestamp,
    rest::PeopleList,
};

use crate::harness::{Client, Person, STARTED, TestServer, hears, server, soon};

/// A socket of someone who is here.
async fn arrives(person: &Person<'_>, topics: &str) -> Client {
    let mut client = person.listens(topics).await;
    let connecting = Connecting { username: None, resume: None };
    client.says(ClientFrame::Connecting(connecting)).await;
    while !matches!(client.next().await, confab_protocol::ServerFrame::Connected(_)) {}
    client
}

async fn is_away(client: &mut Client, away: bool, others: &mut [&mut Client]) {
    client.says(PresenceSet { away }).await;
    client.heard_nothing().await;
    for other in others {
        assert_eq!(hears!(other, PresenceUpdate).away, away);
    }
}

#[tokio::test]
async fn a_person_is_away_when_nobody_is_at_any_of_their_sockets() {
    let server = server().start().await;
    let (anna, bob) = (server.guest("Anna").await, server.guest("Bob").await);
    let mut at_bob = arrives(&bob, "presence").await;
    let mut desk = arrives(&anna, "").await;
    let mut phone = arrives(&anna, "").await;
    hears!(at_bob, Joined);
    is_away(&mut desk, true, &mut []).await;
    at_bob.heard_nothing().await;
    is_away(&mut phone, true, &mut [&mut at_bob]).await;
    is_away(&mut phone, true, &mut []).await;
    is_away(&mut desk, false, &mut [&mut at_bob]).await;
    is_away(&mut phone, false, &mut []).await;
    at_bob.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn who_comes_later_sees_who_is_away() {
    let server = server().start().await;
    let (mut anna, mut bob) = (server.guest("Anna").await, server.guest("Bob").await);
    let dialog = bob.begins_with(&anna.id().await).await.dialog_id;
    let mut at_anna = arrives(&anna, "").await;
    is_away(&mut at_anna, true, &mut []).await;
    let mut at_bob = bob.listens("").await;
    let connected = at_bob.is_connected("ignored").await;
    assert_eq!(connected.away, [confab_protocol::UserId::parse(anna.id().await).unwrap()]);
    let presence = |line: Dialog| line.presence.unwrap().state;
    assert_eq!(presence(bob.line(&dialog).await.unwrap()), PresenceState::Away);
    is_away(&mut at_anna, false, &mut []).await;
    assert_eq!(presence(bob.line(&dialog).await.unwrap()), PresenceState::Online);
    server.end().await;
}

/// When Anna was last seen, as Bob finds her; nothing while she is here.
async fn last_seen(bob: &mut Person<'_>) -> (PresenceState, Option<Timestamp>) {
    let found: PeopleList = bob.get("/api/people?query=anna").await.data(200);
    (found.people[0].presence.state, found.people[0].presence.last_seen_at)
}

/// Lets time pass and waits until the others have heard of who is gone.
async fn is_missed(server: &TestServer, at_bob: &mut Client) {
    server.pass(Duration::from_secs(1));
    assert_eq!(hears!(at_bob, Disconnected).0.username.as_str(), "Anna");
}

#[tokio::test]
async fn who_is_gone_was_last_seen_when_the_grace_was_over() {
    let server = server().start().await;
    let (anna, mut bob) = (server.guest("Anna").await, server.guest("Bob").await);
    let mut at_bob = arrives(&bob, "presence").await;
    let (desk, phone) = (arrives(&anna, "").await, arrives(&anna, "").await);
    hears!(at_bob, Joined);
    assert_eq!(last_seen(&mut bob).await, (PresenceState::Online, None));
    desk.leaves().await;
    server.has_sockets(2).await;
    server.pass(Duration::from_secs(10));
    at_bob.heard_nothing().await;
    assert_eq!(last_seen(&mut bob).await.0, PresenceState::Online, "the phone is still here");
    phone.leaves().await;
    server.has_sockets(1).await;
    is_missed(&server, &mut at_bob).await;
    let noted = async {
        while last_seen(&mut bob).await.1.is_none() {
            tokio::task::yield_now().await;
        }
        last_seen(&mut bob).await
    };
    let at = Timestamp::from_unix_ms(STARTED.unix_ms() + 11_000);
    assert_eq!(soon("the note", noted).await, (PresenceState::Offline, Some(at)));
    server.end().await;
}

#[tokio::test]
async fn a_direct_dialog_tells_when_the_other_was_last_seen_until_they_are_gone_for_good() {
    let server = server().start().await;
    let (mut anna, mut bob) = (server.guest("Anna").await, server.guest("Bob").await);
    let dialog = bob.begins_with(&anna.id().await).await.dialog_id;
    bob.says(dialog.as_str(), "Hi").await;
    let mut at_bob = arrives(&bob, "presence").await;
    let at_anna = arrives(&anna, "").await;
    hears!(at_bob, Joined);
    at_anna.leaves().await;
    server.has_sockets(1).await;
    is_missed(&server, &mut at_bob).await;
    let noted = async {
        while last_seen(&mut bob).await.1.is_none() {
            tokio::task::yield_now().await;
        }
    };
    soon("the note", noted).await;
    let presence = bob.line(&dialog).await.unwrap().presence.unwrap();
    let at = Timestamp::from_unix_ms(STARTED.unix_ms() + 1_000);
    assert_eq!((presence.state, presence.last_seen_at), (PresenceState::Offline, Some(at)));
    assert_eq!(anna.delete("/api/me", None).await.status(), 200);
    assert_eq!(bob.line(&dialog).await.unwrap().presence, None);
    server.end().await;
}

#[tokio::test]
async fn a_socket_that_connects_again_keeps_the_name_its_person_has_taken_since() {
    let server = server().start().await;
    let (mut anna, bob) = (server.guest("Anna").await, server.guest("Bob").await);
    let mut at_anna = arrives(&anna, "").await;
    anna.patch("/api/me", serde_json::json!({ "name": "Anna Maria" })).await;
    let again = at_anna.is_connected("ignored").await;
    assert_eq!(again.you.username.as_str(), "Anna Maria");
    let others = bob.listens("").await.is_connected("ignored").await.connected_user_list;
    assert_eq!(others[1].username.as_str(), "Anna Maria");
    server.end().await;
}

#[tokio::test]
async fn who_takes_another_name_while_away_stays_away_and_sees_it_on_their_own_pages() {
    let server = server().start().await;
    let (mut anna, bob) = (server.guest("Anna").await, server.guest("Bob").await);
    let mut at_bob = arrives(&bob, "presence").await;
    let mut at_anna = arrives(&anna, "presence").await;
    hears!(at_bob, Joined);
    anna.patch("/api/me", serde_json::json!({ "name": "Anna Berg" })).await;
    for socket in [&mut at_bob, &mut at_anna] {
        assert_eq!(hears!(socket, Joined).0.username.as_str(), "Anna Berg");
        socket.heard_nothing().await;
    }
    at_anna.says(PresenceSet { away: true }).await;
    assert!(hears!(at_bob, PresenceUpdate).away);
    anna.patch("/api/me", serde_json::json!({ "name": "Anna Maria" })).await;
    assert_eq!(hears!(at_bob, Joined).0.username.as_str(), "Anna Maria");
    assert!(hears!(at_bob, PresenceUpdate).away);
    server.end().await;
}

#[tokio::test]
async fn when_the_one_who_was_there_leaves_those_that_are_left_are_away() {
    let server = server().start().await;
    let (anna, bob) = (server.guest("Anna").await, server.guest("Bob").await);
    let mut at_bob = arrives(&bob, "presence").await;
    let (desk, mut phone) = (arrives(&anna, "").await, arrives(&anna, "").await);
    hears!(at_bob, Joined);
    is_away(&mut phone, true, &mut []).await;
    desk.leaves().await;
    assert!(hears!(at_bob, PresenceUpdate).away);
    let back = arrives(&anna, "").await;
    assert!(!hears!(at_bob, PresenceUpdate).away, "a page that was opened is looked at");
    drop(back);
    server.end().await;
}

#[tokio::test]
async fn who_comes_and_goes_all_the_time_keeps_nobody_busy_and_is_online() {
    let server = server().start().await;
    let (anna, bob) = (server.guest("Anna").await, server.guest("Bob").await);
    let mut at_bob = arrives(&bob, "presence").await;
    let mut at_anna = arrives(&anna, "").await;
    hears!(at_bob, Joined);
    for _ in 0..20 {
        at_anna.says(PresenceSet { away: true }).await;
        at_anna.says(PresenceSet { away: false }).await;
    }
    at_anna.heard_nothing().await;
    at_bob.says(Ping { n: 1 }).await;
    let mut told = Vec::new();
    while let ServerFrame::PresenceUpdate(update) = at_bob.next().await {
        told.push(update.away);
    }
    assert_eq!(told, [true, false].repeat(12), "of twenty absences within a moment");
    server.pass(Duration::from_secs(5));
    is_away(&mut at_anna, true, &mut [&mut at_bob]).await;
    server.end().await;
}
