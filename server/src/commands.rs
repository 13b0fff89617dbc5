//! What an operator does besides serving: take a backup, put one back, look whether all is well.
//!
//! Each command parses, calls the one function of `store` that does it, and says what came of it:
//! on standard output when it is done, on standard error when it is not, and by its exit code.

use std::{
    fmt::{self, Display},
    path::{Path, PathBuf},
};

use clap::Args;
use confab_server::{
    ops::{Clock, Random},
    store::{Diagnosis, Finding, RestoreError, Restored, backup, database_in, examine, restore},
};

/// The guests' key, which lies beside the database and is in no backup.
const KEY: &str = "cookie.key";

/// Where the data are.
#[derive(Args, Debug)]
struct Data {
    /// The folder that holds the database and the cookie key.
    #[arg(long = "data", value_name = "DIR", env = "CONFAB_DATA", default_value = "data")]
    folder: PathBuf,
}

/// What `confab backup` is told.
#[derive(Args, Debug)]
pub struct Backup {
    /// The file to make; one that is there already is not overwritten.
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

/// What `confab restore` is told.
#[derive(Args, Debug)]
pub struct Restore {
    /// A file that `confab backup` has made.
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

/// What `confab doctor` is told.
#[derive(Args, Debug)]
pub struct Doctor {
    /// The database to look at. Default: the data folder's.
    file: Option<PathBuf>,
    #[command(flatten)]
    data: Data,
}

/// What came of a command: what there is to say, and whether it is as it should be.
pub struct Outcome {
    /// For standard output, with its last line ended.
    pub said: String,
    /// Otherwise why, for standard error.
    pub result: Result<(), String>,
}

impl Outcome {
    fn done(said: String) -> Self {
        Self { said, result: Ok(()) }
    }

    fn failed(why: impl Display) -> Self {
        Self { said: String::new(), result: Err(why.to_string()) }
    }
}

impl Backup {
    /// Copies the database, while a server runs or not.
    pub async fn run(self, clock: &Clock) -> Outcome {
        let (folder, file) = (self.data.folder, self.file.display());
        let began = clock.now();
        match backup(&folder, &self.file).await {
            Ok(bytes) => Outcome::done(format!(
                "{file} holds {} as it was a moment ago: {bytes} bytes in {}\n\
                 {} is not in it; keep a copy of it apart, if guests are to stay who they are elsewhere, too\n",
                database_in(&folder).display(),
                Seconds(clock.now() - began),
                folder.join(KEY).display(),
            )),
            Err(error) => Outcome::failed(error),
        }
    }
}

impl Restore {
    /// Puts a backup in the place of the database, while no server runs.
    pub async fn run(self, clock: &Clock, random: &Random) -> Outcome {
        let began = clock.now();
        match restore(&self.data.folder, &self.file, clock, random).await {
            Ok(restored) => {
                let took = Seconds(clock.now() - began);
                Outcome::done(self.told(&restored, &took))
            }
            Err(RestoreError::Damaged { file, diagnosis }) => Outcome {
                said: offences(&diagnosis),
                result: Err(format!("{file} is not sound; nothing was changed")),
            },
            Err(error) => Outcome::failed(error),
        }
    }

    fn told(&self, restored: &Restored, took: &Seconds) -> String {
        let Restored { database, bytes, epoch, replaced } = restored;
        let mut told = format!(
            "{} holds {} now: {bytes} bytes in {took}, its epoch is {epoch}\n",
            database.display(),
            self.file.display(),
        );
        if let Some(replaced) = replaced {
            told += &format!("what was there before is {}\n", replaced.display());
        }
        let key = self.data.folder.join(KEY);
        if !key.exists() {
            told += &format!(
                "there is no {}: put the old one there before the server starts, or guests are new people\n",
                key.display(),
            );
        }
        told
    }
}

impl Doctor {
    /// Looks whether a database is what it must be, while a server runs or not.
    pub async fn run(self) -> Outcome {
        let file = self.file.unwrap_or_else(|| database_in(&self.data.folder));
        match examine(&file).await {
            Ok(diagnosis) => told(&file, &diagnosis),
            Err(error) => Outcome::failed(error),
        }
    }
}

fn told(file: &Path, diagnosis: &Diagnosis) -> Outcome {
    let lines = diagnosis.0.iter().map(|finding| match finding.is_sound() {
        true => format!("ok      {}\n", finding.check),
        false => failed(finding),
    });
    let (file, all) = (file.display(), diagnosis.0.len());
    let sick = diagnosis.0.iter().filter(|finding| !finding.is_sound()).count();
    let mut said: String = lines.collect();
    let result = match sick {
        0 => {
            said += &format!("{file} is sound: {all} checks\n");
            Ok(())
        }
        sick => Err(format!("{file} is not sound: {sick} of {all} checks failed")),
    };
    Outcome { said, result }
}

fn offences(diagnosis: &Diagnosis) -> String {
    diagnosis.0.iter().filter(|finding| !finding.is_sound()).map(failed).collect()
}

/// A check that failed, and below it who breaks it.
fn failed(finding: &Finding) -> String {
    let mut text = format!("FAILED  {}\n", finding.check);
    for offence in &finding.offences {
        text += &format!("        {offence}\n");
    }
    if finding.count > finding.offences.len() {
        text += &format!("        and {} more\n", finding.count - finding.offences.len());
    }
    text
}

/// A time as people read it.
struct Seconds(std::time::Duration);

impl Display for Seconds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.2} s", self.0.as_secs_f64())
    }
}
