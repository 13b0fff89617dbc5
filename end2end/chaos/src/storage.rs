//! The disk is full, then files may not grow, then the database may only be read, and each time it is
//! well again: what can be read is read, what cannot be stored is refused for now, and nobody restarts
//! anything.
//!
//! A disk that can be filled is a small one of its own ([`Disk`]), which only root may mount. Files that
//! may not grow are a limit (`prlimit`) that is set and lifted while the server runs. For a database that
//! may only be read the server must not be root, whom no permission binds: then it runs as nobody.

mod disk;

use std::{
    fs::{self, Permissions},
    io,
    net::SocketAddr,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::Path,
    time::Duration,
};

use confab_protocol::DialogId;
use tokio::{
    process::Command,
    time::{Instant, sleep},
};

use self::disk::Disk;
use crate::{
    Plan,
    crowd::Crowd,
    device::{Order, Pace},
    people::{Person, asks, comes_in, group},
    server::{Failed, Recipe, Server},
    table::{Table, seconds},
};

/// Devices that write.
const DEVICES: usize = 6;
/// How often each does.
const PACE: Pace = (40, 120);
/// How long all is well, and how long it is not.
const WHILE: Duration = Duration::from_secs(2);
/// How soon it is to be known that the server is not ready, and that it is.
const KNOWN_WITHIN: Duration = Duration::from_secs(5);
/// After so long without an ack whoever was refused has tried again.
const QUIET: Duration = Duration::from_secs(1);
/// How long it may take until what was refused is stored.
const PATIENCE: Duration = Duration::from_secs(20);
/// Who has nothing.
const NOBODY: u32 = 65_534;

/// What is played on.
struct Stage {
    server: Server,
    crowd: Crowd,
    reader: Person,
    dialog: DialogId,
    table: Table,
}

/// Plays it.
///
/// # Errors
///
/// When it cannot be played at all.
pub async fn play(plan: &Plan) -> Result<Table, Failed> {
    let folder = plan.folder()?;
    let recipe = recipe(plan, folder.path())?;
    let disk = Disk::mounted(&recipe).await;
    let server = recipe.start().await?;
    let mut people = Vec::new();
    for number in 0..DEVICES {
        people.push(comes_in(server.address, &format!("Person {number}")).await?);
    }
    let dialog = group(server.address, &people).await?;
    let mut crowd = Crowd::default();
    for person in &people {
        crowd.enters(plan.seed, person.clone(), server.address, None);
    }
    let reader = people.swap_remove(0);
    let mut stage = Stage { server, crowd, reader, dialog, table: Table::new("storage") };
    match &disk {
        Some(disk) => {
            stage.all_is_well().await;
            disk.fills()?;
            stage.nothing_can_be_stored("disk full").await?;
            disk.is_emptied()?;
            stage.is_well_again("disk full").await;
        }
        None => stage.table.tells("disk full", "none may be mounted here"),
    }

    stage.all_is_well().await;
    limit(&recipe, &stage.server, Some(1)).await?;
    stage.nothing_can_be_stored("files may not grow").await?;
    limit(&recipe, &stage.server, None).await?;
    stage.is_well_again("files may not grow").await;

    stage.all_is_well().await;
    let database = Database(&recipe.data);
    database.may_be_written(false)?;
    // What is open stays open: a failure makes the writer open it anew.
    limit(&recipe, &stage.server, Some(1)).await?;
    stage.becomes(503).await;
    limit(&recipe, &stage.server, None).await?;
    stage.nothing_can_be_stored("read-only").await?;
    database.may_be_written(true)?;
    stage.is_well_again("read-only").await;

    let Stage { server, mut crowd, mut table, .. } = stage;
    table.tells("messages acked", crowd.counts.acked.so_far());
    table.tells("sends refused for now", format!("{:?}", crowd.counts.refusals()));
    server.kill().await?;
    crowd.is_judged(&recipe, &mut table).await?;
    Ok(table)
}

/// How the server is started, so that permissions bind it.
fn recipe(plan: &Plan, folder: &Path) -> io::Result<Recipe> {
    let data = folder.join("data");
    fs::create_dir(&data)?;
    if fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(Recipe::new(plan.binary.clone(), data));
    }
    // Nobody may not even look into folders of ours.
    fs::set_permissions(folder, Permissions::from_mode(0o755))?;
    let binary = folder.join("confab");
    fs::copy(&plan.binary, &binary)?;
    chown(&data, Some(NOBODY), Some(NOBODY))?;
    Ok(Recipe { user: Some(NOBODY), ..Recipe::new(binary, data) })
}

/// Lets the server's files grow so large and no larger.
async fn limit(recipe: &Recipe, server: &Server, bytes: Option<u64>) -> Result<(), Failed> {
    let pid = server.id().map(|id| id.to_string()).unwrap_or_default();
    let most = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
    let limit = format!("--fsize={most}:unlimited");
    // Who is root in name only may set no limits of another's.
    let mut command = vec!["env".to_owned()];
    command.extend(recipe.as_user());
    command.extend(["prlimit", "--pid", &pid, &limit].map(str::to_owned));
    let status = Command::new(&command[0]).args(&command[1..]).status().await?;
    match status.success() {
        true => Ok(()),
        false => Err(Failed::NoBeginning(format!("prlimit {limit}: {status}"))),
    }
}

/// The files of a database.
struct Database<'a>(&'a Path);

impl Database<'_> {
    fn may_be_written(&self, may: bool) -> io::Result<()> {
        let (folder, file) = if may { (0o755, 0o644) } else { (0o555, 0o444) };
        for name in ["confab.db", "confab.db-wal", "confab.db-shm"] {
            fs::set_permissions(self.0.join(name), Permissions::from_mode(file))?;
        }
        fs::set_permissions(self.0, Permissions::from_mode(folder))
    }
}

impl Stage {
    async fn all_is_well(&mut self) {
        let before = self.acked();
        self.crowd.tell(|| Order::Write(Some(PACE)));
        sleep(WHILE).await;
        let acked = self.acked() - before;
        self.table.holds("acked while all is well", acked, "some", acked > 0);
    }

    async fn nothing_can_be_stored(&mut self, why: &str) -> Result<(), Failed> {
        let refused = |stage: &Self| -> usize { stage.crowd.counts.refusals().values().sum() };
        let refused_before = refused(self);
        let known = self.becomes(503).await;
        let told = known.map_or("never".to_owned(), seconds);
        let bound = format!("within {}", seconds(KNOWN_WITHIN));
        self.table.holds(format!("{why}: /readyz is 503 after"), told, bound, known.is_some());
        // What the system had given already may have room for some yet, and some were on their way.
        let full = Instant::now();
        let (mut acked, mut quiet) = (self.acked(), full);
        while (refused(self) == refused_before || quiet.elapsed() < QUIET)
            && full.elapsed() < KNOWN_WITHIN
        {
            sleep(Duration::from_millis(20)).await;
            if self.acked() != acked {
                (acked, quiet) = (self.acked(), Instant::now());
            }
        }
        let (acked, until) = (self.acked(), Instant::now() + WHILE);
        let (mut asked, mut read, mut not_ready, mut alive) = (0, 0, 0, 0);
        while Instant::now() < until {
            asked += 1;
            let path = ["/api/messages/dialog/", self.dialog.as_str()].concat();
            read += usize::from(self.status(&path).await == Some(200));
            not_ready += usize::from(self.status("/readyz").await == Some(503));
            alive += usize::from(self.status("/healthz").await == Some(200));
            sleep(Duration::from_millis(50)).await;
        }
        let (acked, refused) = (self.acked() - acked, refused(self) - refused_before);
        self.table.holds(format!("{why}: acked"), acked, "0", acked == 0);
        self.table.holds(format!("{why}: nack, to try again"), refused, "some", refused > 0);
        for (what, count) in [
            ("reads answered", read),
            ("/readyz still 503", not_ready),
            ("/healthz still 200", alive),
        ] {
            let told = format!("{count} of {asked}");
            self.table.holds(format!("{why}: {what}"), told, "all", count == asked);
        }
        if let Some(words) = self.server.has_ended() {
            return Err(Failed::NoServer(format!("it ended by itself: {words}")));
        }
        Ok(())
    }

    async fn is_well_again(&mut self, why: &str) {
        let known = self.becomes(200).await;
        let told = known.map_or("never".to_owned(), seconds);
        let bound = format!("within {}", seconds(KNOWN_WITHIN));
        self.table.holds(
            format!("{why}, mended: /readyz is 200 after"),
            told,
            bound,
            known.is_some(),
        );
        let (settled, differ) = self.crowd.settles(self.server.address, PATIENCE).await;
        let name = format!("{why}, mended: all stored and shown after");
        let bound = format!("within {}", seconds(PATIENCE));
        self.table.holds(name, seconds(settled), bound, differ.is_empty());
        differ.into_iter().for_each(|why| self.table.story(why));
    }

    /// How long it takes until `/readyz` says so, if it does.
    async fn becomes(&self, status: u16) -> Option<Duration> {
        let began = Instant::now();
        while began.elapsed() < KNOWN_WITHIN {
            if self.status("/readyz").await == Some(status) {
                return Some(began.elapsed());
            }
            sleep(Duration::from_millis(20)).await;
        }
        None
    }

    async fn status(&self, path: &str) -> Option<u16> {
        let address: SocketAddr = self.server.address;
        let cookie = Some(self.reader.cookie.as_str());
        Some(asks(address, cookie, "GET", path, String::new()).await?.status)
    }

    fn acked(&self) -> usize {
        self.crowd.counts.acked.so_far()
    }
}
