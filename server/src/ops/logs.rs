//! Log lines that read alone and filter by field: to standard error, as text for people or as JSON
//! for machines. Never message text, never a token; an address once, where the connection opens.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt};

use super::config::Log;

/// Starts logging for the whole process. A second call changes nothing.
pub fn start(config: &Log) {
    let filter = EnvFilter::new(&config.level);
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let lines = lines.with_ansi(std::io::stderr().is_terminal());
    // Fails only when logging has been started before, as in a test.
    let _ = if config.format == "json" { lines.json().try_init() } else { lines.try_init() };
}
