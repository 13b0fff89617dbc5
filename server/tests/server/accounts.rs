//! Accounts: to make one, to change it, to delete it; and what stays of a guest who makes one.

use serde_json::{Value, json};

use crate::harness::{PASSWORD, server};

/// A word of an answer.
fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

#[tokio::test]
async fn a_guest_who_makes_an_account_keeps_their_id_and_their_messages() {
    let server = server().start().await;
    let mut anna = server.browser();
    anna.get("/").await;
    let said = anna.says("lobby", "as a guest").await;
    let guest = anna.me().await.unwrap();
    assert_eq!((guest["id"].clone(), guest.get("login")), (said["senderId"].clone(), None));

    let registered = anna.registers("anna@example.org", "Anna").await;
    assert_eq!(registered.status(), 201);
    let me = registered.json()["data"].clone();
    assert_eq!((&me["id"], word(&me, "username")), (&guest["id"], "Anna"));
    assert_eq!(word(&me, "login"), "anna@example.org");
    assert_eq!(anna.me().await, Some(me));
    let edited = format!("/api/messages/dialog/lobby/{}", word(&said, "messageId"));
    let answer = anna.patch(&edited, json!({ "content": "as Anna" })).await;
    assert_eq!(answer.status(), 200, "the message is still hers: {}", answer.body);
    server.end().await;
}

#[tokio::test]
async fn a_guest_who_has_chosen_a_name_keeps_it_and_themselves() {
    let server = server().start().await;
    let mut anna = server.browser();
    let guest = anna.post("/api/auth/guest", json!({ "name": "Anna" })).await;
    assert_eq!((guest.status(), word(&guest.json()["data"], "username")), (200, "Anna"));
    let id = anna.id().await;
    assert_eq!(anna.registers("anna", "Anna").await.status(), 201, "the name is hers already");
    assert_eq!(anna.id().await, id);
    server.end().await;
}

#[tokio::test]
async fn one_click_is_enough_to_come_in_as_a_guest() {
    let server = server().start().await;
    for mut someone in [server.browser(), server.script()] {
        let answer = someone.asks(hyper::Method::POST, "/api/auth/guest", None).await;
        assert_eq!(answer.status(), 200);
        let me = someone.me().await.unwrap();
        assert_eq!(answer.json()["data"], me);
        assert!(word(&me, "username").starts_with("Guest "), "{me}");
        assert_eq!(someone.says("lobby", "x").await["senderId"], me["id"]);
    }
    server.end().await;
}

#[tokio::test]
async fn a_passing_guest_who_comes_in_stays_the_same_person() {
    let server = server().start().await;
    let mut anna = server.browser();
    anna.get("/").await;
    let before = anna.me().await;
    anna.asks(hyper::Method::POST, "/api/auth/guest", None).await;
    assert_eq!(anna.me().await, before);
    assert_eq!(anna.cookie("confab_guest"), None, "the session knows them now");
    server.end().await;
}

#[tokio::test]
async fn whoever_makes_a_second_account_is_a_second_person() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    let (first, old) = (anna.id().await, anna.copy());
    assert_eq!(anna.registers("bob", "Bob").await.status(), 201);
    assert_ne!(anna.id().await, first);
    assert_eq!({ old }.me().await, None, "the session they came with has ended");
    server.end().await;
}

#[tokio::test]
async fn a_taken_login_is_refused_however_it_is_written() {
    let server = server().start().await;
    server.account("79111111111", "Anna").await;
    for login in ["79111111111", "+7 (911) 111-11-11", "７９１１１１１１１１１"] {
        let answer = server.browser().registers(login, "Bob").await;
        assert_eq!((answer.status(), answer.code().as_str()), (409, "login_taken"), "{login}");
    }
    assert_eq!(server.browser().registers("79777777777", "Bob").await.status(), 201);
    server.end().await;
}

#[tokio::test]
async fn what_is_no_login_or_no_password_is_refused_with_its_own_code() {
    let server = server().start().await;
    let long = "x".repeat(201);
    for (login, password, code) in [
        ("", PASSWORD, "login_invalid"),
        ("ab", PASSWORD, "login_invalid"),
        ("anna maria", PASSWORD, "login_invalid"),
        ("anna\u{0}", PASSWORD, "login_invalid"),
        ("anna", "", "password_invalid"),
        ("anna", "short", "password_invalid"),
        ("anna", &long, "password_invalid"),
        ("anna", "password", "password_invalid"),
        ("anna", "12345678", "password_invalid"),
        ("annamaria", "AnnaMaria", "password_invalid"),
        ("anna", "Anna Berg", "password_invalid"),
    ] {
        let body = json!({ "login": login, "name": "Anna Berg", "password": password });
        let answer = server.browser().post("/api/auth/register", body).await;
        assert_eq!((answer.status(), answer.code().as_str()), (422, code), "{login} {password}");
    }
    server.end().await;
}

#[tokio::test]
async fn the_strength_of_a_password_is_told_before_it_is_chosen() {
    let server = server().start().await;
    let mut browser = server.browser();
    let mut strength = async |password: &str| {
        let body = json!({ "password": password, "login": "anna", "name": "Anna" });
        let answer = browser.post("/api/auth/strength", body).await;
        assert_eq!(answer.status(), 200);
        answer.json()["data"].clone()
    };
    let weak = json!({ "score": 0, "word": "tooWeak", "accepted": false });
    assert_eq!(strength("password").await, weak);
    let strong = json!({ "score": 4, "word": "strong", "accepted": true });
    assert_eq!(strength("correct horse battery staple").await, strong);
    assert_eq!(strength("annaanna").await["accepted"], false);
    assert_eq!(strength("").await, weak);
    assert_eq!(strength(&"x7".repeat(50_000)).await["accepted"], false, "too long");
    server.end().await;
}

#[tokio::test]
async fn a_person_goes_by_another_name_when_they_wish() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    let answer = anna.patch("/api/me", json!({ "name": "Anna Berg" })).await;
    assert_eq!((answer.status(), word(&answer.json()["data"], "username")), (200, "Anna Berg"));
    assert_eq!(word(&anna.me().await.unwrap(), "username"), "Anna Berg");
    assert_eq!(word(&anna.says("lobby", "x").await, "senderName"), "Anna Berg");
    assert_eq!(server.browser().registers("other", "Anna").await.status(), 201, "free again");
    server.end().await;
}

#[tokio::test]
async fn a_changed_password_lets_in_and_the_old_one_does_not() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    let change = |old: &str, new: &str| json!({ "old": old, "new": new });
    let path = "/api/me/password";
    let wrong = anna.post(path, change("tea at twelve", "coffee at nine")).await;
    assert_eq!((wrong.status(), wrong.code().as_str()), (401, "wrong_credentials"));
    let weak = anna.post(path, change(PASSWORD, "password")).await;
    assert_eq!((weak.status(), weak.code().as_str()), (422, "password_invalid"));
    assert_eq!(anna.post(path, change(PASSWORD, "coffee at nine")).await.status(), 200);
    assert!(anna.me().await.is_some(), "whoever asked is still in");
    let mut again = server.browser();
    assert_eq!(again.signs_in("anna", PASSWORD).await.status(), 401);
    assert_eq!(again.signs_in("anna", "coffee at nine").await.status(), 200);
    server.end().await;
}

#[tokio::test]
async fn a_guest_has_no_password_and_no_tokens() {
    let server = server().start().await;
    let mut guest = server.browser();
    guest.post("/api/auth/guest", json!({ "name": "Anna" })).await;
    let body = json!({ "old": PASSWORD, "new": "coffee at nine" });
    for answer in [
        guest.post("/api/me/password", body).await,
        guest.get("/api/me/tokens").await,
        guest.post("/api/me/tokens", json!({ "name": "script" })).await,
        guest.delete("/api/me/tokens/some-token", None).await,
    ] {
        assert_eq!((answer.status(), answer.code().as_str()), (403, "account_required"));
    }
    server.end().await;
}

#[tokio::test]
async fn a_deleted_account_leaves_its_messages_and_nothing_else() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    let id = anna.id().await;
    anna.says("lobby", "I was here").await;
    let other = anna.copy();
    let wrong = anna.delete("/api/me", Some(json!({ "password": "tea at twelve" }))).await;
    assert_eq!((wrong.status(), wrong.code().as_str()), (401, "wrong_credentials"));
    assert_eq!(anna.delete("/api/me", None).await.status(), 401, "the password is asked for");
    let gone = anna.delete("/api/me", Some(json!({ "password": PASSWORD }))).await;
    assert_eq!((gone.status(), &gone.json()), (200, &json!({ "success": true, "data": null })));

    let message = server.history().await.messages.remove(0);
    assert_eq!(
        (message.sender_name.as_str(), message.content.as_str()),
        ("deleted user", "I was here")
    );
    assert_eq!(message.sender_id.as_str(), id);
    assert_eq!((anna.me().await, { other }.me().await), (None, None));
    assert_eq!(server.browser().signs_in("anna", PASSWORD).await.status(), 401);
    assert_eq!(server.browser().registers("anna", "Anna").await.status(), 201, "all is free again");
    server.end().await;
}

#[tokio::test]
async fn a_guest_may_go_without_a_password_and_does_not_come_back() {
    let server = server().start().await;
    let mut guest = server.browser();
    guest.get("/").await;
    guest.says("lobby", "hello").await;
    let id = guest.id().await;
    let mut copy = guest.copy();
    assert_eq!(guest.delete("/api/me", None).await.status(), 200);
    copy.get("/").await;
    assert_ne!(copy.id().await, id, "the old cookie is somebody new");
    assert_eq!(server.history().await.messages[0].sender_name.as_str(), "deleted user");
    server.end().await;
}
