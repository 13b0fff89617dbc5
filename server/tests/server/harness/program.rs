//! The program itself, in a process of its own: an empty environment, a folder of its own.

use std::{net::SocketAddr, path::Path, process::Stdio};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use super::soon;

/// `confab` in a folder, with nothing in its environment.
pub fn confab(folder: &Path) -> Command {
    command(Path::new(env!("CARGO_BIN_EXE_confab")), folder)
}

/// The program at another place.
pub fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env_clear().kill_on_drop(true);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A program that serves, until it is told to end or dropped.
pub struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    pub address: SocketAddr,
    pub folder: TempDir,
}

impl Program {
    /// Starts `confab` with some variables.
    pub async fn start(environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = confab(folder.path());
        command.envs(environment.iter().copied());
        Self::run(command, folder).await
    }

    /// Starts it on a free port and waits until it says which.
    pub async fn run(mut command: Command, folder: TempDir) -> Self {
        command.args(["serve", "--listen", "127.0.0.1:0"]).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = soon("the address", lines.next_line()).await.unwrap().expect("a line");
        let address = line.strip_prefix("listening on http://").expect(&line).parse().unwrap();
        Self { child, lines, address, folder }
    }

    pub async fn signal(&self, signal: &str) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().await.unwrap().success());
    }

    /// Is killed, without a chance to put anything in order.
    pub async fn dies(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Waits for the end and gives the exit status and what was still printed.
    pub async fn ends(mut self) -> (i32, String) {
        let mut rest = String::new();
        while let Some(line) = soon("the end", self.lines.next_line()).await.unwrap() {
            rest.push_str(&line);
        }
        let status = soon("the end", self.child.wait()).await.unwrap();
        (status.code().expect("ended by itself"), rest)
    }
}
