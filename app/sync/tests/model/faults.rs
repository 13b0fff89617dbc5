//! What should not happen, and what becomes of it when it does.

use crate::{
    engines::Happening,
    server::Mistake,
    state::{Faults, State, Wire},
    wire::{Down, Line, Up},
    world::{LANES, Lane, Step, World, gone, length},
};

/// What goes wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// The first frame of a lane is lost.
    Loses(usize, Lane),
    /// It arrives, and once more after the others.
    Doubles(usize, Lane),
    /// It is overtaken by the second.
    Overtakes(usize, Lane),
    /// The socket is gone, with what lay on it.
    Cuts(usize),
    /// The page is gone, with all but its outbox, and is opened anew.
    Crashes(usize),
    /// Patience is over before what lies on the wire has arrived.
    Hurries(usize),
    /// The server falls over and comes back.
    Falls,
    /// It does so after it has committed what a device says, and before it has answered.
    FallsAnswering(usize),
    /// An older copy of the database takes its place: the last message of the log is not in it.
    Restores,
}

impl Fault {
    /// How many of its kind may still happen.
    fn left(self, faults: &mut Faults) -> &mut u8 {
        match self {
            Self::Loses(..) | Self::Doubles(..) | Self::Overtakes(..) | Self::Hurries(_) => {
                &mut faults.frames
            }
            _ => &mut faults.ends,
        }
    }
}

impl World {
    /// What can go wrong now.
    pub fn faults(&self, state: &State, steps: &mut Vec<Step>) {
        let mut left = state.faults;
        let mut may = |fault: Fault| {
            if *fault.left(&mut left) > 0 {
                steps.push(Step::Fails(fault));
            }
        };
        for device in [0, 1] {
            let Some(wire) = &state.devices[device].wire else { continue };
            for lane in LANES.into_iter().filter(|lane| is_loose(wire, *lane)) {
                may(Fault::Loses(device, lane));
                may(Fault::Doubles(device, lane));
                if length(wire, lane) > 1 {
                    may(Fault::Overtakes(device, lane));
                }
            }
            if let Some(Up::Send(_)) = wire.up.first() {
                may(Fault::FallsAnswering(device));
            }
            may(Fault::Cuts(device));
            if !wire.is_empty() {
                may(Fault::Hurries(device));
            }
        }
        may(Fault::Crashes(0));
        may(Fault::Crashes(1));
        may(Fault::Falls);
        if state.life == 1 && !state.log.is_empty() {
            may(Fault::Restores);
        }
    }

    /// It goes wrong.
    pub fn fails(&self, state: &mut State, fault: Fault) {
        *fault.left(&mut state.faults) -= 1;
        state.takes_heart();
        match fault {
            Fault::Loses(device, lane) => {
                take(state, device, lane);
            }
            Fault::Doubles(device, lane) => {
                state.devices[device].wire.iter_mut().for_each(|wire| doubles(wire, lane));
                self.arrives(state, device, lane);
            }
            Fault::Overtakes(device, lane) => {
                state.devices[device].wire.iter_mut().for_each(|wire| swaps(wire, lane));
                self.arrives(state, device, lane);
            }
            Fault::Cuts(device) => {
                gone(state, device, true);
                self.meets(state, device, Happening::IsCut);
            }
            Fault::Crashes(device) => {
                gone(state, device, true);
                self.opens(state, device);
            }
            Fault::Hurries(device) => self.waits(state, device),
            Fault::Falls => self.falls(state),
            Fault::FallsAnswering(device) => {
                self.answers_last(state, device);
                self.falls(state);
            }
            Fault::Restores => {
                state.before = state.log.clone();
                state.log.pop();
                state.life += 1;
                if self.mistake != Mistake::KeepsItsName {
                    state.epoch = state.life;
                }
                state.devices.iter_mut().for_each(|device| device.stored.clear());
                self.falls(state);
            }
        }
    }

    /// The server commits what a device says, and answers no more.
    fn answers_last(&self, state: &mut State, device: usize) {
        let Some(Up::Send(name)) = take(state, device, Lane::Up) else { return };
        if self.mistake == Mistake::AcknowledgesFirst {
            let frame = Down::Ack(Line { ev: state.head() + 1, name });
            self.meets(state, device, Happening::Hears { device, frame });
        } else {
            state.commits(name, self.mistake);
        }
    }

    /// All sockets are gone, and what was said on them is not heard any more.
    fn falls(&self, state: &mut State) {
        for device in [0, 1] {
            if gone(state, device, false) {
                self.meets(state, device, Happening::IsCut);
            }
            state.devices[device].strays.clear();
        }
    }
}

/// Takes the first frame off a lane; says which, if it is a device's.
fn take(state: &mut State, device: usize, lane: Lane) -> Option<Up> {
    let wire = state.devices[device].wire.as_mut()?;
    match lane {
        Lane::Up => return Some(wire.up.remove(0)),
        Lane::Answers => {
            wire.answers.remove(0);
        }
        Lane::News => {
            wire.news.remove(0);
        }
    }
    None
}

fn doubles(wire: &mut Wire, lane: Lane) {
    match lane {
        Lane::Up => wire.up.push(wire.up[0]),
        Lane::Answers => wire.answers.push(wire.answers[0].clone()),
        Lane::News => wire.news.push(wire.news[0]),
    }
}

fn swaps(wire: &mut Wire, lane: Lane) {
    match lane {
        Lane::Up => wire.up.swap(0, 1),
        Lane::Answers => wire.answers.swap(0, 1),
        Lane::News => wire.news.swap(0, 1),
    }
}

/// Whether the first frame of a lane is one that can be lost.
fn is_loose(wire: &Wire, lane: Lane) -> bool {
    match lane {
        Lane::Up => wire.up.first().is_some_and(|frame| !matches!(frame, Up::Connecting(_))),
        Lane::Answers => wire.answers.first().is_some_and(|frame| !frame.is_handshake()),
        Lane::News => !wire.news.is_empty(),
    }
}
