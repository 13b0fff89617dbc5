//! The door itself: wrong credentials, too many tries, how long an answer takes, and a house
//! without guests.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::{PASSWORD, TestServer, server};

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_get_the_same_answer() {
    let server = server().start().await;
    server.account("anna", "Anna").await;
    let wrong = server.browser().signs_in("anna", "tea at twelve").await;
    let unknown = server.browser().signs_in("nobody", "tea at twelve").await;
    let nonsense = server.browser().signs_in("\u{0} ", "").await;
    assert_eq!((wrong.status(), wrong.code().as_str()), (401, "wrong_credentials"));
    for answer in [unknown, nonsense] {
        assert_eq!((answer.status(), answer.body), (401, wrong.body.clone()));
    }
    assert_eq!(server.browser().signs_in(" ANNA ", PASSWORD).await.status(), 200);
    server.end().await;
}

/// Tries to sign in from an address.
async fn tries(server: &TestServer, address: &str, login: &str, password: &str) -> (u16, u64) {
    let answer = server.browser().at(address).signs_in(login, password).await;
    if answer.status() == 429 {
        assert_eq!(
            (answer.code().as_str(), &answer.json()["retry"]),
            ("too_many_tries", &json!(true))
        );
        assert!(!answer.header("retry-after").is_empty());
    }
    let after = answer.json()["afterMs"].as_u64().unwrap_or_default();
    (answer.status(), after)
}

#[tokio::test]
async fn five_tries_a_minute_for_a_login_from_an_address() {
    let server = server().start().await;
    server.account("anna", "Anna").await;
    for _ in 0..5 {
        assert_eq!(tries(&server, "192.0.2.1", "anna", "tea at twelve").await.0, 401);
    }
    assert_eq!(tries(&server, "192.0.2.1", "Anna", PASSWORD).await, (429, 12_000));
    assert_eq!(tries(&server, "192.0.2.1", "bob", PASSWORD).await.0, 401, "another login");
    assert_eq!(tries(&server, "192.0.2.2", "anna", PASSWORD).await.0, 200, "another address");
    server.pass(Duration::from_secs(12));
    assert_eq!(tries(&server, "192.0.2.1", "anna", PASSWORD).await.0, 200);
    assert_eq!(tries(&server, "192.0.2.1", "anna", PASSWORD).await.0, 429);
    server.end().await;
}

#[tokio::test]
async fn addresses_of_one_ipv6_network_try_as_one() {
    let server = server().start().await;
    for n in 1..=5 {
        assert_eq!(tries(&server, &format!("2001:db8:0:1::{n}"), "anna", PASSWORD).await.0, 401);
    }
    assert_eq!(tries(&server, "2001:db8:0:1:ffff::6", "anna", PASSWORD).await.0, 429);
    assert_eq!(tries(&server, "2001:db8:0:2::1", "anna", PASSWORD).await.0, 401);
    server.end().await;
}

#[tokio::test]
async fn an_address_cannot_keep_the_cores_busy_with_ever_new_logins() {
    let server = server().with(|s| s.auth.address_tries_per_minute = 3).start().await;
    for n in 1..=3 {
        assert_eq!(tries(&server, "192.0.2.1", &format!("login{n}"), PASSWORD).await.0, 401);
    }
    assert_eq!(tries(&server, "192.0.2.1", "login4", PASSWORD).await, (429, 20_000));
    let registers = server.browser().at("192.0.2.1").registers("login5", "Anna").await;
    assert_eq!((registers.status(), registers.code().as_str()), (429, "too_many_tries"));
    server.end().await;
}

#[tokio::test]
async fn an_address_cannot_keep_the_cores_busy_by_asking_how_strong_a_password_is() {
    let server = server().start().await;
    let mut anna = server.browser().at("192.0.2.1");
    let draft = json!({ "password": "x", "login": "anna", "name": "Anna" });
    for _ in 0..50 {
        assert_eq!(anna.post("/api/auth/strength", draft.clone()).await.status(), 200);
    }
    let refused = anna.post("/api/auth/strength", draft.clone()).await;
    assert_eq!((refused.status(), refused.code().as_str()), (429, "too_many_tries"));
    assert_eq!(refused.json()["afterMs"], 100);
    assert_eq!(server.browser().post("/api/auth/strength", draft).await.status(), 200);
    server.end().await;
}

#[tokio::test]
async fn the_old_password_is_guessed_no_faster_by_who_is_in() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    let body = |old: &str| json!({ "old": old, "new": "coffee at nine" });
    for _ in 0..5 {
        assert_eq!(anna.post("/api/me/password", body("tea at twelve")).await.status(), 401);
    }
    assert_eq!(anna.post("/api/me/password", body(PASSWORD)).await.status(), 429);
    let farewell = json!({ "password": PASSWORD });
    assert_eq!(anna.delete("/api/me", Some(farewell)).await.status(), 429);
    server.end().await;
}

/// The time of one try to sign in.
#[expect(clippy::disallowed_methods, reason = "what is asked here is how long it really takes")]
async fn duration(server: &TestServer, login: &str) -> Duration {
    let mut browser = server.browser();
    let started = Instant::now();
    assert_eq!(browser.signs_in(login, "tea at twelve").await.status(), 401);
    started.elapsed()
}

/// The medians of some tries with a wrong password and of as many with an unknown login. They go by
/// turns, so that whatever else the machine does strikes both alike.
async fn medians(server: &TestServer) -> (Duration, Duration) {
    let (mut wrong, mut unknown) = (Vec::new(), Vec::new());
    for _ in 0..25 {
        wrong.push(duration(server, "anna").await);
        unknown.push(duration(server, "nobody").await);
    }
    let median = |mut times: Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    (median(wrong), median(unknown))
}

#[tokio::test]
async fn an_unknown_login_takes_as_long_as_a_wrong_password() {
    // As much work as makes its absence plain on a quick machine too, as little as many tries allow.
    let server = server().with(|s| s.auth.password_memory_kib = 2 * 19_456).start().await;
    server.account("anna", "Anna").await;
    let mut rounds = Vec::new();
    // A busy machine makes differences where there are none; it does not take one away each time.
    for _ in 0..6 {
        let (wrong, unknown) = medians(&server).await;
        assert!(wrong > Duration::from_millis(8), "there is work to be seen: {wrong:?}");
        rounds.push((wrong, unknown));
        if wrong.abs_diff(unknown) < Duration::from_millis(5) {
            return server.end().await;
        }
    }
    panic!("wrong password and unknown login: {rounds:?}");
}

#[tokio::test]
async fn a_house_without_guests_answers_nobody() {
    let server = server().with(|settings| settings.auth.guests = false).start().await;
    let mut nobody = server.browser();
    for path in [
        "/api/messages/dialog/lobby",
        "/api/me",
        "/api/dialogs",
        "/api/people",
        "/api/search?query=x",
    ] {
        let answer = nobody.get(path).await;
        assert_eq!((answer.status(), answer.code().as_str()), (401, "sign_in_required"), "{path}");
    }
    let guest = nobody.asks(hyper::Method::POST, "/api/auth/guest", None).await;
    assert_eq!((guest.status(), guest.code().as_str()), (401, "sign_in_required"));
    let write = nobody.post("/api/messages/dialog/lobby", json!({ "content": "x" })).await;
    assert_eq!(write.status(), 401);
    assert_eq!(nobody.dials().open().await.err().unwrap().status(), 401);
    assert_eq!(nobody.cookies(), "", "nobody is made a guest");

    let mut anna = server.account("anna", "Anna").await;
    assert_eq!(anna.says("lobby", "alone").await["senderName"], "Anna");
    anna.dials().connect().await.leaves().await;
    server.end().await;
}

#[tokio::test]
async fn guests_from_before_are_not_let_into_a_house_without_guests() {
    let before = server().start().await;
    let mut guest = before.browser();
    guest.post("/api/auth/guest", json!({ "name": "Anna" })).await;
    let cookies = guest.cookies();
    let folder = before.folder.clone();
    before.end().await;
    let after = server().in_folder(folder).with(|s| s.auth.guests = false).start().await;
    let request = hyper::Request::get("/api/me").header("cookie", cookies);
    let answer = after.http(request.body(String::new()).unwrap()).await;
    assert_eq!(answer.status(), 401);
    after.end().await;
}
