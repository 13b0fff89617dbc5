//! The program itself: what it prints, what it exits with, how it ends.

use std::{
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    process::Output,
    time::{Duration, Instant},
};

use confab_protocol::ServerFrame;
use futures::future::join_all;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::Command,
};
use tokio_tungstenite::tungstenite::Message;

use crate::harness::{Dial, Program, confab, http_at, soon};

async fn output(mut command: Command) -> (Output, String, String) {
    let output = soon("the program", command.output()).await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    (output, out, err)
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the promise is about real seconds")]
async fn two_hundred_sockets_hear_bye_and_1012_and_the_program_ends_well_within_ten_seconds() {
    let program = Program::start(&[("CONFAB_GATEWAY_SOCKETS_PER_ADDRESS", "200")]).await;
    let dials = (0..200).map(|_| Dial::to(program.address).query("topics=").connect());
    let mut clients = join_all(dials).await;
    let began = Instant::now();
    program.signal("-TERM").await;
    for client in &mut clients {
        let (frames, closed) = client.rest().await;
        let [ServerFrame::Bye(bye)] = frames.as_slice() else { panic!("{frames:?}") };
        assert!(bye.after_ms <= 5_000);
        assert_eq!(closed.code, 1012);
    }
    assert_eq!(program.ends().await, (0, String::new()), "`listening on` is the last line");
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[tokio::test]
async fn ctrl_c_ends_it_well_too() {
    let program = Program::start(&[]).await;
    program.signal("-INT").await;
    assert_eq!(program.ends().await.0, 0);
}

#[tokio::test]
async fn sockets_that_never_answer_do_not_keep_it_from_ending() {
    let program = Program::start(&[("CONFAB_GATEWAY_CLOSE_TIMEOUT", "300ms")]).await;
    let stream = tokio::net::TcpStream::connect(program.address).await.unwrap();
    let mut raw = crate::harness::RawClient::open(stream, "/ws?topics=").await;
    raw.greeting().await;
    // A browser opens connections in advance, and some begin a request they never finish.
    let _idle = tokio::net::TcpStream::connect(program.address).await.unwrap();
    let mut half = tokio::net::TcpStream::connect(program.address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut half, b"GET / HT").await.unwrap();
    program.signal("-TERM").await;
    assert_eq!(program.ends().await.0, 0);
}

#[tokio::test]
async fn it_serves_pages_and_keeps_its_database_in_the_folder_it_was_told() {
    let program = Program::start(&[("CONFAB_DATA", "elsewhere"), ("CONFAB_DEMO", "true")]).await;
    let request = hyper::Request::get("/").body(String::new()).unwrap();
    let page = http_at(program.address, request).await;
    assert_eq!(page.status(), 200);
    assert!(page.body.contains("Anna"), "the demo's samples");
    assert!(program.folder.path().join("elsewhere/confab.db").exists());
    program.signal("-TERM").await;
    assert_eq!(program.ends().await.0, 0);
}

#[tokio::test]
async fn serve_is_the_default_command() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = confab(folder.path());
    let mut child = command.args(["--listen", "127.0.0.1:0"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = soon("the address", lines.next_line()).await.unwrap().unwrap();
    assert!(line.starts_with("listening on http://127.0.0.1:"), "{line}");
    child.kill().await.unwrap();
}

#[tokio::test]
async fn check_config_prints_every_setting_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = confab(folder.path());
    command.args(["--check-config", "--listen", "127.0.0.1:4321", "--demo"]);
    command.env("CONFAB_WS_HOST", "chat.example:8443").env("CONFAB_GATEWAY_PING_INTERVAL", "9s");
    let (output, shown, _) = output(command).await;
    assert_eq!(output.status.code(), Some(0));
    for line in [
        "[ws]",
        "host = \"chat.example:8443\"",
        "[gateway]",
        "ping_interval = \"9s\"",
        "sweep_interval = \"1m\"",
        "enabled = true",
        "site-addr = \"127.0.0.1:4321\"",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line} in\n{shown}");
    }
    assert!(shown.contains("\"data\""), "the data folder in\n{shown}");
    assert!(!folder.path().join("data").exists(), "nothing was opened");
}

/// A pipe that nobody reads any more.
fn nobody() -> std::io::PipeWriter {
    let (_, writer) = std::io::pipe().unwrap();
    writer
}

#[tokio::test]
async fn nobody_reading_is_no_crash() {
    let pipe = nobody();
    let folder = tempfile::tempdir().unwrap();
    let mut command = confab(folder.path());
    command.arg("--check-config").stdout(pipe.try_clone().unwrap());
    assert_eq!(soon("the end", command.status()).await.unwrap().code(), Some(0));
    let mut command = confab(folder.path());
    let mut child = command.args(["--listen", "127.0.0.1:0"]).stdout(pipe).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    while !soon("a line", log.next_line()).await.unwrap().unwrap().contains("listening") {}
    let pid = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().await.unwrap().success());
    assert_eq!(soon("the end", child.wait()).await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn nobody_reading_the_refusal_still_leaves_its_exit_code() {
    let pipe = nobody();
    let folder = tempfile::tempdir().unwrap();
    let mut command = confab(folder.path());
    command.env("CONFAB_WS_PATH", "/lab").stderr(pipe);
    assert_eq!(soon("the end", command.status()).await.unwrap().code(), Some(2));
}

#[tokio::test]
async fn a_bad_value_exits_2_and_names_key_value_and_what_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let leptos = "[[workspace.metadata.leptos]]\noutput-name = \"confab\"\n";
    let file = folder.path().join("bad.toml");
    std::fs::write(&file, format!("[hub]\nheartbeat_interval = \"soon\"\n{leptos}")).unwrap();
    let bad_file = ["--config".to_owned(), file.display().to_string()];
    type Case<'a> = (&'a [String], &'a [(&'a str, &'a str)], [&'a str; 3]);
    let cases: [Case<'_>; 16] = [
        (&bad_file, &[], ["hub.heartbeat_interval", "soon", "300ms"]),
        (
            &[],
            &[("CONFAB_GATEWAY_PING_INTERVAL", "often")],
            ["CONFAB_GATEWAY_PING_INTERVAL", "often", "25s"],
        ),
        (&[], &[("CONFAB_WS_PATH", "/lab")], ["CONFAB_WS_PATH", "/lab", "no page"]),
        (&[], &[("CONFAB_WS_PATH", "/{x}")], ["CONFAB_WS_PATH", "/{x}", "letters"]),
        (&[], &[("CONFAB_WS_PATH", "/")], ["CONFAB_WS_PATH", "/", "letters"]),
        (
            &[],
            &[("CONFAB_HTTP_ALLOWED_ORIGINS", "https://a.example/")],
            ["ALLOWED_ORIGINS", "https://a.example/", "without a path"],
        ),
        (&[], &[("CONFAB_LISTEN", "nowhere")], ["listen", "nowhere", "127.0.0.1:3000"]),
        (&[], &[("CONFAB_LIMITS_MESSAGE_CHARACTERS", "0")], ["MESSAGE_CHARACTERS", "0", "1 to"]),
        (&[], &[("CONFAB_LOG_LEVEL", "loud")], ["CONFAB_LOG_LEVEL", "loud", "error, warn"]),
        (&[], &[("CONFAB_LOG_LEVEL", "info,,")], ["CONFAB_LOG_LEVEL", "info,,", "error, warn"]),
        (&[], &[("CONFAB_LOG_LEVEL", "hub=loud")], ["CONFAB_LOG_LEVEL", "hub=loud", "per module"]),
        (&[], &[("CONFAB_WS_HOST", "a/b")], ["CONFAB_WS_HOST", "a/b", "chat.example:8443"]),
        (&[], &[("CONFAB_WS_HOST", "чат.example")], ["CONFAB_WS_HOST", "чат", "chat.example:8443"]),
        (&[], &[("CONFAB_WS_HOST", "a:port")], ["CONFAB_WS_HOST", "a:port", "chat.example:8443"]),
        (&[], &[("CONFAB_WS_FIRST_RETRY", "0s")], ["FIRST_RETRY", "0s", "1ms to 1m"]),
        (&[], &[("CONFAB_WS_RETRY_DELAYS", "1s,0s")], ["RETRY_DELAYS", "1s,0s", "1ms to 1h"]),
    ];
    for (arguments, environment, named) in cases {
        let mut command = confab(folder.path());
        command.arg("--check-config").args(arguments).envs(environment.iter().copied());
        let (output, _, told) = output(command).await;
        assert_eq!(output.status.code(), Some(2), "{told}");
        for name in named {
            assert!(told.contains(name), "{name} in {told}");
        }
    }
}

#[tokio::test]
async fn a_variable_that_is_not_utf_8_is_not_passed_over() {
    let garbled = OsStr::from_bytes(b"inf\xff");
    for (name, value) in [("CONFAB_LOG_LEVEL", garbled), ("CONFAB_UNKNOWN", garbled)] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = confab(folder.path());
        command.arg("--check-config").env(name, value);
        let (output, _, told) = output(command).await;
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(name), "{told}");
    }
    let folder = tempfile::tempdir().unwrap();
    let mut command = confab(folder.path());
    command.arg("--check-config").env("CONFAB_DATA", garbled).env("SOMEONE_ELSES", garbled);
    let (output, _, told) = output(command).await;
    assert_eq!(output.status.code(), Some(0), "a folder may have any name: {told}");
}

/// The answer of a program with these variables to whoever asks for the lobby.
async fn lobby(environment: &[(&str, &str)]) -> crate::harness::Answer {
    let program = Program::start(environment).await;
    let request = hyper::Request::get("/").body(String::new()).unwrap();
    http_at(program.address, request).await
}

#[tokio::test]
async fn where_the_socket_is_reaches_the_page() {
    let socket = [("CONFAB_WS_HOST", "chat.example:8443"), ("CONFAB_WS_PATH", "/socket")];
    let page = lobby(&socket).await;
    let (_, script) = page.body.split_once("type=\"application/json\">").unwrap();
    let bootstrap = script.split_once("</script>").unwrap().0;
    let bootstrap: serde_json::Value = serde_json::from_str(bootstrap).unwrap();
    assert_eq!(bootstrap["client"]["ws_host"], "chat.example:8443");
    assert_eq!(bootstrap["client"]["ws_path"], "/socket");
    let policy = page.header("content-security-policy");
    assert!(policy.contains(" wss://chat.example:8443"), "{policy}");
}

#[tokio::test]
async fn live_reload_may_connect_while_the_sources_are_watched_and_only_then() {
    let page = lobby(&[("LEPTOS_WATCH", "ON")]).await;
    assert!(page.body.contains("live_reload"), "{}", page.body);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("ws://127.0.0.1:3001 wss://127.0.0.1:3001"), "{policy}");
    let page = lobby(&[]).await;
    assert!(!page.body.contains("live_reload"));
    assert!(!page.header("content-security-policy").contains(":3001"));
}

#[tokio::test]
async fn an_address_that_is_taken_is_told_and_is_no_crash() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut command = confab(folder.path());
    command.args(["--listen", &taken.local_addr().unwrap().to_string()]);
    let (output, _, told) = output(command).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(told.contains("cannot listen on"), "{told}");
}

#[tokio::test]
async fn log_lines_tell_of_a_socket_from_open_to_close_and_never_what_was_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = confab(folder.path());
    command.args(["--listen", "127.0.0.1:0"]);
    command.env("CONFAB_LOG_FORMAT", "json").env("CONFAB_LOG_LEVEL", "debug,sqlx=warn");
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = soon("the address", lines.next_line()).await.unwrap().unwrap();
    let address = line.strip_prefix("listening on http://").unwrap().parse().unwrap();
    let mut client =
        Dial::to(address).query("topics=").header("user-agent", "curl/8").connect().await;
    client.sends_message("m1", "between us").await;
    client.sends(Message::Ping(Default::default())).await;
    client.heard_nothing().await;
    let id = client.established().connection_id.to_string();
    client.leaves().await;
    let pid = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().await.unwrap().success());
    let mut log = String::new();
    soon("the log", child.stderr.take().unwrap().read_to_string(&mut log)).await.unwrap();
    soon("the end", child.wait()).await.unwrap();

    assert!(!log.contains("between us"), "never message text");
    let events: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |message: &str| {
        let found = events.iter().find(|event| {
            event["fields"]["message"] == message && event["fields"]["connection.id"] == *id
        });
        found.unwrap_or_else(|| panic!("no {message} in {log}"))["fields"].clone()
    };
    let connected = of("connected");
    assert_eq!(
        (&connected["address"], &connected["user_agent"]),
        (&"127.0.0.1".into(), &"curl/8".into())
    );
    let disconnected = of("disconnected");
    assert_eq!((&disconnected["code"], &disconnected["reason"]), (&1000.into(), &"done".into()));
    assert!(disconnected["duration_ms"].is_u64() && disconnected["bytes_in"].as_u64() > Some(0));
    assert!(disconnected.get("address").is_none(), "an address once, where the connection opens");
    for message in ["ping", "pong", "websocket ping received", "websocket pong sent"] {
        of(message);
    }
}
