//! Name, password, tokens, the ways out.

use hyper::Request;

use super::{OTHER, PASSWORD, anna, bob, refused, sent, tag};
use crate::harness::{Browser, server};

#[tokio::test]
async fn another_name_is_saved_and_a_taken_one_is_not() {
    let server = server().start().await;
    let (mut anna, _bob) = (anna(&server).await, bob(&server).await);
    let answer = anna.posts("/settings/name", &[("name", "Anna Maria")]).await;
    assert_eq!(sent(&answer), (303, "/settings?done=name"));
    let page = anna.opens("/settings?done=name").await;
    assert!(
        page.body.contains("Your name is saved.") && page.body.contains("value=\"Anna Maria\"")
    );
    let answer = anna.posts("/settings/name", &[("name", "BOB")]).await;
    refused(&answer, 409, &["has this name already", "value=\"BOB\""], "a taken name");
    let answer = anna.posts("/settings/name", &[("name", " ")]).await;
    refused(&answer, 422, &["1 to 40 visible"], "no name");
    assert!(anna.opens("/settings").await.body.contains("value=\"Anna Maria\""));
    server.end().await;
}

#[tokio::test]
async fn another_password_signs_the_other_devices_out() {
    let server = server().start().await;
    let (mut anna, mut phone) = (anna(&server).await, Browser::new(&server));
    phone.posts("/login", &[("login", "anna@example.org"), ("password", PASSWORD)]).await;
    let answer = anna.posts("/settings/password", &[("old", "not this one"), ("new", OTHER)]).await;
    refused(&answer, 401, &["The password is wrong."], "a wrong password");
    assert!(tag(&answer.body, "password-old").contains("aria-invalid"));
    let answer = anna.posts("/settings/password", &[("old", PASSWORD), ("new", "sh0rt!")]).await;
    refused(&answer, 422, &["8 to 200 characters"], "a short password");
    assert!(tag(&answer.body, "password-new").contains("aria-invalid"));
    assert_eq!(phone.opens("/settings").await.status(), 200, "nothing has changed");
    let answer = anna.posts("/settings/password", &[("old", PASSWORD), ("new", OTHER)]).await;
    assert_eq!(sent(&answer), (303, "/settings?done=password"));
    assert!(anna.opens("/settings?done=password").await.body.contains("Your password is changed."));
    assert_eq!(phone.opens("/settings").await.status(), 303);
    let answer = phone.posts("/login", &[("login", "anna@example.org"), ("password", OTHER)]).await;
    assert_eq!(sent(&answer), (303, "/"));
    server.end().await;
}

#[tokio::test]
async fn a_token_is_told_once_and_is_good_until_it_is_removed() {
    let server = server().start().await;
    let mut anna = anna(&server).await;
    let answer = anna.posts("/settings/tokens", &[("name", "door bell")]).await;
    assert_eq!(sent(&answer), (303, "/settings?done=token"));
    assert!(!answer.body.contains("confab_"), "{}", answer.body);
    let page = anna.opens("/settings?done=token").await;
    let secret = tag(&page.body, "secret").split("value=\"").nth(1).unwrap();
    let secret = secret.split('"').next().unwrap().to_owned();
    let again = anna.opens("/settings?done=token").await;
    assert!(again.body.contains("door bell") && !again.body.contains(&secret), "{}", again.body);
    let me = || async {
        let request = Request::get("/api/me").header("authorization", format!("Bearer {secret}"));
        server.http(request.body(String::new()).unwrap()).await
    };
    assert_eq!(me().await.json()["data"]["username"], "Anna");
    let id = page.body.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let mut bob = bob(&server).await;
    bob.posts("/settings/tokens/remove", &[("id", id)]).await;
    assert_eq!(me().await.status(), 200, "another's token stays");
    for _ in 0..2 {
        let answer = anna.posts("/settings/tokens/remove", &[("id", id)]).await;
        assert_eq!(sent(&answer), (303, "/settings?done=token-removed"));
    }
    assert_eq!(me().await.status(), 401);
    let answer = anna.posts("/settings/tokens", &[("name", " ")]).await;
    refused(&answer, 422, &["1 to 100 characters"], "a token for nothing");
    let answer = anna.posts("/settings/tokens/remove", &[("id", "no id")]).await;
    refused(&answer, 400, &["could not read this"], "no token");
    server.end().await;
}

#[tokio::test]
async fn a_guest_has_no_tokens_and_no_password() {
    let server = server().start().await;
    let mut guest = Browser::new(&server);
    guest.posts("/guest", &[]).await;
    let fields = [("name", "x"), ("old", PASSWORD), ("new", OTHER)];
    for path in ["/settings/tokens", "/settings/password"] {
        let answer = guest.posts(path, &fields).await;
        refused(&answer, 403, &["Keep your account first."], path);
    }
    server.end().await;
}

#[tokio::test]
async fn signing_out_ends_this_session_or_all() {
    let server = server().start().await;
    let (mut anna, mut phone) = (anna(&server).await, Browser::new(&server));
    let sign_in = [("login", "anna@example.org"), ("password", PASSWORD)];
    phone.posts("/login", &sign_in).await;
    assert_eq!(sent(&anna.posts("/logout", &[]).await), (303, "/login"));
    assert_eq!(anna.opens("/settings").await.status(), 303);
    assert_eq!(phone.opens("/settings").await.status(), 200);
    anna.posts("/login", &sign_in).await;
    assert_eq!(sent(&anna.posts("/logout", &[("everywhere", "true")]).await), (303, "/login"));
    assert_eq!(phone.opens("/settings").await.status(), 303);
    server.end().await;
}

#[tokio::test]
async fn an_account_is_deleted_by_its_password_alone_and_its_messages_stay() {
    let server = server().start().await;
    let mut anna = anna(&server).await;
    anna.posts("/", &[("message", "this stays")]).await;
    let answer = anna.posts("/settings/delete", &[("password", OTHER)]).await;
    refused(&answer, 401, &["The password is wrong."], "a wrong password");
    assert!(tag(&answer.body, "delete-password").contains("aria-invalid"));
    let answer = anna.posts("/settings/delete", &[("password", PASSWORD)]).await;
    assert_eq!(sent(&answer), (303, "/login"));
    assert_eq!(anna.opens("/settings").await.status(), 303);
    let sign_in = [("login", "anna@example.org"), ("password", PASSWORD)];
    assert_eq!(anna.posts("/login", &sign_in).await.status(), 401);
    let messages = server.history().await.messages;
    assert_eq!(messages[0].content, "this stays");
    assert!(messages[0].sender_name.is_deleted());
    server.end().await;
}

#[tokio::test]
async fn a_guest_is_deleted_who_is_sure() {
    let server = server().start().await;
    let mut guest = Browser::new(&server);
    guest.posts("/guest", &[("name", "Gast")]).await;
    let answer = guest.posts("/settings/delete", &[]).await;
    refused(&answer, 400, &["Tick the box if you are sure."], "not sure");
    assert!(tag(&answer.body, "delete-sure").contains("aria-invalid"));
    assert_eq!(sent(&guest.posts("/settings/delete", &[("sure", "yes")]).await), (303, "/login"));
    assert_eq!(guest.opens("/settings").await.status(), 303);
    server.end().await;
}
