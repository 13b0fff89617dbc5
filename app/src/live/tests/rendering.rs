//! The page on the server, and the same page in the browser.

use std::thread;

use leptos::prelude::{GetUntracked, Owner};

use super::*;

/// An endpoint that the server has nothing to ask with.
struct Greeting;

impl Endpoint for Greeting {
    type Arg = u64;
    type Data = String;
    const NAME: &'static str = "greeting";

    fn query(&self, _: u64) -> LocalBoxFuture<'static, Result<String, QueryError>> {
        panic!("rendering never queries")
    }
}

#[test]
fn a_page_is_rendered_on_any_thread_from_what_was_seeded() {
    let live = Live::for_rendering();
    live.seed::<Greeting>(1, "hello".to_owned());
    let render = |arg| {
        let reading = live.read::<Greeting>(arg);
        reading.refetch();
        (reading.data.get_untracked(), reading.state.get_untracked())
    };
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let owner = Owner::new();
                let page = owner.with(|| (render(1), render(2)));
                let seeded = (Some("hello".to_owned()), EntryState::Fresh);
                assert_eq!(page, (seeded, (None, EntryState::Loading)));
                owner.cleanup();
            });
        }
    });
    assert_eq!(live.census(), Census { entries: 1, ..Census::default() });
}

#[test]
fn a_page_that_is_rendered_hears_nothing() {
    let live = Live::for_rendering();
    live.seed::<Greeting>(1, "hello".to_owned());
    live.connection_lost();
    live.invalidate(&[Tag::new("greeting")]);
    live.deliver(Invalidate { tags: vec![] }.into());
    live.reconnected();
    let state = Owner::new().with(|| live.read::<Greeting>(1).state.get_untracked());
    assert_eq!(state, EntryState::Fresh);
}

#[test]
fn a_seed_is_fresh_without_a_query_and_lives_from_its_first_reader_on() {
    let world = World::new();
    world.live.seed::<Room>("lobby", Log::upto(2));
    world.host.run();
    assert_eq!(world.diary(), [""; 0]);
    let reader = world.reads("lobby");
    assert_eq!((reader.sees(), reader.state()), (Some(vec![1, 2]), EntryState::Fresh));
    assert_eq!(world.diary(), ["listen lobby", "loaded lobby [1, 2]"]);
    world.says(3);
    assert_eq!((reader.sees(), world.asked()), (Some(vec![1, 2, 3]), 0));
}

#[test]
fn a_seed_that_nobody_reads_is_removed() {
    let world = World::new();
    world.live.seed::<Room>("lobby", Log::upto(2));
    assert_eq!((world.live.census().entries, world.live.census().timers), (1, 1));
    world.passes(60);
    assert_eq!(world.diary(), [""; 0]);
    world.is_empty();
}

#[test]
fn a_seed_that_became_doubtful_before_it_was_read_is_fetched() {
    let world = World::new();
    world.live.seed::<Room>("lobby", Log::upto(2));
    world.invalidates("room:lobby");
    let reader = world.reads("lobby");
    assert_eq!((reader.sees(), world.asked()), (Some(vec![1, 2]), 1));
}

#[test]
fn a_seed_does_not_turn_back_what_is_known() {
    let world = World::new();
    let lobby = world.reads_fresh("lobby", 3);
    let kitchen = world.reads("kitchen");
    world.live.seed::<Room>("lobby", Log::upto(1));
    world.live.seed::<Room>("kitchen", Log::upto(1));
    assert_eq!(kitchen.sees(), None, "its answer is on the way");
    kitchen.reading.refetch();
    world.host.run();
    assert_eq!(world.asked(), 1);
    world.answers(Ok(Log::upto(3)));
    assert_eq!((lobby.sees(), kitchen.sees()), (Some(vec![1, 2, 3]), Some(vec![1, 2, 3])));
    assert_eq!(kitchen.state(), EntryState::Fresh);
}

#[test]
fn the_cache_fits_into_a_context() {
    fn fits<T: Clone + Send + Sync + 'static>() {}
    fits::<Live>();
}

#[test]
#[should_panic(expected = "`greeting` is read before Live::register")]
fn an_endpoint_that_nobody_registered_is_named() {
    Owner::new().with(|| World::new().live.read::<Greeting>(1));
}
