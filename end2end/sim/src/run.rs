//! One run, from its seed to its counts.

use std::{io, time::Duration};

use confab_protocol::{
    DialogKind, Person, UserId, json,
    rest::{Me, NewDialog, NewGuest},
};
use tempfile::TempDir;
use tokio::sync::mpsc::{self, UnboundedSender};
use witness::{dice::Dice, ledger::Ledger, page::Reader};

use crate::{
    device::{Device, Happening, Order, Report, Seat},
    machine::Machine,
    network::Network,
    requests::Asker,
    time::{self, Stage},
    trace::Trace,
    verdict::judge,
    weather::Weather,
};

/// How far time moves at once. No message arrives sooner.
const STEP: Duration = Duration::from_millis(5);
/// People come in and make their groups.
const CALM: Duration = Duration::from_secs(5);
/// How long the storm blows.
const STORM: Duration = Duration::from_secs(26);
/// At the end one device is out of reach for so long, and its socket still there: what finds no room
/// in its queue meanwhile, nobody says again.
const OUT_OF_REACH: Duration = Duration::from_secs(12);
/// In some runs it comes back then, for so long,
const BREATH: Duration = Duration::from_secs(6);
/// and is out of reach again while nobody does anything: both sides of the line find out by themselves that
/// it is dead.
const SILENCE: Duration = Duration::from_secs(60);
/// How long all may take to show the same, once the storm is over.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often one looks whether they do.
const LOOKS: Duration = Duration::from_secs(3);

/// Of these, some are there.
const NAMES: [&str; 6] = ["Anna", "Bob", "Cem", "Dia", "Eve", "Fay"];

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    /// Its seed.
    pub seed: u64,
    /// How many lines the trace has, and their hash.
    pub trace: (u64, String),
    /// How many messages the server said it has stored.
    pub acked: usize,
    /// What must not be: the count's name, and the story.
    pub wrong: Vec<(&'static str, String)>,
}

/// Plays a seed.
///
/// # Errors
///
/// When the machine that plays it has no room for its files.
pub fn play(seed: u64, is_told: bool) -> io::Result<Outcome> {
    let folder = tempfile::Builder::new().prefix("confab-sim-").tempdir()?;
    let mut world = World::new(seed, is_told, &folder);
    let devices = world.begins();
    let mut weather = Weather::new(seed, world.trace.clone(), world.ledger.clone());
    let over = world.now + STORM;
    let out_of_reach = Dice::new(seed, "out of reach").below(world.crowd.devices);
    while world.now < over {
        weather.blows(world.now, &mut world.machine, &world.network, &devices)?;
        if world.now + OUT_OF_REACH > over {
            world.network.hold(out_of_reach, true);
        }
        world.steps();
    }
    weather.clears(world.now, &mut world.machine, &world.network, world.crowd.devices)?;
    if Dice::new(seed, "silence").once_in(4) {
        world.is_silent(&devices, out_of_reach);
    }
    let stuck = world.settles(&devices);
    let mut wrong: Vec<_> = stuck.into_iter().map(|story| ("stuck", story)).collect();
    world.machine.crash(false, &[])?;
    let book = world.ledger.open();
    wrong.extend(book.wrong.iter().cloned());
    wrong.extend(judge(&world.machine.data(), &book));
    Ok(Outcome { seed, trace: world.trace.hash(), acked: book.acked.len(), wrong })
}

/// How many people there are, and how many devices; the first few have two.
#[derive(Clone, Copy)]
struct Crowd {
    people: usize,
    devices: usize,
}

impl Crowd {
    fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed, "crowd");
        let people = 2 + dice.below(NAMES.len() - 1);
        Self { people, devices: people + dice.below(4).min(people) }
    }
}

struct World {
    seed: u64,
    crowd: Crowd,
    now: Duration,
    trace: Trace,
    ledger: Ledger,
    network: Network,
    machine: Machine,
    people: Stage,
    reports: mpsc::UnboundedReceiver<Report>,
    report: UnboundedSender<Report>,
}

impl World {
    fn new(seed: u64, is_told: bool, folder: &TempDir) -> Self {
        time::begin();
        let trace = Trace::new(is_told);
        let crowd = Crowd::new(seed);
        let network = Network::new(seed, crowd.devices);
        let people = Stage::new(Duration::ZERO);
        let mut machine = Machine::new(seed, network.clone(), trace.clone(), folder.path());
        machine.start(Duration::ZERO);
        let (report, reports) = mpsc::unbounded_channel();
        let (now, ledger) = (Duration::ZERO, Ledger::default());
        Self { seed, crowd, now, trace, ledger, network, machine, people, reports, report }
    }

    fn steps(&mut self) {
        self.now += STEP;
        self.machine.play(self.now);
        self.people.play(self.now);
    }

    /// People come in, make their groups and open their pages.
    fn begins(&mut self) -> Vec<UnboundedSender<Happening>> {
        let (came, mut coming) = mpsc::unbounded_channel();
        self.people.spawn(come_in(self.seed, self.crowd.people, self.network.clone(), came));
        let askers = loop {
            self.steps();
            if let Ok(askers) = coming.try_recv() {
                break askers;
            }
            assert!(self.now < CALM * 10, "people cannot come in");
        };
        let everyone: Vec<UserId> = askers.iter().map(|(person, _)| person.id.clone()).collect();
        let seat = |number: usize| {
            let (person, asker) = &askers[number % self.crowd.people];
            let (user, ledger) = (person.id.clone(), self.ledger.clone());
            Seat {
                reader: Reader { number, user, ledger },
                everyone: everyone.clone(),
                asker: Asker { road: number, ..asker.clone() },
                trace: self.trace.clone(),
            }
        };
        let mut devices = Vec::new();
        for number in 0..self.crowd.devices {
            let (device, orders) = Device::new(self.seed, seat(number), self.report.clone());
            self.people.spawn(device.live());
            devices.push(orders);
        }
        while self.now < CALM {
            self.steps();
        }
        devices
    }

    /// Nobody does anything more, and one device is still out of reach.
    fn is_silent(&mut self, devices: &[UnboundedSender<Happening>], out_of_reach: usize) {
        tell(devices, &Order::Rest);
        let (back, over) = (self.now + BREATH, self.now + BREATH + SILENCE);
        while self.now < back {
            self.steps();
        }
        self.network.hold(out_of_reach, true);
        while self.now < over {
            self.steps();
        }
        self.network.hold(out_of_reach, false);
    }

    /// Nobody does anything more; why they do not come to show the same, if they do not. They are told
    /// by nobody that the network is back.
    fn settles(&mut self, devices: &[UnboundedSender<Happening>]) -> Option<String> {
        tell(devices, &Order::Rest);
        let healed = self.now;
        let mut story = None;
        while self.now < healed + PATIENCE {
            let look = self.now + LOOKS;
            while self.now < look {
                self.steps();
            }
            tell(devices, &Order::Compare);
            let mut differs = Vec::new();
            for _ in devices {
                let report = loop {
                    match self.reports.try_recv() {
                        Ok(report) => break report,
                        Err(_) if self.now < look + PATIENCE => self.steps(),
                        Err(_) => return Some("a device does not answer".to_owned()),
                    }
                };
                differs.extend(report.differs.map(|why| format!("device{}: {why}", report.device)));
            }
            if differs.is_empty() {
                return None;
            }
            story = Some(differs.join("\n"));
        }
        story
    }
}

fn tell(devices: &[UnboundedSender<Happening>], order: &Order) {
    for device in devices {
        let _ = device.send(Happening::Order(order.clone()));
    }
}

/// Everyone gets a session; some of them make groups.
async fn come_in(
    seed: u64,
    people: usize,
    network: Network,
    came: UnboundedSender<Vec<(Person, Asker)>>,
) {
    let mut dice = Dice::new(seed, "groups");
    let mut askers: Vec<(Person, Asker)> = Vec::new();
    for (road, name) in NAMES.into_iter().take(people).enumerate() {
        let mut asker = Asker { network: network.clone(), road, cookie: None };
        let body = json::write(&NewGuest { name: Some(name.to_owned()) });
        let me = loop {
            let answer = asker.ask("POST", "/api/auth/guest", body.clone()).await;
            let Some(answer) = answer.filter(|answer| answer.status == 200) else {
                // The machine is still starting.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            asker.cookie = answer.cookie.clone();
            if let Some(me) = answer.data::<Me>() {
                break me;
            }
        };
        askers.push((Person { id: me.id, username: me.username }, asker));
    }
    let ids: Vec<_> = askers.iter().map(|(person, _)| person.id.clone()).collect();
    for (owner, (_, asker)) in askers.iter().enumerate().take(2) {
        let others = ids.iter().enumerate().filter(|(number, _)| *number != owner);
        let members = others.filter(|_| !dice.once_in(4)).map(|(_, id)| id.clone()).collect();
        let title = Some(format!("Group {owner}"));
        let new = NewDialog { kind: DialogKind::Group, members, title };
        asker.ask("POST", "/api/dialogs", json::write(&new)).await;
    }
    let _ = came.send(askers);
}
