//! Joining a dialog and catching up (DESIGN §4, *The log*).

use confab_protocol::{
    Connecting, DialogId, DialogJoin, DialogLeave, Epoch, Ev, ResetReason, Resume, Uev,
};

use crate::harness::{Client, TestServer, chat, hears, server};

fn join(after: Option<u64>) -> DialogJoin {
    DialogJoin { dialog_id: DialogId::lobby(), after: after.map(Ev) }
}

fn resume(epoch: Epoch, after: u64) -> Connecting {
    let positions = [(DialogId::lobby(), Ev(after))].into();
    Connecting { username: None, resume: Some(Resume { epoch, positions }) }
}

/// A lobby in which so much was said, and a reader who has heard nothing of it.
async fn lobby_with(messages: u64) -> (TestServer, Client) {
    let server = server().unhurried().start().await;
    let mut bob = server.client().query("topics=").connect().await;
    for n in 1..=messages {
        bob.sends_message(&format!("m{n}"), &n.to_string()).await;
    }
    let reader = server.client().query("topics=").connect().await;
    (server, reader)
}

#[tokio::test]
async fn joining_without_a_position_begins_with_the_present() {
    let (server, mut anna) = lobby_with(3).await;
    anna.says(join(None)).await;
    let sync = hears!(anna, DialogSync);
    assert_eq!((sync.events.len(), sync.to), (0, Ev(3)));
    server.end().await;
}

#[tokio::test]
async fn joining_with_a_position_tells_what_came_after_it() {
    let (server, mut anna) = lobby_with(5).await;
    anna.says(join(Some(2))).await;
    let sync = hears!(anna, DialogSync);
    assert_eq!(sync.to, Ev(5));
    assert_eq!(sync.events.iter().map(|event| event.ev.0).collect::<Vec<_>>(), [3, 4, 5]);
    let confab_protocol::DialogChange::MessageNew(first) = &sync.events[0].change else { panic!() };
    assert_eq!((first.content.as_str(), first.seq.0), ("3", 3));
    server.end().await;
}

#[tokio::test]
async fn who_has_everything_is_told_so() {
    let (server, mut anna) = lobby_with(2).await;
    anna.says(join(Some(2))).await;
    assert!(hears!(anna, DialogSync).events.is_empty());
    server.end().await;
}

#[tokio::test]
async fn what_is_said_after_the_join_comes_as_message_new_until_the_leave() {
    let (server, mut anna) = lobby_with(1).await;
    let mut bob = server.join("Bob").await;
    anna.says(join(Some(0))).await;
    hears!(anna, DialogSync);
    bob.says(chat("two")).await;
    assert_eq!(hears!(anna, MessageNew).ev, Ev(2));
    anna.says(DialogLeave { dialog_id: DialogId::lobby() }).await;
    anna.heard_nothing().await;
    bob.sends_message("m9", "three").await;
    anna.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn three_hundred_changes_are_told_and_one_more_is_a_reset() {
    let (server, mut anna) = lobby_with(301).await;
    anna.says(join(Some(1))).await;
    assert_eq!(hears!(anna, DialogSync).events.len(), 300);
    anna.says(join(Some(0))).await;
    assert_eq!(hears!(anna, DialogReset).why, ResetReason::TooFarBehind);
    server.end().await;
}

#[tokio::test]
async fn more_than_fits_a_queue_is_a_reset_and_not_the_end_of_the_socket() {
    let server = server().unhurried().start().await;
    let mut bob = server.client().query("topics=").connect().await;
    for n in 1..=60 {
        bob.sends_message(&format!("m{n}"), &"😀".repeat(10_000)).await;
    }
    bob.says(join(Some(0))).await;
    assert_eq!(hears!(bob, DialogReset).why, ResetReason::TooFarBehind);
    bob.says(join(Some(59))).await;
    assert_eq!(hears!(bob, DialogSync).events.len(), 1);
    server.end().await;
}

#[tokio::test]
async fn a_position_ahead_of_the_log_is_a_reset() {
    let (server, mut anna) = lobby_with(1).await;
    for ahead in [2, u64::MAX] {
        anna.says(join(Some(ahead))).await;
        assert_eq!(hears!(anna, DialogReset).why, ResetReason::AheadOfLog);
    }
    server.end().await;
}

#[tokio::test]
async fn who_resumes_joins_and_is_told_what_it_missed_and_no_history() {
    let (server, mut anna) = lobby_with(4).await;
    let epoch = anna.established().epoch.clone();
    anna.says(resume(epoch, 3)).await;
    let connected = hears!(anna, Connected);
    assert!(connected.messages_list.is_empty() && connected.positions.is_empty());
    let digest = connected.digest.unwrap();
    assert_eq!((digest.uev, digest.changes, digest.receipts), (Uev(0), 4, 0), "as it is now");
    assert_eq!(hears!(anna, DialogSync).events.len(), 1);
    server.join("Bob").await.says(chat("five")).await;
    assert_eq!(hears!(anna, MessageNew).ev, Ev(5));
    server.end().await;
}

#[tokio::test]
async fn a_position_of_another_epoch_is_a_reset_and_the_dialog_is_joined() {
    let (server, mut anna) = lobby_with(2).await;
    anna.says(resume(Epoch::parse("another-life").unwrap(), 1)).await;
    assert_eq!(hears!(anna, Connected).digest, None, "sums of another life mean nothing");
    assert_eq!(hears!(anna, DialogReset).why, ResetReason::OtherEpoch);
    server.join("Bob").await.says(chat("three")).await;
    assert_eq!(hears!(anna, MessageNew).ev, Ev(3));
    server.end().await;
}

#[tokio::test]
async fn a_dialog_that_is_not_there_cannot_be_joined() {
    let (server, mut anna) = lobby_with(0).await;
    anna.says(DialogJoin { dialog_id: DialogId::parse("secret").unwrap(), after: None }).await;
    let error = hears!(anna, Error);
    assert_eq!(
        (error.code.as_str(), error.kind.as_deref()),
        ("unknown_dialog", Some("dialog:join"))
    );
    anna.heard_nothing().await;
    server.end().await;
}

#[tokio::test]
async fn messages_and_epoch_survive_a_restart_and_the_log_goes_on() {
    let (first, anna) = lobby_with(2).await;
    let (epoch, folder) = (anna.established().epoch.clone(), first.folder.clone());
    first.end().await;
    let second = server().in_folder(folder).start().await;
    let mut anna = second.client().query("topics=").connect().await;
    assert_eq!(anna.established().epoch, epoch);
    anna.says(resume(epoch, 1)).await;
    hears!(anna, Connected);
    assert_eq!(hears!(anna, DialogSync).to, Ev(2));
    assert_eq!(anna.sends_message("later", "three").await.message.seq.0, 3);
    second.end().await;
}

#[tokio::test]
async fn a_guest_is_the_same_person_after_a_restart() {
    let first = server().start().await;
    let cookie = first.cookie().await;
    let before = first.client().browser(&cookie).connect().await.established().user_id.clone();
    let folder = first.folder.clone();
    first.end().await;
    let second = server().in_folder(folder).start().await;
    let after = second.client().browser(&cookie).connect().await.established().user_id.clone();
    assert_eq!(before, after);
    second.end().await;
}

#[tokio::test]
async fn the_time_of_a_message_agrees_with_its_place_though_the_clock_goes_back() {
    let first = server().start().await;
    first.join("Anna").await.sends_message("m1", "one").await;
    let folder = first.folder.clone();
    first.end().await;
    let earlier = confab_protocol::Timestamp::from_unix_ms(1_700_000_000_000);
    let second = server().in_folder(folder).at(earlier).start().await;
    second.join("Anna").await.sends_message("m2", "two").await;
    let messages = second.history().await.messages;
    assert!(messages[0].created_at <= messages[1].created_at, "{messages:?}");
    second.end().await;
}

#[tokio::test]
async fn fifty_senders_at_once_make_one_dense_order_that_all_hear() {
    let server = server().unhurried().start().await;
    let mut listener = server.client().query("topics=dialog:lobby").connect().await;
    let senders = (0..50).map(|sender| {
        let dial = server.client().query("topics=");
        tokio::spawn(async move {
            let mut client = dial.connect().await;
            for n in 0..4 {
                client.sends_message(&format!("m{n}"), &format!("{sender}.{n}")).await;
            }
        })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.unwrap();
    }
    let mut heard = Vec::new();
    for place in 1..=200 {
        let new = hears!(listener, MessageNew);
        assert_eq!((new.ev.0, new.message.seq.0), (place, place));
        heard.push(new.message);
    }
    listener.heard_nothing().await;
    listener.says(join(Some(0))).await;
    let logged = hears!(listener, DialogSync).events.into_iter().map(|event| {
        let confab_protocol::DialogChange::MessageNew(message) = event.change else { panic!() };
        message
    });
    assert_eq!(logged.collect::<Vec<_>>(), heard, "told as logged");
    for sender in 0..50 {
        let own = format!("{sender}.");
        let said = heard.iter().filter(|message| message.content.starts_with(&own));
        let said: Vec<_> = said.map(|message| message.content.clone()).collect();
        assert_eq!(said, (0..4).map(|n| format!("{sender}.{n}")).collect::<Vec<_>>());
    }
    server.end().await;
}
