//! The simulation itself: it can be played again, and it holds.

use std::thread::scope;

use sim::run::{Outcome, play};

fn played(seed: u64) -> Outcome {
    play(seed, false).expect("there is room")
}

/// Also beside others, when the database's threads come later than usual.
#[test]
fn the_same_seed_is_the_same_run() {
    let seeds = [1, 4, 6];
    let alone = seeds.map(played);
    let beside = scope(|threads| {
        let runs = seeds.map(|seed| threads.spawn(move || played(seed)));
        runs.map(|run| run.join().expect("it ends"))
    });
    for (run, again) in alone.iter().zip(&beside) {
        assert_eq!(run.trace, again.trace, "seed {}", run.seed);
        assert!(run.acked > 50, "people talked: {}", run.acked);
        assert!(run.wrong.is_empty(), "seed {}: {:?}", run.seed, run.wrong);
    }
    assert_ne!(alone[0].trace, alone[1].trace);
}
