//! The law of the whole: whatever people do, and whatever becomes of what is said on the way (dropped,
//! doubled, swapped, cut, late), a page that follows ends as a fresh fetch would begin (DESIGN §7).
//!
//! The engine and the reducers of the browser on one side, gateway, hub and the real store on the
//! other; only the wire between them is ours ([`device`]). Time is moved by hand, nothing sleeps. What
//! the simulation (`end2end/sim`) finds in long storms over a whole server, this finds in ten thousand
//! short ones, each of which proptest shrinks to the few steps that matter.

mod device;
mod world;

use std::{path::Path, sync::LazyLock};

use proptest::{collection::vec, prelude::*, test_runner::TestRunner};
use tempfile::TempDir;

use self::world::{Deed, Fate, World};

/// Cases of each of the [`PARTS`], which run beside each other.
const CASES: u32 = 10_000 / PARTS;
const PARTS: u32 = 4;
/// The most that happens in one of them.
const FATES_MAX: usize = 60;

fn pick() -> impl Strategy<Value = usize> + Clone {
    0..64_usize
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        6 => Just(Deed::Says),
        2 => pick().prop_map(Deed::Answers),
        3 => pick().prop_map(Deed::Edits),
        3 => pick().prop_map(Deed::Deletes),
        3 => pick().prop_map(Deed::Reads),
        3 => pick().prop_map(Deed::Adds),
        2 => pick().prop_map(Deed::Removes),
        1 => Just(Deed::Leaves),
        1 => Just(Deed::Renames),
        1 => pick().prop_map(Deed::PassesOwnership),
        1 => any::<bool>().prop_map(Deed::Mutes),
        1 => Just(Deed::IsCalled),
        1 => pick().prop_map(Deed::Begins),
        1 => pick().prop_map(Deed::BeginsDirect),
        1 => Just(Deed::IsGone),
    ]
}

fn fate() -> impl Strategy<Value = Fate> {
    let device = 0..world::DEVICES;
    let aimed = (device.clone(), pick());
    prop_oneof![
        14 => (pick(), pick(), deed()).prop_map(|(who, room, deed)| Fate::SomeoneDoes(who, room, deed)),
        6 => (device.clone(), pick(), any::<bool>())
            .prop_map(|(device, room, answers)| Fate::Says(device, room, answers)),
        2 => aimed.clone().prop_map(|(device, pick)| Fate::Edits(device, pick)),
        1 => aimed.clone().prop_map(|(device, pick)| Fate::Deletes(device, pick)),
        2 => aimed.clone().prop_map(|(device, pick)| Fate::Reads(device, pick)),
        1 => aimed.clone().prop_map(|(device, room)| Fate::Types(device, room)),
        16 => aimed.clone().prop_map(|(device, pick)| Fate::Arrives(device, pick)),
        6 => device.clone().prop_map(Fate::AllArrives),
        2 => aimed.clone().prop_map(|(device, pick)| Fate::ArrivesTwice(device, pick)),
        2 => aimed.clone().prop_map(|(device, pick)| Fate::IsLost(device, pick)),
        1 => device.clone().prop_map(Fate::IsMuted),
        1 => device.clone().prop_map(Fate::Echoes),
        2 => device.clone().prop_map(Fate::IsCut),
        1 => (device, any::<bool>()).prop_map(|(device, keeps)| Fate::Reloads(device, keeps)),
        4 => (0..7_000_u64).prop_map(Fate::Waits),
        3 => aimed.clone().prop_map(|(device, pick)| Fate::IsReadFor(device, pick)),
        6 => aimed.prop_map(|(device, pick)| Fate::IsAnswered(device, pick)),
    ]
}

/// A database with everyone in it, made once: to make one takes longer than a case.
static BEGINNING: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = folder();
    runtime().block_on(async { World::in_folder(folder.path()).await.settles().await });
    folder
});

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// In memory, where there is one: what the disk does is not looked at here, only waited for.
fn folder() -> TempDir {
    let memory = tempfile::tempdir_in("/dev/shm");
    memory.or_else(|_| tempfile::tempdir()).unwrap()
}

fn copy_of(beginning: &Path) -> TempDir {
    let folder = folder();
    for file in std::fs::read_dir(beginning).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    folder
}

async fn comes_true(folder: &Path, fates: &[Fate]) -> Result<(), TestCaseError> {
    let mut world = World::in_folder(folder).await;
    world.begins().await;
    for fate in fates {
        world.meets(fate).await;
    }
    let differs = world.heals().await;
    prop_assert!(differs.is_none(), "{}", differs.unwrap_or_default());
    let wrong = world.ends().await;
    prop_assert!(wrong.is_empty(), "{wrong:?}");
    Ok(())
}

/// One part of the cases.
fn every_page_ends_as_a_fresh_fetch() {
    let config = ProptestConfig { cases: CASES, failure_persistence: None, ..Default::default() };
    let law = |fates: Vec<Fate>| {
        let folder = copy_of(BEGINNING.path());
        runtime().block_on(comes_true(folder.path(), &fates))
    };
    let outcome = TestRunner::new(config).run(&vec(fate(), 0..=FATES_MAX), law);
    outcome.unwrap_or_else(|why| panic!("{why}"));
    println!(
        "{CASES} cases of up to {FATES_MAX} steps: 0 pages that are not as a fresh fetch, 0 wrong"
    );
}

#[test]
fn every_page_ends_as_a_fresh_fetch_1() {
    every_page_ends_as_a_fresh_fetch();
}

#[test]
fn every_page_ends_as_a_fresh_fetch_2() {
    every_page_ends_as_a_fresh_fetch();
}

#[test]
fn every_page_ends_as_a_fresh_fetch_3() {
    every_page_ends_as_a_fresh_fetch();
}

#[test]
fn every_page_ends_as_a_fresh_fetch_4() {
    every_page_ends_as_a_fresh_fetch();
}
