//! What holds in every state, and that the end is reached.

use stateright::Property;

use crate::{
    state::{Page, State},
    wire::author,
    world::{MESSAGES, World},
};

/// How often a device waits, at most, before something comes of it.
const WAITS_MAX: u8 = 4;

pub const ONCE: &str = "no message is in the log twice";
pub const STORED: &str = "what is acknowledged is in the log";
pub const VIEW: &str = "a screen shows the log from its beginning, without a hole, in its order";
pub const ORDER: &str = "a device's messages are in the order they were written";
pub const REST: &str = "in the end all is shown, and nothing is left to say";
pub const PATIENCE: &str = "whoever waits is answered";
/// Once is enough: without it the laws would say little.
pub const END: &str = "all is said, and all of it is shown";

pub fn properties() -> Vec<Property<World>> {
    vec![
        Property::always(ONCE, |_, state: &State| {
            (1..state.log.len()).all(|place| !state.log[place..].contains(&state.log[place - 1]))
        }),
        Property::always(STORED, |_, state: &State| {
            let mut stored = state.devices.iter().flat_map(|device| &device.stored);
            stored.all(|name| state.log.contains(name))
        }),
        Property::always(VIEW, |_, state: &State| {
            let mut views = state.devices.iter().flat_map(|device| &device.view);
            !state.is_torn && views.all(|view| state.log_of(view.life).starts_with(&view.names))
        }),
        Property::always(ORDER, |_, state: &State| {
            [0, 1].iter().all(|device| in_order(state, *device))
        }),
        Property::always(REST, |_, state: &State| {
            [0, 1].iter().all(|device| can_go_on(state, *device) || state.is_at_rest(*device))
        }),
        Property::always(PATIENCE, |_, state: &State| {
            state.devices.iter().all(|device| device.waits <= WAITS_MAX)
        }),
        Property::sometimes(END, |_, state: &State| {
            let is_said = state.log.len() == usize::from(MESSAGES);
            is_said && state.is_at_rest(0) && state.is_at_rest(1)
        }),
    ]
}

/// Whether time is all that can help a device: nothing is on its way, and not all is as it should
/// be. What is on a wire arrives before anyone's patience is over, but for
/// [`Hurries`](crate::faults::Fault).
pub fn must_wait(state: &State, device: usize) -> bool {
    let is_waiting = state.is_silent(device) && !state.is_at_rest(device);
    is_waiting && state.devices[device].waits <= WAITS_MAX
}

fn can_go_on(state: &State, device: usize) -> bool {
    let here = &state.devices[device];
    !here.unwritten.is_empty()
        || here.page != Page::NotAsked
        || !state.is_silent(device)
        || must_wait(state, device)
}

fn in_order(state: &State, device: usize) -> bool {
    let names: Vec<_> = state.log.iter().filter(|name| author(**name) == device).collect();
    names.is_sorted()
}
