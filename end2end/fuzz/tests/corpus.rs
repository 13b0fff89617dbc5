//! Every input that was ever found interesting, once more, and then over and over until it is as long as
//! an input may be: what looks back takes its time then.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by failing")]

use std::time::Duration;

use fuzz::{BYTES_MAX, TARGETS, TOO_LONG, Target, corpus};

/// As long as an input may take. A build without optimisation is ten times slower.
const PATIENCE: Duration = TOO_LONG.saturating_mul(if cfg!(debug_assertions) { 10 } else { 1 });

/// What the corpus may weigh in the repository, all targets together.
const CORPUS_BYTES_MAX: usize = 1024 * 1024;

fn replay(name: &str) {
    let target = Target::named(name).unwrap();
    let inputs = corpus::read(target).unwrap();
    assert!(!inputs.is_empty(), "a corpus is there");
    let (count, mut longest) = (inputs.len(), Duration::ZERO);
    for (nth, bytes) in (1..).zip(inputs) {
        assert!(bytes.len() <= BYTES_MAX, "line {nth}");
        let long = bytes.repeat(BYTES_MAX / bytes.len().max(1));
        for input in [bytes, long] {
            let took = target.time(&input);
            assert!(took < PATIENCE, "line {nth}: {} bytes took {took:?}", input.len());
            longest = longest.max(took);
        }
    }
    println!(
        "{name}: {count} inputs, each also of {BYTES_MAX} bytes: 0 crashes, at most {longest:?}"
    );
}

#[test]
fn frames_are_read_and_written_as_the_same() {
    replay("frames");
}

#[test]
fn no_word_of_a_message_is_lost() {
    replay("markup");
}

#[test]
fn a_resume_is_read_as_it_was_said() {
    replay("resume");
}

#[test]
fn a_page_follows_its_log_over_any_line() {
    replay("reducer");
}

#[test]
fn every_target_has_a_test_above_and_the_corpus_stays_small() {
    assert_eq!(TARGETS.map(|target| target.name), ["frames", "markup", "resume", "reducer"]);
    let inputs = TARGETS.into_iter().flat_map(|target| corpus::read(target).unwrap());
    assert!(inputs.map(|bytes| bytes.len()).sum::<usize>() < CORPUS_BYTES_MAX);
}
