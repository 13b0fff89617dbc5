//! Thousands of sockets die at once, while something is said, and all of them come back at once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use confab_protocol::{DialogId, Ev};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{Instant, sleep, timeout_at},
};

use crate::{
    Plan,
    crowd::positions,
    light::{Light, Noticed, Seat, straight},
    people::{Person, comes_in, group, says},
    server::{Failed, Recipe, Server},
    table::{Table, Times, seconds},
};

/// People whose sockets these are.
const PEOPLE: usize = 10;
/// Sockets that open at once in the beginning, which is not what is measured.
const WAVE: usize = 250;
/// How long all may take to be there in the beginning.
const ENTERS_WITHIN: Duration = Duration::from_secs(120);
/// How long a socket must have held for its next loss to be the first one (`Settings::steady_after`).
const HOLDS: Duration = Duration::from_secs(3);
/// What is said while they are away.
const MISSED: usize = 20;
/// How soon all are to be level again.
const RESUMED_WITHIN: Duration = Duration::from_secs(30);

/// The herd, and who says something to it.
struct Herd {
    server: Server,
    dialog: DialogId,
    owner: Person,
    cuts: watch::Sender<u64>,
    notes: mpsc::UnboundedReceiver<Noticed>,
    positions: Vec<Arc<AtomicU64>>,
    devices: JoinSet<()>,
}

/// Plays it.
///
/// # Errors
///
/// When it cannot be played at all.
pub async fn play(plan: &Plan) -> Result<Table, Failed> {
    let folder = plan.folder()?;
    let recipe = Recipe::new(plan.binary.clone(), folder.path().join("data"));
    let mut table = Table::new("herd");
    let mut herd = Herd::gathers(plan, &recipe, &mut table).await?;
    sleep(HOLDS).await;
    let (worked, began) = (herd.server.processor(), Instant::now());
    herd.cuts.send_modify(|cuts| *cuts += 1);
    for number in 0..MISSED {
        says(herd.server.address, &herd.owner, &herd.dialog, format!("missed {number}")).await?;
    }
    let said = began.elapsed();
    let (times, closes) = herd.resumes(plan.herd, began).await;
    let worked = herd.server.processor().zip(worked).map(|(now, then)| now - then);
    table.tells("said meanwhile", format!("{MISSED} messages in {}", seconds(said)));
    let told = format!("{} of {}", times.count(), plan.herd);
    table.holds("resumed after the cut", told, "all", times.count() == plan.herd);
    let longest = times.per_mille(1000);
    table.tells("resumed after, p50 / p99 / longest", &times);
    let bound = format!("within {}", seconds(RESUMED_WITHIN));
    table.holds("  the last", seconds(longest), bound, longest < RESUMED_WITHIN);
    table.tells("processor time of the server", seconds(worked.unwrap_or_default()));
    table.tells("tries that failed on the way", closes);
    let log = positions(&recipe.database()).await?;
    let log = log.get(&herd.dialog).copied().unwrap_or_default();
    let behind = herd.is_behind(log, began + RESUMED_WITHIN).await;
    table.tells("all that was said meanwhile was heard after", seconds(began.elapsed()));
    table.is_none("not level with the log by then", behind);
    let memory = herd.server.memory().unwrap_or_default();
    table.tells("memory of the server", format!("{} MiB", memory / (1 << 20)));
    herd.devices.shutdown().await;
    herd.server.kill().await?;
    let (healthy, said) = recipe.doctor().await?;
    table.holds("confab doctor", if healthy { "sound" } else { "not sound" }, "sound", healthy);
    if !healthy {
        table.story(said);
    }
    Ok(table)
}

impl Herd {
    async fn gathers(plan: &Plan, recipe: &Recipe, table: &mut Table) -> Result<Self, Failed> {
        let server = recipe.start().await?;
        let mut people = Vec::new();
        for number in 0..PEOPLE {
            people.push(comes_in(server.address, &format!("Person {number}")).await?);
        }
        let dialog = group(server.address, &people).await?;
        let (tell, notes) = mpsc::unbounded_channel();
        let (cuts, cut) = watch::channel(0);
        let began = Instant::now();
        let mut herd = Self {
            owner: people[0].clone(),
            dialog: dialog.clone(),
            cuts,
            notes,
            positions: Vec::new(),
            devices: JoinSet::new(),
            server,
        };
        for number in 0..plan.herd {
            let position = Arc::new(AtomicU64::new(0));
            herd.positions.push(Arc::clone(&position));
            let seat = Seat {
                server: herd.server.address,
                cookie: people[number % PEOPLE].cookie.clone(),
                dialogs: vec![(dialog.clone(), Ev(0))],
                connects: straight(herd.server.address),
                cuts: cut.clone(),
                notes: tell.clone(),
                position,
            };
            herd.devices.spawn(Light::new(plan.seed, number, seat).live());
            if (number + 1) % WAVE == 0 || number + 1 == plan.herd {
                herd.are_level((number + 1) % WAVE, number + 1, began + ENTERS_WITHIN).await?;
            }
        }
        table.tells("sockets", plan.herd);
        table.tells("all there after", seconds(began.elapsed()));
        Ok(herd)
    }

    /// Waits for a wave of those that enter.
    async fn are_level(&mut self, rest: usize, all: usize, by: Instant) -> Result<(), Failed> {
        let mut missing = if rest == 0 { WAVE.min(all) } else { rest };
        while missing > 0 {
            match timeout_at(by, self.notes.recv()).await {
                Ok(Some(Noticed::Level { .. })) => missing -= 1,
                Ok(Some(_)) => {}
                _ => return Err(Failed::NoBeginning(format!("{missing} of {all} do not enter"))),
            }
        }
        Ok(())
    }

    /// How many are not where the log is, at last.
    async fn is_behind(&self, log: Ev, by: Instant) -> usize {
        loop {
            let behind = |position: &&Arc<AtomicU64>| position.load(Relaxed) != log.0;
            let behind = self.positions.iter().filter(behind).count();
            if behind == 0 || Instant::now() > by {
                return behind;
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// When each was level again after the cut, and how many tries failed.
    async fn resumes(&mut self, all: usize, began: Instant) -> (Times, usize) {
        let (mut times, mut closes) = (Times::default(), 0);
        while times.count() < all {
            match timeout_at(began + RESUMED_WITHIN * 2, self.notes.recv()).await {
                Ok(Some(Noticed::Level { at, cuts: 1 })) => times.push(at - began),
                Ok(Some(Noticed::Closed)) => closes += 1,
                Ok(Some(_)) => {}
                _ => break,
            }
        }
        (times, closes)
    }
}
