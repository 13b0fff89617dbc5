//! Sessions: what the cookie is like, when a session begins, ends and is prolonged, and what happens
//! to the sockets it opened (DESIGN §7, G8; docs/decisions/007).

use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::{Connection, Row, SqliteConnection};

use crate::harness::{Answer, Client, PASSWORD, Person, TestServer, hears, server};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[expect(clippy::disallowed_methods, reason = "what is promised is a time of the world")]
fn now() -> Instant {
    Instant::now()
}

/// Waits until the server has closed a socket with 4001, less than a second after it answered, by the
/// clock of the world. What comes before the answer, as the hashing of passwords, takes its own time.
async fn is_cut(socket: &mut Client, answered: Instant) {
    assert_eq!(socket.is_closed().await.code, 4001);
    assert!(answered.elapsed() < Duration::from_secs(1), "after {:?}", answered.elapsed());
}

fn session_cookie(answer: &Answer) -> String {
    let all = answer.head.headers.get_all("set-cookie");
    let mut all = all.iter().map(|cookie| cookie.to_str().unwrap().to_owned());
    all.find(|cookie| cookie.starts_with("confab_session=")).unwrap_or_default()
}

#[tokio::test]
async fn the_cookie_is_kept_from_scripts_and_from_other_sites() {
    for (behind_tls, secure) in [(false, false), (true, true)] {
        let server = server().with(move |s| s.http.behind_tls = behind_tls).start().await;
        let answer = server.browser().registers("anna", "Anna").await;
        let cookie = session_cookie(&answer);
        for part in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=7776000"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        assert_eq!(cookie.contains("; Secure"), secure, "{cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
        let value = cookie.split(';').next().unwrap().strip_prefix("confab_session=").unwrap();
        assert_eq!(value.len(), 43, "256 bits: {value}");
        server.end().await;
    }
}

#[tokio::test]
async fn a_copy_of_the_database_opens_no_door() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    let (_, token) = anna.makes_token("script").await;
    let session = anna.cookie("confab_session").unwrap().to_owned();
    let file = server.folder.path().join("data/confab.db");
    let mut database =
        SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let mut stored = Vec::new();
    for sql in ["SELECT key FROM sessions", "SELECT hash FROM tokens"] {
        for row in sqlx::query(sql).fetch_all(&mut database).await.unwrap() {
            stored.push(row.get::<Vec<u8>, _>(0));
        }
    }
    assert_eq!(stored.len(), 2);
    database.close().await.unwrap();
    let folder = std::fs::read_dir(server.folder.path().join("data")).unwrap();
    for file in folder.map(|entry| entry.unwrap().path()) {
        let bytes = std::fs::read(&file).unwrap();
        for secret in [&session, &token, PASSWORD] {
            let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!found, "{} holds a secret", file.display());
        }
    }
    server.end().await;
}

#[tokio::test]
async fn a_password_is_hashed_as_dearly_as_owasp_asks_for_unless_somebody_wants_less() {
    let server = server().with(|settings| settings.auth = Default::default()).start().await;
    drop(server.account("anna", "Anna").await);
    let file = server.folder.path().join("data/confab.db");
    let mut database =
        SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let hash = "SELECT password_hash FROM users WHERE login_key = 'anna'";
    let hash: String = sqlx::query_scalar(hash).fetch_one(&mut database).await.unwrap();
    database.close().await.unwrap();
    let parts: Vec<_> = hash.split('$').collect();
    let ["", "argon2id", "v=19", "m=19456,t=2,p=1", salt, sum] = parts[..] else {
        panic!("{hash}")
    };
    assert_eq!((salt.len(), sum.len()), (22, 43), "16 bytes and 32 in base64: {hash}");
    server.end().await;
}

#[tokio::test]
async fn signing_in_makes_a_new_session_and_ends_the_one_before() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    let planted = anna.copy();
    let before = anna.cookie("confab_session").unwrap().to_owned();
    assert_eq!(anna.signs_in("ANNA", PASSWORD).await.status(), 200);
    assert_ne!(anna.cookie("confab_session").unwrap(), before);
    assert!(anna.me().await.is_some());
    assert_eq!({ planted }.me().await, None, "who knew the old secret is not in");
    server.end().await;
}

#[tokio::test]
async fn a_session_survives_a_restart() {
    let before = server().start().await;
    let mut anna = before.account("anna", "Anna").await;
    let (me, cookies) = (anna.me().await, anna.cookies());
    let folder = before.folder.clone();
    before.end().await;
    let after = server().in_folder(folder).start().await;
    let request = hyper::Request::get("/api/me").header("cookie", cookies);
    let answer = after.http(request.body(String::new()).unwrap()).await;
    assert_eq!(answer.json()["data"], me.unwrap());
    after.end().await;
}

#[tokio::test]
async fn signing_out_ends_this_session_its_sockets_and_no_other() {
    let server = server().start().await;
    let mut desk = server.account("anna", "Anna").await;
    let mut phone = server.browser();
    phone.signs_in("anna", PASSWORD).await;
    let mut at_desk = desk.dials().query("topics=").connect().await;
    let mut at_phone = phone.dials().query("topics=").connect().await;
    let thief = desk.copy();

    let answer = desk.post("/api/auth/logout", json!({})).await;
    is_cut(&mut at_desk, now()).await;
    assert_eq!((answer.status(), desk.cookies().as_str()), (200, ""), "all is forgotten");
    at_phone.heard_nothing().await;
    assert!(phone.me().await.is_some());
    assert_eq!({ thief }.me().await, None, "the secret is worth nothing any more");
    drop(at_phone);
    server.end().await;
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_device() {
    let server = server().start().await;
    let mut desk = server.account("anna", "Anna").await;
    let mut phone = server.browser();
    phone.signs_in("anna", PASSWORD).await;
    let mut bob = server.account("bob", "Bob").await;
    let mut sockets = Vec::new();
    for person in [&desk, &phone] {
        sockets.push(person.dials().query("topics=").connect().await);
    }
    let mut of_bob = bob.dials().query("topics=").connect().await;
    desk.post("/api/auth/logout", json!({ "everywhere": true })).await;
    let answered = now();
    for socket in &mut sockets {
        is_cut(socket, answered).await;
    }
    assert_eq!(phone.me().await, None);
    of_bob.heard_nothing().await;
    assert!(bob.me().await.is_some(), "others are others");
    drop(of_bob);
    server.end().await;
}

#[tokio::test]
async fn a_changed_password_ends_all_sessions_and_begins_one() {
    let server = server().start().await;
    let mut desk = server.account("anna", "Anna").await;
    let mut phone = server.browser();
    phone.signs_in("anna", PASSWORD).await;
    let mut at_phone = phone.dials().query("topics=").connect().await;
    let before = desk.copy();
    let body = json!({ "old": PASSWORD, "new": "coffee at nine" });
    assert_eq!(desk.post("/api/me/password", body).await.status(), 200);
    is_cut(&mut at_phone, now()).await;
    assert_eq!((phone.me().await, { before }.me().await), (None, None));
    assert!(desk.me().await.is_some(), "whoever asked is in, by a new secret");
    server.end().await;
}

#[tokio::test]
async fn an_ended_session_opens_no_socket_and_is_nobody_elses() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    let ended = anna.copy();
    anna.post("/api/auth/logout", json!({})).await;
    let refused = ended.dials().open().await.err().unwrap();
    assert_eq!(refused.status(), 401, "{refused:?}");
    let refused = { ended }.post("/api/messages/dialog/lobby", json!({ "content": "x" })).await;
    assert_eq!((refused.status(), refused.code().as_str()), (401, "sign_in_required"));
    assert!(server.history().await.messages.is_empty(), "nothing under another name");
    server.end().await;
}

#[tokio::test]
async fn a_page_lets_a_browser_forget_an_ended_session() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    let mut ended = anna.copy();
    anna.post("/api/auth/logout", json!({ "everywhere": true })).await;
    ended.get("/").await;
    assert_eq!(ended.cookie("confab_session"), None);
    ended.get("/").await;
    assert!(ended.me().await.is_some(), "and is a passing guest from then on");
    server.end().await;
}

async fn is_in(person: &mut Person<'_>) -> bool {
    person.me().await.is_some()
}

#[tokio::test]
async fn a_session_ends_after_ninety_days_without_use() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    server.pass(DAY * 89);
    assert!(is_in(&mut anna).await);
    server.pass(DAY * 89);
    assert!(is_in(&mut anna).await, "it was used in between");
    server.pass(DAY * 90);
    assert!(!is_in(&mut anna).await);
    server.end().await;
}

#[tokio::test]
async fn use_moves_the_end_once_a_day_and_not_with_each_request() {
    let server = server().start().await;
    let mut anna = server.account("anna", "Anna").await;
    let mut renewed = async |after: Duration| {
        server.pass(after);
        !session_cookie(&anna.get("/api/me").await).is_empty()
    };
    assert!(!renewed(Duration::from_secs(1)).await);
    assert!(!renewed(DAY - Duration::from_secs(2)).await);
    assert!(renewed(Duration::from_secs(2)).await);
    assert!(!renewed(Duration::from_secs(1)).await);
    server.end().await;
}

/// Who says something in the lobby with the cookies of a person and these headers.
async fn author(server: &TestServer, person: &Person<'_>, headers: &[(&str, &str)]) -> String {
    let mut request = hyper::Request::post("/api/messages/dialog/lobby")
        .header("content-type", "application/json")
        .header("cookie", person.cookies());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = json!({ "content": "x" }).to_string();
    let answer = server.http(request.body(body).unwrap()).await;
    assert_eq!(answer.status(), 201, "{}", answer.body);
    answer.json()["data"]["senderName"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_session_counts_for_our_pages_and_for_scripts_but_not_for_other_sites() {
    let server = server().start().await;
    let anna = server.account("anna", "Anna").await;
    let own = format!("http://{}", server.address);
    for ours in [&[("origin", own.as_str())][..], &[("sec-fetch-site", "same-origin")], &[]] {
        assert_eq!(author(&server, &anna, ours).await, "Anna", "{ours:?}");
    }
    for site in ["cross-site", "same-site", "none"] {
        assert_ne!(author(&server, &anna, &[("sec-fetch-site", site)]).await, "Anna", "{site}");
    }
    server.end().await;
}

#[tokio::test]
async fn secrets_that_nobody_made_are_nobodys() {
    let server = server().start().await;
    for value in ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "a%20b", "\"", "ä"] {
        let request = hyper::Request::get("/api/me");
        let request = request.header("cookie", format!("confab_session={value}").into_bytes());
        let answer = server.http(request.body(String::new()).unwrap()).await;
        assert_eq!((answer.status(), answer.code().as_str()), (401, "sign_in_required"), "{value}");
    }
    server.end().await;
}

#[tokio::test]
async fn a_socket_from_before_there_was_a_session_ends_with_the_first() {
    let server = server().start().await;
    let mut anna = server.browser();
    anna.get("/").await;
    let mut before = anna.dials().query("topics=").connect().await;
    assert_eq!(anna.registers("anna", "Anna").await.status(), 201);
    assert_eq!(anna.post("/api/auth/logout", json!({})).await.status(), 200);
    assert_eq!(before.is_closed().await.code, 4001);
    server.end().await;
}

#[tokio::test]
async fn the_sockets_of_a_passing_guest_end_when_their_browser_is_somebody_elses() {
    let server = server().start().await;
    drop(server.account("anna", "Anna").await);
    let (mut browser, mut other) = (server.browser(), server.browser());
    browser.get("/").await;
    other.get("/").await;
    let mut before = browser.dials().query("topics=").connect().await;
    let mut of_other = other.dials().query("topics=").connect().await;
    assert_eq!(browser.signs_in("anna", "a wrong password").await.status(), 401);
    before.heard_nothing().await;
    assert_eq!(browser.signs_in("anna", PASSWORD).await.status(), 200);
    assert_eq!(before.is_closed().await.code, 4001);
    let after = browser.dials().query("topics=").connect().await;
    assert_eq!(after.established().user_id.as_str(), browser.id().await);
    of_other.heard_nothing().await;
    drop((after, of_other));
    server.end().await;
}

#[tokio::test]
async fn a_passing_guest_who_signs_out_leaves_no_socket() {
    let server = server().start().await;
    let mut guest = server.browser();
    guest.get("/").await;
    let mut socket = guest.dials().query("topics=").connect().await;
    assert_eq!(guest.post("/api/auth/logout", json!({})).await.status(), 200);
    assert_eq!(socket.is_closed().await.code, 4001);
    server.end().await;
}

#[tokio::test]
async fn a_guest_who_has_come_in_is_not_thrown_out_by_the_cookie_they_passed_with() {
    let server = server().start().await;
    drop(server.account("anna", "Anna").await);
    let mut guest = server.browser();
    guest.get("/").await;
    // Kept by another browser, which signs in with it later.
    let mut passing = guest.copy();
    assert_eq!(guest.post("/api/auth/guest", json!({ "name": "Gus" })).await.status(), 200);
    let mut socket = guest.dials().query("topics=chat").connect().await;
    assert_eq!(passing.id().await, guest.id().await);
    assert_eq!(passing.signs_in("anna", PASSWORD).await.status(), 200);
    // Told after whatever else there was to tell.
    passing.says("lobby", "Hi").await;
    hears!(socket, Chat);
    socket.heard_nothing().await;
    drop(socket);
    server.end().await;
}
