//! Everyone comes back in the same moment: what each of them may cost, and what becomes of who finds no
//! room (DESIGN §5 and §7).

use std::{
    io,
    sync::{
        Arc,
        atomic::{
            AtomicUsize,
            Ordering::{Relaxed, SeqCst},
        },
    },
    time::Duration,
};

use confab_protocol::{Connecting, DialogId, Ev, Resume, ServerFrame};
use confab_server::ops::{Access, config::Settings, disk::Played};
use serde_json::json;

use crate::harness::{hears, server};

/// The machine's disk: how often it was read, how many reads fail, how many are answered late, and of
/// how many writes it is said that they failed.
#[derive(Debug, Default)]
struct Watched {
    reads: AtomicUsize,
    broken: AtomicUsize,
    late: AtomicUsize,
    lies: AtomicUsize,
}

/// Whether one of those that are left is next.
fn takes(left: &AtomicUsize) -> bool {
    left.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok()
}

impl Played for Watched {
    fn begins(&self, access: Access) -> io::Result<Duration> {
        self.reads.fetch_add(usize::from(access == Access::Read), Relaxed);
        if access == Access::Read && takes(&self.broken) {
            return Err(io::Error::other("a bad sector"));
        }
        Ok(Duration::ZERO)
    }

    fn is_done(&self, access: Access) -> io::Result<Duration> {
        if access == Access::Write && takes(&self.lies) {
            return Err(io::Error::other("nobody knows"));
        }
        let is_late = access == Access::Read && takes(&self.late);
        Ok(Duration::from_millis(if is_late { 1_500 } else { 0 }))
    }
}

/// As the browser asks.
const TOPICS: &str = "topics=presence,system,dialogs,typing,dialog:lobby";

#[tokio::test]
async fn to_come_back_a_socket_asks_the_database_who_it_is_and_what_it_missed() {
    let disk = Arc::new(Watched::default());
    let server = server().unhurried().on(disk.clone()).start().await;
    let mut anna = server.account("79111111111", "Anna").await;
    let (bob, mut groups) = (server.guest("Bob").await.id().await, Vec::new());
    for title in ["Tea", "Coffee", "Milk"] {
        let body = json!({ "kind": "group", "title": title, "members": [bob] });
        let group = anna.post("/api/dialogs", body).await.json()["data"]["dialogId"].clone();
        anna.says(group.as_str().unwrap(), "Hello").await;
        groups.push(DialogId::parse(group.as_str().unwrap()).unwrap());
    }
    let epoch = anna.dials().query("topics=").connect().await.established().epoch.clone();
    let (_, token) = anna.makes_token("script").await;
    for dial in [anna.dials(), server.script().with_token(&token).dials()] {
        let before = disk.reads.load(Relaxed);
        let mut client = dial.query(TOPICS).connect().await;
        let positions = groups.iter().map(|group| (group.clone(), Ev(0))).collect();
        let resume = Some(Resume { epoch: epoch.clone(), positions });
        client.says(Connecting { username: None, resume }).await;
        assert!(hears!(client, Connected).digest.is_some());
        for _ in &groups {
            assert_eq!(hears!(client, DialogSync).events.len(), 1);
        }
        assert_eq!(disk.reads.load(Relaxed) - before, 2);
        client.leaves().await;
    }
    server.end().await;
}

#[tokio::test]
async fn who_signs_out_while_a_socket_opens_has_none() {
    let disk = Arc::new(Watched::default());
    let server = server().unhurried().on(disk.clone()).start().await;
    let mut anna = server.account("79111111111", "Anna").await;
    let dial = anna.dials().query(TOPICS);
    disk.late.store(1, SeqCst);
    let opens = tokio::spawn(dial.open());
    while disk.late.load(SeqCst) > 0 {
        tokio::task::yield_now().await;
    }
    assert!(!opens.is_finished(), "it waits to be told who it is");
    assert_eq!(anna.post("/api/auth/logout", json!({})).await.status(), 200);
    let (heard, end) = opens.await.unwrap().unwrap().rest().await;
    assert_eq!((heard.len(), end.code), (0, 4001), "{heard:?}");
    server.end().await;
}

#[tokio::test]
async fn of_whom_nobody_can_tell_whether_they_signed_out_is_sent_away_and_hears_of_nothing() {
    let disk = Arc::new(Watched::default());
    let server = server().unhurried().on(disk.clone()).start().await;
    let (anna, mut bob) = (server.guest("Anna").await, server.account("79111111111", "Bob").await);
    disk.late.store(1, SeqCst);
    // It is said at once of a topic that nobody knows, as soon as topics are heard.
    let topics = [TOPICS, ",no-such-topic"].concat();
    let opens = tokio::spawn(anna.dials().query(&topics).open());
    while disk.late.load(SeqCst) > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(bob.post("/api/auth/logout", json!({})).await.status(), 200);
    disk.broken.store(1, SeqCst);
    let mut client = opens.await.unwrap().unwrap();
    let (heard, end) = client.rest().await;
    assert_eq!((disk.broken.load(SeqCst), end.code), (0, 1013), "{heard:?}");
    let Some(ServerFrame::Bye(bye)) = heard.last() else { panic!("{heard:?}") };
    let after_max = Settings::default().shutdown.return_after_max;
    assert!(Duration::from_millis(bye.after_ms) <= after_max, "{bye:?}");
    let greeting = heard.iter().filter(|frame| {
        matches!(frame, ServerFrame::ConnectionEstablished(_) | ServerFrame::Welcome(_))
    });
    assert_eq!(greeting.count() + 1, heard.len(), "{heard:?}");
    server.end().await;
}

#[tokio::test]
async fn a_handshake_that_the_database_cannot_answer_says_when_to_come_back() {
    let disk = Arc::new(Watched::default());
    let server = server().unhurried().on(disk.clone()).start().await;
    let anna = server.guest("Anna").await;
    disk.broken.store(1, SeqCst);
    let refused = anna.dials().open().await.err().expect("nobody knows who she is");
    assert_eq!((refused.status(), refused.code().as_str()), (503, "storage_unavailable"));
    assert_eq!(
        (&refused.json()["retry"], &refused.json()["afterMs"]),
        (&json!(true), &json!(1_000))
    );
    assert_eq!(refused.header("retry-after"), "1");
    anna.dials().connect().await;
    server.end().await;
}

#[tokio::test]
async fn who_signs_out_while_a_socket_waits_in_line_hears_nothing_more() {
    let disk = Arc::new(Watched::default());
    let settings = |settings: &mut Settings| settings.gateway.catch_ups_max = 1;
    let server = server().unhurried().with(settings).on(disk.clone()).start().await;
    let mut anna = server.account("79111111111", "Anna").await;
    let mut bob = server.guest("Bob").await;
    let mut waits = anna.dials().query("topics=dialogs,dialog:lobby").connect().await;
    let of_waiting = server.only_socket();
    let mut first = server.client().query("topics=").connect().await;
    let epoch = first.established().epoch.clone();
    let positions = [(DialogId::lobby(), Ev(0))].into();
    let back = Connecting { username: None, resume: Some(Resume { epoch, positions }) };
    disk.late.store(1, SeqCst);
    first.says(back.clone()).await;
    while disk.late.load(SeqCst) > 0 {
        tokio::task::yield_now().await;
    }
    waits.says(back).await;
    while of_waiting.traffic.frames_in.load(Relaxed) == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(anna.post("/api/auth/logout", json!({})).await.status(), 200);
    bob.says("lobby", "She has gone").await;
    let (heard, end) = waits.rest().await;
    assert_eq!((heard.len(), end.code), (0, 4001), "{heard:?}");
    hears!(first, MessageNew);
    hears!(first, Connected);
    server.end().await;
}

#[tokio::test]
async fn a_sign_out_that_was_stored_though_it_failed_ends_the_sockets_all_the_same() {
    let disk = Arc::new(Watched::default());
    let server = server().unhurried().on(disk.clone()).start().await;
    let mut anna = server.account("79111111111", "Anna").await;
    let (_, token) = anna.makes_token("script").await;
    let mut socket = anna.dials().query("topics=").connect().await;
    let script = server.script().with_token(&token);
    let mut other = script.dials().query("topics=").connect().await;
    disk.lies.store(1, SeqCst);
    assert_eq!(anna.post("/api/auth/logout", json!({})).await.status(), 503);
    assert_eq!(disk.lies.load(SeqCst), 0);
    // Nobody else writes: the server looks by itself whether the disk is well again.
    server.pass(Duration::from_secs(1));
    assert_eq!(socket.is_closed().await.code, 4001);
    other.is_connected("script").await;
    server.end().await;
}

#[tokio::test]
async fn who_finds_no_room_in_time_is_told_when_to_come_back_and_is_served_then() {
    let disk = Arc::new(Watched::default());
    let settings = |settings: &mut Settings| settings.gateway.catch_ups_max = 1;
    let server = server().unhurried().with(settings).on(disk.clone()).start().await;
    let config = Settings::default();
    let mut second = server.client().query("topics=").connect().await;
    let of_second = server.only_socket();
    let mut first = server.client().query("topics=").connect().await;
    let epoch = first.established().epoch.clone();
    let positions = [(DialogId::lobby(), Ev(0))].into();
    let back = Connecting { username: None, resume: Some(Resume { epoch, positions }) };

    disk.late.store(1, SeqCst);
    first.says(back.clone()).await;
    while disk.late.load(SeqCst) > 0 {
        tokio::task::yield_now().await;
    }
    second.says(back.clone()).await;
    while of_second.traffic.frames_in.load(Relaxed) == 0 {
        tokio::task::yield_now().await;
    }
    server.pass(config.gateway.catch_up_patience);
    let bye = hears!(second, Bye);
    assert!(Duration::from_millis(bye.after_ms) <= config.shutdown.return_after_max, "{bye:?}");
    assert_eq!(second.is_closed().await.code, 1013);
    hears!(first, Connected);
    hears!(first, DialogSync);

    let mut again = server.client().query("topics=").connect().await;
    again.says(back).await;
    hears!(again, Connected);
    server.end().await;
}
