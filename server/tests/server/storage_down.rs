//! The database does not answer: the socket, the pulse and the people stay, and nothing is lost
//! (documents 002 and 003, DESIGN §7 G1 and G2).

use std::time::Duration;

use hyper::Request;
use serde_json::json;
use sqlx::{Connection, SqliteConnection};

use crate::harness::{Browser, TestServer, chat, hears, message, server};

/// A server that waits for its database for a moment only.
async fn impatient() -> TestServer {
    server().with(|settings| settings.store.busy_timeout = Duration::from_millis(50)).start().await
}

/// Someone else writes into the database and does not finish.
async fn lock(server: &TestServer) -> SqliteConnection {
    let file = server.folder.path().join("data/confab.db");
    let mut other =
        SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut other).await.unwrap();
    other
}

async fn unlock(mut other: SqliteConnection) {
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
}

#[tokio::test]
async fn a_send_gets_a_nack_to_try_again_and_the_repeat_is_stored_once() {
    let server = impatient().await;
    let mut anna = server.client().query("topics=chat").connect().await;
    let other = lock(&server).await;
    anna.says(message("m1", "Hello!")).await;
    let nack = hears!(anna, Nack);
    assert_eq!((nack.code.as_str(), nack.retry), ("storage_unavailable", true));
    assert!(nack.after_ms.is_some());
    anna.says(chat("no id")).await;
    let error = hears!(anna, Error);
    assert_eq!((error.code.as_str(), error.kind.as_deref()), ("storage_unavailable", Some("chat")));
    anna.heard_nothing().await;
    unlock(other).await;
    assert!(!anna.sends_message("m1", "Hello!").await.duplicate, "the refusal stored nothing");
    assert!(anna.sends_message("m1", "Hello!").await.duplicate);
    assert_eq!(server.history().await.messages.len(), 1);
    server.end().await;
}

#[tokio::test]
async fn once_it_works_again_pages_are_told_to_fetch_anew() {
    let server = impatient().await;
    let mut page = server.client().query("topics=system").connect().await;
    let mut anna = server.client().query("topics=chat").connect().await;
    anna.sends_message("m1", "All is well.").await;
    let other = lock(&server).await;
    anna.says(message("m2", "Hello!")).await;
    hears!(anna, Nack);
    page.heard_nothing().await;
    unlock(other).await;
    anna.sends_message("m2", "Hello!").await;
    assert_eq!(hears!(page, Invalidate).tags, ["messages", "dialogs"]);
    anna.sends_message("m3", "Hello again!").await;
    page.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn heartbeat_and_presence_go_on() {
    let server = impatient().await;
    let mut anna = server.join("Anna").await;
    let other = lock(&server).await;
    server.pass(Duration::from_secs(5));
    assert_eq!(hears!(anna, Heartbeat).connections, 1);
    let bob = server.join("Bob").await;
    assert_eq!(hears!(anna, Joined).0.username.as_str(), "Bob");
    bob.leaves().await;
    server.has_sockets(1).await;
    server.pass(Duration::from_secs(1));
    hears!(anna, Disconnected);
    anna.heard_nothing().await;
    unlock(other).await;
    server.end().await;
}

#[tokio::test]
async fn the_server_is_alive_but_not_ready_until_the_database_is_back() {
    let server = impatient().await;
    let other = lock(&server).await;
    assert_eq!(server.get("/healthz").await.status(), 200);
    let answer = server.get("/readyz").await;
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.body.matches("the database").count(), 1, "{}", answer.body);
    unlock(other).await;
    assert_eq!(server.get("/readyz").await.status(), 200);
    server.end().await;
}

#[tokio::test]
async fn by_rest_it_is_503_with_a_time_to_come_back() {
    let server = impatient().await;
    let cookie = server.cookie().await;
    let other = lock(&server).await;
    let refused = server.posts(&cookie, json!({ "content": "x", "clientId": "m1" })).await;
    assert_eq!((refused.status(), refused.code().as_str()), (503, "storage_unavailable"));
    assert_eq!((&refused.json()["retry"], refused.header("retry-after")), (&json!(true), "1"));
    let refused = server.browser().registers("anna", "Anna").await;
    assert_eq!((refused.status(), refused.code().as_str()), (503, "storage_unavailable"));
    assert_eq!(refused.header("retry-after"), "1");
    unlock(other).await;
    let stored = server.posts(&cookie, json!({ "content": "x", "clientId": "m1" })).await;
    assert_eq!(stored.status(), 201);
    server.end().await;
}

#[tokio::test]
async fn the_plain_form_keeps_the_words() {
    let server = impatient().await;
    let other = lock(&server).await;
    let request = Request::post("/")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("message=not+lost".to_owned());
    let answer = server.http(request.unwrap()).await;
    assert_eq!(answer.status(), 503);
    assert!(answer.body.contains("not lost"));
    unlock(other).await;
    server.end().await;
}

#[tokio::test]
async fn a_crowd_that_was_refused_is_stored_once_each_when_the_database_is_back() {
    let server = impatient().await;
    let mut clients = Vec::new();
    for _ in 0..10 {
        clients.push(server.client().query("topics=").connect().await);
    }
    let other = lock(&server).await;
    for client in &mut clients {
        client.says(message("m1", "Hello!")).await;
    }
    for client in &mut clients {
        assert!(hears!(client, Nack).retry);
    }
    unlock(other).await;
    for client in &mut clients {
        client.sends_message("m1", "Hello!").await;
    }
    let seqs: Vec<_> = server.history().await.messages.iter().map(|m| m.seq.0).collect();
    assert_eq!(seqs, (1..=10).collect::<Vec<_>>());
    server.end().await;
}

#[tokio::test]
async fn a_form_says_that_nothing_was_stored_and_keeps_what_was_typed() {
    let server = impatient().await;
    let (mut anna, mut bob) = (Browser::new(&server), Browser::new(&server));
    anna.registers("anna", "Anna", "tea at eleven, perhaps").await;
    bob.registers("bob", "Bob", "coffee at four, surely").await;
    let page = anna.opens("/people?query=Bob").await.body;
    let button = page.split('<').find(|tag| tag.contains("\"Write to Bob\"")).unwrap();
    let id = button.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
    let other = lock(&server).await;
    for (path, fields, typed) in [
        ("/settings/name", vec![("name", "Anna Maria")], "value=\"Anna Maria\""),
        ("/settings/tokens", vec![("name", "door bell")], "value=\"door bell\""),
        (
            "/settings/password",
            vec![("old", "tea at eleven, perhaps"), ("new", "another one, then")],
            "",
        ),
        ("/settings/delete", vec![("password", "tea at eleven, perhaps")], ""),
        ("/people", vec![("to", id), ("query", "Bo")], "value=\"Bo\""),
        ("/groups", vec![("title", "Tea"), ("with", id)], "value=\"Tea\""),
        ("/guest", vec![("name", "Gast")], "value=\"Gast\""),
        (
            "/register",
            vec![("login", "eve"), ("name", "Eve"), ("password", "whatever one may think")],
            "value=\"eve\"",
        ),
        ("/logout", vec![], ""),
    ] {
        let answer = anna.posts(path, &fields).await;
        assert_eq!(answer.status(), 503, "{path}");
        let says = "could not store this, and nothing has changed";
        assert!(
            answer.body.contains(says) && answer.body.contains(typed),
            "{path}: {}",
            answer.body
        );
        assert_eq!(answer.header("retry-after"), "1", "{path}");
    }
    unlock(other).await;
    assert_eq!(anna.opens("/settings").await.status(), 200, "still signed in");
    server.end().await;
}
