//! HTTP: history and messages for programs, the plain form for people without JavaScript, health.

use std::time::Duration;

use hyper::Request;
use serde_json::json;

use crate::harness::{TestServer, server};

#[tokio::test]
async fn a_new_message_is_201_and_its_repeat_200() {
    let server = server().start().await;
    let cookie = server.cookie().await;
    let body = json!({ "content": "Hello!", "clientId": "m1", "type": "text" });
    let first = server.posts(&cookie, body.clone()).await;
    let again = server.posts(&cookie, body).await;
    assert_eq!((first.status(), again.status()), (201, 200));
    assert_eq!(first.json(), again.json());
    assert_eq!(first.json()["success"], true);
    assert_eq!(first.json()["data"]["content"], "Hello!");
    server.end().await;
}

#[tokio::test]
async fn a_program_that_keeps_its_cookie_may_repeat_itself() {
    let server = server().start().await;
    let body = json!({ "content": "Hello!", "clientId": "m1" });
    let first = server.posts("", body.clone()).await;
    assert_eq!(first.status(), 201);
    let again = server.posts(&first.cookie(), body).await;
    assert_eq!((again.status(), again.json()), (200, first.json()));
    server.end().await;
}

/// Posts into the lobby, or the form, with these headers; gives the author of what was stored last.
async fn author(server: &TestServer, path: &str, headers: &[(&str, &str)]) -> String {
    let (kind, body) = match path {
        "/" => ("application/x-www-form-urlencoded", "message=x"),
        _ => ("application/json", r#"{"content":"x"}"#),
    };
    let mut request = Request::post(path).header("content-type", kind);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = server.http(request.body(body.to_owned()).unwrap()).await;
    assert!([201, 303].contains(&answer.status()), "{answer:?}");
    server.history().await.messages.last().unwrap().sender_id.to_string()
}

#[tokio::test]
async fn a_cookie_counts_only_with_a_witness_that_the_page_is_ours() {
    let server = server().start().await;
    let cookie = server.cookie().await;
    let cookie = ("cookie", cookie.as_str());
    let own = format!("http://{}", server.address);
    for path in ["/", "/api/messages/dialog/lobby"] {
        let browser = author(&server, path, &[cookie, ("origin", &own)]).await;
        let fetch = author(&server, path, &[cookie, ("sec-fetch-site", "same-origin")]).await;
        assert_eq!(fetch, browser, "{path}");
        for script in [&[cookie][..], &[cookie, ("sec-fetch-site", "cross-site")], &[]] {
            let someone = author(&server, path, script).await;
            assert_ne!(someone, browser, "{path} {script:?}: welcome, but as somebody new");
        }
    }
    server.end().await;
}

#[tokio::test]
async fn a_script_without_cookie_posts_as_the_readme_says() {
    let server = server().start().await;
    let body = r#"{"content": "Hello from curl", "clientId": "my-first-message"}"#;
    let request = Request::post("/api/messages/dialog/lobby")
        .header("content-type", "application/json")
        .body(body.to_owned());
    assert_eq!(server.http(request.unwrap()).await.status(), 201);
    server.end().await;
}

#[tokio::test]
async fn an_address_may_send_five_times_what_one_person_may() {
    let server = server()
        .with(|settings| {
            settings.limits.sends_per_second = 1;
            settings.limits.sends_burst = 2;
        })
        .start()
        .await;
    let post = |path: &'static str, address: &'static str| {
        let form = path == "/";
        let kind = if form { "application/x-www-form-urlencoded" } else { "application/json" };
        let request = Request::post(path)
            .header("content-type", kind)
            .header("x-forwarded-for", address)
            .body(if form { "message=kept" } else { r#"{"content":"x"}"# }.to_owned());
        server.http(request.unwrap())
    };
    let rest = "/api/messages/dialog/lobby";
    for _ in 0..10 {
        assert_eq!(post(rest, "192.0.2.1").await.status(), 201);
    }
    let refused = post(rest, "192.0.2.1").await;
    assert_eq!((refused.status(), refused.code().as_str()), (429, "too_many_sends"));
    assert_eq!((refused.header("retry-after"), &refused.json()["retry"]), ("1", &json!(true)));
    let page = post("/", "192.0.2.1").await;
    assert_eq!((page.status(), page.body.contains("kept")), (429, true), "one limit, two doors");
    assert_eq!(post(rest, "192.0.2.2").await.status(), 201, "others are others");
    server.pass(Duration::from_millis(200));
    assert_eq!(post(rest, "192.0.2.1").await.status(), 201, "five a second");
    assert_eq!(post(rest, "192.0.2.1").await.status(), 429);
    server.end().await;
}

#[tokio::test]
async fn addresses_of_one_ipv6_network_are_one() {
    let server = server().with(|settings| settings.limits.sends_burst = 1).start().await;
    let post = |address: String| {
        let request = Request::post("/api/messages/dialog/lobby")
            .header("content-type", "application/json")
            .header("x-forwarded-for", address)
            .body(r#"{"content":"x"}"#.to_owned());
        server.http(request.unwrap())
    };
    for n in 1..=5 {
        assert_eq!(post(format!("2001:db8:0:1::{n}")).await.status(), 201);
    }
    assert_eq!(post("2001:db8:0:1:ffff::6".to_owned()).await.status(), 429);
    assert_eq!(post("2001:db8:0:2::1".to_owned()).await.status(), 201);
    server.end().await;
}

#[tokio::test]
async fn history_comes_page_by_page_oldest_first() {
    let server =
        server().unhurried().with(|settings| settings.limits.page_messages = 2).start().await;
    let cookie = server.cookie().await;
    for n in 1..=5 {
        server.posts(&cookie, json!({ "content": n.to_string() })).await;
    }
    let page = |query: &'static str| {
        let server = &server;
        async move {
            let answer = server.get(&format!("/api/messages/dialog/lobby{query}")).await;
            let data = answer.json()["data"].clone();
            let contents = data["messages"].as_array().unwrap().iter();
            let contents: Vec<_> =
                contents.map(|m| m["content"].as_str().unwrap().to_owned()).collect();
            (contents.join(""), data["hasMore"].as_bool().unwrap(), data["ev"].as_u64().unwrap())
        }
    };
    assert_eq!(page("").await, ("45".to_owned(), true, 5));
    assert_eq!(page("?before=4").await, ("23".to_owned(), true, 5));
    assert_eq!(page("?before=2").await, ("1".to_owned(), false, 5));
    assert_eq!(page("?before=1").await, (String::new(), false, 5));
    assert_eq!(page("?before=0").await, (String::new(), false, 5));
    assert_eq!(page("?before=18446744073709551615").await, ("45".to_owned(), true, 5));
    server.end().await;
}

async fn posted(server: &TestServer, path: &str, content_type: &str, body: &str) -> (u16, String) {
    let request = Request::post(path).header("content-type", content_type);
    let answer = server.http(request.body(body.to_owned()).unwrap()).await;
    (answer.status(), answer.code())
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_the_right_status_and_a_code() {
    let server = server().start().await;
    let lobby = "/api/messages/dialog/lobby";
    let json = "application/json";
    let good = r#"{"content":"x"}"#;
    let big = format!(r#"{{"content":"{}"}}"#, "x".repeat(300 * 1024));
    for (path, content_type, body, status, code) in [
        (lobby, json, "{", 400, "bad_request"),
        (lobby, json, "", 400, "bad_request"),
        (lobby, "text/plain", good, 415, "bad_request"),
        (lobby, "application/x-www-form-urlencoded", "content=x", 415, "bad_request"),
        (lobby, json, big.as_str(), 413, "bad_request"),
        ("/api/messages/dialog/secret", json, good, 401, "sign_in_required"),
        ("/api/messages/dialog/a%20b", json, good, 400, "bad_request"),
        ("/api/messages/dialog/%ff", json, good, 400, "bad_request"),
        ("/api/nothing", json, good, 404, "not_found"),
    ] {
        let (found_status, found) = posted(&server, path, content_type, body).await;
        assert_eq!(
            (found_status, found.as_str()),
            (status, code),
            "{path} {content_type} {body:.30}"
        );
    }
    server.end().await;
}

#[tokio::test]
async fn a_wrong_type_in_any_field_is_4xx_with_a_code() {
    let server = server().start().await;
    for body in [
        r#"{}"#,
        r#"{"content":1}"#,
        r#"{"content":null}"#,
        r#"{"content":["x"]}"#,
        r#"{"content":"x","type":"image"}"#,
        r#"{"content":"x","type":1}"#,
        r#"{"content":"x","clientId":1}"#,
        r#"{"content":"x","clientId":"a b"}"#,
        r#"{"content":"x","clientId":""}"#,
        r#"{"content":"x","replyTo":{}}"#,
        r#"1"#,
        r#""x""#,
    ] {
        let (status, code) =
            posted(&server, "/api/messages/dialog/lobby", "application/json", body).await;
        // Which of the two depends on where in the text serde finds it out.
        assert!([400, 422].contains(&status), "{status}: {body}");
        assert_eq!(code, "bad_request", "{body}");
    }
    assert!(server.history().await.messages.is_empty());
    server.end().await;
}

#[tokio::test]
async fn a_bad_position_or_an_unknown_dialog_is_refused_when_reading() {
    let server = server().start().await;
    for (path, status, code) in [
        ("/api/messages/dialog/lobby?before=x", 400, "bad_request"),
        ("/api/messages/dialog/lobby?before=-1", 400, "bad_request"),
        ("/api/messages/dialog/secret", 401, "sign_in_required"),
        ("/api/messages/dialog/%ff", 400, "bad_request"),
        ("/nothing/here", 404, "not_found"),
        ("/language/xx", 404, "not_found"),
        ("/language/%ff", 400, "bad_request"),
        ("/../../etc/passwd", 404, "not_found"),
        ("/pkg/..%2f..%2fdata%2fcookie.key", 404, "not_found"),
    ] {
        let answer = server.get(path).await;
        assert_eq!((answer.status(), answer.code().as_str()), (status, code), "{path}");
    }
    server.end().await;
}

#[tokio::test]
async fn nobody_keeps_the_answer_that_a_file_is_missing() {
    let server = server().start().await;
    for path in ["/pkg/confab.wasm", "/favicon.ico"] {
        let answer = server.get(path).await;
        assert_eq!((answer.status(), answer.header("cache-control")), (404, "no-store"), "{path}");
    }
    server.end().await;
}

#[tokio::test]
async fn a_method_that_is_not_there_is_405_with_a_code() {
    let server = server().start().await;
    for path in ["/api/messages/dialog/lobby", "/", "/healthz"] {
        let answer = server.http(Request::delete(path).body(String::new()).unwrap()).await;
        assert_eq!((answer.status(), answer.code().as_str()), (405, "bad_request"), "{path}");
        assert!(answer.header("allow").contains("GET"), "{path}");
    }
    server.end().await;
}

#[tokio::test]
async fn a_page_of_another_site_may_not_post() {
    let server = server().start().await;
    for path in ["/", "/api/messages/dialog/lobby"] {
        let request = Request::post(path)
            .header("origin", "https://evil.example")
            .header("content-type", "application/x-www-form-urlencoded")
            .body("message=x".to_owned());
        let answer = server.http(request.unwrap()).await;
        assert_eq!(
            (answer.status(), answer.code().as_str()),
            (403, "origin_not_allowed"),
            "{path}"
        );
    }
    assert!(server.history().await.messages.is_empty());
    server.end().await;
}

/// The form of the page without JavaScript, as a browser sends it.
async fn form(server: &TestServer, cookie: &str, body: &str) -> crate::harness::Answer {
    let request = Request::post("/")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", format!("http://{}", server.address))
        .header("cookie", cookie)
        .body(body.to_owned());
    server.http(request.unwrap()).await
}

#[tokio::test]
async fn the_plain_form_posts_and_shows_the_lobby_again() {
    let server = server().start().await;
    let cookie = server.cookie().await;
    let answer = form(&server, &cookie, "message=Hello+%3Cb%3E&clientId=m1").await;
    assert_eq!((answer.status(), answer.header("location")), (303, "/#latest"));
    let page = server.get("/").await;
    assert_eq!(page.status(), 200);
    assert!(page.body.contains("Hello &lt;b&gt;"), "shown as text");
    assert!(!page.body.contains("Hello <b>"));
    server.end().await;
}

#[tokio::test]
async fn an_impatient_finger_posts_once() {
    let server = server().start().await;
    let cookie = server.cookie().await;
    for _ in 0..2 {
        assert_eq!(form(&server, &cookie, "message=Hello&clientId=m1").await.status(), 303);
    }
    assert_eq!(server.history().await.messages.len(), 1);
    server.end().await;
}

#[tokio::test]
async fn a_refused_form_shows_the_page_with_the_words_still_in_the_box() {
    let server = server().start().await;
    let cookie = server.cookie().await;
    let words = format!("%3C%2Ftextarea%3E%3Cscript%3E{}", "x".repeat(10_001));
    let answer = form(&server, &cookie, &format!("message={words}")).await;
    assert_eq!(answer.status(), 422);
    assert!(answer.body.contains("&lt;/textarea&gt;&lt;script&gt;xxx"), "escaped, nothing lost");
    assert!(!answer.body.contains("</textarea><script>xxx"));
    assert!(answer.body.contains(&"x".repeat(10_001)));
    assert!(server.history().await.messages.is_empty());
    server.end().await;
}

#[tokio::test]
async fn an_empty_form_is_422_and_a_page() {
    let server = server().start().await;
    let answer = form(&server, "", "message=+").await;
    assert_eq!(answer.status(), 422);
    assert!(answer.body.contains("<html"));
    server.end().await;
}

#[tokio::test]
async fn whatever_is_wrong_with_a_form_the_answer_is_a_page_and_says_it() {
    let server = server().start().await;
    let too_big = format!("message={}", "x".repeat(300 * 1024));
    for (body, status, said) in [
        ("message=not+lost&clientId=a+b", 400, ["not lost", "did not accept this (bad_request)"]),
        ("message=not+lost&clientId=", 400, ["not lost", "did not accept this (bad_request)"]),
        ("massage=x", 422, ["<textarea", "did not accept this (bad_request)"]),
        (too_big.as_str(), 413, ["<textarea", "at most 10000 characters."]),
    ] {
        let answer = form(&server, "", body).await;
        assert_eq!(answer.status(), status, "{body:.30}");
        assert!(answer.header("content-type").starts_with("text/html"), "{body:.30}");
        for words in said {
            assert!(answer.body.contains(words), "{words} to {body:.30}");
        }
    }
    let request = Request::post("/").header("content-type", "text/plain").body("x".to_owned());
    let answer = server.http(request.unwrap()).await;
    assert_eq!((answer.status(), answer.body.contains("<html")), (415, true));
    assert!(server.history().await.messages.is_empty());
    server.end().await;
}

#[tokio::test]
async fn the_lobby_is_rendered_with_its_messages_and_what_it_may_load() {
    let server = server().demo().start().await;
    let page = server.get("/").await;
    assert!(page.body.contains("Anna") && page.body.contains("Богдан"), "sample messages");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("'nonce-"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("cache-control"), "private, no-store");
    server.end().await;
}

#[tokio::test]
async fn the_lab_brings_its_own_sheets_and_the_lobby_does_not_download_them() {
    let server = server().start().await;
    let lab = server.get("/lab").await;
    let (_, sheet) = lab.body.split_once("<style nonce=\"").expect("a sheet in the page");
    let (nonce, sheet) = sheet.split_once("\">").unwrap();
    let (sheet, _) = sheet.split_once("</style>").unwrap();
    let policy = lab.header("content-security-policy");
    assert!(policy.contains(&format!("style-src 'self' 'nonce-{nonce}'")), "{policy}");
    assert!(sheet.contains(".frame-line.") && sheet.contains(">.box."), "{sheet}");
    assert!(!server.get("/").await.body.contains("<style"));
    server.end().await;
}

#[tokio::test]
async fn a_healthy_server_is_alive_and_ready() {
    let server = server().start().await;
    assert_eq!(
        (server.get("/healthz").await.status(), server.get("/readyz").await.status()),
        (200, 200)
    );
    server.end().await;
}
