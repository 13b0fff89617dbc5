//! The end of the program, seen from outside: who may still come, and what they are told.

use tokio::net::TcpStream;

use crate::harness::{Program, RawClient, http_at};

#[tokio::test]
async fn until_the_last_socket_has_gone_it_says_that_it_is_not_ready_and_opens_no_other() {
    let program = Program::start(&[]).await;
    let stream = TcpStream::connect(program.address).await.unwrap();
    let mut last = RawClient::open(stream, "/ws?topics=").await;
    program.signal("-TERM").await;
    assert_eq!(last.close_code().await, 1012, "and it waits for the answer");

    let get = |path: &str| {
        let request = hyper::Request::get(path).header("connection", "upgrade");
        let request = request.header("upgrade", "websocket").header("sec-websocket-version", "13");
        let request = request.header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        http_at(program.address, request.body(String::new()).unwrap())
    };
    assert_eq!(get("/healthz").await.status(), 200);
    let ready = get("/readyz").await;
    assert_eq!((ready.status(), ready.body.as_str()), (503, "the server is stopping\n"));
    let refused = get("/ws").await;
    assert_eq!((refused.status(), refused.code().as_str()), (503, "shutting_down"));
    let (seconds, ms) = (refused.header("retry-after"), refused.json()["afterMs"].as_u64());
    let seconds: u64 = seconds.parse().unwrap();
    assert!(seconds <= 5 && ms.is_some_and(|ms| ms.div_ceil(1000) == seconds), "{refused:?}");

    drop(last);
    let address = program.address;
    assert_eq!(program.ends().await.0, 0);
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens");
}
