//! The command line of Confab.

mod commands;

use std::{
    fmt::Display,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand};
use confab_server::{
    Server,
    ops::{Clock, Config, Random, config::Sources, logs},
};
use tracing::info;

/// A self-hosted real-time chat in one binary.
#[derive(Debug, Parser)]
#[command(version, about, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the chat (the default).
    Serve(Serve),
    /// Copy the database to a file; the server may go on.
    ///
    /// The copy is the database as it stands at one moment. The cookie key is not in it.
    Backup(commands::Backup),
    /// Put a backup in the place of the database; the server must be stopped.
    ///
    /// The backup is examined first, and stays as it is. The database that was there is kept beside
    /// it under a name with the date. Browsers that know more than the backup begin afresh. Run it as
    /// the user whom the server runs as.
    Restore(commands::Restore),
    /// Look whether a database is sound; the server may go on.
    ///
    /// Reads only. One line for each check; ends with 1 when one of them fails.
    Doctor(commands::Doctor),
}

#[derive(Args, Debug)]
struct Serve {
    /// Where to listen; port 0 takes a free one and prints it. Default: site-addr of the file.
    #[arg(long, value_name = "ADDRESS:PORT", env = "CONFAB_LISTEN")]
    listen: Option<String>,
    /// The folder that holds the database and the cookie key. Default: data.
    #[arg(long, value_name = "DIR", env = "CONFAB_DATA")]
    data: Option<PathBuf>,
    /// The folder that holds the site's files. Default: site-root of the file.
    #[arg(long, value_name = "DIR", env = "CONFAB_SITE")]
    site: Option<PathBuf>,
    /// The configuration file. Default: Leptos.toml, if there is one.
    #[arg(long, value_name = "FILE", env = "CONFAB_CONFIG")]
    config: Option<PathBuf>,
    /// Put sample messages into an empty lobby and let clients ask for closeAfter.
    #[arg(long, env = "CONFAB_DEMO")]
    demo: bool,
    /// Print every setting with its value and end.
    #[arg(long)]
    check_config: bool,
}

impl From<&Serve> for Sources {
    fn from(serve: &Serve) -> Self {
        Self {
            file: serve.config.clone(),
            environment: std::env::vars_os().collect(),
            listen: serve.listen.clone(),
            data: serve.data.clone(),
            site: serve.site.clone(),
            demo: serve.demo,
        }
    }
}

/// The command line or a setting is wrong, as `clap` has it.
const EXIT_USAGE: u8 = 2;
/// Something else is wrong.
const EXIT_FAILURE: u8 = 1;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let clock = Clock::system();
    match cli.command {
        None => start(&cli.serve),
        Some(Command::Serve(serve)) => start(&serve),
        Some(Command::Backup(backup)) => finish(async { Ok(backup.run(&clock).await) }),
        Some(Command::Restore(restore)) => finish(async {
            let random = Random::from_seed(seed()?);
            Ok(restore.run(&clock, &random).await)
        }),
        Some(Command::Doctor(doctor)) => finish(async { Ok(doctor.run().await) }),
    }
}

/// Serves, or shows what it would serve with.
fn start(serve: &Serve) -> ExitCode {
    let config = match Config::read(&Sources::from(serve)) {
        Ok(config) => config,
        Err(error) => return fail(EXIT_USAGE, error),
    };
    if serve.check_config {
        say(config.show());
        return ExitCode::SUCCESS;
    }
    logs::start(&config.settings.log);
    wait_for(run(config))
}

/// Runs one of the other commands to its end, and says what came of it.
fn finish(command: impl Future<Output = Result<commands::Outcome, String>>) -> ExitCode {
    wait_for(async {
        let outcome = match command.await {
            Ok(outcome) => outcome,
            Err(why) => return fail(EXIT_FAILURE, why),
        };
        say(outcome.said);
        match outcome.result {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => fail(EXIT_FAILURE, why),
        }
    })
}

fn wait_for(work: impl Future<Output = ExitCode>) -> ExitCode {
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => fail(EXIT_FAILURE, format!("the runtime cannot be started: {error}")),
    }
}

/// Where chance begins.
fn seed() -> Result<u64, String> {
    getrandom::u64().map_err(|error| format!("the system gives no randomness: {error}"))
}

/// Tells whoever reads standard output. Nobody may: `confab --check-config | head -1` has left.
fn say(text: impl Display) {
    let mut out = io::stdout().lock();
    let _ = write!(out, "{text}").and_then(|()| out.flush());
}

/// Says what is in the way, if anybody reads it, and gives the exit code.
fn fail(code: u8, why: impl Display) -> ExitCode {
    let _ = writeln!(io::stderr(), "confab: {why}");
    ExitCode::from(code)
}

async fn run(config: Config) -> ExitCode {
    let seed = match seed() {
        Ok(seed) => seed,
        Err(why) => return fail(EXIT_FAILURE, why),
    };
    info!(version = env!("CARGO_PKG_VERSION"), seed, data = %config.data.display(), "starting");
    let mut stop = match Stop::listen() {
        Ok(stop) => stop,
        Err(error) => return fail(EXIT_FAILURE, format!("signals cannot be heard: {error}")),
    };
    let mut server = match Server::start(config, Clock::system(), Random::from_seed(seed)).await {
        Ok(server) => server,
        Err(error) => return fail(EXIT_FAILURE, error),
    };
    info!(address = %server.address(), "listening");
    say(format_args!("listening on http://{}\n", server.address()));
    let is_asked = tokio::select! {
        signal = stop.wait() => {
            info!(signal, "asked to stop");
            true
        }
        () = server.failed() => false,
    };
    let has_ended = server.stop().await;
    if is_asked && has_ended { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The signals that end the server.
struct Stop {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Stop {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?,
            // Both from now on: until it is listened for, ctrl-c ends the program without goodbye.
            #[cfg(unix)]
            interrupt: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?,
        })
    }

    async fn wait(&mut self) -> &'static str {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "ctrl-c",
        }
        #[cfg(not(unix))]
        {
            let _ = tokio::signal::ctrl_c().await;
            "ctrl-c"
        }
    }
}
