//! What can happen, and what becomes of it: the model that the checker walks through.

use stateright::{Model, Property};

use crate::{
    engines::{Engines, Happening, Outcome},
    faults::Fault,
    law,
    server::Mistake,
    state::{Device, Faults, Page, State, View, Wire},
    wire::{Down, Up, author},
};

/// A step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// A device's person writes their next message.
    Writes(usize),
    /// The first frame on one of the lanes of a device's socket arrives.
    Arrives(usize, Lane),
    /// A device's patience is over.
    Waits(usize),
    /// The server reads the page a device asks for.
    Reads(usize),
    /// The page arrives.
    Loads(usize),
    /// What was said on a socket that is gone reaches the server.
    Strays(usize),
    /// What should not happen does.
    Fails(Fault),
}

/// A way of frames that keeps their order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Lane {
    Up,
    Answers,
    News,
}

pub const LANES: [Lane; 3] = [Lane::Up, Lane::Answers, Lane::News];

/// How many messages are written: the first two by the first device, the third by the second.
pub const MESSAGES: u8 = 3;

/// The model.
pub struct World {
    pub engines: Engines,
    pub mistake: Mistake,
    /// How much goes wrong at most.
    pub faults: Faults,
}

impl World {
    pub fn new(faults: Faults, mistake: Mistake) -> Self {
        Self { engines: Engines::default(), mistake, faults }
    }

    /// Two pages that show an empty log, connected, with everything said.
    fn begins(&self) -> State {
        let (mind, _) = self.engines.step(None, begins(1, 0, Vec::new()));
        let device = |which| Device {
            mind,
            wire: None,
            view: Some(View { life: 1, names: Vec::new() }),
            page: Page::NotAsked,
            unwritten: (0..MESSAGES).filter(|name| author(*name) == which).collect(),
            outbox: Vec::new(),
            stored: Vec::new(),
            strays: Vec::new(),
            waits: 0,
        };
        let mut state = State {
            devices: [device(0), device(1)],
            log: Vec::new(),
            life: 1,
            epoch: 1,
            before: Vec::new(),
            faults: self.faults,
            is_torn: false,
        };
        for device in [0, 1] {
            self.opens(&mut state, device);
            while let Some(lane) = LANES.into_iter().find(|lane| arrives(&state, device, *lane)) {
                self.arrives(&mut state, device, lane);
            }
        }
        state
    }

    /// A page is opened by a device: it shows what is in the log.
    pub fn opens(&self, state: &mut State, device: usize) {
        let view = View { life: state.life, names: state.log.clone() };
        if self.mistake == Mistake::ForgetsOutbox {
            state.devices[device].outbox.clear();
        }
        let happening = begins(state.epoch, state.head(), state.devices[device].outbox.clone());
        let (mind, outcomes) = self.engines.step(None, happening);
        let Device { mind: before, view: shown, page, wire, .. } = &mut state.devices[device];
        (*before, *shown, *page, *wire) = (mind, Some(view), Page::NotAsked, None);
        self.follows(state, device, outcomes);
    }

    pub fn meets(&self, state: &mut State, device: usize, happening: Happening) {
        let (mind, outcomes) = self.engines.step(Some(state.devices[device].mind), happening);
        state.devices[device].mind = mind;
        self.follows(state, device, outcomes);
    }

    /// What an engine wishes is done, and what it tells is shown. The first word of the server on a
    /// new socket is heard with its opening: before it there is nothing that could go otherwise.
    fn follows(&self, state: &mut State, device: usize, outcomes: Vec<Outcome>) {
        let opens = outcomes.contains(&Outcome::Opens);
        outcomes.into_iter().for_each(|outcome| becomes(state, device, outcome));
        if opens {
            self.arrives(state, device, Lane::Answers);
        }
    }

    pub fn arrives(&self, state: &mut State, device: usize, lane: Lane) {
        let Some(wire) = &mut state.devices[device].wire else { return };
        let frame = match lane {
            Lane::Up => {
                let frame = wire.up.remove(0);
                return state.hears(device, frame, self.mistake);
            }
            Lane::Answers => wire.answers.remove(0),
            Lane::News => Down::News(wire.news.remove(0)),
        };
        self.meets(state, device, Happening::Hears { device, frame });
    }

    pub fn waits(&self, state: &mut State, device: usize) {
        state.devices[device].waits += 1;
        self.meets(state, device, Happening::Waits);
    }
}

impl Model for World {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        vec![self.begins()]
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        for device in [0, 1] {
            let Device { page, unwritten, strays, .. } = &state.devices[device];
            if !unwritten.is_empty() {
                steps.push(Step::Writes(device));
            }
            let lanes = LANES.into_iter().filter(|lane| arrives(state, device, *lane));
            steps.extend(lanes.map(|lane| Step::Arrives(device, lane)));
            match page {
                Page::NotAsked => {}
                Page::Asked => steps.push(Step::Reads(device)),
                Page::Read(_) => steps.push(Step::Loads(device)),
            }
            if !strays.is_empty() {
                steps.push(Step::Strays(device));
            }
            if law::must_wait(state, device) {
                steps.push(Step::Waits(device));
            }
        }
        self.faults(state, steps);
    }

    fn next_state(&self, last: &State, step: Step) -> Option<State> {
        let mut state = last.clone();
        match step {
            Step::Writes(device) => {
                let Device { unwritten, outbox, .. } = &mut state.devices[device];
                let name = unwritten.remove(0);
                outbox.push(name);
                state.takes_heart();
                self.meets(&mut state, device, Happening::Writes(name));
            }
            Step::Arrives(device, lane) => self.arrives(&mut state, device, lane),
            Step::Waits(device) => self.waits(&mut state, device),
            Step::Reads(device) => {
                let view = View { life: state.life, names: state.log.clone() };
                state.devices[device].page = Page::Read(view);
            }
            Step::Loads(device) => {
                let page = std::mem::replace(&mut state.devices[device].page, Page::NotAsked);
                let Page::Read(view) = page else { return None };
                let at = u8::try_from(view.names.len()).expect("a short log");
                state.devices[device].view = Some(view);
                self.meets(&mut state, device, Happening::Loads(at));
            }
            Step::Strays(device) => {
                let name = state.devices[device].strays.remove(0);
                state.commits(name, self.mistake);
            }
            Step::Fails(fault) => self.fails(&mut state, fault),
        }
        state.tidies();
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        law::properties()
    }
}

fn begins(epoch: u8, at: u8, outbox: Vec<u8>) -> Happening {
    Happening::Begins { epoch, at, outbox }
}

/// An engine's wish is done, or what it tells is shown.
fn becomes(state: &mut State, device: usize, outcome: Outcome) {
    let epoch = state.epoch;
    let Device { wire, view, page, outbox, stored, .. } = &mut state.devices[device];
    match outcome {
        Outcome::Opens => {
            let answers = vec![Down::Established(epoch)];
            *wire = Some(Wire { answers, ..Wire::default() });
        }
        Outcome::Closes => {
            gone(state, device, true);
        }
        Outcome::Says(frame) => {
            let wire = wire.as_mut().expect("nothing is said without a socket");
            wire.up.push(frame);
        }
        Outcome::Tells(line) => match view {
            Some(view) if usize::from(line.ev) == view.names.len() + 1 => {
                view.names.push(line.name)
            }
            _ => state.is_torn = true,
        },
        Outcome::Resets(_) => (*view, *page) = (None, Page::Asked),
        Outcome::Stored(name) => {
            outbox.retain(|kept| *kept != name);
            stored.push(name);
            stored.sort_unstable();
        }
    }
}

/// A socket goes, if there is one; what was said on it may still be heard, or not.
pub fn gone(state: &mut State, device: usize, may_stray: bool) -> bool {
    let Device { wire, strays, .. } = &mut state.devices[device];
    let Some(wire) = wire.take() else { return false };
    let said = wire.up.into_iter().filter_map(|frame| match frame {
        Up::Send(name) => Some(name),
        _ => None,
    });
    if may_stray {
        strays.extend(said);
        strays.dedup();
    }
    true
}

pub fn length(wire: &Wire, lane: Lane) -> usize {
    match lane {
        Lane::Up => wire.up.len(),
        Lane::Answers => wire.answers.len(),
        Lane::News => wire.news.len(),
    }
}

/// Whether a frame can arrive on this lane: nothing overtakes the handshake.
fn arrives(state: &State, device: usize, lane: Lane) -> bool {
    let Some(wire) = &state.devices[device].wire else { return false };
    let greets = wire.answers.first().is_some_and(Down::is_handshake);
    length(wire, lane) > 0 && !(lane == Lane::News && greets)
}
