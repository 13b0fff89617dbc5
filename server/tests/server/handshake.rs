//! Who gets a socket: Origin, key, version, query, proxy headers.

use crate::harness::{RawClient, TestServer, chat, hears, server};
use tokio::io::AsyncWriteExt;

/// The code of a refusal that HTTP told.
fn code(body: &str) -> String {
    let json: serde_json::Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{body:?}"));
    assert_eq!(json["success"], false);
    assert!(json["error"].as_str().is_some_and(|sentence| sentence.len() > 10), "{json}");
    json["code"].as_str().unwrap().to_owned()
}

async fn with_origin(server: &TestServer, origin: &str) -> Result<(), (u16, String)> {
    let opened = server.client().header("origin", origin).open().await;
    opened.map(drop).map_err(|refused| (refused.status(), refused.code()))
}

#[tokio::test]
async fn pages_of_the_same_host_and_listed_ones_may_open_sockets() {
    let server = server()
        .with(|settings| settings.http.allowed_origins = vec!["https://friend.example".to_owned()])
        .start()
        .await;
    let own = format!("http://{}", server.address);
    for origin in [own.as_str(), "https://friend.example", "https://friend.example:443"] {
        assert_eq!(with_origin(&server, origin).await, Ok(()), "{origin}");
    }
    server.end().await;
}

#[tokio::test]
async fn pages_of_others_get_403_before_there_is_a_socket() {
    let server = server()
        .with(|settings| settings.http.allowed_origins = vec!["https://friend.example".to_owned()])
        .start()
        .await;
    let port = server.address.port();
    for origin in [
        "https://evil.example".to_owned(),
        "null".to_owned(),
        String::new(),
        format!("http://127.0.0.1:{}", port ^ 1),
        "http://127.0.0.1".to_owned(),
        format!("http://127.0.0.1:{port}.evil.example"),
        format!("http://127.0.0.1.evil.example:{port}"),
        format!("http://localhost:{port}"),
        format!("http://evil.example:{port}"),
        format!("http://127.0.0.1:{port}@evil.example"),
        format!("http://127.0.0.1:{port}/"),
        "http://friend.example".to_owned(),
        "https://friend.example.evil.example".to_owned(),
        "https://friend.example:8443".to_owned(),
    ] {
        let refused = with_origin(&server, &origin).await;
        assert_eq!(refused, Err((403, "origin_not_allowed".to_owned())), "{origin}");
    }
    assert_eq!(server.open_sockets(), 0);
    server.end().await;
}

#[tokio::test]
async fn a_script_without_origin_is_welcome_and_its_cookie_is_not_used() {
    let server = server().start().await;
    let cookie = server.cookie().await;
    let browser = server.client().browser(&cookie).connect().await;
    let again = server.client().browser(&cookie).connect().await;
    let mut script = server.client().header("cookie", &cookie).connect().await;
    assert_eq!(browser.established().user_id, again.established().user_id);
    assert_ne!(browser.established().user_id, script.established().user_id);
    script.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn a_cookie_written_by_hand_is_nobody() {
    let server = server().start().await;
    let cookie = server.cookie().await;
    let anna = server.client().browser(&cookie).connect().await;
    let forged = format!("confab_guest={}.1", anna.established().user_id);
    let mallory = server.client().browser(&forged).connect().await;
    assert_ne!(anna.established().user_id, mallory.established().user_id);
    server.end().await;
}

#[tokio::test]
async fn a_guests_cookie_is_kept_from_scripts_and_other_sites() {
    let server = server().start().await;
    let answer = server.get("/").await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    assert!(!cookie.contains("Secure"), "plain http: {cookie}");
    server.end().await;
}

/// What HTTP answers to a handshake with these lines instead of the good ones.
async fn answer_to(server: &TestServer, lines: &str) -> (String, String) {
    let mut raw = RawClient { stream: server.tcp().await };
    let head = format!("GET /ws HTTP/1.1\r\nHost: confab.test\r\n{lines}Connection: close\r\n\r\n");
    // `Connection: close` only where the lines do not ask for an upgrade.
    let head = match lines.contains("Connection:") {
        true => head.replace("Connection: close\r\n", ""),
        false => head,
    };
    raw.stream.write_all(head.as_bytes()).await.unwrap();
    let head = raw.head().await;
    let length = head.to_ascii_lowercase().lines().find_map(|line| {
        line.strip_prefix("content-length: ").map(|length| length.parse::<usize>().unwrap())
    });
    let mut body = vec![0; length.expect("a length")];
    tokio::io::AsyncReadExt::read_exact(&mut raw.stream, &mut body).await.unwrap();
    (head, String::from_utf8(body).unwrap())
}

#[tokio::test]
async fn what_is_no_handshake_gets_a_status_a_code_and_the_version_to_use() {
    const UPGRADE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    const VERSION: &str = "Sec-WebSocket-Version: 13\r\n";
    const KEY: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let server = server().start().await;
    for (what, lines) in [
        ("a plain GET", String::new()),
        ("no key", format!("{UPGRADE}{VERSION}")),
        ("an empty key", format!("{UPGRADE}{VERSION}Sec-WebSocket-Key: \r\n")),
        ("a key that is no base64", format!("{UPGRADE}{VERSION}Sec-WebSocket-Key: ????\r\n")),
        (
            "a key of 15 bytes",
            format!("{UPGRADE}{VERSION}Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA\r\n"),
        ),
        (
            "a key of 17 bytes",
            format!("{UPGRADE}{VERSION}Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA=\r\n"),
        ),
        ("no version", format!("{UPGRADE}{KEY}")),
        ("an old version", format!("{UPGRADE}Sec-WebSocket-Version: 8\r\n{KEY}")),
        ("no Upgrade", format!("Connection: Upgrade\r\n{VERSION}{KEY}")),
        ("no Connection", format!("Upgrade: websocket\r\n{VERSION}{KEY}")),
        ("another Upgrade", format!("Connection: Upgrade\r\nUpgrade: h2c\r\n{VERSION}{KEY}")),
    ] {
        let (head, body) = answer_to(&server, &lines).await;
        assert!(head.starts_with("HTTP/1.1 4"), "{what}: {head}");
        assert_eq!(code(&body), "bad_handshake", "{what}");
        let head = head.to_ascii_lowercase();
        assert!(head.contains("sec-websocket-version: 13"), "{what}: {head}");
    }
    assert_eq!(server.open_sockets(), 0);
    server.end().await;
}

#[tokio::test]
async fn a_bad_close_after_is_400_with_a_code() {
    let server = server().demo().start().await;
    for bad in ["0", "-1", "3601", "1.5", "abc", "", "1e3", "99999999999999999999", "%00", "15s"] {
        let refused = server.client().query(&format!("closeAfter={bad}")).open().await.err();
        let refused = refused.unwrap_or_else(|| panic!("closeAfter={bad} was accepted"));
        assert_eq!((refused.status(), refused.code().as_str()), (400, "bad_close_after"), "{bad}");
    }
    for good in ["1", "15", "3600"] {
        server.client().query(&format!("closeAfter={good}")).connect().await;
    }
    server.end().await;
}

#[tokio::test]
async fn close_after_is_for_demos_only() {
    let server = server().start().await;
    let refused = server.client().query("closeAfter=15").open().await.err().unwrap();
    assert_eq!((refused.status(), refused.code().as_str()), (400, "bad_close_after"));
    server.end().await;
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_400_with_a_code() {
    let server = server().demo().start().await;
    for bad in ["closeAfter=1&closeAfter=2", "topics=chat&topics=heartbeat"] {
        let refused = server.client().query(bad).open().await.err().unwrap();
        assert_eq!((refused.status(), refused.code().as_str()), (400, "bad_request"), "{bad}");
    }
    server.end().await;
}

#[tokio::test]
async fn a_trusted_proxy_says_where_a_socket_comes_from() {
    let server = server().start().await;
    let dial = server.client().header("x-forwarded-for", "198.51.100.1, 203.0.113.7");
    let _client = dial.connect().await;
    assert_eq!(server.only_socket().visitor.address.to_string(), "203.0.113.7");
    server.end().await;
}

#[tokio::test]
async fn whoever_else_says_it_is_not_believed() {
    let server = server().with(|settings| settings.http.trusted_proxies = Vec::new()).start().await;
    let _client = server.client().header("x-forwarded-for", "203.0.113.7").connect().await;
    assert_eq!(server.only_socket().visitor.address.to_string(), "127.0.0.1");
    server.end().await;
}

#[tokio::test]
async fn the_path_of_the_socket_can_be_set() {
    let server =
        server().with(|settings| settings.ws.path = "/deep/socket".to_owned()).start().await;
    let mut raw = RawClient::open(server.tcp().await, "/deep/socket?topics=").await;
    raw.greeting().await;
    assert_eq!(server.get("/ws").await.status(), 404);
    server.end().await;
}

#[tokio::test]
async fn a_request_head_that_trickles_in_is_cut() {
    let server = server()
        .with(|settings| {
            settings.http.header_read_timeout = std::time::Duration::from_millis(200);
        })
        .start()
        .await;
    let mut stream = server.tcp().await;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.unwrap();
    let mut rest = Vec::new();
    let read = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest);
    let _ = crate::harness::soon("the server to hang up", read).await;
    let said = String::from_utf8_lossy(&rest);
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{said}");
    server.end().await;
}

#[tokio::test]
async fn a_socket_outlives_the_time_a_head_may_take() {
    let server = server()
        .with(|settings| {
            settings.http.header_read_timeout = std::time::Duration::from_millis(500);
        })
        .start()
        .await;
    let mut client = server.client().query("topics=chat").connect().await;
    // Another connection is cut by the same clock meanwhile.
    let mut stream = server.tcp().await;
    stream.write_all(b"GET").await.unwrap();
    let mut rest = Vec::new();
    let read = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest);
    let _ = crate::harness::soon("the server to hang up", read).await;
    client.says(chat("still here")).await;
    hears!(client, Chat);
    server.end().await;
}

#[tokio::test]
async fn a_request_head_that_is_too_long_is_431() {
    let server = server().start().await;
    let answer = server.http(
        hyper::Request::get("/")
            .header("x-long", "x".repeat(64 * 1024))
            .body(String::new())
            .unwrap(),
    );
    assert_eq!(answer.await.status(), 431);
    server.end().await;
}
