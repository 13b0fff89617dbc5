//! A message is stored exactly once, in its turn, or its author is told.

mod edits;

use confab_protocol::{
    Ack, ClientFrame, ConnectionEstablished, ErrorCode, Ev, Limits, Message, MessageDelete,
    MessageEdit, MessageId, MessageNew, MessageSend, MessageUpdate, Nack, Seq, Timestamp, json,
};
use confab_sync::{DeliveryState, Event, Input, Kept, Post, Settings, Was};

use edits::{delete, edit};

use crate::{
    rig::{Rig, client_id, connected, dialog, established, send, stored, user},
    world::{Fate, World},
};

/// What the outbox told since the last look: `a:queued a:sent`.
fn told(rig: &mut Rig) -> String {
    let word = |event| match event {
        Event::Outbox(delivery) => Some(format!(
            "{}:{}",
            delivery.client_id,
            match delivery.state {
                DeliveryState::Queued => "queued",
                DeliveryState::Waiting { .. } => "waiting",
                DeliveryState::InFlight => "sent",
                DeliveryState::Unconfirmed => "unconfirmed",
                DeliveryState::Stored(_) => "stored",
                DeliveryState::Failed { code, .. } => code.as_str(),
            }
        )),
        _ => None,
    };
    rig.events().into_iter().filter_map(word).collect::<Vec<_>>().join(" ")
}

fn sends(rig: &mut Rig, ids: &[&str]) {
    for id in ids {
        rig.does(Input::Send(send(id)));
    }
}

fn ack(id: &str) -> Ack {
    Ack { client_id: client_id(id), message: stored("me", id, 1), duplicate: false }
}

fn nack(id: &str, retry: bool, after_ms: Option<u64>) -> Nack {
    let code = ErrorCode::StorageUnavailable;
    Nack { client_id: client_id(id), code, message: "no".to_owned(), retry, after_ms }
}

fn queued(posts: Vec<Post>) -> Vec<Kept> {
    posts.into_iter().map(|post| Kept { post, was: Was::Queued }).collect()
}

fn waiting(rig: &Rig) -> String {
    rig.client.outbox().map(|post| post.client_id().to_string()).collect::<Vec<_>>().join(" ")
}

/// Frames of type `message:send` since the last look.
fn sent(rig: &mut Rig) -> usize {
    rig.sent().iter().filter(|frame| frame.kind() == "message:send").count()
}

fn reopens(rig: &mut Rig) {
    rig.does(Input::Drop);
    rig.waits(300);
    rig.opens();
    rig.greets("e1");
}

#[test]
fn one_message_is_in_flight_and_the_next_waits_for_its_answer() {
    let mut rig = Rig::connected();
    sends(&mut rig, &["a", "b"]);
    assert_eq!(told(&mut rig), "a:queued a:sent b:queued");
    assert_eq!(sent(&mut rig), 1);
    rig.hears(ack("a"));
    assert_eq!(told(&mut rig), "a:stored b:sent");
    rig.hears(ack("a"));
    rig.hears(ack("b"));
    assert_eq!(told(&mut rig), "b:stored");
    assert_eq!(waiting(&rig), "");
}

#[test]
fn nothing_leaves_before_connected() {
    let mut rig = Rig::new();
    rig.does(Input::Start);
    sends(&mut rig, &["a"]);
    rig.opens();
    rig.establishes("e1");
    assert_eq!(sent(&mut rig), 0);
    rig.hears(connected());
    assert_eq!(sent(&mut rig), 1);
}

#[test]
fn a_message_may_be_as_large_as_a_frame_and_no_larger() {
    let large = MessageSend { content: "x".repeat(999), ..send("a") };
    let bytes = ClientFrame::from(large.clone()).encode().len() as u32;
    let (fits, does_not) = ("a:sent b:queued", "a:message_too_long b:queued b:sent");
    for (frame_bytes, outcome) in [(bytes, fits), (bytes - 1, does_not)] {
        let mut rig = Rig::new();
        rig.does(Input::Start);
        rig.opens();
        let limits = Limits { frame_bytes, ..Limits::default() };
        rig.hears(ConnectionEstablished { limits, ..established("e1") });
        rig.hears(connected());
        rig.does(Input::Send(large.clone()));
        sends(&mut rig, &["b"]);
        assert_eq!(told(&mut rig), format!("a:queued {outcome}"));
        assert_eq!(sent(&mut rig), 1);
    }
}

/// What one has written does not go out under the name of who signs in after them.
#[test]
fn nothing_leaves_on_the_socket_of_another() {
    for (owner, goes) in [("me", 1), ("you", 0)] {
        let mut rig = Rig::with(Settings { owner: Some(user(owner)), ..Settings::default() });
        rig.does(Input::Start);
        sends(&mut rig, &["a"]);
        rig.does(Input::Read { dialog_id: dialog(), seq: Seq(1) });
        rig.opens();
        rig.greets("e1");
        let frames = rig.sent();
        let of = |kind| frames.iter().filter(|frame| frame.kind() == kind).count();
        assert_eq!((of("message:send"), of("message:read")), (goes, goes), "{owner}");
        rig.waits(20_000);
        assert_eq!(sent(&mut rig) > 0, owner == "me");
    }
}

#[test]
fn a_message_without_an_answer_is_sent_again_after_5_s() {
    let mut rig = Rig::connected();
    sends(&mut rig, &["a"]);
    sent(&mut rig);
    rig.waits(4_999);
    assert_eq!(sent(&mut rig), 0);
    rig.waits(1);
    assert_eq!(sent(&mut rig), 1);
    assert_eq!(told(&mut rig), "a:queued a:sent a:unconfirmed");
    rig.hears(ack("a"));
    assert_eq!(told(&mut rig), "a:stored");
}

#[test]
fn a_lost_connection_puts_the_message_back_and_it_goes_first() {
    let mut rig = Rig::connected();
    sends(&mut rig, &["a", "b"]);
    told(&mut rig);
    rig.does(Input::Drop);
    assert_eq!(told(&mut rig), "a:unconfirmed");
    assert_eq!(waiting(&rig), "a b");
    rig.waits(300);
    rig.opens();
    rig.greets("e1");
    assert_eq!(told(&mut rig), "a:unconfirmed");
}

#[test]
fn a_passing_refusal_keeps_the_place_however_often_it_comes() {
    let mut rig = Rig::connected();
    sends(&mut rig, &["a", "b"]);
    sent(&mut rig);
    told(&mut rig);
    for wait in [1_000, 2_000, 4_000, 8_000, 16_000, 16_000] {
        rig.hears(nack("a", true, None));
        rig.waits(wait - 1);
        assert_eq!(sent(&mut rig), 0);
        rig.waits(1);
        assert_eq!(sent(&mut rig), 1);
        assert_eq!(told(&mut rig), "a:waiting a:sent");
    }
    rig.hears(ack("a"));
    assert_eq!(told(&mut rig), "a:stored b:sent");
}

#[test]
fn a_refusal_that_names_a_wait_is_obeyed() {
    for (after_ms, wait) in [(250, 250), (u64::MAX, 16_000)] {
        let mut rig = Rig::connected();
        sends(&mut rig, &["a"]);
        sent(&mut rig);
        rig.hears(nack("a", true, Some(after_ms)));
        assert_eq!(told(&mut rig), "a:queued a:sent a:waiting");
        rig.waits(wait - 1);
        assert_eq!(sent(&mut rig), 0);
        rig.waits(1);
        assert_eq!(sent(&mut rig), 1);
    }
}

#[test]
fn a_wait_that_is_named_grows_too() {
    let mut rig = Rig::connected();
    sends(&mut rig, &["a"]);
    rig.hears(nack("a", true, Some(0)));
    assert_eq!(sent(&mut rig), 2);
    for wait in [1_000, 3_000, 7_000, 15_000, 15_000] {
        rig.hears(nack("a", true, Some(0)));
        rig.waits(wait - 1);
        assert_eq!(sent(&mut rig), 0);
        rig.waits(1);
        assert_eq!(sent(&mut rig), 1);
    }
}

#[test]
fn whoever_is_in_a_hurry_does_not_wait_for_the_next_try() {
    let mut rig = Rig::connected();
    sends(&mut rig, &["a", "b"]);
    rig.does(Input::Hurry);
    sent(&mut rig);
    told(&mut rig);
    rig.hears(nack("a", true, Some(16_000)));
    rig.does(Input::Hurry);
    assert_eq!((told(&mut rig).as_str(), sent(&mut rig)), ("a:waiting a:sent", 1));
    rig.does(Input::Hurry);
    assert_eq!(sent(&mut rig), 0, "what is in flight is not sent twice");
}

/// The last of four refusals is late, and the sending after it was stored. Its `ack` is lost, and
/// the snapshot that the app loads next holds the message already.
#[test]
fn a_late_refusal_does_not_fail_a_message_that_is_stored() {
    let mut world = World::new(true);
    for fate in [Fate::Refuses(true), Fate::Arrives(0), Fate::WeSend] {
        world.meets(&fate);
    }
    for wait in [1_000, 2_000, 4_000] {
        world.meets(&Fate::Arrives(0));
        world.meets(&Fate::Waits(wait));
    }
    for fate in [Fate::Refuses(false), Fate::Waits(5_000), Fate::Arrives(0), Fate::Cut] {
        world.meets(&fate);
    }
    assert_eq!(world.server.commits, ["m-0000"]);
    assert!(world.delivered.is_empty());
    world.heals();
    assert_eq!(world.delivered, ["m-0000"]);
    assert_eq!(waiting(&world.rig), "");
}

#[test]
fn a_final_refusal_lets_the_others_pass() {
    let mut rig = Rig::connected();
    sends(&mut rig, &["a", "b"]);
    told(&mut rig);
    rig.hears(nack("a", false, None));
    assert_eq!(told(&mut rig), "a:storage_unavailable b:sent");
    rig.hears(nack("a", true, None));
    rig.hears(nack("x", false, None));
    assert_eq!(told(&mut rig), "");
}

#[test]
fn our_own_message_in_the_log_is_as_good_as_an_ack() {
    let mut rig = Rig::connected();
    sends(&mut rig, &["a"]);
    told(&mut rig);
    let new =
        |sender| MessageNew { dialog_id: dialog(), ev: Ev(1), message: stored(sender, "a", 1) };
    rig.hears(new("you"));
    assert_eq!(told(&mut rig), "");
    rig.hears(new("me"));
    rig.hears(ack("a"));
    assert_eq!(told(&mut rig), "a:stored");
}

#[test]
fn our_own_message_in_what_we_missed_is_not_sent_again() {
    let mut rig = Rig::connected();
    sends(&mut rig, &["a"]);
    rig.does(Input::Drop);
    rig.waits(300);
    rig.opens();
    rig.establishes("e1");
    sent(&mut rig);
    let change = confab_protocol::DialogChange::MessageNew(stored("me", "a", 1));
    let events = vec![confab_protocol::DialogEvent { ev: Ev(1), change }];
    rig.hears(confab_protocol::DialogEvents { dialog_id: dialog(), events, to: Ev(1) });
    rig.hears(connected());
    assert_eq!(sent(&mut rig), 0);
    assert_eq!(waiting(&rig), "");
}

#[test]
fn a_failed_message_that_is_sent_again_goes_to_the_end() {
    let mut rig = Rig::connected();
    sends(&mut rig, &["a", "b", "c"]);
    rig.hears(nack("a", false, None));
    told(&mut rig);
    sends(&mut rig, &["b", "c"]);
    assert_eq!(
        (told(&mut rig).as_str(), waiting(&rig).as_str()),
        ("", "a b c"),
        "none of these failed"
    );
    sends(&mut rig, &["a"]);
    assert_eq!((told(&mut rig).as_str(), waiting(&rig).as_str()), ("a:queued", "b c a"));
}

#[test]
fn a_message_can_be_discarded_unless_it_is_in_flight() {
    let mut rig = Rig::connected();
    sends(&mut rig, &["a", "b", "c"]);
    rig.hears(nack("a", false, None));
    for id in ["a", "b", "c"] {
        rig.does(Input::Discard { client_id: client_id(id) });
    }
    assert_eq!(waiting(&rig), "b");
}

#[test]
fn what_is_thrown_away_in_flight_is_not_sent_again_whatever_becomes_of_it() {
    type Ends = fn(&mut Rig);
    let ends: [(Ends, &str); 5] = [
        (|rig| rig.hears(nack("a", true, None)), "b:sent"),
        (|rig| rig.hears(nack("a", false, None)), "b:sent"),
        (|rig| rig.waits(5_000), "b:sent"),
        (reopens, "b:sent"),
        (|rig| rig.hears(ack("a")), "a:stored b:sent"),
    ];
    for (end, story) in ends {
        let mut rig = Rig::connected();
        sends(&mut rig, &["a", "b"]);
        told(&mut rig);
        rig.does(Input::Discard { client_id: client_id("a") });
        end(&mut rig);
        assert_eq!((told(&mut rig).as_str(), waiting(&rig).as_str()), (story, "b"));
    }
}

#[test]
fn discarding_the_refused_one_lets_the_next_go() {
    let mut rig = Rig::connected();
    sends(&mut rig, &["a", "b"]);
    rig.hears(nack("a", true, None));
    told(&mut rig);
    rig.does(Input::Discard { client_id: client_id("a") });
    assert_eq!(told(&mut rig), "b:sent");
}

#[test]
fn what_an_earlier_page_life_left_goes_first() {
    let mut rig = Rig::new();
    sends(&mut rig, &["n"]);
    rig.does(Input::Restore(queued(["a", "n", "b"].map(|id| Post::Send(send(id))).to_vec())));
    assert_eq!(waiting(&rig), "a b n");
    let mut rig = Rig::connected();
    sends(&mut rig, &["n", "m"]);
    rig.does(Input::Restore(queued(["a", "b"].map(|id| Post::Send(send(id))).to_vec())));
    assert_eq!(waiting(&rig), "n a b m");
}

#[test]
fn a_repeated_client_id_is_one_message() {
    let mut rig = Rig::connected();
    sends(&mut rig, &["a", "a"]);
    assert_eq!(told(&mut rig), "a:queued a:sent");
    assert_eq!(waiting(&rig), "a");
}

#[test]
fn the_outbox_is_bounded() {
    let mut rig = Rig::new();
    for n in 0..1_000 {
        rig.does(Input::Send(send(&n.to_string())));
    }
    told(&mut rig);
    sends(&mut rig, &["x"]);
    assert_eq!(told(&mut rig), "x:too_many_sends");
    assert_eq!(rig.client.outbox().count(), 1_000);
    rig.does(Input::Discard { client_id: client_id("7") });
    sends(&mut rig, &["x"]);
    assert_eq!(told(&mut rig), "x:queued", "there is room again");
}

#[test]
fn a_wait_that_ended_while_away_is_over() {
    let mut rig = Rig::connected();
    sends(&mut rig, &["a"]);
    rig.hears(nack("a", true, Some(100)));
    told(&mut rig);
    reopens(&mut rig);
    assert_eq!(told(&mut rig), "a:sent");
}

#[test]
fn the_outbox_survives_a_reload() {
    let posts = vec![Post::Send(send("a")), Post::Edit(edit("b", "x")), Post::Delete(delete("c"))];
    assert_eq!(json::read(&json::write(&posts)), Ok(posts.clone()));
    let before_there_were_edits = json::write(&vec![send("a")]);
    assert_eq!(json::read(&before_there_were_edits), Ok(posts[..1].to_vec()));
    let mut rig = Rig::connected();
    rig.does(Input::Restore(queued(posts)));
    assert_eq!((waiting(&rig).as_str(), rig.said().as_str()), ("a b c", "message:send"));
}

#[test]
fn what_is_let_go_is_not_sent_and_who_takes_over_sends_all_of_it() {
    let mut rig = Rig::connected();
    sends(&mut rig, &["a", "b"]);
    rig.does(Input::LetGo);
    rig.hears(ack("a"));
    assert_eq!((waiting(&rig).as_str(), sent(&mut rig)), ("", 1));
    told(&mut rig);
    let mut kept = queued(["a", "b"].map(|id| Post::Send(send(id))).to_vec());
    kept[0].was = Was::Sent;
    rig.does(Input::Restore(kept));
    assert_eq!(told(&mut rig), "a:unconfirmed b:queued a:unconfirmed");
    rig.hears(ack("a"));
    rig.hears(ack("b"));
    assert_eq!((told(&mut rig).as_str(), sent(&mut rig)), ("a:stored b:sent b:stored", 2));
}

#[test]
fn what_was_refused_stays_so_over_a_reload_until_its_author_retries_it() {
    let mut rig = Rig::connected();
    let was = Was::Refused(ErrorCode::UnknownDialog);
    rig.does(Input::Restore(vec![Kept { post: Post::Send(send("a")), was }]));
    assert_eq!((told(&mut rig).as_str(), sent(&mut rig)), ("", 0));
    sends(&mut rig, &["a"]);
    assert_eq!((told(&mut rig).as_str(), sent(&mut rig)), ("a:queued a:sent", 1));
}
