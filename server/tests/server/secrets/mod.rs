//! Nobody sees what is not theirs: twenty people do a hundred thousand things at random in thirty
//! dialogs, most of which are not theirs, over real sockets and REST, while they are taken in and out.
//! No frame, no row and no search hit may reach who is no member.
//!
//! What a frame of the log tells is held against who belonged to the dialog at that change, as the
//! database has it afterwards ([`truth`]). What is not in the log (receipts, typing, one's own list)
//! is held against the order in which it came: after a person's line of the dialog was taken away,
//! nothing of it may come before they are back ([`ears`]). What is read is held against who belongs
//! while it is read: nobody is taken in or out meanwhile ([`world`]).
//!
//! And the contrary, so that silence is no success: whoever hears their list has heard every message
//! that was theirs to hear, once.

mod actor;
mod ears;
mod rest;
mod truth;
mod world;

use std::{collections::BTreeMap, sync::Arc};

use confab_protocol::UserId;
use futures::future::join_all;

use self::{actor::Actor, ears::Ears, rest::Rest, truth::Truth, world::World};
use crate::harness::{TestServer, asked, seed, server};

const PEOPLE: usize = 20;
const GROUPS: usize = 20;
const PAIRS: usize = 10;
const OPERATIONS: usize = 100_000;

/// What was done, by what it was and how it ended.
type Counts = BTreeMap<(&'static str, &'static str), usize>;

/// What one person has heard and done at the end.
struct Report {
    me: UserId,
    list: Ears,
    joined: Ears,
    counts: Counts,
}

async fn start() -> TestServer {
    let server = server().unhurried().with(|settings| {
        settings.gateway.queue_frames_max = 65_536;
        settings.gateway.queue_bytes_max = 1 << 30;
        settings.store.queue_max = 100_000;
    });
    server.start().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_thousand_operations_none_shows_anything_to_who_is_no_member() {
    let seed = seed();
    // Fewer while one is at it.
    let operations = asked("CONFAB_TEST_OPERATIONS").unwrap_or(OPERATIONS);
    let server = start().await;
    let mut people = Vec::new();
    for n in 0..PEOPLE {
        people.push(server.guest(&format!("Person {n}")).await);
    }
    let mut ids = Vec::new();
    for person in &mut people {
        ids.push(UserId::parse(person.id().await).unwrap());
    }
    let world = Arc::new(World::new(ids));
    let mut actors = Vec::new();
    for (n, person) in people.iter().enumerate() {
        let id = world.ids[n].clone();
        let list = Ears::new(id.clone(), person.listens("dialogs,typing").await, true);
        let joined = Ears::new(id, person.listens("typing").await, false);
        let rest = Rest::connect(server.address, &person.cookies()).await;
        actors.push(Actor::new(Arc::clone(&world), n, seed, rest, list, joined));
    }
    for (n, actor) in actors.iter_mut().enumerate() {
        actor.begins(n, GROUPS / PEOPLE, PAIRS).await;
    }

    let share = operations / PEOPLE;
    let running = actors.into_iter().map(|mut actor| {
        tokio::spawn(async move {
            for _ in 0..share {
                actor.does_something().await;
            }
            actor
        })
    });
    let running: Vec<_> = running.collect();
    let mut actors = Vec::new();
    for actor in join_all(running).await {
        let mut actor = actor.unwrap();
        actor.has_been_answered().await;
        actors.push(actor);
    }
    server.has_told_all().await;
    let mut reports = Vec::new();
    for actor in actors {
        reports.push(actor.ends().await);
    }
    let truth = Truth::read(&server, world.began()).await;
    judge(&reports, &truth, share * PEOPLE);
    server.end().await;
}

/// Holds what was heard against what was true.
fn judge(reports: &[Report], truth: &Truth, operations: usize) {
    let (mut wrong, mut heard, mut counts) = (Vec::new(), 0, Counts::new());
    for Report { me, list, joined, counts: own } in reports {
        for (what, count) in own {
            *counts.entry(*what).or_default() += count;
        }
        for ears in [list, joined] {
            heard += ears.frames();
            wrong.extend(ears.wrong.iter().cloned());
            wrong.extend(truth.unseemly(me, ears));
        }
        wrong.extend(truth.missed(me, list));
    }
    let done: usize = counts.values().sum();
    println!("{heard} frames of dialogs were heard; {} changes in the log", truth.changes());
    for ((what, how), count) in &counts {
        println!("{count:>7} {what}: {how}");
    }
    wrong.truncate(20);
    assert_eq!(wrong, Vec::<String>::new(), "the first of what was wrong");
    assert_eq!(done, operations, "every operation is counted once");
    // The story must have been a story.
    for (what, how, at_least) in [
        ("send", "done", 10_000),
        ("send", "refused", 10_000),
        ("edit", "done", 1_000),
        ("delete", "done", 500),
        ("join", "done", 3_000),
        ("join", "refused", 3_000),
        ("read", "done", 1_000),
        ("read", "refused", 1_000),
        ("search", "done", 300),
        ("add", "done", 100),
        ("remove", "done", 100),
        ("dissolve", "done", 10),
    ] {
        let count = counts.get(&(what, how)).copied().unwrap_or_default();
        let at_least = at_least * operations / OPERATIONS;
        assert!(count >= at_least, "{what}: {how} only {count} times");
    }
    assert!(heard > operations / 4, "only {heard} frames were heard");
}
