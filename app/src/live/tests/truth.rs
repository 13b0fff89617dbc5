//! What an entry says of itself is so: tags, connection, failures.

use confab_protocol::{DialogId, DialogReset, Pong, ResetReason};

use super::*;

fn stale(since: u64) -> EntryState {
    EntryState::Stale { since }
}

#[test]
fn a_tag_fetches_what_is_read_again_and_marks_the_rest_stale() {
    let world = World::new();
    let (lobby, kitchen) = (world.reads_fresh("lobby", 1), world.reads_fresh("kitchen", 1));
    world.reads_fresh("attic", 1).leaves();
    world.passes(1);
    world.diary();
    world.invalidates("room:lobby");
    world.invalidates("room:attic");
    assert_eq!(world.diary(), ["query lobby"]);
    assert_eq!((lobby.state(), kitchen.state()), (stale(1_000), EntryState::Fresh));
    let attic = world.reads("attic");
    assert_eq!((attic.sees(), attic.state()), (Some(vec![1]), stale(1_000)));
    assert_eq!(world.diary(), ["query attic"]);
    world.answers(Ok(Log::upto(2)));
    assert_eq!((lobby.sees(), lobby.state()), (Some(vec![1, 2]), EntryState::Fresh));
}

#[test]
fn a_name_without_id_reaches_every_entry_under_it() {
    let world = World::new();
    let _readers = (world.reads_fresh("lobby", 1), world.reads_fresh("kitchen", 1));
    world.live.invalidate(&[Tag::new("room")]);
    world.host.run();
    assert_eq!(world.asked(), 2);
}

#[test]
fn an_invalidation_during_the_first_fetch_runs_it_again() {
    let world = World::new();
    let reader = world.reads("lobby");
    world.invalidates("room:lobby");
    assert_eq!(world.asked(), 1, "one query at a time");
    world.answers(Ok(Log::upto(1)));
    assert_eq!((reader.sees(), reader.state()), (Some(vec![1]), stale(0)));
    assert_eq!(world.asked(), 1);
    world.answers(Ok(Log::upto(2)));
    assert_eq!((reader.sees(), reader.state()), (Some(vec![1, 2]), EntryState::Fresh));
    assert_eq!(world.asked(), 0);
}

#[test]
fn an_invalidation_during_a_refetch_runs_it_again() {
    let world = World::new();
    let reader = world.reads_fresh("lobby", 1);
    world.invalidates("room:lobby");
    world.invalidates("room:lobby");
    world.answers(Ok(Log::upto(2)));
    assert_eq!((reader.state(), world.asked()), (stale(0), 1));
    world.answers(Ok(Log::upto(3)));
    assert_eq!((reader.state(), world.asked()), (EntryState::Fresh, 0));
}

#[test]
fn an_invalidation_of_what_only_the_answer_will_provide_runs_the_fetch_again() {
    let world = World::new();
    let reader = world.reads("lobby");
    world.invalidates("number:2");
    world.invalidates("number:9");
    world.answers(Ok(Log::upto(2)));
    assert_eq!((reader.state(), world.asked()), (stale(0), 1));
    world.answers(Ok(Log::upto(2)));
    assert_eq!((reader.state(), world.asked()), (EntryState::Fresh, 0));
}

#[test]
fn invalidations_without_number_during_a_fetch_run_it_again() {
    let world = World::new();
    let reader = world.reads("lobby");
    (0..=64).for_each(|number| world.invalidates(&format!("elsewhere:{number}")));
    world.answers(Ok(Log::upto(1)));
    assert_eq!((reader.state(), world.asked()), (stale(0), 1));
}

#[test]
fn an_invalidation_during_a_fetch_that_nobody_waits_for_leaves_the_answer_stale() {
    let world = World::new();
    world.reads("lobby").leaves();
    world.invalidates("room:lobby");
    world.answers(Ok(Log::upto(1)));
    assert_eq!(world.asked(), 0);
    assert_eq!((world.reads("lobby").state(), world.asked()), (stale(0), 1));
}

#[test]
fn a_refetch_is_one_query_however_often_it_is_asked_for() {
    let world = World::new();
    let reader = world.reads_fresh("lobby", 1);
    reader.reading.refetch();
    reader.reading.refetch();
    world.host.run();
    reader.reading.refetch();
    world.host.run();
    assert_eq!(world.asked(), 1);
    world.answers(Ok(Log::upto(1)));
    assert_eq!((reader.state(), world.asked()), (EntryState::Fresh, 0));
}

#[test]
fn a_broken_stream_is_never_fresh() {
    let world = World::new();
    let lobby = world.reads_fresh("lobby", 1);
    let kitchen = world.reads("kitchen");
    world.passes(7);
    world.loses_connection();
    assert_eq!((lobby.sees(), lobby.state()), (Some(vec![1]), stale(7_000)));
    world.passes(1);
    world.answers(Ok(Log::upto(2)));
    assert_eq!((kitchen.sees(), kitchen.state()), (Some(vec![1, 2]), stale(8_000)));
    world.loses_connection();
    assert_eq!(lobby.state(), stale(7_000));
}

#[test]
fn a_reconnect_fetches_what_is_read_and_marks_the_rest_stale() {
    let world = World::new();
    let lobby = world.reads_fresh("lobby", 1);
    world.reads_fresh("attic", 1).leaves();
    world.loses_connection();
    world.diary();
    world.reconnects();
    assert_eq!(world.diary(), ["query lobby"]);
    world.answers(Ok(Log::upto(3)));
    assert_eq!((lobby.sees(), lobby.state()), (Some(vec![1, 2, 3]), EntryState::Fresh));
    assert_eq!((world.reads("attic").state(), world.asked()), (stale(0), 1));
}

#[test]
fn a_reconnect_during_a_fetch_runs_it_again() {
    let world = World::new();
    let reader = world.reads("lobby");
    world.loses_connection();
    world.reconnects();
    world.answers(Ok(Log::upto(1)));
    assert_eq!((reader.state(), world.asked()), (stale(0), 1));
    world.answers(Ok(Log::upto(2)));
    assert_eq!(reader.state(), EntryState::Fresh);
}

#[test]
fn a_listener_that_catches_up_by_itself_is_not_fetched_again() {
    let world = World::new();
    let reader = world.reads_from::<Diligent>(());
    world.answers(Ok(Log::upto(1)));
    world.loses_connection();
    world.delivers(Pong { n: 0, positions: Default::default() });
    assert_eq!(reader.state(), stale(0), "a broken stream is never fresh");
    world.reconnects();
    assert_eq!((reader.state(), world.asked()), (stale(0), 0));
    world.says(2);
    world.delivers(Pong { n: 1, positions: Default::default() });
    assert_eq!((reader.sees(), reader.state()), (Some(vec![1, 2]), EntryState::Fresh));
}

#[test]
fn what_was_remembered_is_not_believed_before_the_listener_has_caught_up() {
    let world = World::new();
    world.server.is_from_memory.set(true);
    let reader = world.reads_from::<Diligent>(());
    world.answers(Ok(Log::upto(1)));
    assert_eq!((reader.sees(), reader.state()), (Some(vec![1]), stale(0)));
    assert_eq!(world.asked(), 0, "the listener catches up");
    world.says(2);
    world.delivers(Pong { n: 1, positions: Default::default() });
    assert_eq!((reader.sees(), reader.state()), (Some(vec![1, 2]), EntryState::Fresh));
}

#[test]
fn a_new_reader_of_what_catches_up_by_itself_asks_only_for_what_was_invalidated() {
    let world = World::new();
    let before = world.reads_from::<Diligent>(());
    world.answers(Ok(Log::upto(1)));
    before.leaves();
    world.loses_connection();
    let reader = world.reads_from::<Diligent>(());
    assert_eq!((reader.sees(), reader.state(), world.asked()), (Some(vec![1]), stale(0), 0));
    reader.leaves();
    world.invalidates(DILIGENT);
    let reader = world.reads_from::<Diligent>(());
    assert_eq!((reader.state(), world.asked()), (stale(0), 1));
}

#[test]
fn a_listener_that_catches_up_cannot_mend_what_failed() {
    let world = World::new();
    let reader = world.reads_from::<Diligent>(());
    world.loses_connection();
    world.answers(Err(QueryError::Unreachable));
    world.reconnects();
    assert_eq!((reader.state(), world.asked()), (EntryState::Loading, 1));
}

#[test]
fn a_hole_that_the_listener_finds_is_shown_and_outlives_the_answer_under_way() {
    let world = World::new();
    let reader = world.reads_from::<Diligent>(());
    world.answers(Ok(Log::upto(1)));
    reader.reading.refetch();
    world.host.run();
    world.delivers(DialogReset { dialog_id: DialogId::lobby(), why: ResetReason::TooFarBehind });
    assert_eq!(reader.state(), stale(0));
    world.answers(Ok(Log::upto(2)));
    assert_eq!((reader.state(), world.asked()), (stale(0), 1));
    world.answers(Ok(Log::upto(3)));
    assert_eq!(reader.state(), EntryState::Fresh);
}

#[test]
fn a_first_fetch_that_fails_says_so_and_can_be_tried_again() {
    let world = World::new();
    let reader = world.reads("lobby");
    world.answers(Err(QueryError::Unreachable));
    assert_eq!((reader.sees(), reader.state()), (None, failed(QueryError::Unreachable)));
    assert_eq!(world.asked(), 0, "nobody hammers a server that is down");
    reader.reading.refetch();
    world.host.run();
    assert_eq!(reader.state(), EntryState::Loading);
    world.answers(Ok(Log::upto(1)));
    assert_eq!((reader.sees(), reader.state()), (Some(vec![1]), EntryState::Fresh));
}

#[test]
fn a_refetch_that_fails_keeps_the_old_data_on_the_screen() {
    let world = World::new();
    let reader = world.reads_fresh("lobby", 1);
    reader.reading.refetch();
    world.passes(2);
    world.says(2);
    world.answers(Err(QueryError::Unreachable));
    assert_eq!(
        (reader.sees(), reader.state()),
        (Some(vec![1, 2]), failed(QueryError::Unreachable))
    );
    world.passes(1);
    reader.reading.refetch();
    world.host.run();
    assert_eq!(reader.state(), stale(2_000), "while it is tried again, as old as the failure");
}

#[test]
fn a_new_reader_of_a_failed_entry_asks_again() {
    let world = World::new();
    let reader = world.reads("lobby");
    world.answers(Err(QueryError::Unreachable));
    let _second = world.reads("lobby");
    assert_eq!((reader.state(), world.asked()), (EntryState::Loading, 1));
}
