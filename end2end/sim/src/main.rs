//! `bin/sim`: plays one seed with its trace, or many and counts.

use std::{
    collections::BTreeMap,
    num::NonZero,
    process::ExitCode,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::{available_parallelism, scope},
    time::Instant,
};

use clap::Parser;
use confab_protocol::plants::{Plant, plant};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use sim::run::{Outcome, play};
use witness::checker::COUNTS;

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
    /// Plants a mistake, by its name, which is then to be found.
    #[arg(long, value_parser = mistake)]
    plant: Option<Plant>,
    /// Plants each mistake in turn, and looks whether one of the seeds finds it.
    #[arg(long, conflicts_with_all = ["seed", "plant"])]
    plants: bool,
}

fn mistake(name: &str) -> Result<Plant, String> {
    let named = Plant::ALL.into_iter().find(|plant| format!("{plant:?}") == name);
    named.ok_or_else(|| format!("one of {:?}", Plant::ALL))
}

fn main() -> ExitCode {
    let options = Options::parse();
    #[expect(clippy::disallowed_methods, reason = "how long it took is told to who waits")]
    let began = Instant::now();
    if options.plants {
        return plants(&options);
    }
    let sum = match options.seed {
        Some(seed) => {
            plant(options.plant);
            let mut sum = Sum::default();
            sum.add(seed, play(seed, true), Telling::All);
            sum
        }
        None => many(&options, options.plant, false),
    };
    let counts = COUNTS.map(|count| format!("{count} {}", sum.counts.get(count).unwrap_or(&0)));
    println!("{}", counts.join(", "));
    println!(
        "{} seeds, {} messages acked, {} seeds with something wrong, {} not played, {:.1} s",
        sum.seeds,
        sum.acked,
        sum.bad,
        sum.not_played,
        began.elapsed().as_secs_f64()
    );
    if sum.bad + sum.not_played == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The checker is checked: each mistake must be found.
fn plants(options: &Options) -> ExitCode {
    let mut is_found = true;
    for mistake in Plant::ALL {
        let sum = many(options, Some(mistake), true);
        is_found &= sum.bad > 0 && sum.not_played == 0;
        match sum.first {
            Some((seed, count)) => println!("{mistake:?}: found by seed {seed} ({count})"),
            None => println!("{mistake:?}: NOT FOUND by {} seeds", sum.seeds),
        }
    }
    if is_found { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Each run is played on one thread from its beginning to its end; so many threads, so many runs.
/// Perhaps only until one has something wrong, of which nothing is told.
fn many(options: &Options, planted: Option<Plant>, until_found: bool) -> Sum {
    let (next, sum) = (AtomicU64::new(options.from), Mutex::new(Sum::default()));
    let end = options.from + options.seeds;
    scope(|threads| {
        for number in 0..available_parallelism().map_or(1, NonZero::get) {
            let (next, sum) = (&next, &sum);
            threads.spawn(move || {
                stay(number);
                plant(planted);
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let is_over = until_found && lock(sum).bad > 0;
                    if seed >= end || is_over {
                        return;
                    }
                    let played = play(seed, false);
                    lock(sum).add(
                        seed,
                        played,
                        if until_found { Telling::Nothing } else { Telling::Wrong },
                    );
                }
            });
        }
    });
    sum.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// A run stays on one processor, and so do the threads of its database, which it begins: they take
/// turns, and would only wait for what the others' processor has in its cache. Without it a run takes
/// half as long again.
fn stay(number: usize) {
    let Ok(allowed) = sched_getaffinity(None) else { return };
    if let Some(mine) = (0..CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu)).nth(number) {
        let mut only = CpuSet::new();
        only.set(mine);
        // Who may not choose is slower, and no worse.
        let _ = sched_setaffinity(None, &only);
    }
}

fn lock(sum: &Mutex<Sum>) -> MutexGuard<'_, Sum> {
    sum.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How much is told of a run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Telling {
    Nothing,
    Wrong,
    All,
}

#[derive(Default)]
struct Sum {
    seeds: u64,
    acked: usize,
    bad: u64,
    /// The machine that plays it had no room, or the like.
    not_played: u64,
    counts: BTreeMap<&'static str, u64>,
    /// The first seed with something wrong, and its count.
    first: Option<(u64, &'static str)>,
}

impl Sum {
    fn add(&mut self, seed: u64, played: std::io::Result<Outcome>, telling: Telling) {
        self.seeds += 1;
        let outcome = match played {
            Ok(outcome) => outcome,
            Err(why) => {
                println!("seed {seed}: cannot be played: {why}");
                self.not_played += 1;
                return;
            }
        };
        self.acked += outcome.acked;
        for (count, _) in &outcome.wrong {
            *self.counts.entry(count).or_default() += 1;
        }
        if let Some((count, _)) = outcome.wrong.first() {
            self.first.get_or_insert((seed, count));
        }
        for (count, story) in outcome.wrong.iter().filter(|_| telling != Telling::Nothing) {
            println!("seed {seed}: {count}: {story}");
        }
        self.bad += u64::from(!outcome.wrong.is_empty());
        if telling == Telling::All {
            let (lines, hash) = &outcome.trace;
            println!("seed {seed}: {lines} lines, hash {hash}");
        }
    }
}
