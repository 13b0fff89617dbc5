//! The machine's clock steps by an hour, there and back, while people write. The server alone is shown
//! another time: libfaketime stands between it and the system, and reads what it says from a file.

use std::{
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tokio::time::{Instant, sleep};

use crate::{
    Plan,
    crowd::Crowd,
    device::{Order, Pace},
    people::{Person, asks, comes_in, group, says},
    server::{Failed, Recipe, Server},
    table::{Table, seconds},
};

/// People, each with two devices, all of them in one group.
const PEOPLE: usize = 5;
/// How often somebody writes.
const PACE: Pace = (80, 240);
/// How far the clock is from the true time, one after the other, in seconds: an hour ahead, true again,
/// an hour behind, two hours on at once, true again.
const STEPS: [i64; 5] = [3_600, 0, -3_600, 3_600, 0];
/// How long each lasts.
const LASTS: Duration = Duration::from_secs(4);
/// How far from that the server's clock may be seen: a question's way, and the file is read once a
/// second.
const SEEN_WITHIN: i64 = 3;
/// How long all may take to show the same at the end.
const PATIENCE: Duration = Duration::from_secs(60);

/// Plays it.
///
/// # Errors
///
/// When it cannot be played at all.
pub async fn play(plan: &Plan) -> Result<Table, Failed> {
    let folder = plan.folder()?;
    let file = folder.path().join("clock");
    set(&file, 0)?;
    let mut recipe = Recipe::new(plan.binary.clone(), folder.path().join("data"));
    recipe.environment.extend([
        ("LD_PRELOAD", library()?.display().to_string()),
        ("FAKETIME_TIMESTAMP_FILE", file.display().to_string()),
        ("FAKETIME_CACHE_DURATION", "1".to_owned()),
        // Timers run by the clock that no one sets.
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
    ]);
    let mut server = recipe.start().await?;
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        people.push(comes_in(server.address, &format!("Person {number}")).await?);
    }
    group(server.address, &people).await?;
    let mut crowd = Crowd::default();
    for person in people.iter().chain(&people) {
        crowd.enters(plan.seed, person.clone(), server.address, None);
    }
    crowd.tell(|| Order::Write(Some(PACE)));
    let mut table = Table::new("clock");
    table.tells("devices", crowd.size());
    for step in STEPS {
        set(&file, step)?;
        stays(&mut server, &mut table, &people[..2], step).await?;
    }
    let (settled, differ) = crowd.settles(server.address, PATIENCE).await;
    table.tells("messages acked", crowd.counts.acked.so_far());
    table.tells("sockets closed, by code", format!("{:?}", crowd.counts.closes()));
    table.is_none("sockets closed", crowd.counts.closes().len());
    table.is_none("not as a fresh fetch", differ.len());
    table.tells("all the same after the last step", seconds(settled));
    differ.into_iter().for_each(|why| table.story(why));
    server.kill().await?;
    crowd.is_judged(&recipe, &mut table).await?;
    Ok(table)
}

/// The clock is so far off for a while; the server shows that it is, and is ready all the same.
async fn stays(
    server: &mut Server,
    table: &mut Table,
    pair: &[Person],
    step: i64,
) -> Result<(), Failed> {
    let over = Instant::now() + LASTS;
    let mut off = 0;
    while Instant::now() < over {
        sleep(Duration::from_millis(500)).await;
        if let Some(words) = server.has_ended() {
            return Err(Failed::NoServer(format!("it ended by itself: {words}")));
        }
        off = shown(server, pair).await?;
    }
    let name = format!("clock off by {step} s: the server's is");
    let is_seen = (off - step).abs() <= SEEN_WITHIN;
    table.holds(name, format!("{off} s"), format!("{step} s"), is_seen);
    let ready = asks(server.address, None, "GET", "/readyz", String::new()).await;
    let status = ready.map_or(0, |ready| ready.status);
    table.holds("  /readyz", status, "200", status == 200);
    Ok(())
}

/// How far the server's clock is from ours, in seconds: a dialog's first message has no older one to
/// come after.
async fn shown(server: &Server, pair: &[Person]) -> Result<i64, Failed> {
    let dialog = group(server.address, pair).await?;
    let here = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |now| now.as_millis() as i64);
    // Nobody says the same twice.
    let question = format!("Is it {here}?");
    let message = says(server.address, &pair[0], &dialog, question).await?;
    Ok((message.created_at.unix_ms().cast_signed() - here) / 1_000)
}

fn set(file: &Path, seconds: i64) -> Result<(), Failed> {
    Ok(std::fs::write(file, format!("{seconds:+}\n"))?)
}

/// Where libfaketime is.
fn library() -> Result<PathBuf, Failed> {
    let folders = std::fs::read_dir("/usr/lib")?.flatten().map(|entry| entry.path());
    let mut files = folders.map(|folder| folder.join("faketime/libfaketime.so.1"));
    files.find(|file| file.exists()).ok_or_else(|| {
        Failed::NoBeginning("libfaketime is not here: apt-get install libfaketime".to_owned())
    })
}
