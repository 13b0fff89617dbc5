//! Who listens to what.
//!
//! One lock guards the map of topics and the positions that have been told, so that a socket which
//! subscribes hears every change after the position it is told, and none twice.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use confab_protocol::{DialogId, Ev, Positions, Topic, UserId};

use super::outlet::{Encoded, Outlet};

/// Which of a topic's listeners hear a frame.
#[derive(Clone, Copy, Debug)]
pub enum Audience<'a> {
    /// All of them.
    Everyone,
    /// All but the sockets of one person.
    Others(&'a UserId),
}

#[derive(Debug, Default)]
pub(super) struct Listeners(Mutex<Map>);

#[derive(Debug, Default)]
struct Map {
    by_topic: HashMap<Topic, HashMap<u64, Arc<Outlet>>>,
    by_socket: HashMap<u64, BTreeSet<Topic>>,
    /// The last change of each dialog that has been told.
    positions: HashMap<DialogId, Ev>,
}

impl Listeners {
    fn lock(&self) -> MutexGuard<'_, Map> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn subscribe(&self, outlet: &Arc<Outlet>, topic: Topic) {
        let mut map = self.lock();
        let number = outlet.connection.number;
        map.by_socket.entry(number).or_default().insert(topic.clone());
        map.by_topic.entry(topic).or_default().insert(number, Arc::clone(outlet));
    }

    pub fn unsubscribe(&self, outlet: &Outlet, topic: &Topic) {
        let mut map = self.lock();
        let number = outlet.connection.number;
        if let Some(topics) = map.by_socket.get_mut(&number) {
            topics.remove(topic);
        }
        map.forget(number, topic);
    }

    /// Takes a socket out of every topic.
    pub fn remove(&self, outlet: &Outlet) {
        let mut map = self.lock();
        let number = outlet.connection.number;
        for topic in map.by_socket.remove(&number).unwrap_or_default() {
            map.forget(number, &topic);
        }
    }

    /// Puts the same bytes into the queue of everyone who listens.
    pub fn tell(&self, topic: &Topic, frame: &Encoded, audience: Audience<'_>) {
        self.lock().tell(topic, frame, audience);
    }

    /// Tells a change and moves the dialog's position, in one step.
    pub fn tell_change(&self, dialog: &DialogId, ev: Ev, frames: &[(Topic, Encoded)]) {
        let mut map = self.lock();
        for (topic, frame) in frames {
            map.tell(topic, frame, Audience::Everyone);
        }
        map.positions.insert(dialog.clone(), ev);
    }

    /// Notes how far a dialog is at the start.
    pub fn move_position(&self, dialog: &DialogId, ev: Ev) {
        self.lock().positions.insert(dialog.clone(), ev);
    }

    /// The positions of the dialogs that a socket has joined.
    pub fn positions_of(&self, outlet: &Outlet) -> Positions {
        let map = self.lock();
        let topics = map.by_socket.get(&outlet.connection.number);
        topics
            .into_iter()
            .flatten()
            .filter_map(|topic| match topic {
                Topic::Dialog(dialog) => Some((dialog.clone(), *map.positions.get(dialog)?)),
                _ => None,
            })
            .collect()
    }

    /// How many topics have listeners, and how many sockets listen: nothing is left when all left.
    pub fn census(&self) -> (usize, usize) {
        let map = self.lock();
        (map.by_topic.len(), map.by_socket.len())
    }
}

impl Map {
    fn forget(&mut self, number: u64, topic: &Topic) {
        if let Some(outlets) = self.by_topic.get_mut(topic) {
            outlets.remove(&number);
            if outlets.is_empty() {
                self.by_topic.remove(topic);
            }
        }
    }

    fn tell(&self, topic: &Topic, frame: &Encoded, audience: Audience<'_>) {
        let Some(outlets) = self.by_topic.get(topic) else { return };
        for outlet in outlets.values() {
            let hears = match audience {
                Audience::Everyone => true,
                Audience::Others(user) => outlet.connection.visitor.user != *user,
            };
            if hears {
                outlet.push(frame.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::outlet::tests::outlet;
    use confab_protocol::{Heartbeat, ServerFrame, Timestamp};

    fn heartbeat() -> Encoded {
        let beat = Heartbeat { time: Timestamp::from_unix_ms(0), connections: 1 };
        Encoded::new(&ServerFrame::from(beat))
    }

    #[test]
    fn a_socket_that_leaves_leaves_nothing_behind() {
        let listeners = Listeners::default();
        let anna = outlet("anna", 8, 1000);
        for topic in Topic::DEFAULT {
            listeners.subscribe(&anna, topic);
        }
        listeners.unsubscribe(&anna, &Topic::Chat);
        listeners.remove(&anna);
        assert_eq!(listeners.census(), (0, 0));
    }

    #[test]
    fn the_others_do_not_include_oneself() {
        let listeners = Listeners::default();
        let anna = outlet("anna", 8, 1000);
        listeners.subscribe(&anna, Topic::Presence);
        listeners.tell(
            &Topic::Presence,
            &heartbeat(),
            Audience::Others(&anna.connection.visitor.user),
        );
        assert!(anna.pop().is_none());
        listeners.tell(&Topic::Presence, &heartbeat(), Audience::Everyone);
        assert!(anna.pop().is_some());
    }

    #[test]
    fn all_who_listen_get_the_very_same_bytes() {
        let listeners = Listeners::default();
        let outlets = ["anna", "bob", "cem"].map(|user| outlet(user, 8, 1000));
        for outlet in &outlets {
            listeners.subscribe(outlet, Topic::Heartbeat);
        }
        listeners.tell(&Topic::Heartbeat, &heartbeat(), Audience::Everyone);
        let texts = outlets.map(|outlet| outlet.pop().unwrap().into_text());
        assert!(texts.iter().all(|text| text.as_ptr() == texts[0].as_ptr()), "encoded once");
    }
}
