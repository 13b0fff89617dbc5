//! What a page says of its connection, and of what it knows without one.

use std::time::Duration;

use confab_protocol::{DialogId, Ev};
use confab_sync::{ClosedReason, ConnectionError, Event, Status};
use leptos::task::tick;
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::*;

/// Anna is let in, and is alone.
fn connected() -> Event {
    frame(
        r#"{"type":"connected","payload":{"you":{"id":"anna","username":"Anna"},
        "connectedUserList":[{"id":"anna","username":"Anna"}],"connectedUsers":1,
        "messagesList":[],"positions":{}}}"#,
    )
}

#[wasm_bindgen_test]
async fn the_status_says_what_the_engine_says() {
    let tab = Tab::default();
    let root = lobby(&tab).await;
    assert_eq!(text(&root, "status-label"), "Connecting…");
    tab.hears(Event::Status(Status::Open));
    tick().await;
    assert_eq!(text(&root, "status-label"), "Connected");
}

#[wasm_bindgen_test]
async fn the_welcome_stands_until_the_first_beat() {
    let tab = Tab::default();
    let root = lobby(&tab).await;
    tab.hears(Event::Status(Status::Open));
    let welcome = r#"{"client":7,"message":"hi","time":"2026-11-20T05:06:07.000Z"}"#;
    tab.hears(frame(&format!(r#"{{"type":"welcome","payload":{welcome}}}"#)));
    tick().await;
    assert_eq!(text(&root, "pulse"), "Welcome, client #7");
    let beat = r#"{"time":"2026-11-20T05:06:07.000Z","connections":2}"#;
    tab.hears(frame(&format!(r#"{{"type":"heartbeat","payload":{beat}}}"#)));
    tick().await;
    assert!(text(&root, "pulse").ends_with(" · 2 connections"));
}

#[wasm_bindgen_test]
async fn a_page_whose_socket_never_opened_says_that_it_is_stale_and_not_that_it_is_empty() {
    let tab = Tab::default();
    let root = lobby(&tab).await;
    tab.hears(Event::Status(Status::Connecting));
    tick().await;
    assert_eq!(text(&root, "messages-state"), "Nobody has said anything yet. Be the first.");
    tab.hears(broken());
    tab.passes(Duration::from_millis(4_999)).await;
    assert_eq!((text(&root, "messages-state"), text(&root, "stale")), Default::default());
    tab.passes(Duration::from_millis(1)).await;
    assert_eq!(text(&root, "messages-state"), "");
    assert_eq!(text(&root, "stale"), "Last updated Jan 1, 1970, reconnecting…");
    let given_up = Status::Closed { reason: ClosedReason::GaveUp, error: None };
    tab.hears(Event::Status(given_up));
    tick().await;
    assert_eq!(text(&root, "stale"), "Last updated Jan 1, 1970, not connected");
    tab.hears(Event::Status(Status::Open));
    tick().await;
    assert_eq!(text(&root, "stale"), "Last updated Jan 1, 1970, updating…");
    tab.hears(connected());
    let (dialog_id, at) = (DialogId::lobby(), Ev(0));
    tab.hears(Event::DialogCaughtUp { dialog_id, at });
    tick().await;
    assert_eq!(text(&root, "stale"), "");
    assert_eq!(text(&root, "messages-state"), "Nobody has said anything yet. Be the first.");
}

#[wasm_bindgen_test]
async fn what_a_first_socket_could_not_vouch_for_is_as_old_as_its_first_try() {
    let tab = Tab::default();
    let root = with_bob(&tab, &[("bob", "hi")]).await;
    let stale = || text(&root, "stale");
    tab.hears(Event::Status(Status::Connecting));
    tab.passes(Duration::from_secs(4)).await;
    tab.hears(broken());
    tick().await;
    assert_eq!(stale(), "");
    tab.passes(Duration::from_secs(1)).await;
    assert_eq!(stale(), "Last updated Jan 1, 1970, reconnecting…", "five seconds in all");
    tab.hears(Event::Status(Status::Open));
    tab.hears(connected());
    tab.hears(broken());
    tick().await;
    assert_eq!(stale(), "", "that was vouched for a moment ago");
}

#[wasm_bindgen_test]
async fn nobody_is_shown_to_be_there_while_nobody_says_so() {
    let tab = Tab::default();
    let root = with_bob(&tab, &[("bob", "hi")]).await;
    let shown = || (find(&root, "presence").is_some(), text(&root, "dialog-status"));
    assert_eq!(shown(), (true, "online".to_owned()));
    tab.hears(broken());
    tick().await;
    assert_eq!(shown(), (false, String::new()));
    tab.hears(Event::Status(Status::Open));
    tick().await;
    assert_eq!(shown(), (false, String::new()), "an open line has not said it yet");
    tab.hears(frame(
        r#"{"type":"connected","payload":{"you":{"id":"anna","username":"Anna"},
        "connectedUserList":[{"id":"bob-d","username":"Bob"}],"connectedUsers":1,"away":["bob-d"],
        "messagesList":[],"positions":{}}}"#,
    ));
    tick().await;
    assert_eq!(shown(), (true, "away".to_owned()));
}

#[wasm_bindgen_test]
async fn after_a_break_everything_is_fetched_once_we_are_let_in_and_not_before() {
    let tab = Tab::default();
    let list = r#"{"success":true,"data":{"dialogs":[],"uev":1}}"#;
    *tab.0.answers.borrow_mut() = vec![("/api/dialogs".to_owned(), list.to_owned())];
    lobby(&tab).await;
    let lists = || tab.0.asked.borrow().iter().filter(|asked| *asked == "GET /api/dialogs").count();
    tab.hears(Event::Status(Status::Open));
    tab.hears(connected());
    tick().await;
    let before = lists();
    tab.hears(broken());
    tab.hears(Event::Status(Status::Open));
    tick().await;
    assert_eq!(lists(), before, "everyone may be coming back");
    tab.hears(connected());
    tick().await;
    assert_eq!(lists(), before + 1);
    tab.hears(connected());
    tick().await;
    assert_eq!(lists(), before + 1, "who is here was told anew, and nothing else");
}

#[wasm_bindgen_test]
async fn a_page_that_came_without_history_asks_for_it() {
    let root = page(&Tab::default(), "chat", "null").await;
    assert_eq!(text(&root, "messages-state"), "Loading…");
}

#[wasm_bindgen_test]
async fn who_is_here_is_not_counted_before_it_is_known_nor_vouched_for_after() {
    let tab = Tab::default();
    let root = lobby(&tab).await;
    assert_eq!((text(&root, "people-count"), text(&root, "people-stale")), Default::default());
    tab.hears(Event::Status(Status::Open));
    tab.hears(connected());
    tick().await;
    let shown = (text(&root, "people-count"), text(&root, "people-stale"));
    assert_eq!(shown, ("1 person here".to_owned(), String::new()));
    tab.hears(broken());
    tick().await;
    let stale = "This may have changed: the connection is down.";
    assert_eq!(text(&root, "people-stale"), stale);
    assert_eq!(text(&root, "people-count"), "", "who is not known to be here is not counted");
    assert!(root.query_selector("#people[data-stale]").unwrap().is_some());
}

#[wasm_bindgen_test]
async fn what_is_said_of_a_lost_connection_stays_until_it_is_back() {
    let tab = Tab::default();
    let root = lobby(&tab).await;
    let shown = || find(&root, "reconnecting").is_some();
    let tries = |attempt| {
        let error = ConnectionError::Unreachable;
        tab.hears(Event::Status(Status::Reconnecting { attempt, of: 5, retry_at: None, error }));
    };
    tries(0);
    tick().await;
    assert!(!shown(), "a blip");
    tries(1);
    tick().await;
    assert!(shown());
    // The window came to the front: all tries are ahead again.
    tries(0);
    tick().await;
    assert!(shown());
    tab.hears(Event::Status(Status::Open));
    tick().await;
    assert!(!shown());
    tries(0);
    tick().await;
    assert!(!shown(), "another blip");
}
