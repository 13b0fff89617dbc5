//! Many devices, told what to do together.

use std::{collections::BTreeMap, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use confab_protocol::{DialogId, Ev};
use sqlx::{
    ConnectOptions, Row,
    sqlite::{SqliteConnectOptions, SqliteRow},
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
    time::{Instant, sleep},
};
use witness::{checker::check, ledger::Ledger};

use crate::{
    counts::Counts,
    device::{Device, Happening, Level, Order, Seat},
    people::Person,
    proxy::Road,
    server::{Failed, Recipe},
    table::Table,
};

/// What must be zero at the end, after the checker and the devices themselves.
const ZEROS: [(&str, &[&str]); 10] = [
    ("lost", &["lost"]),
    ("doubled", &["duplicate"]),
    ("out of order", &["order"]),
    ("gaps", &["gap"]),
    ("going back", &["back"]),
    ("receipts going back", &["receipt"]),
    ("dropped in silence", &["dropped"]),
    ("FIFO violated", &["fifo"]),
    ("phantoms and leaks", &["phantom", "leak"]),
    (
        "refused, denied, unreadable",
        &["refused", "denied", "unreadable", "sent away", "not to be had"],
    ),
];

/// The devices. They die with it.
pub struct Crowd {
    devices: Vec<mpsc::UnboundedSender<Happening>>,
    tasks: JoinSet<()>,
    /// What they saw.
    pub ledger: Ledger,
    /// What they count.
    pub counts: Arc<Counts>,
    told: mpsc::UnboundedSender<Level>,
    /// Who is level again.
    pub levels: mpsc::UnboundedReceiver<Level>,
}

impl Default for Crowd {
    fn default() -> Self {
        let (told, levels) = mpsc::unbounded_channel();
        let (devices, tasks) = (Vec::new(), JoinSet::new());
        let (ledger, counts) = (Ledger::default(), Arc::default());
        Self { devices, tasks, ledger, counts, told, levels }
    }
}

impl Crowd {
    /// One device more, by a road or straight to the server.
    pub fn enters(&mut self, seed: u64, person: Person, at: SocketAddr, road: Option<Arc<Road>>) {
        let seat = Seat {
            number: self.devices.len(),
            person,
            address: at,
            road,
            ledger: self.ledger.clone(),
            counts: Arc::clone(&self.counts),
            level: self.told.clone(),
        };
        let (device, orders) = Device::new(seed, seat);
        self.tasks.spawn(device.live());
        self.devices.push(orders);
    }

    /// How many there are.
    pub fn size(&self) -> usize {
        self.devices.len()
    }

    /// Tells all of them the same.
    pub fn tell(&self, order: impl Fn() -> Order) {
        for device in &self.devices {
            let _ = device.send(Happening::Order(order()));
        }
    }

    /// Who differs from a fresh fetch, and in what.
    pub async fn differences(&self, server: SocketAddr) -> Vec<String> {
        let mut reports = Vec::new();
        for device in &self.devices {
            let (report, reported) = oneshot::channel();
            let _ = device.send(Happening::Order(Order::Compare(server, report)));
            reports.push(reported);
        }
        let mut differ = Vec::new();
        for (number, reported) in reports.into_iter().enumerate() {
            match reported.await {
                Ok(None) => {}
                Ok(Some(why)) => differ.push(format!("device{number}: {why}")),
                Err(_) => differ.push(format!("device{number} has ended")),
            }
        }
        differ
    }

    /// Nobody does anything more; how long it takes until all show the same as a fresh fetch, and who
    /// never does.
    pub async fn settles(&self, server: SocketAddr, patience: Duration) -> (Duration, Vec<String>) {
        self.tell(|| Order::Write(None));
        let began = Instant::now();
        loop {
            sleep(Duration::from_millis(250)).await;
            let differ = self.differences(server).await;
            if differ.is_empty() || began.elapsed() > patience {
                return (began.elapsed(), differ);
            }
        }
    }

    /// Holds what the devices saw against the log of a server that is down, and asks its doctor.
    ///
    /// # Errors
    ///
    /// When the log cannot be read.
    pub async fn is_judged(&mut self, recipe: &Recipe, table: &mut Table) -> Result<(), Failed> {
        self.tasks.shutdown().await;
        let (healthy, said) = recipe.doctor().await?;
        let wrong = {
            // The devices are gone: nobody waits for the book.
            let book = std::mem::take(&mut *self.ledger.open());
            let mut wrong = check(&recipe.database(), &book).await?;
            wrong.extend(book.wrong);
            wrong
        };
        for (name, counts) in ZEROS {
            table.is_none(name, wrong.iter().filter(|(count, _)| counts.contains(count)).count());
        }
        for (count, story) in wrong {
            table.story(format!("{count}: {story}"));
        }
        table.holds("confab doctor", said.lines().last().map_or("", summary), "sound", healthy);
        if !healthy {
            table.story(said);
        }
        Ok(())
    }
}

/// The end of the doctor's last line, without the path.
fn summary(line: &str) -> &str {
    line.rsplit_once(" is ").map_or(line, |(_, end)| end)
}

/// How far the log of each dialog is.
///
/// # Errors
///
/// When it cannot be read.
pub async fn positions(database: &Path) -> Result<BTreeMap<DialogId, Ev>, Failed> {
    let options = SqliteConnectOptions::new().filename(database).read_only(true);
    let mut connection = options.connect().await?;
    let rows = sqlx::query("SELECT id, last_ev FROM dialogs").fetch_all(&mut connection).await?;
    let position = |row: &SqliteRow| {
        let (id, ev): (String, i64) = (row.try_get("id").ok()?, row.try_get("last_ev").ok()?);
        Some((DialogId::parse(id).ok()?, Ev(ev.cast_unsigned())))
    };
    Ok(rows.iter().filter_map(position).collect())
}
