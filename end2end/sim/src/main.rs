//! `bin/sim`: plays one seed with its trace, or many and counts.

use std::{process::ExitCode, time::Instant};

use clap::Parser;

/// The real server and real engines on virtual time.
#[derive(Parser)]
struct Options {
    /// Plays this seed and prints what happens, line by line.
    #[arg(long, conflicts_with = "seeds")]
    seed: Option<u64>,
    /// Plays so many seeds and counts.
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 1)]
    from: u64,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let (first, count, is_told) = match options.seed {
        Some(seed) => (seed, 1, true),
        None => (options.from, options.seeds, false),
    };
    #[expect(clippy::disallowed_methods, reason = "how long it took is told to who waits")]
    let began = Instant::now();
    let (mut acked, mut bad) = (0, 0);
    for seed in first..first + count {
        match sim::run::play(seed, is_told) {
            Ok(outcome) => {
                acked += outcome.acked;
                for (count, story) in &outcome.wrong {
                    println!("seed {seed}: {count}: {story}");
                }
                bad += u64::from(!outcome.wrong.is_empty());
                if is_told {
                    let (lines, hash) = &outcome.trace;
                    println!("seed {seed}: {lines} lines, hash {hash}");
                }
            }
            Err(why) => {
                println!("seed {seed}: cannot be played: {why}");
                bad += 1;
            }
        }
    }
    println!(
        "{count} seeds, {acked} messages acked, {bad} seeds with something wrong, {:.1} s",
        began.elapsed().as_secs_f64()
    );
    if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
