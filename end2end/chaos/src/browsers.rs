//! Two people in two browsers among those who see the server killed: a story of Playwright's, started
//! and ended from here (`end2end/chaos/browsers/two.spec.ts`).

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use tokio::{
    process::{Child, Command},
    sync::watch,
    time::{sleep, timeout},
};

use crate::{proxy::Road, server::Failed, table::Table};

/// How long the browsers may take to be there, and to come to an end.
const PATIENCE: Duration = Duration::from_secs(90);

/// The number of the first browser's road; the devices have those before.
const FIRST_ROAD: usize = 1_000;

/// The browsers. They end with it.
pub struct Browsers {
    story: Child,
    roads: Vec<Arc<Road>>,
    folder: PathBuf,
}

impl Browsers {
    /// Opens them, each by a road of its own, and waits until they write to each other.
    ///
    /// # Errors
    ///
    /// When they do not.
    pub async fn open(
        seed: u64,
        server: SocketAddr,
        storm: &watch::Receiver<bool>,
        folder: &Path,
    ) -> Result<Self, Failed> {
        let mut roads = Vec::new();
        for number in 0..2 {
            roads.push(Road::open(seed, FIRST_ROAD + number, server, storm.clone()).await?);
        }
        let urls: Vec<_> = roads.iter().map(|road| format!("http://{}", road.address)).collect();
        let mut command = Command::new("playwright");
        command.args(["test", "--config", "chaos/playwright.config.ts"]).current_dir("end2end");
        command.env("CHAOS_URLS", urls.join(",")).env("CHAOS_SERVER", format!("http://{server}"));
        command.env("CHAOS_FOLDER", folder).stdin(Stdio::null());
        command.stdout(std::fs::File::create(folder.join("browsers.txt"))?);
        let story = command.kill_on_drop(true).spawn()?;
        let mut browsers = Self { story, roads, folder: folder.to_owned() };
        let there = timeout(PATIENCE, browsers.are_there()).await;
        match there.unwrap_or(false) {
            true => Ok(browsers),
            false => Err(Failed::NoBeginning(format!("no browsers:\n{}", browsers.said()))),
        }
    }

    async fn are_there(&mut self) -> bool {
        while !self.folder.join("there").exists() {
            if self.story.try_wait().is_ok_and(|ended| ended.is_some()) {
                return false;
            }
            sleep(Duration::from_millis(100)).await;
        }
        true
    }

    fn said(&self) -> String {
        std::fs::read_to_string(self.folder.join("browsers.txt")).unwrap_or_default()
    }

    /// Has them write no more, and compare what they show with the log.
    ///
    /// # Errors
    ///
    /// When they cannot be told.
    pub async fn close(mut self, table: &mut Table) -> Result<(), Failed> {
        std::fs::write(self.folder.join("over"), "")?;
        let ended = timeout(PATIENCE, self.story.wait()).await;
        let is_well = matches!(ended, Ok(Ok(status)) if status.success());
        let wrote = std::fs::read_to_string(self.folder.join("wrote")).unwrap_or_default();
        table.tells("messages written in browsers", wrote.trim());
        let seen = if is_well { "once, in order" } else { "not so" };
        table.holds("two browsers: all is in the log, and shown", seen, "once, in order", is_well);
        if !is_well {
            table.story(self.said());
        }
        self.roads.iter().for_each(|road| road.close());
        Ok(())
    }
}
