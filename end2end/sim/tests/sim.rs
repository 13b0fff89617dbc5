//! The simulation itself: it can be played again, and it holds.

use sim::run::play;

#[test]
fn the_same_seed_is_the_same_run() {
    let [first, again, other] = [5, 5, 6].map(|seed| play(seed, false).expect("there is room"));
    assert_eq!(first.trace, again.trace);
    assert_ne!(first.trace, other.trace);
    for run in [first, other] {
        assert!(run.acked > 50, "people talked: {}", run.acked);
        assert!(run.wrong.is_empty(), "seed {}: {:?}", run.seed, run.wrong);
    }
}
