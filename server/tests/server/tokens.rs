//! Personal tokens: scripts that are known as their owner, by REST and by the socket.

use serde_json::{Value, json};

use crate::harness::{PASSWORD, server};

#[tokio::test]
async fn a_script_with_a_token_is_its_owner() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    let (_, secret) = anna.makes_token("weather").await;
    assert!(secret.starts_with("confab_"), "says what it is");
    let mut script = server.script().with_token(&secret);
    assert_eq!(script.me().await, anna.me().await);
    assert_eq!(script.says("lobby", "It rains.").await["senderName"], "Anna");
    let socket = script.dials().query("topics=").connect().await;
    assert_eq!(socket.established().user_id.as_str(), anna.id().await);
    drop(socket);
    server.end().await;
}

#[tokio::test]
async fn a_removed_token_ends_at_once_and_closes_its_sockets() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    let (id, secret) = anna.makes_token("weather").await;
    let (_, other) = anna.makes_token("clock").await;
    let (mut script, clock) =
        (server.script().with_token(&secret), server.script().with_token(&other));
    let mut socket = script.dials().query("topics=").connect().await;
    let mut others = clock.dials().query("topics=").connect().await;
    let path = format!("/api/me/tokens/{id}");
    assert_eq!(anna.delete(&path, None).await.status(), 200);
    assert_eq!(socket.is_closed().await.code, 4001);
    others.heard_nothing().await;
    assert_eq!(script.me().await, None);
    assert_eq!(script.dials().open().await.err().unwrap().status(), 401);
    let again = anna.delete(&path, None).await;
    assert_eq!((again.status(), again.code().as_str()), (404, "not_found"));
    drop(others);
    server.end().await;
}

#[tokio::test]
async fn a_token_is_told_once_and_listed_without_its_secret() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    let (id, secret) = anna.makes_token(" weather ").await;
    server.script().with_token(&secret).me().await;
    let list = anna.get("/api/me/tokens").await;
    assert!(!list.body.contains(&secret));
    let token = &list.json()["data"]["tokens"][0];
    assert_eq!((&token["id"], &token["name"]), (&json!(id), &json!("weather")));
    assert!(token["lastUsedAt"].is_string(), "{token}");
    server.end().await;
}

#[tokio::test]
async fn tokens_are_listed_newest_first() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    for name in ["first", "second", "third"] {
        anna.makes_token(name).await;
        server.pass(std::time::Duration::from_millis(1));
    }
    let list = anna.get("/api/me/tokens").await.json();
    let names = list["data"]["tokens"].as_array().unwrap().iter().map(|token| &token["name"]);
    assert_eq!(names.collect::<Vec<_>>(), ["third", "second", "first"]);
    server.end().await;
}

#[tokio::test]
async fn nobody_removes_or_sees_the_token_of_another() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    let (id, secret) = anna.makes_token("weather").await;
    let mut bob = server.account("bob", "Bob").await;
    let answer = bob.delete(&format!("/api/me/tokens/{id}"), None).await;
    assert_eq!((answer.status(), answer.code().as_str()), (404, "not_found"));
    assert_eq!(bob.get("/api/me/tokens").await.json()["data"]["tokens"], Value::Array(vec![]));
    assert!(server.script().with_token(&secret).me().await.is_some());
    server.end().await;
}

#[tokio::test]
async fn what_is_no_token_lets_nobody_in_not_even_as_a_guest() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    let (_, secret) = anna.makes_token("weather").await;
    let forged = format!("{secret}A");
    for token in ["", "x", "confab_", "confab_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &forged]
    {
        let mut script = server.script().with_token(token);
        assert_eq!(script.me().await, None, "{token}");
        let read = script.get("/api/messages/dialog/lobby").await;
        assert_eq!((read.status(), read.code().as_str()), (401, "sign_in_required"), "{token}");
        assert_eq!(script.dials().open().await.err().unwrap().status(), 401, "{token}");
    }
    server.end().await;
}

#[tokio::test]
async fn tokens_outlive_a_changed_password_and_not_the_account() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    let (_, secret) = anna.makes_token("weather").await;
    let mut script = server.script().with_token(&secret);
    let body = json!({ "old": PASSWORD, "new": "coffee at nine" });
    assert_eq!(anna.post("/api/me/password", body).await.status(), 200);
    assert!(script.me().await.is_some());
    anna.delete("/api/me", Some(json!({ "password": "coffee at nine" }))).await;
    assert_eq!(script.me().await, None);
    server.end().await;
}

#[tokio::test]
async fn a_name_of_a_token_is_one_line() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    for name in ["", "  ", "a\nb", &"x".repeat(101)] {
        let answer = anna.post("/api/me/tokens", json!({ "name": name })).await;
        assert_eq!((answer.status(), answer.code().as_str()), (422, "name_invalid"), "{name:?}");
    }
    server.end().await;
}
