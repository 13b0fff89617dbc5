//! `bin/chaos`: the released binary as a process, on real sockets, in real time: killed, starved,
//! stormed, read slowly and told another time, by real engines; what they saw is held against the log at the end.

mod browsers;
mod clock;
mod counts;
mod crowd;
mod device;
mod herd;
mod kills;
mod light;
mod people;
mod proxy;
mod server;
mod slow;
mod storage;
mod table;

use std::{io, path::PathBuf, process::ExitCode};

use clap::{Parser, ValueEnum};
use server::Failed;
use table::Table;
use tempfile::TempDir;
use tokio::signal::{
    ctrl_c,
    unix::{SignalKind, signal},
};

/// The released binary, killed and starved under real engines.
#[derive(Parser)]
struct Options {
    /// How often the server is killed.
    #[arg(long)]
    kills: Option<usize>,
    /// Where the dice of faults, deaths and people begin.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Plays this scenario only; may be said several times.
    #[arg(long)]
    scenario: Vec<Scenario>,
    /// The short form: three kills without browsers, a herd of five hundred, no slow reader, no steps of
    /// the clock.
    #[arg(long)]
    short: bool,
    /// No browsers among those who see the kills.
    #[arg(long)]
    without_browsers: bool,
    /// The server.
    #[arg(long, default_value = "target/release/confab")]
    binary: PathBuf,
}

/// What can be played.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Scenario {
    /// The server is killed again and again.
    Kills,
    /// Its disk is full, then its database is read-only.
    Storage,
    /// Thousands of sockets die at once.
    Herd,
    /// One of a thousand reads 1 KiB a second.
    SlowReader,
    /// Its clock steps by an hour, there and back.
    Clock,
}

/// What is played, and how long.
struct Plan {
    binary: PathBuf,
    seed: u64,
    is_short: bool,
    kills: usize,
    browsers: bool,
    /// Sockets that die at once.
    herd: usize,
    /// Sockets besides the slow one.
    listeners: usize,
}

impl Plan {
    /// A folder that is gone when it is dropped.
    fn folder(&self) -> io::Result<TempDir> {
        tempfile::Builder::new().prefix("confab-chaos-").tempdir()
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(why) => {
            eprintln!("chaos: {why}");
            return ExitCode::FAILURE;
        }
    };
    let is_well = runtime.block_on(async {
        tokio::select! {
            biased;
            // What was started is dropped, and ends with that.
            () = is_stopped() => {
                eprintln!("chaos: stopped");
                false
            }
            is_well = plays(&options) => is_well,
        }
    });
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Somebody pressed ctrl-c, or sent SIGTERM.
async fn is_stopped() {
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = ctrl_c() => {}
            }
        }
        Err(_) => drop(ctrl_c().await),
    }
}

async fn plays(options: &Options) -> bool {
    let plan = Plan {
        binary: options.binary.clone(),
        seed: options.seed,
        is_short: options.short,
        kills: options.kills.unwrap_or(if options.short { 3 } else { 30 }),
        browsers: !options.short && !options.without_browsers,
        herd: if options.short { 500 } else { 5_000 },
        listeners: 999,
    };
    let mut scenarios = options.scenario.clone();
    if scenarios.is_empty() {
        let is_long = |scenario| matches!(scenario, Scenario::SlowReader | Scenario::Clock);
        let is_played = |scenario: &&Scenario| !options.short || !is_long(**scenario);
        scenarios = Scenario::value_variants().iter().filter(is_played).copied().collect();
    }
    let mut is_well = true;
    for scenario in scenarios {
        is_well &= match play(scenario, &plan).await {
            Ok(table) => {
                println!("{table}");
                table.is_well()
            }
            Err(why) => {
                println!("{scenario:?} cannot be played: {why}");
                false
            }
        };
    }
    is_well
}

async fn play(scenario: Scenario, plan: &Plan) -> Result<Table, Failed> {
    match scenario {
        Scenario::Kills => kills::play(plan).await,
        Scenario::Storage => storage::play(plan).await,
        Scenario::Herd => herd::play(plan).await,
        Scenario::SlowReader => slow::play(plan).await,
        Scenario::Clock => clock::play(plan).await,
    }
}
