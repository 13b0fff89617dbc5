//! Who is here: `connecting` → `connected`, `joined`, `disconnected` and the grace (document 003).

use std::time::Duration;

use confab_protocol::{Connecting, DialogChange, DialogId, DialogJoin, Ev, ServerFrame};

use crate::harness::{connecting, hears, message, server};

const GRACE: Duration = Duration::from_secs(1);

#[tokio::test]
async fn who_connects_hears_who_is_here_and_what_was_said() {
    let server = server().unhurried().start().await;
    let mut bob = server.join("Bob").await;
    bob.sends_message("m1", "Hello!").await;
    let mut anna = server.connect().await;
    let connected = anna.is_connected("Anna").await;
    assert_eq!(connected.you.username.as_str(), "Anna");
    assert_eq!(connected.you.id, anna.established().user_id);
    let names: Vec<_> = connected.connected_user_list.iter().map(|p| p.username.as_str()).collect();
    assert_eq!(names, ["Anna", "Bob"]);
    assert_eq!(connected.connected_users, 2);
    assert_eq!(connected.messages_list[0].content, "Hello!");
    assert_eq!(serde_json::to_value(connected.positions).unwrap(), serde_json::json!({"lobby": 1}));
    server.end().await;
}

#[tokio::test]
async fn the_last_fifty_messages_come_oldest_first() {
    let server = server().unhurried().start().await;
    let mut bob = server.client().query("topics=").connect().await;
    for n in 1..=53 {
        bob.sends_message(&format!("m{n}"), &n.to_string()).await;
    }
    let connected = bob.is_connected("Bob").await;
    let said: Vec<_> = connected.messages_list.iter().map(|m| m.content.clone()).collect();
    assert_eq!(said, (4..=53).map(|n| n.to_string()).collect::<Vec<_>>());
    assert_eq!(
        serde_json::to_value(connected.positions).unwrap(),
        serde_json::json!({"lobby": 53})
    );
    server.end().await;
}

#[tokio::test]
async fn long_messages_do_not_keep_anyone_from_connecting() {
    // Fifty of these are two megabytes, twice what may wait for one socket.
    let server = server().unhurried().start().await;
    let mut bob = server.client().query("topics=").connect().await;
    let long = "😀".repeat(10_000);
    for n in 1..=50 {
        bob.sends_message(&format!("m{n}"), &long).await;
    }
    let mut anna = server.connect().await;
    let connected = anna.is_connected("Anna").await;
    let seqs: Vec<_> = connected.messages_list.iter().map(|message| message.seq.0).collect();
    assert!(!seqs.is_empty());
    assert_eq!(seqs, (51 - seqs.len() as u64..=50).collect::<Vec<_>>(), "the last ones, dense");
    let page = server.history().await;
    assert!(page.has_more, "the rest is a page further");
    server.end().await;
}

#[tokio::test]
async fn at_most_so_many_people_are_listed_and_all_are_counted() {
    let server = server().with(|settings| settings.hub.people_listed_max = 2).start().await;
    let _others = [server.join("Anna").await, server.join("Bob").await];
    let mut cem = server.connect().await;
    let connected = cem.is_connected("Cem").await;
    assert_eq!(connected.connected_user_list.len(), 2);
    assert_eq!(connected.connected_user_list[0].username.as_str(), "Cem");
    assert_eq!(connected.connected_users, 3);
    server.end().await;
}

#[tokio::test]
async fn joined_is_heard_by_the_others_alone() {
    let server = server().start().await;
    let mut anna = server.join("Anna").await;
    let mut bob = server.join("Bob").await;
    let joined = hears!(anna, Joined).0;
    assert_eq!(joined.username.as_str(), "Bob");
    assert_eq!(joined.id, bob.established().user_id);
    bob.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn disconnected_is_heard_by_the_others_after_the_grace() {
    let server = server().start().await;
    let mut anna = server.join("Anna").await;
    let bob = server.join("Bob").await;
    hears!(anna, Joined);
    bob.leaves().await;
    server.has_sockets(1).await;
    server.pass(GRACE - Duration::from_millis(1));
    anna.heard_nothing().await;
    server.pass(Duration::from_millis(1));
    assert_eq!(hears!(anna, Disconnected).0.username.as_str(), "Bob");
    anna.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn a_reload_within_the_grace_is_no_leave() {
    let server = server().start().await;
    let cookie = server.cookie().await;
    let mut anna = server.join("Anna").await;
    let mut bob = server.client().browser(&cookie).connect().await;
    bob.is_connected("Bob").await;
    hears!(anna, Joined);
    bob.leaves().await;
    server.has_sockets(1).await;
    server.pass(GRACE / 2);
    let mut again = server.client().browser(&cookie).connect().await;
    again.is_connected("Bob").await;
    server.pass(GRACE * 3);
    anna.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn two_sockets_of_one_cookie_are_one_person() {
    let server = server().start().await;
    let cookie = server.cookie().await;
    let mut anna = server.join("Anna").await;
    let mut tab = server.client().browser(&cookie).connect().await;
    let mut other_tab = server.client().browser(&cookie).connect().await;
    assert_eq!(tab.established().user_id, other_tab.established().user_id);
    tab.is_connected("Bob").await;
    assert_eq!(other_tab.is_connected("Bob").await.connected_users, 2);
    hears!(anna, Joined);
    tab.leaves().await;
    server.has_sockets(2).await;
    server.pass(GRACE * 3);
    anna.heard_nothing().await;
    other_tab.heard_nothing().await;
    other_tab.leaves().await;
    server.has_sockets(1).await;
    server.pass(GRACE);
    hears!(anna, Disconnected);
    server.end().await;
}

#[tokio::test]
async fn who_never_said_connecting_comes_and_goes_unheard() {
    let server = server().start().await;
    let mut anna = server.join("Anna").await;
    let script = server.connect().await;
    script.leaves().await;
    server.has_sockets(1).await;
    server.pass(GRACE * 3);
    anna.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn a_line_that_breaks_without_a_word_is_a_leave_too() {
    let server = server().start().await;
    let mut anna = server.join("Anna").await;
    let mut raw = server.raw().await;
    raw.write(&crate::harness::frame(1, br#"{"type":"connecting"}"#)).await;
    hears!(anna, Joined);
    drop(raw);
    server.has_sockets(1).await;
    server.pass(GRACE);
    hears!(anna, Disconnected);
    server.end().await;
}

#[tokio::test]
async fn without_a_name_a_guest_is_called_by_number() {
    let server = server().start().await;
    let mut anna = server.connect().await;
    anna.says(Connecting::default()).await;
    assert_eq!(hears!(anna, Connected).you.username.as_str(), "Guest 1");
    server.end().await;
}

#[tokio::test]
async fn connecting_twice_with_another_name_renames_and_joins_once() {
    let server = server().start().await;
    let mut bob = server.join("Bob").await;
    let mut anna = server.join("Anna").await;
    hears!(bob, Joined);
    let connected = anna.is_connected("Hanna").await;
    assert_eq!(connected.connected_user_list[0].username.as_str(), "Hanna");
    assert_eq!(bob.is_connected("Bob").await.connected_user_list[1].username.as_str(), "Hanna");
    bob.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn a_name_that_is_none_is_refused_and_the_socket_lives() {
    let server = server().start().await;
    let mut anna = server.connect().await;
    for bad in ["", " \u{200b} ", "a\nb", &"x".repeat(41), "<nul>\0"] {
        anna.says(connecting(bad)).await;
        assert_eq!(anna.hears_error().await.0, "name_invalid", "{bad:?}");
    }
    anna.is_connected("Anna").await;
    server.end().await;
}

#[tokio::test]
async fn a_message_carries_the_name_its_author_goes_by() {
    let server = server().start().await;
    let mut anna = server.join("Ганна").await;
    anna.says(message("m1", "Привіт")).await;
    let frames = [anna.next().await, anna.next().await];
    let ack = frames.iter().find_map(|frame| match frame {
        ServerFrame::Ack(ack) => Some(ack),
        _ => None,
    });
    assert_eq!(ack.unwrap().message.sender_name.as_str(), "Ганна");
    server.end().await;
}

#[tokio::test]
async fn a_message_keeps_the_name_it_was_said_under() {
    let server = server().start().await;
    let mut anna = server.client().query("topics=").connect().await;
    let mut bob = server.client().query("topics=dialog:lobby").connect().await;
    anna.is_connected("Anna").await;
    let first = anna.sends_message("m1", "1").await.message;
    anna.is_connected("Hanna").await;
    anna.sends_message("m2", "2").await;
    assert_eq!(anna.sends_message("m1", "1").await.message, first, "a repeat, the first answer");
    let live = [hears!(bob, MessageNew).message, hears!(bob, MessageNew).message];
    assert_eq!(live.each_ref().map(|message| message.sender_name.as_str()), ["Anna", "Hanna"]);
    assert_eq!(server.history().await.messages, live, "a reload shows what was heard");
    assert_eq!(bob.is_connected("Bob").await.messages_list, live);
    bob.says(DialogJoin { dialog_id: DialogId::lobby(), after: Some(Ev(0)) }).await;
    let missed = hears!(bob, DialogSync).events.into_iter();
    let missed = missed.filter_map(|event| match event.change {
        DialogChange::MessageNew(message) => Some(message),
        _ => None,
    });
    assert_eq!(missed.collect::<Vec<_>>(), live);
    server.end().await;
}
