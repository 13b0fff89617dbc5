//! The server is killed again and again, on a network with faults, while fifty devices write.

use std::{io::Write, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    time::{Instant, sleep},
};
use witness::dice::Dice;

use crate::{
    Plan,
    browsers::Browsers,
    crowd::{Crowd, positions},
    device::{Level, Order, Pace, Return},
    people::{comes_in, group},
    proxy::Road,
    server::{Failed, Recipe, Server},
    table::{Table, Times, seconds},
};

/// People, each with two devices.
const PEOPLE: usize = 25;
/// So many of them make a group.
const GROUP: usize = 5;
/// How often somebody writes who is not held up.
const PACE: Pace = (80, 240);
/// How long the server lives, in milliseconds after it listened.
const LIVES: (u64, u64) = (5_000, 10_000);
/// Messages that are to be acked for each kill.
const ACKED_PER_KILL: usize = 1_667;
/// How long all may take to show the same once the storm is over.
const PATIENCE: Duration = Duration::from_secs(60);
/// How soon a device is to be level with the log again.
const LEVEL_WITHIN: Duration = Duration::from_secs(2);

/// What is noted of the kills.
#[derive(Default)]
struct Notes {
    kills: usize,
    absent: Times,
    undisturbed: Times,
    disturbed: Times,
}

impl Notes {
    fn takes(&mut self, level: Level) {
        let times = if level.was_disturbed { &mut self.disturbed } else { &mut self.undisturbed };
        times.push(level.took);
    }
}

/// Plays it.
///
/// # Errors
///
/// When it cannot be played at all.
pub async fn play(plan: &Plan) -> Result<Table, Failed> {
    let folder = plan.folder()?;
    let mut recipe = Recipe::new(plan.binary.clone(), folder.path().join("data"));
    let mut server = recipe.start().await?;
    recipe.listen = server.address;
    let (storm, is_stormy) = watch::channel(false);
    let (mut crowd, roads) = everyone(plan, server.address, &is_stormy).await?;
    let mut browsers = match plan.browsers {
        true => Some(Browsers::open(plan.seed, server.address, &is_stormy, folder.path()).await?),
        false => None,
    };
    let began = Instant::now();
    storm.send_replace(true);
    crowd.tell(|| Order::Write(Some(PACE)));
    let mut notes = Notes::default();
    let mut dice = Dice::new(plan.seed, "kills");
    while notes.kills < plan.kills || crowd.counts.acked.so_far() < plan.kills * ACKED_PER_KILL {
        server = strikes(&recipe, server, &mut dice, &mut crowd, &mut notes).await?;
        tell_progress(&notes, &crowd);
    }
    storm.send_replace(false);
    let took = began.elapsed();
    let (settled, differ) = crowd.settles(server.address, PATIENCE).await;
    while let Ok(level) = crowd.levels.try_recv() {
        notes.takes(level);
    }
    let mut table = Table::new("kills");
    told(plan, &mut table, &notes, &crowd, took);
    table.holds("not as a fresh fetch", differ.len(), "0", differ.is_empty());
    table.tells("all the same after the storm", seconds(settled));
    differ.into_iter().for_each(|why| table.story(why));
    if let Some(browsers) = browsers.take() {
        browsers.close(&mut table).await?;
    }
    server.kill().await?;
    crowd.is_judged(&recipe, &mut table).await?;
    roads.iter().for_each(|road| road.close());
    Ok(table)
}

/// People come in and make their groups; each has two devices, each device a road of its own.
async fn everyone(
    plan: &Plan,
    server: SocketAddr,
    storm: &watch::Receiver<bool>,
) -> Result<(Crowd, Vec<Arc<Road>>), Failed> {
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        people.push(comes_in(server, &format!("Person {number}")).await?);
    }
    for members in people.chunks(GROUP) {
        group(server, members).await?;
    }
    let (mut crowd, mut roads) = (Crowd::default(), Vec::new());
    for (number, person) in people.iter().chain(&people).enumerate() {
        let road = Road::open(plan.seed, number, server, storm.clone()).await?;
        crowd.enters(plan.seed, person.clone(), road.address, Some(Arc::clone(&road)));
        roads.push(road);
    }
    Ok((crowd, roads))
}

/// The server lives a while, is killed, and starts again where it was.
async fn strikes(
    recipe: &Recipe,
    mut server: Server,
    dice: &mut Dice,
    crowd: &mut Crowd,
    notes: &mut Notes,
) -> Result<Server, Failed> {
    let life = dice.between(LIVES.0, LIVES.1);
    let dies = server.since + life;
    while Instant::now() < dies {
        while let Ok(level) = crowd.levels.try_recv() {
            notes.takes(level);
        }
        if let Some(words) = server.has_ended() {
            return Err(Failed::NoServer(format!("it ended by itself: {words}")));
        }
        sleep(Duration::from_millis(50)).await;
    }
    let gone = Instant::now();
    server.kill().await?;
    let server = recipe.start().await?;
    notes.kills += 1;
    notes.absent.push(server.since - gone);
    let log = Arc::new(positions(&recipe.database()).await?);
    let back = Return { gone, since: server.since, log };
    crowd.tell(|| Order::Returned(back.clone()));
    Ok(server)
}

fn tell_progress(notes: &Notes, crowd: &Crowd) {
    let (kills, acked) = (notes.kills, crowd.counts.acked.so_far());
    eprint!("\r  {kills} kills, {acked} messages acked ");
    let _ = std::io::stderr().flush();
}

fn told(plan: &Plan, table: &mut Table, notes: &Notes, crowd: &Crowd, took: Duration) {
    eprint!("\r");
    let counts = &crowd.counts;
    table.tells("devices", crowd.size());
    table.tells("kills", notes.kills);
    table.tells("messages acked", counts.acked.so_far());
    table.tells("time", seconds(took));
    table.tells("server away, p50 / p99 / longest", &notes.absent);
    let level = notes.undisturbed.per_mille(990);
    table.tells("level again, p50 / p99 / longest", &notes.undisturbed);
    let name = format!("  p99 of {}", notes.undisturbed.count());
    match plan.is_short {
        // So few say nothing of the hundredth; and whoever plays it so does other things besides.
        true => table.tells(name, seconds(level)),
        false => table.holds(
            name,
            seconds(level),
            format!("under {}", seconds(LEVEL_WITHIN)),
            level < LEVEL_WITHIN && notes.undisturbed.count() > 0,
        ),
    }
    table.tells(
        format!("  with a fault of the line meanwhile ({})", notes.disturbed.count()),
        &notes.disturbed,
    );
    // They would be missing among the times.
    table.is_none("killed again before they were level", counts.overtaken.so_far());
    table.is_none("gave up until Reconnect", counts.gave_up.so_far());
    table.tells("sends cut off before their answer", counts.unconfirmed.so_far());
    table.tells("dialogs read afresh", counts.resets.so_far());
    table.tells("sockets closed, by code", format!("{:?}", counts.closes()));
    if !counts.refusals().is_empty() {
        table.tells("sends refused for now", format!("{:?}", counts.refusals()));
    }
}
