//! Every way that sends, acks, resumes and resets can go, for two devices and three messages.
//!
//! The other tests of the engine go one way through what can happen, or some at random. Here a
//! checker (stateright) goes all of them, to the last state, and looks in each whether the laws of
//! [`law`] hold. A counter-example is printed as the steps that lead to it.
//!
//! What is real: both devices are a [`Client`](confab_sync::Client), whole, with its socket, its
//! timers, its outbox and its log, and every frame passes as the text that it is ([`engines`],
//! [`wire`]). What is a model: the server ([`server`]: some lines of DESIGN §4), the app (it shows
//! what it is told, fetches a page when that is void, and keeps the outbox), and the wires.
//!
//! What can happen beside the ordinary, in every order with it ([`world`], [`faults`]): a frame of
//! either way is lost, doubled, or overtaken by the next; answers and news of one socket overtake
//! each other at any time; patience ends before an answer comes; a socket is cut, and what was said
//! on it reaches the server later than what is said on the next, or never; a page crashes and is
//! opened anew; the server falls, also between a commit and its answer; an older copy of the
//! database takes its place.
//!
//! What is bounded: one dialog; three messages, two of them of one device; how many faults there are
//! in one walk, as each test says; catching up by one change, so that two missed are a reset. What is
//! left out: edits, receipts and refusals; a page that is read before it is asked for; what a server
//! that fell had said and arrives after its fall; patience that ends while something is under way,
//! but for the fault that is just this; and going in circles while no time passes.
//!
//! Measured on two cores that did nothing else; the last takes 1.5 GB:
//!
//! | faults of frames | ends | states | steps | s |
//! |---|---|---|---|---|
//! | 2 | 0 | 742,568 | 2,686,248 | 3 |
//! | 0 | 2 | 2,992,128 | 10,666,614 | 14 |
//! | 1 | 1 | 8,834,324 | 31,848,207 | 44 |
//!
//! Prove the provers: [`server::Mistake`] has six mistakes, and each is found.

mod engines;
mod faults;
mod law;
mod server;
mod state;
mod wire;
mod world;

use stateright::{Checker, HasDiscoveries, Model};

use crate::{
    server::Mistake,
    state::Faults,
    world::{MESSAGES, World},
};

/// Goes everywhere, and says how far that was.
fn everywhere(faults: Faults) {
    let world = World::new(faults, Mistake::None);
    let walk = world.checker().threads(2).spawn_bfs().join();
    println!(
        "{MESSAGES} messages, {faults:?}: {} states, {} steps, {} states of an engine, {} deep",
        walk.unique_state_count(),
        walk.state_count(),
        walk.model().engines.count(),
        walk.max_depth()
    );
    walk.assert_properties();
}

/// Goes until something is wrong.
fn finds(mistake: Mistake, faults: Faults, law: &'static str) {
    let world = World::new(faults, mistake);
    let walk = world.checker().finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    walk.assert_any_discovery(law);
}

const NONE: Faults = Faults { frames: 0, ends: 0 };
const ONE_END: Faults = Faults { frames: 0, ends: 1 };

#[test]
fn all_is_well_whatever_two_frames_meet() {
    everywhere(Faults { frames: 2, ends: 0 });
}

#[test]
fn all_is_well_whatever_two_things_end() {
    everywhere(Faults { frames: 0, ends: 2 });
}

#[test]
fn all_is_well_when_a_frame_goes_astray_and_something_ends() {
    everywhere(Faults { frames: 1, ends: 1 });
}

#[test]
fn a_server_that_stores_twice_is_found() {
    finds(Mistake::StoresTwice, ONE_END, law::ONCE);
}

#[test]
fn an_ack_before_the_commit_is_found() {
    finds(Mistake::AcknowledgesFirst, ONE_END, law::STORED);
}

#[test]
fn a_resume_that_skips_a_change_is_found() {
    finds(Mistake::SkipsOne, ONE_END, law::PATIENCE);
}

#[test]
fn a_restored_database_that_keeps_its_name_is_found() {
    finds(Mistake::KeepsItsName, ONE_END, law::VIEW);
}

#[test]
fn a_join_that_hears_nothing_is_found() {
    finds(Mistake::JoinsNobody, NONE, law::PATIENCE);
}

#[test]
fn a_page_that_forgets_its_outbox_is_found() {
    finds(Mistake::ForgetsOutbox, ONE_END, law::ORDER);
}
