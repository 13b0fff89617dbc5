//! The server as a process: started, killed, started again where it was.

use std::{
    collections::{BTreeMap, VecDeque},
    io,
    net::SocketAddr,
    path::PathBuf,
    process::{Output, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use thiserror::Error;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    time::{Instant, timeout},
};

/// How long the server may take until it listens.
const STARTS_WITHIN: Duration = Duration::from_secs(30);

/// How many of its last lines are kept, to be told if it ends by itself.
const LINES_KEPT: usize = 20;

/// Why something could not be played at all.
#[derive(Debug, Error)]
pub enum Failed {
    /// The machine did not do as it was told.
    #[error("{0}")]
    Machine(#[from] io::Error),
    /// The database cannot be read.
    #[error("the database cannot be read: {0}")]
    Database(#[from] sqlx::Error),
    /// The server ended before it listened, or never did.
    #[error("the server did not start:\n{0}")]
    NoServer(String),
    /// Something that has to be there for anything to begin is not.
    #[error("{0}")]
    NoBeginning(String),
}

/// How a server is started.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// The program.
    pub binary: PathBuf,
    /// Its data folder.
    pub data: PathBuf,
    /// Where it listens; port 0 lets it choose.
    pub listen: SocketAddr,
    /// Settings, as the environment names them.
    pub environment: Vec<(&'static str, String)>,
    /// Who it runs as, if not as ourselves.
    pub user: Option<u32>,
}

impl Recipe {
    /// A server of this program on this folder, with no limits on how fast people may be.
    pub fn new(binary: PathBuf, data: PathBuf) -> Self {
        let environment = [
            ("CONFAB_LOG_LEVEL", "warn"),
            ("CONFAB_LIMITS_SENDS_PER_SECOND", "100000"),
            ("CONFAB_LIMITS_SENDS_BURST", "100000"),
            ("CONFAB_LIMITS_FRAMES_PER_SECOND", "100000"),
            ("CONFAB_GATEWAY_SOCKETS_PER_USER", "100000"),
            ("CONFAB_GATEWAY_SOCKETS_PER_ADDRESS", "100000"),
        ];
        let environment = environment.map(|(name, value)| (name, value.to_owned())).to_vec();
        Self {
            binary,
            data,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            environment,
            user: None,
        }
    }

    /// Starts it and waits until it listens. It dies with what is returned.
    ///
    /// # Errors
    ///
    /// [`Failed::NoServer`] with its last words.
    pub async fn start(&self) -> Result<Server, Failed> {
        let mut command = Command::new("sh");
        // Who writes beyond a limit is told so by the call that wrote, not killed by a signal.
        command.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"]);
        command.args(self.as_user());
        command.arg(&self.binary).args(["serve", "--listen", &self.listen.to_string()]);
        command.arg("--data").arg(&self.data).args(["--site", "target/site"]);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.kill_on_drop(true).spawn()?;
        let lines = LastLines::default();
        if let Some(errors) = child.stderr.take() {
            tokio::spawn(lines.clone().read(errors));
        }
        let listens = timeout(STARTS_WITHIN, listens_at(&mut child)).await;
        match listens.ok().flatten() {
            Some(address) => Ok(Server { child, address, lines, since: Instant::now() }),
            None => Err(Failed::NoServer(lines.text())),
        }
    }

    /// What makes a command that of the user whom the server runs as; it goes before the command.
    pub fn as_user(&self) -> Vec<String> {
        let as_user = |user| {
            let ids = [format!("--reuid={user}"), format!("--regid={user}")];
            [&["setpriv".to_owned()], &ids[..], &["--clear-groups".to_owned(), "--".to_owned()]]
                .concat()
        };
        self.user.map(as_user).unwrap_or_default()
    }

    /// What the server's own doctor says of the folder, and whether it is content.
    ///
    /// # Errors
    ///
    /// When it cannot be asked.
    pub async fn doctor(&self) -> Result<(bool, String), Failed> {
        let mut command = Command::new(&self.binary);
        let Output { status, stdout, stderr } =
            command.args(["doctor", "--data"]).arg(&self.data).output().await?;
        let said = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
        Ok((status.success(), said))
    }

    /// Where its database lies.
    pub fn database(&self) -> PathBuf {
        self.data.join("confab.db")
    }
}

async fn listens_at(child: &mut Child) -> Option<SocketAddr> {
    let mut lines = BufReader::new(child.stdout.take()?).lines();
    let address = loop {
        let line = lines.next_line().await.ok()??;
        if let Some(address) = line.strip_prefix("listening on http://") {
            break address.parse().ok()?;
        }
    };
    // A full pipe would hold it.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Some(address)
}

/// What it has written: the last lines, and which words how often.
#[derive(Clone, Default)]
struct LastLines(Arc<Mutex<Lines>>);

#[derive(Default)]
struct Lines {
    last: VecDeque<String>,
    words: BTreeMap<String, usize>,
}

impl LastLines {
    async fn read(self, from: impl AsyncRead + Unpin) {
        let mut lines = BufReader::new(from).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            for word in line.split(' ').filter(|word| word.starts_with("code=")) {
                *kept.words.entry(word.to_owned()).or_default() += 1;
            }
            if kept.last.len() == LINES_KEPT {
                kept.last.pop_front();
            }
            kept.last.push_back(line);
        }
    }

    fn text(&self) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.last.iter().cloned().collect::<Vec<_>>().join("\n")
    }
}

/// A server that runs.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// Since when.
    pub since: Instant,
    lines: LastLines,
}

impl Server {
    /// Ends it without a word, as `kill -9` does.
    ///
    /// # Errors
    ///
    /// When it cannot be ended.
    pub async fn kill(mut self) -> Result<(), Failed> {
        Ok(self.child.kill().await?)
    }

    /// Its number, while it runs.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Its last words, if it has ended by itself.
    pub fn has_ended(&mut self) -> Option<String> {
        let ended = self.child.try_wait().ok().flatten()?;
        Some(format!("{ended}\n{}", self.lines.text()))
    }

    /// How many sockets it said it had closed so (`code=4008`).
    pub fn lines_with(&self, code: &str) -> usize {
        let kept = self.lines.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.words.get(code).copied().unwrap_or_default()
    }

    /// Memory that it has in use, in bytes.
    pub fn memory(&self) -> Option<u64> {
        let path = format!("/proc/{}/status", self.id()?);
        let status = std::fs::read_to_string(path).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kilobytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
        Some(kilobytes * 1024)
    }

    /// Processor time that it has used.
    pub fn processor(&self) -> Option<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id()?)).ok()?;
        // After the name, which may hold anything, in parentheses; 100 ticks are a second.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
        let ticks: u64 =
            fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
        Some(Duration::from_millis(ticks * 10))
    }
}
