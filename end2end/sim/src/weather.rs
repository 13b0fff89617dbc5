//! The storm: what befalls lines, machine and devices.

use std::{io, time::Duration};

use tokio::sync::mpsc::UnboundedSender;
use witness::{dice::Dice, ledger::Ledger};

use crate::{
    device::{Happening, Order},
    machine::Machine,
    network::Network,
    trace::Trace,
    verdict,
};

/// What is to be undone later.
enum Mend {
    Road(usize),
    Disk,
    /// It is started again; with a backup in the place of its database, if there is one.
    Start {
        restored: bool,
    },
    /// The server was asked to stop, and is switched off now.
    SwitchOff,
}

/// The storm.
pub struct Weather {
    dice: Dice,
    trace: Trace,
    ledger: Ledger,
    next: Duration,
    mends: Vec<(Duration, Mend)>,
}

impl Weather {
    /// A storm that begins at once.
    pub fn new(seed: u64, trace: Trace, ledger: Ledger) -> Self {
        let (dice, next, mends) = (Dice::new(seed, "weather"), Duration::ZERO, Vec::new());
        Self { dice, trace, ledger, next, mends }
    }

    /// Something may happen.
    ///
    /// # Errors
    ///
    /// When the files of the machine's next life cannot be made.
    pub fn blows(
        &mut self,
        now: Duration,
        machine: &mut Machine,
        network: &Network,
        devices: &[UnboundedSender<Happening>],
    ) -> io::Result<()> {
        self.mends(now, now, machine, network)?;
        if now < self.next {
            return Ok(());
        }
        self.next = now + self.dice.between(100, 2_500);
        let road = self.dice.below(devices.len());
        let until = |dice: &mut Dice, most| now + dice.between(100, most);
        match self.dice.below(20) {
            0..4 => {
                let until = until(&mut self.dice, 30_000);
                self.holds(road, until, network);
            }
            4 => {
                // A part of the network is cut off.
                let until = until(&mut self.dice, 15_000);
                for road in 0..devices.len() {
                    if self.dice.once_in(2) {
                        self.holds(road, until, network);
                    }
                }
            }
            5..7 => {
                network.cut(road);
                self.trace.note("weather", &format!("cuts road {road}"));
            }
            7 => {
                network.slow(road, Some(2_000));
                self.trace.note("weather", &format!("slows road {road}"));
                let until = until(&mut self.dice, 10_000);
                self.mends.push((until, Mend::Road(road)));
            }
            8..10 => {
                let _ = devices[road].send(Happening::Order(Order::Reload));
            }
            10 => {
                machine.disk().fill(true);
                self.trace.note("weather", "fills the disk");
                let until = until(&mut self.dice, 3_000);
                self.mends.push((until, Mend::Disk));
            }
            11 => {
                machine.disk().sicken(true);
                self.trace.note("weather", "sickens the disk");
                let until = until(&mut self.dice, 5_000);
                self.mends.push((until, Mend::Disk));
            }
            12 => self.sets_the_clock(machine),
            13 => machine.back_up()?,
            14 if machine.is_on() && !self.is_going() => {
                self.trace.note("weather", "asks the server to stop");
                machine.stop();
                self.mends.push((now + Duration::from_secs(4), Mend::SwitchOff));
            }
            15..17 if machine.is_on() && !self.is_going() => {
                let silently = self.dice.once_in(2);
                self.crashes(machine, silently)?;
                self.starts_later(now, false);
            }
            17 if machine.is_on() && !self.is_going() => {
                self.crashes(machine, false)?;
                // Nobody hears from the old database once the new one is there.
                network.cut_all();
                self.starts_later(now, true);
            }
            _ => {}
        }
        Ok(())
    }

    fn holds(&mut self, road: usize, until: Duration, network: &Network) {
        network.hold(road, true);
        self.trace.note("weather", &format!("holds road {road}"));
        self.mends.push((until, Mend::Road(road)));
    }

    fn is_going(&self) -> bool {
        self.mends.iter().any(|(_, mend)| matches!(mend, Mend::SwitchOff | Mend::Start { .. }))
    }

    fn crashes(&mut self, machine: &mut Machine, silently: bool) -> io::Result<()> {
        let torn: Vec<u8> = (0..self.dice.below(5_000)).map(|_| self.dice.bits() as u8).collect();
        machine.crash(silently, &torn)?;
        Ok(())
    }

    fn starts_later(&mut self, now: Duration, restored: bool) {
        let until = now + self.dice.between(100, 5_000);
        self.mends.push((until, Mend::Start { restored }));
    }

    fn sets_the_clock(&mut self, machine: &mut Machine) {
        let hour = if self.dice.once_in(2) { 3_600_000 } else { -3_600_000 };
        self.trace.note("weather", &format!("sets the clock by {hour} ms"));
        machine.set_clock(hour);
    }

    fn starts(&mut self, now: Duration, machine: &mut Machine, restored: bool) -> io::Result<()> {
        if restored && machine.has_backup() {
            // What was seen is held against the database that it was seen of, before that is gone.
            let mut book = self.ledger.open();
            let wrong = machine.aside(|data| verdict::judge(data, &book))?;
            book.wrong.extend(wrong);
            machine.restore(now)?;
            verdict::keep_only(&machine.data(), &mut book)?;
        }
        machine.start(now);
        Ok(())
    }

    fn mends(
        &mut self,
        now: Duration,
        due: Duration,
        machine: &mut Machine,
        network: &Network,
    ) -> io::Result<()> {
        let due: Vec<_> = self.mends.extract_if(.., |(at, _)| *at <= due).collect();
        for (_, mend) in due {
            match mend {
                Mend::Road(road) => {
                    network.hold(road, false);
                    network.slow(road, None);
                }
                Mend::Disk => {
                    machine.disk().fill(false);
                    machine.disk().sicken(false);
                }
                Mend::Start { restored } => self.starts(now, machine, restored)?,
                Mend::SwitchOff => {
                    self.crashes(machine, false)?;
                    self.starts_later(now, false);
                }
            }
        }
        Ok(())
    }

    /// All is well again, at once.
    ///
    /// # Errors
    ///
    /// When the files of the machine's next life cannot be made.
    pub fn clears(
        &mut self,
        now: Duration,
        machine: &mut Machine,
        network: &Network,
        roads: usize,
    ) -> io::Result<()> {
        self.mends(now, Duration::MAX, machine, network)?;
        // What was mended may have left something to mend.
        self.mends(now, Duration::MAX, machine, network)?;
        for road in 0..roads {
            network.hold(road, false);
            network.slow(road, None);
        }
        machine.disk().fill(false);
        machine.disk().sicken(false);
        if !machine.is_on() {
            machine.start(now);
        }
        Ok(())
    }
}
