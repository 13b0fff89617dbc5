//! Who reads, how long an entry lives, and what is left of it: nothing.

use leptos::prelude::{GetUntracked, Owner};

use super::*;
use crate::live::Host;

#[test]
fn all_who_read_one_argument_share_one_entry_and_one_query() {
    let world = World::new();
    let (alice, bob) = (world.reads("lobby"), world.reads("lobby"));
    assert_eq!(world.asked(), 1);
    world.answers(Ok(Log::upto(1)));
    world.says(2);
    assert_eq!((alice.sees(), bob.sees()), (Some(vec![1, 2]), Some(vec![1, 2])));
    let census = world.live.census();
    assert_eq!((census.entries, census.readers, census.listeners), (1, 2, 1));
}

#[test]
fn another_argument_is_another_entry() {
    let world = World::new();
    let (_lobby, kitchen) = (world.reads_fresh("lobby", 1), world.reads("kitchen"));
    assert_eq!((kitchen.sees(), world.asked()), (None, 1));
    assert_eq!(world.live.census().entries, 2);
}

#[test]
fn an_entry_stays_while_anyone_reads_it() {
    let world = World::new();
    let (alice, bob) = (world.reads_fresh("lobby", 1), world.reads("lobby"));
    alice.leaves();
    world.passes(3_600);
    world.says(2);
    assert_eq!(bob.sees(), Some(vec![1, 2]));
    assert_eq!(world.live.census().timers, 0);
}

#[test]
fn an_entry_lives_for_a_minute_after_its_last_reader_and_is_kept_true() {
    let world = World::new();
    world.reads_fresh("lobby", 1).leaves();
    world.passes(59);
    world.says(2);
    let back = world.reads("lobby");
    assert_eq!((back.sees(), back.state()), (Some(vec![1, 2]), EntryState::Fresh));
    assert_eq!(world.asked(), 0);
}

#[test]
fn an_entry_that_is_read_again_in_time_is_not_removed() {
    let world = World::new();
    world.reads_fresh("lobby", 1).leaves();
    world.passes(59);
    let back = world.reads("lobby");
    assert_eq!((world.live.census().timers, world.host.timers()), (0, 0));
    world.passes(3_600);
    assert_eq!(back.sees(), Some(vec![1]));
    back.leaves();
    world.passes(59);
    assert_eq!(world.live.census().entries, 1);
    world.passes(1);
    world.is_empty();
}

#[test]
fn whoever_looks_in_shortly_gives_an_entry_its_whole_time_again() {
    let world = World::new();
    world.reads_fresh("lobby", 1).leaves();
    for _ in 0..3 {
        world.passes(30);
        world.reads("lobby").leaves();
        world.reads("lobby").leaves();
        assert_eq!((world.live.census().timers, world.host.timers()), (1, 1));
    }
    world.passes(59);
    assert_eq!(world.live.census().entries, 1);
    world.passes(1);
    world.is_empty();
}

#[test]
fn removal_leaves_nothing_behind() {
    let world = World::new();
    world.reads_fresh("lobby", 1).leaves();
    world.diary();
    world.passes(60);
    assert_eq!(world.diary(), ["removed lobby"]);
    world.is_empty();
}

#[test]
fn an_entry_read_after_its_removal_is_a_new_one() {
    let world = World::new();
    world.reads_fresh("lobby", 1).leaves();
    world.passes(60);
    let reader = world.reads("lobby");
    assert_eq!((reader.sees(), world.asked()), (None, 1));
}

#[test]
fn every_endpoint_keeps_its_own_time() {
    let world = World::new();
    let reader = world.reads_from::<Diligent>(());
    world.answers(Ok(Log::default()));
    reader.leaves();
    world.passes(5);
    world.is_empty();
}

#[test]
fn a_topic_is_left_by_the_last_entry_that_hears_it() {
    let world = World::new();
    let lobby = world.reads_fresh("lobby", 1);
    world.reads_fresh("kitchen", 1).leaves();
    world.passes(60);
    assert_eq!(*world.host.topics.borrow(), [Topic::Heartbeat]);
    lobby.leaves();
    world.passes(60);
    world.is_empty();
}

#[test]
fn a_late_answer_after_removal_changes_nothing() {
    let world = World::new();
    world.reads("lobby").leaves();
    world.passes(60);
    let asked = world.server.asked.borrow_mut().remove(0);
    assert!(asked.is_canceled(), "the query is dropped with its entry");
    assert_eq!(world.diary(), ["listen lobby", "query lobby", "removed lobby"]);
    world.is_empty();
}

#[test]
fn an_answer_that_comes_together_with_the_removal_changes_nothing() {
    let world = World::new();
    // Without an owner the signals stay readable after the entry has gone.
    world.root.clone().unset();
    let reading = world.live.read::<Room>("lobby");
    world.host.run();
    let asked = world.server.asked.borrow_mut().remove(0);
    let answering = async move { asked.send(Ok(Log::upto(1))).expect("the query still waits") };
    // The entry's task is the oldest: when its turn comes, it is answered and removed.
    world.host.youngest_first.set(true);
    world.host.spawn(Box::pin(answering));
    world.passes(60);
    assert_eq!(reading.data.get_untracked(), None);
    assert_eq!(reading.state.get_untracked(), EntryState::Loading);
    world.is_empty();
}

#[test]
fn a_reader_without_an_owner_counts_as_gone() {
    let world = World::new();
    world.root.clone().unset();
    let reading = world.live.read::<Room>("lobby");
    world.host.run();
    world.answers(Ok(Log::upto(1)));
    assert_eq!(reading.data.get_untracked(), Some(Log::upto(1)));
    world.passes(60);
    world.is_empty();
}

#[test]
fn a_rerun_of_an_owner_reads_again_without_fetching_again() {
    let world = World::new();
    let owner = Owner::new();
    let _reading = owner.with(|| world.live.read::<Room>("lobby"));
    world.host.run();
    world.answers(Ok(Log::upto(1)));
    let again = owner.with_cleanup(|| world.live.read::<Room>("lobby"));
    world.host.run();
    assert_eq!(again.state.get_untracked(), EntryState::Fresh);
    let census = world.live.census();
    assert_eq!((census.readers, census.timers, world.asked()), (1, 0, 0));
}

#[test]
fn a_removed_entry_ignores_its_api() {
    struct Keen(Rc<RefCell<Option<EntryApi<Keen>>>>);
    impl Endpoint for Keen {
        type Arg = ();
        type Data = Log;
        const NAME: &'static str = "keen";
        fn query(&self, (): ()) -> LocalBoxFuture<'static, Answer> {
            Box::pin(async { Ok(Log::upto(1)) })
        }
        fn on_cache_entry_added(&self, (): (), api: EntryApi<Self>) -> LocalBoxFuture<'static, ()> {
            self.0.replace(Some(api));
            Box::pin(async {})
        }
    }
    let (world, kept) = (World::new(), Rc::default());
    world.live.register(Keen(Rc::clone(&kept)));
    world.reads_from::<Keen>(()).leaves();
    world.passes(60);
    let api = kept.take().expect("the entry lived");
    listen(&api);
    api.refetch();
    api.update_cached_data(|log| log.hear(2));
    world.host.run();
    assert_eq!(api.get_cache_entry(), (Some(Log::upto(1)), EntryState::Fresh));
    world.is_empty();
}
