//! A state of the whole: two devices, what lies on the wires between them and the server, the log.

use crate::{
    engines::Mind,
    wire::{Down, Line, Name, Up},
};

/// All of it.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct State {
    pub devices: [Device; 2],
    /// What the server has committed.
    pub log: Vec<Name>,
    /// Which life of the database it is.
    pub life: u8,
    /// What the database calls its life.
    pub epoch: u8,
    /// The log as it was when the life before ended.
    pub before: Vec<Name>,
    /// What may still go wrong.
    pub faults: Faults,
    /// The last step showed a change that does not follow on those before.
    pub is_torn: bool,
}

/// How many faults there may be.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Faults {
    /// Of frames: they are lost, doubled or late.
    pub frames: u8,
    /// Ends of sockets, pages, servers and databases.
    pub ends: u8,
}

/// A device and its wire.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Device {
    pub mind: Mind,
    pub wire: Option<Wire>,
    /// The messages on the screen, and in which life of the database they were read; nothing while
    /// they are void.
    pub view: Option<View>,
    /// A page that is asked for.
    pub page: Page,
    /// The messages it has still to write.
    pub unwritten: Vec<Name>,
    /// What it has written and does not know to be stored, as far as a page can tell.
    pub outbox: Vec<Name>,
    /// What it was told is stored, in this life of the database.
    pub stored: Vec<Name>,
    /// What was said on sockets that are gone, and may yet reach the server.
    pub strays: Vec<Name>,
    /// How often it has waited in vain.
    pub waits: u8,
}

/// What is on the screen.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct View {
    pub life: u8,
    pub names: Vec<Name>,
}

/// A request for the messages.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Page {
    NotAsked,
    Asked,
    /// The server has read them, and the answer is on its way.
    Read(View),
}

/// What lies on a socket. What the server says of itself and what it answers come from two sides of
/// it, so that either may overtake the other.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Wire {
    pub up: Vec<Up>,
    pub answers: Vec<Down>,
    pub news: Vec<Line>,
    /// Whether the server tells this socket the dialog.
    pub is_joined: bool,
}

impl Wire {
    pub fn is_empty(&self) -> bool {
        self.up.is_empty() && self.answers.is_empty() && self.news.is_empty()
    }
}

impl State {
    pub fn head(&self) -> u8 {
        u8::try_from(self.log.len()).expect("a short log")
    }

    /// The log of a life of the database: what a screen of that life may show.
    pub fn log_of(&self, life: u8) -> &[Name] {
        if life == self.life { &self.log } else { &self.before }
    }

    /// Whether a device shows all there is, what it wrote is stored, and nothing is under way.
    pub fn is_at_rest(&self, device: usize) -> bool {
        let Device { wire, view, page, outbox, .. } = &self.devices[device];
        let shown =
            view.as_ref().is_some_and(|view| view.life == self.life && view.names == self.log);
        let is_quiet = wire.as_ref().is_some_and(|wire| wire.is_empty() && wire.is_joined);
        shown && is_quiet && *page == Page::NotAsked && outbox.is_empty()
    }

    /// Whether nothing is on its way to or from a device.
    pub fn is_silent(&self, device: usize) -> bool {
        let Device { wire, page, .. } = &self.devices[device];
        wire.as_ref().is_none_or(Wire::is_empty) && *page == Page::NotAsked
    }

    /// Forgets what nothing looks at any more, so that states which differ in nothing else are one.
    pub fn tidies(&mut self) {
        for device in [0, 1] {
            if self.is_at_rest(device) {
                self.devices[device].waits = 0;
            }
            // What is stored is not stored again: that is looked at where it is said again.
            let Self { devices, log, .. } = self;
            devices[device].strays.retain(|name| !log.contains(name));
        }
        let is_shown = |view: &View| view.life != self.life;
        let shown = self.devices.iter().any(|device| {
            device.view.as_ref().is_some_and(is_shown)
                || matches!(&device.page, Page::Read(view) if is_shown(view))
        });
        if !shown {
            self.before.clear();
        }
    }

    /// Something happened: whoever waits does so with reason.
    pub fn takes_heart(&mut self) {
        for device in &mut self.devices {
            device.waits = 0;
        }
    }
}
