//! Frames and snapshots meet without a gap and without an overlap.

use confab_protocol::Pong;
use leptos::prelude::{ArcMemo, Get, Owner};

use super::*;

#[test]
fn the_listener_is_attached_before_the_fetch() {
    let world = World::new();
    let reader = world.reads("lobby");
    assert_eq!(world.diary(), ["listen lobby", "query lobby"]);
    assert_eq!(*world.host.topics.borrow(), [Topic::Heartbeat]);
    assert_eq!((reader.sees(), reader.state()), (None, EntryState::Loading));
}

#[test]
fn the_listener_is_attached_before_the_fetch_whichever_task_the_host_runs_first() {
    let world = World::new();
    world.host.youngest_first.set(true);
    let _reader = world.reads("lobby");
    assert_eq!(world.diary(), ["listen lobby", "query lobby"]);
}

#[test]
fn an_update_that_comes_before_the_snapshot_lands_on_top_of_it() {
    let world = World::new();
    let reader = world.reads("lobby");
    world.says(3);
    world.says(4);
    assert_eq!(reader.sees(), None);
    world.answers(Ok(Log::upto(2)));
    assert_eq!(reader.sees(), Some(vec![1, 2, 3, 4]));
    assert_eq!(world.diary().last().map(String::as_str), Some("loaded lobby [1, 2, 3, 4]"));
}

#[test]
fn an_update_that_the_snapshot_contains_is_not_shown_twice() {
    let world = World::new();
    let reader = world.reads("lobby");
    world.says(3);
    world.answers(Ok(Log::upto(3)));
    assert_eq!(reader.sees(), Some(vec![1, 2, 3]));
}

#[test]
fn an_update_during_a_refetch_shows_at_once_and_survives_an_older_snapshot() {
    let world = World::new();
    let reader = world.reads_fresh("lobby", 2);
    reader.reading.refetch();
    world.host.run();
    world.says(3);
    assert_eq!(reader.sees(), Some(vec![1, 2, 3]));
    world.answers(Ok(Log::upto(2)));
    assert_eq!(reader.sees(), Some(vec![1, 2, 3]));
    assert_eq!(reader.state(), EntryState::Fresh);
}

/// The change is known, and what came between it and the snapshot is not; nobody says it again.
#[test]
fn a_snapshot_too_old_for_an_update_is_asked_for_again() {
    let world = World::new();
    let reader = world.reads_from::<Strict>(());
    world.says(4);
    world.answers(Ok(Log::upto(2)));
    assert_ne!(reader.state(), EntryState::Fresh);
    world.answers(Ok(Log::upto(4)));
    assert_eq!(reader.sees(), Some(vec![1, 2, 3, 4]));
    assert_eq!(reader.state(), EntryState::Fresh);
}

#[test]
fn data_too_old_for_an_update_is_asked_for_again() {
    let world = World::new();
    let reader = world.reads_from::<Strict>(());
    world.answers(Ok(Log::upto(2)));
    world.says(4);
    assert_eq!(reader.sees(), Some(vec![1, 2]));
    world.answers(Ok(Log::upto(4)));
    assert_eq!(reader.sees(), Some(vec![1, 2, 3, 4]));
}

#[test]
fn an_update_waits_for_the_first_snapshot_over_failures() {
    let world = World::new();
    let reader = world.reads("lobby");
    world.says(3);
    world.answers(Err(QueryError::Unreachable));
    world.says(4);
    reader.reading.refetch();
    world.host.run();
    world.answers(Ok(Log::upto(2)));
    assert_eq!(reader.sees(), Some(vec![1, 2, 3, 4]));
}

#[test]
fn updates_without_number_give_the_snapshot_up_and_ask_again() {
    let world = World::new();
    let reader = world.reads("lobby");
    (1..=1_001).for_each(|number| world.says(number));
    world.answers(Ok(Log::default()));
    assert_eq!((reader.sees(), reader.state(), world.asked()), (None, EntryState::Loading, 1));
    world.says(1_002);
    world.answers(Ok(Log::upto(1_001)));
    assert_eq!(reader.sees(), Some((1..=1_002).collect()));
    assert_eq!((reader.state(), world.asked()), (EntryState::Fresh, 0));
}

#[test]
fn updates_of_a_failed_refetch_do_not_burden_the_next() {
    let world = World::new();
    let reader = world.reads_fresh("lobby", 0);
    for (numbers, answer) in
        [(1..=600, Err(QueryError::Unreachable)), (601..=1_200, Ok(Log::upto(600)))]
    {
        reader.reading.refetch();
        world.host.run();
        numbers.for_each(|number| world.says(number));
        world.answers(answer);
    }
    assert_eq!(reader.sees(), Some((1..=1_200).collect()));
    assert_eq!((reader.state(), world.asked()), (EntryState::Fresh, 0));
}

#[test]
fn a_listener_hears_its_type_of_frame_and_no_other() {
    let world = World::new();
    let reader = world.reads_fresh("lobby", 1);
    world.delivers(Pong { n: 1, positions: Default::default() });
    world.says(2);
    assert_eq!(reader.sees(), Some(vec![1, 2]));
}

#[test]
fn a_listener_whose_entry_goes_while_a_frame_is_delivered_hears_it_no_more() {
    use std::{cell::Cell, rc::Rc};

    use super::super::{dispatch::Dispatch, entry::EntryId};

    let (dispatch, heard) = (Rc::new(Dispatch::default()), Rc::new(Cell::new(0)));
    for entry in [EntryId(1), EntryId(2)] {
        let (inner, heard) = (dispatch.clone(), heard.clone());
        let hear = move |_: &Rc<ServerFrame>| {
            heard.set(heard.get() + 1);
            inner.remove(EntryId(2));
            inner.add(EntryId(3), "heartbeat", Box::new(|_| panic!("it came too late")));
        };
        dispatch.add(entry, "heartbeat", Box::new(hear));
    }
    dispatch
        .deliver(&Rc::new(Heartbeat { time: Timestamp::from_unix_ms(0), connections: 1 }.into()));
    assert_eq!((heard.get(), dispatch.len()), (1, 2));
}

#[test]
fn a_snapshot_is_merged_as_the_endpoint_says() {
    let world = World::new();
    let reader = world.reads_from::<Diligent>(());
    world.answers(Ok(Log::upto(3)));
    reader.reading.refetch();
    world.host.run();
    world.answers(Ok(Log { upto: 4, said: vec![3, 4] }));
    assert_eq!(reader.sees(), Some(vec![1, 2, 3, 4]));
}

#[test]
fn what_is_derived_from_an_entry_follows_it() {
    let world = World::new();
    let owner = Owner::new();
    let last = owner.with(|| {
        let room = world.live.read::<Room>("lobby");
        ArcMemo::new(move |_| room.data.get().and_then(|log| log.said.last().copied()))
    });
    assert_eq!(last.get(), None);
    world.host.run();
    world.answers(Ok(Log::upto(2)));
    assert_eq!(last.get(), Some(2));
    world.says(3);
    assert_eq!(last.get(), Some(3));
}
