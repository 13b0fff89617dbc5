//! Names: which can be chosen, and which are the same to a reader.

use serde_json::json;

use crate::harness::{hears, server};

#[tokio::test]
async fn a_name_of_nothing_visible_is_none() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    for name in [
        "",
        "  ",
        "\u{200b}",
        "\u{200b}\u{2060}\u{feff}",
        "\u{fe0f}",
        "\u{e0041}",
        "\u{3164}",
        "a\nb",
        &"x".repeat(41),
    ] {
        for answer in [
            server.browser().registers("bob", name).await,
            server.browser().post("/api/auth/guest", json!({ "name": name })).await,
            anna.patch("/api/me", json!({ "name": name })).await,
        ] {
            assert_eq!(
                (answer.status(), answer.code().as_str()),
                (422, "name_invalid"),
                "{name:?}"
            );
        }
    }
    server.end().await;
}

#[tokio::test]
async fn a_name_that_reads_like_anothers_is_taken_at_every_door() {
    let server = server().start().await;
    server.account("anna", "Anna Maria").await;
    let mut bob = server.account("bob", "Bob").await;
    for twin in [
        "Anna Maria",
        "anna maria",
        "ＡＮＮＡ　ＭＡＲＩＡ",
        "An\u{200b}na Maria",
        "Anna  Maria\u{fe0f}",
        "\u{202e}anna\u{a0}maria",
    ] {
        for answer in [
            server.browser().registers("carl", twin).await,
            server.browser().post("/api/auth/guest", json!({ "name": twin })).await,
            bob.patch("/api/me", json!({ "name": twin })).await,
        ] {
            assert_eq!((answer.status(), answer.code().as_str()), (409, "name_taken"), "{twin:?}");
        }
    }
    server.end().await;
}

#[tokio::test]
async fn a_person_may_write_their_own_name_differently() {
    let server = server().start().await;
    let mut anna = server.account("anna", "anna").await;
    assert_eq!(anna.patch("/api/me", json!({ "name": "Anna" })).await.status(), 200);
    assert_eq!(anna.me().await.unwrap()["username"], "Anna");
    server.end().await;
}

#[tokio::test]
async fn names_that_the_server_gives_are_kept_for_it() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    for name in ["Guest 1234", "guest 1", "Ｇuest\u{200b} 12", "Deleted user", "deleted user"] {
        for answer in [
            server.browser().post("/api/auth/guest", json!({ "name": name })).await,
            anna.patch("/api/me", json!({ "name": name })).await,
        ] {
            assert_eq!((answer.status(), answer.code().as_str()), (409, "name_taken"), "{name:?}");
        }
    }
    server.end().await;
}

#[tokio::test]
async fn of_two_who_want_one_name_at_once_one_gets_it() {
    let server = server().start().await;
    let (mut one, mut two) = (server.browser(), server.browser());
    let (first, second) = tokio::join!(one.registers("one", "Anna"), two.registers("two", "ANNA"));
    let mut statuses = [first.status(), second.status()];
    statuses.sort();
    assert_eq!(statuses, [201, 409]);
    server.end().await;
}

#[tokio::test]
async fn whoever_is_here_is_known_to_the_others_by_a_new_name_at_once() {
    let server = server().start().await;
    let anna = server.account("anna", "Anna").await;
    let mut bob = server.join("Bob").await;
    let mut socket = anna.dials().connect().await;
    socket.is_connected("ignored").await;
    assert_eq!(hears!(bob, Joined).0.username.as_str(), "Anna");
    let mut anna = anna;
    assert_eq!(anna.patch("/api/me", json!({ "name": "Hanna" })).await.status(), 200);
    assert_eq!(hears!(bob, Joined).0.username.as_str(), "Hanna");
    server.end().await;
}

#[tokio::test]
async fn nobody_keeps_everyone_busy_with_new_names() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    let mut refused = None;
    for n in 0..40 {
        let answer = anna.patch("/api/me", json!({ "name": format!("Anna {n}") })).await;
        if answer.status() != 200 {
            refused = Some((answer.status(), answer.code()));
            break;
        }
    }
    assert_eq!(refused, Some((429, "too_many_tries".to_owned())));
    server.pass(std::time::Duration::from_secs(60));
    assert_eq!(anna.patch("/api/me", json!({ "name": "Anna again" })).await.status(), 200);
    server.end().await;
}

#[tokio::test]
async fn who_took_a_name_goes_by_it_where_only_the_cookie_from_before_is_known() {
    let server = server().start().await;
    let mut guest = server.browser();
    guest.says("lobby", "as I came").await;
    let mut elsewhere = guest.copy();
    let named = guest.post("/api/auth/guest", json!({ "name": "Anna" })).await;
    assert_eq!(named.status(), 200, "{}", named.body);
    assert_eq!(elsewhere.cookie("confab_session"), None);
    assert_eq!(elsewhere.me().await.unwrap()["username"], "Anna");
    assert_eq!(elsewhere.says("lobby", "with a name").await["senderName"], "Anna");
    server.end().await;
}
