//! The close codes as close frames on the wire (DESIGN §4). 1011 is among the [bugs](crate::bugs), 1013
//! in the [herd](crate::herd), and 4001 with the [sessions](crate::sessions).

use std::{sync::atomic::Ordering::Relaxed, time::Duration};

use confab_protocol::{Ping, ServerFrame};
use tokio_tungstenite::tungstenite::Message;

use crate::harness::{
    BINARY, CLOSE, Closed, PING, PONG, RawClient, TEXT, TestServer, chat, fragment, frame, hears,
    message, server,
};

/// What the server answers to these bytes: the code of its close frame.
async fn close_code_of(bytes: &[u8]) -> u16 {
    let server = server().start().await;
    let mut raw = server.raw().await;
    raw.write(bytes).await;
    let code = raw.close_code().await;
    drop(raw);
    server.has_sockets(0).await;
    server.end().await;
    code
}

#[tokio::test]
async fn a_frame_at_the_limit_is_read_and_one_byte_more_is_1009() {
    let server = server().start().await;
    let mut raw = server.raw().await;
    raw.write(&frame(TEXT, &[b'x'; 64 * 1024])).await;
    assert!(raw.text().await.contains("not_json"));
    raw.write(&frame(TEXT, &[b'x'; 64 * 1024 + 1])).await;
    assert_eq!(raw.close_code().await, 1009);
    server.end().await;
}

#[tokio::test]
async fn fragments_that_are_too_big_together_are_1009() {
    let half = [b'x'; 40 * 1024];
    let bytes = [fragment(TEXT, &half), fragment(0x80, &half)].concat();
    assert_eq!(close_code_of(&bytes).await, 1009);
}

#[tokio::test]
async fn a_length_that_is_only_announced_is_1009_at_once() {
    for length in [64 * 1024 + 1, 1 << 40, u64::MAX >> 1] {
        let mut announced = vec![0x81, 0xff];
        announced.extend(u64::to_be_bytes(length));
        announced.extend([1, 2, 3, 4, b'x']);
        assert_eq!(close_code_of(&announced).await, 1009, "{length}");
    }
}

#[tokio::test]
async fn a_megabyte_still_under_way_does_not_hide_the_1009() {
    assert_eq!(close_code_of(&frame(TEXT, &vec![b'x'; 1024 * 1024])).await, 1009);
}

#[tokio::test]
async fn what_is_still_under_way_at_the_close_is_read_away_and_not_answered_with_a_reset() {
    let server = server().start().await;
    let mut raw = server.raw().await;
    raw.write(&frame(TEXT, &[b'x'; 256 * 1024])).await;
    assert_eq!(raw.close_code().await, 1009);
    let mut rest = Vec::new();
    let read = tokio::io::AsyncReadExt::read_to_end(&mut raw.stream, &mut rest);
    assert_eq!(crate::harness::soon("the end", read).await.unwrap(), 0);
    server.end().await;
}

#[tokio::test]
async fn text_that_is_not_utf8_is_1007() {
    assert_eq!(close_code_of(&frame(TEXT, b"\xff\xfe")).await, 1007);
    let halves = [fragment(TEXT, b"\xd0"), fragment(0x80, b"x")].concat();
    assert_eq!(close_code_of(&halves).await, 1007);
    assert_eq!(close_code_of(&frame(TEXT, b"\xed\xa0\x80")).await, 1007, "a surrogate in UTF-8");
}

#[tokio::test]
async fn a_binary_frame_is_1003() {
    assert_eq!(close_code_of(&frame(BINARY, br#"{"type":"ping"}"#)).await, 1003);
    assert_eq!(close_code_of(&frame(BINARY, b"")).await, 1003);
}

#[tokio::test]
async fn what_breaks_the_protocol_is_1002() {
    let unmasked = [b"\x81\x02".as_slice(), b"{}"].concat();
    assert_eq!(close_code_of(&unmasked).await, 1002, "unmasked");
    for reserved in [0x40, 0x20, 0x10] {
        assert_eq!(close_code_of(&fragment(0x81 | reserved, b"{}")).await, 1002, "reserved bits");
    }
    for opcode in [3, 7, 11, 15] {
        assert_eq!(close_code_of(&frame(opcode, b"{}")).await, 1002, "opcode {opcode}");
    }
    assert_eq!(close_code_of(&fragment(0x80, b"{}")).await, 1002, "nothing to continue");
    let two_starts = [fragment(TEXT, b"{"), frame(TEXT, b"}")].concat();
    assert_eq!(close_code_of(&two_starts).await, 1002, "a message within a message");
    assert_eq!(close_code_of(&fragment(PING, b"")).await, 1002, "a control frame in fragments");
    assert_eq!(close_code_of(&frame(PING, &[0; 126])).await, 1002, "a control frame too long");
    assert_eq!(close_code_of(&frame(CLOSE, b"\x03")).await, 1002, "half a close code");
}

#[tokio::test]
async fn ten_bad_frames_in_a_row_are_answered_and_then_1008() {
    let server = server().start().await;
    let mut client = server.client().query("topics=").connect().await;
    for _ in 0..10 {
        client.says_text("nonsense").await;
    }
    let (frames, closed) = client.rest().await;
    assert_eq!(frames.len(), 10);
    assert!(frames.iter().all(|frame| matches!(frame, ServerFrame::Error(_))));
    assert_eq!(closed.code, 1008);
    server.end().await;
}

#[tokio::test]
async fn a_goodbye_is_answered_with_the_same_code() {
    let server = server().start().await;
    let client = server.connect().await;
    assert_eq!(client.leaves().await, Closed { code: 1000, reason: "done".to_owned() });
    server.has_sockets(0).await;
    server.end().await;
}

#[tokio::test]
async fn a_goodbye_without_a_code_is_answered() {
    let server = server().start().await;
    let mut raw = server.raw().await;
    raw.write(&frame(CLOSE, b"")).await;
    assert_eq!(raw.frame().await.unwrap().opcode, CLOSE);
    assert_eq!(raw.frame().await, None, "the server hangs up");
    server.end().await;
}

#[tokio::test]
async fn who_stops_gets_bye_with_a_time_to_come_back_and_1012() {
    let server = server().start().await;
    let mut clients = Vec::new();
    for _ in 0..8 {
        clients.push(server.connect().await);
    }
    let stopped = server.stops();
    let mut times = Vec::new();
    for client in &mut clients {
        let (mut frames, closed) = client.rest().await;
        let Some(ServerFrame::Bye(bye)) = frames.pop() else { panic!("no bye") };
        assert!(bye.after_ms <= 5_000 && !bye.reason.is_empty(), "{bye:?}");
        assert_eq!(closed.code, 1012);
        times.push(bye.after_ms);
    }
    times.dedup();
    assert!(times.len() > 1, "not all at once: {times:?}");
    assert!(stopped.await.unwrap());
}

#[tokio::test]
async fn a_stopping_server_does_not_wait_for_ever_for_who_does_not_answer() {
    let server = server()
        .with(|settings| settings.gateway.close_timeout = Duration::from_millis(200))
        .start()
        .await;
    let raw = server.raw().await;
    assert!(crate::harness::soon("the end", server.stops()).await.unwrap());
    drop(raw);
}

#[tokio::test]
async fn the_demo_closes_with_1001_when_it_was_asked_to() {
    let server = server().demo().start().await;
    let mut client = server.client().query("closeAfter=15").connect().await;
    let mut other = server.connect().await;
    server.pass(Duration::from_millis(14_999));
    client.says(Ping { n: 1 }).await;
    loop {
        match client.next().await {
            ServerFrame::Pong(_) => break,
            ServerFrame::Heartbeat(_) => {}
            other => panic!("{other:?}"),
        }
    }
    server.pass(Duration::from_millis(1));
    let (frames, closed) = client.rest().await;
    assert!(matches!(frames.last(), Some(ServerFrame::Bye(_))), "{frames:?}");
    assert_eq!(closed.code, 1001);
    other.says(chat("still here")).await;
    while !matches!(other.next().await, ServerFrame::Chat(_)) {}
    server.end().await;
}

#[tokio::test]
async fn more_than_fifty_frames_a_second_are_4029() {
    let server = server().start().await;
    let mut client = server.client().query("topics=").connect().await;
    for n in 0..51 {
        client.says(Ping { n }).await;
    }
    let (frames, closed) = client.rest().await;
    assert_eq!((frames.len(), closed.code), (50, 4029));
    server.end().await;
}

#[tokio::test]
async fn fifty_frames_in_each_second_are_welcome() {
    let server = server().start().await;
    let mut client = server.client().query("topics=").connect().await;
    for _ in 0..3 {
        for n in 0..50 {
            client.says(Ping { n }).await;
            hears!(client, Pong);
        }
        server.pass(Duration::from_secs(1));
    }
    server.end().await;
}

#[tokio::test]
async fn a_flood_of_websocket_pings_is_4029_too() {
    let pings = frame(PING, b"").repeat(51);
    assert_eq!(close_code_of(&pings).await, 4029);
}

#[tokio::test]
async fn the_twenty_first_socket_of_a_person_is_4009_and_makes_room_when_one_leaves() {
    let server = server().start().await;
    let cookie = server.cookie().await;
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(server.client().browser(&cookie).connect().await);
    }
    let mut surplus = server.client().browser(&cookie).open().await.unwrap();
    assert_eq!(surplus.is_closed().await.code, 4009);
    open.remove(0).leaves().await;
    server.has_sockets(19).await;
    server.client().browser(&cookie).connect().await.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn the_hundred_and_first_socket_of_an_address_is_4009() {
    let server = server().start().await;
    let mut open = Vec::new();
    for _ in 0..100 {
        open.push(server.connect().await);
    }
    let mut surplus = server.client().open().await.unwrap();
    assert_eq!(surplus.is_closed().await.code, 4009);
    server.client().header("x-forwarded-for", "203.0.113.7").connect().await.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn the_server_pings_every_25_seconds() {
    let server = server().start().await;
    let mut client = server.client().query("topics=").connect().await;
    for _ in 0..3 {
        server.pass(Duration::from_millis(24_999));
        client.heard_nothing().await;
        server.pass(Duration::from_millis(1));
        client.is_pinged().await;
    }
    server.end().await;
}

/// Lets time pass in steps that no timer can fall through, and waits until each was noticed.
async fn pass_in_steps(server: &TestServer, total: Duration, witness: &mut crate::harness::Client) {
    let step = Duration::from_secs(5);
    for _ in 0..total.as_secs() / step.as_secs() {
        server.pass(step);
        witness.heard_nothing().await;
    }
}

#[tokio::test]
async fn a_line_that_goes_dead_is_told_within_a_minute_and_one_that_pongs_stays() {
    let server = server().start().await;
    let mut witness = server.client().query("topics=presence").connect().await;
    // Its pongs are sent by the library, and it says nothing else.
    let mut alive = server.client().query("topics=").connect().await;
    let mut dead = RawClient::open(server.tcp().await, "/ws?topics=").await;
    dead.greeting().await;
    // The worst moment: right behind the answer to a ping.
    pass_in_steps(&server, Duration::from_secs(25), &mut witness).await;
    dead.write(&frame(PONG, b"")).await;
    dead.write(&frame(TEXT, br#"{"type":"connecting"}"#)).await;
    hears!(witness, Joined);
    pass_in_steps(&server, Duration::from_secs(45), &mut witness).await;
    assert_eq!(server.open_sockets(), 3, "one lost pong is forgiven");
    pass_in_steps(&server, Duration::from_secs(5), &mut witness).await;
    assert_eq!(dead.close_code().await, 4000);
    server.has_sockets(2).await;
    server.pass(Duration::from_secs(1));
    hears!(witness, Disconnected);
    alive.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn a_socket_that_sends_no_byte_is_swept_with_4000_even_where_pings_are_rare() {
    let server = server()
        .with(|settings| settings.gateway.ping_interval = Duration::from_secs(3600))
        .start()
        .await;
    let mut silent = RawClient::open(server.tcp().await, "/ws?topics=").await;
    silent.greeting().await;
    let mut witness = server.client().query("topics=").connect().await;
    pass_in_steps(&server, Duration::from_secs(60), &mut witness).await;
    assert_eq!(server.open_sockets(), 2, "at the first sweep it has been silent for no longer");
    pass_in_steps(&server, Duration::from_secs(60), &mut witness).await;
    assert_eq!(silent.close_code().await, 4000);
    server.end().await;
}

#[tokio::test]
async fn a_socket_that_only_pongs_late_is_kept() {
    let server = server().start().await;
    let mut raw = RawClient::open(server.tcp().await, "/ws?topics=").await;
    raw.greeting().await;
    let mut witness = server.client().query("topics=").connect().await;
    for _ in 0..4 {
        pass_in_steps(&server, Duration::from_secs(45), &mut witness).await;
        raw.write(&frame(PONG, b"")).await;
        raw.write(&frame(TEXT, br#"{"type":"ping"}"#)).await;
        while raw.frame().await.unwrap().opcode != TEXT {}
    }
    server.end().await;
}

#[tokio::test]
async fn a_reader_that_is_too_slow_is_4008_and_the_others_hear_everything() {
    let server = server()
        .unhurried()
        .with(|settings| settings.gateway.close_timeout = Duration::from_secs(30))
        .start()
        .await;
    let mut slow = RawClient::with_small_window(server.address, "/ws?topics=chat").await;
    let mut quick = server.client().query("topics=chat").connect().await;
    let mut talker = server.client().query("topics=").connect().await;
    let long = "😀".repeat(10_000);
    let mut sent = 0;
    while server.open_sockets() == 3 {
        sent += 1;
        assert!(sent < 1_000, "the slow reader is never given up");
        talker.sends_message(&format!("m{sent}"), &long).await;
    }
    for _ in 0..sent {
        assert_eq!(hears!(quick, Chat).message, long);
    }
    quick.heard_nothing().await;
    assert_eq!(slow.close_code().await, 4008, "heard as soon as it reads again");
    drop(slow);
    server.end().await;
}

#[tokio::test]
async fn a_slow_reader_misses_heartbeats_before_it_is_given_up() {
    let server = server()
        .unhurried()
        .with(|settings| settings.gateway.queue_frames_max = 8)
        .with(|settings| settings.hub.heartbeat_interval = Duration::from_millis(100))
        .start()
        .await;
    let mut slow = RawClient::with_small_window(server.address, "/ws?topics=heartbeat,chat").await;
    let of_slow = server.only_socket();
    let mut talker = server.client().query("topics=").connect().await;
    let queued = || of_slow.traffic.queued.load(Relaxed);
    let mut sent = 0;
    while queued() == 0 {
        sent += 1;
        assert!(sent < 1_000, "the slow reader never falls behind");
        talker.sends_message(&format!("m{sent}"), &"😀".repeat(10_000)).await;
    }
    for _ in 0..100 {
        server.pass(Duration::from_millis(100));
        talker.heard_nothing().await;
    }
    assert_eq!(server.open_sockets(), 2, "heartbeats alone never make a reader too slow");
    sent += 1;
    talker.sends_message(&format!("m{sent}"), "what matters").await;
    while !slow.text().await.contains("what matters") {}
    drop(slow);
    server.end().await;
}

#[tokio::test]
async fn a_slow_reader_that_missed_who_came_is_told_who_is_here() {
    let server =
        server().unhurried().with(|settings| settings.gateway.queue_frames_max = 8).start().await;
    let mut slow = RawClient::with_small_window(server.address, "/ws?topics=presence,chat").await;
    let of_slow = server.only_socket();
    slow.write(&frame(TEXT, br#"{"type":"connecting","payload":{}}"#)).await;
    while !slow.text().await.contains("connectedUserList") {}
    let mut talker = server.client().query("topics=").connect().await;
    let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Relaxed);
    let mut sent = 0;
    while count(&of_slow.traffic.queued) == 0 {
        sent += 1;
        assert!(sent < 1_000, "the slow reader never falls behind");
        talker.sends_message(&format!("m{sent}"), &"😀".repeat(10_000)).await;
    }
    let mut others = Vec::new();
    while count(&of_slow.traffic.shed) == 0 {
        assert!(others.len() < 20, "their coming always finds room");
        others.push(server.join(&format!("Ida {}", others.len())).await);
    }
    let last = format!("Ida {}", others.len() - 1);
    while !slow.text().await.contains(&last) {}
    assert_eq!(server.open_sockets(), 2 + others.len());
    server.end().await;
}

#[tokio::test]
async fn a_slow_reader_is_still_heard() {
    let server = server().unhurried().start().await;
    let mut slow = RawClient::with_small_window(server.address, "/ws?topics=chat").await;
    let mut talker = server.client().query("topics=dialog:lobby").connect().await;
    for n in 0..20 {
        talker.says(message(&format!("m{n}"), &"x".repeat(10_000))).await;
    }
    slow.write(&frame(TEXT, br#"{"type":"chat","payload":{"message":"I am slow"}}"#)).await;
    loop {
        if let ServerFrame::MessageNew(new) = talker.next().await
            && new.message.content == "I am slow"
        {
            break;
        }
    }
    server.end().await;
}

#[tokio::test]
async fn a_close_frame_is_the_last_word() {
    let server = server().start().await;
    let mut client = server.client().query("topics=").connect().await;
    client.sends(Message::binary(vec![1])).await;
    assert_eq!(client.is_closed().await.code, 1003);
    server.has_sockets(0).await;
    server.end().await;
}
