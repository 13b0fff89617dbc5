//! Who listens to what.
//!
//! One lock guards the map of topics and the positions that have been told, so that a socket which
//! subscribes hears every change after the position it is told, and none twice.
//!
//! What happens in a dialog of some is told to its readers, whom the change itself names: the
//! subscriptions only say which of their sockets want to hear it. So a socket that is still
//! subscribed when its person is removed hears nothing more (DESIGN §7, G8), however the two raced.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

#[cfg(feature = "plants")]
use confab_protocol::plants::{Plant, is_planted};
use confab_protocol::{DialogId, Ev, Positions, Topic, UserId};

use super::outlet::{Encoded, Outlet};
use crate::store::Readers;

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
    /// Who came first hears first.
    by_topic: HashMap<Topic, BTreeMap<u64, Arc<Outlet>>>,
    by_socket: HashMap<u64, BTreeSet<Topic>>,
    /// The sockets of each person that listen to anything.
    by_user: HashMap<UserId, BTreeMap<u64, Arc<Outlet>>>,
    /// The last change that has been told of the lobby, and of each dialog that somebody has joined.
    positions: HashMap<DialogId, Ev>,
    /// How often somebody was taken out of a dialog.
    expulsions: Expulsions,
}

/// A moment among the removals: who was read from the database before the last one is out of date.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Expulsions(u64);

impl Listeners {
    fn lock(&self) -> MutexGuard<'_, Map> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn subscribe(&self, outlet: &Arc<Outlet>, topic: Topic) {
        let mut map = self.lock();
        let number = outlet.connection.number;
        map.by_socket.entry(number).or_default().insert(topic.clone());
        let user = outlet.connection.visitor.user.clone();
        map.by_user.entry(user).or_default().insert(number, Arc::clone(outlet));
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
        let user = &outlet.connection.visitor.user;
        if let Some(sockets) = map.by_user.get_mut(user) {
            sockets.remove(&number);
            if sockets.is_empty() {
                map.by_user.remove(user);
            }
        }
    }

    /// Takes the sockets of a person out of a dialog they belong to no more.
    pub fn expel(&self, user: &UserId, dialog: &DialogId) {
        let mut map = self.lock();
        map.expulsions.0 += 1;
        let topic = Topic::Dialog(dialog.clone());
        let numbers: Vec<_> =
            map.by_user.get(user).into_iter().flat_map(BTreeMap::keys).copied().collect();
        for number in numbers {
            if let Some(topics) = map.by_socket.get_mut(&number) {
                topics.remove(&topic);
            }
            map.forget(number, &topic);
        }
    }

    /// Puts the same bytes into the queue of everyone who listens.
    pub fn tell(&self, topic: &Topic, frame: &Encoded, audience: Audience<'_>) {
        self.lock().tell(topic, frame, audience);
    }

    /// Tells a change to its readers, in as many frames as it makes, and moves the dialog's
    /// position, in one step.
    pub fn tell_change(
        &self,
        dialog: &DialogId,
        ev: Ev,
        frames: &[(Topic, Encoded)],
        readers: &Readers,
    ) {
        let mut map = self.lock();
        for (topic, frame) in frames {
            map.tell_readers(topic, frame, readers);
        }
        map.reach(dialog, ev);
    }

    /// Puts the same bytes into the queues of those readers' sockets that listen. A dialog of some is
    /// heard by who joined it, and by who hears all their dialogs; by nobody twice.
    pub fn tell_readers(&self, topic: &Topic, frame: &Encoded, readers: &Readers) {
        self.lock().tell_readers(topic, frame, readers);
    }

    /// What to remember before readers are read from the database.
    pub fn expulsions(&self) -> Expulsions {
        self.lock().expulsions
    }

    /// Puts a frame that is not in the log into the queues of the other readers' sockets that hear the
    /// topic; unless somebody was removed since the readers were read, for it might be one of them.
    pub fn tell_other_readers(
        &self,
        topic: &Topic,
        frame: &Encoded,
        (readers, as_of): (&Readers, Expulsions),
        except: &UserId,
    ) {
        let map = self.lock();
        if map.expulsions != as_of {
            return;
        }
        match readers {
            Readers::Everyone => map.tell(topic, frame, Audience::Others(except)),
            Readers::Members(users) => {
                for user in users.iter().filter(|user| *user != except) {
                    map.tell_person(user, frame, |topics| topics.contains(topic));
                }
            }
        }
    }

    /// Puts a frame into the queues of one person's sockets that hear the topic.
    pub fn tell_person(&self, user: &UserId, topic: &Topic, frame: &Encoded) {
        self.lock().tell_person(user, frame, |topics| topics.contains(topic));
    }

    /// Notes how far a dialog is, for those who have joined before anything happens in it.
    pub fn reach(&self, dialog: &DialogId, ev: Ev) {
        self.lock().reach(dialog, ev);
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
                if let Topic::Dialog(dialog) = topic
                    && *dialog != DialogId::lobby()
                {
                    self.positions.remove(dialog);
                }
            }
        }
    }

    /// Nobody asks how far a dialog is that nobody has joined, and whoever joins reads it.
    fn reach(&mut self, dialog: &DialogId, ev: Ev) {
        let is_joined = self.by_topic.contains_key(&Topic::Dialog(dialog.clone()));
        if is_joined || *dialog == DialogId::lobby() {
            let position = self.positions.entry(dialog.clone()).or_default();
            *position = ev.max(*position);
        }
    }

    fn tell_readers(&self, topic: &Topic, frame: &Encoded, readers: &Readers) {
        #[cfg(feature = "plants")]
        if is_planted(Plant::MembershipNotRechecked) {
            return self.tell(topic, frame, Audience::Everyone);
        }
        let Readers::Members(users) = readers else {
            return self.tell(topic, frame, Audience::Everyone);
        };
        for user in users.iter() {
            self.tell_person(user, frame, |topics| {
                topics.contains(topic) || topics.contains(&Topic::Dialogs)
            });
        }
    }

    fn tell_person(
        &self,
        user: &UserId,
        frame: &Encoded,
        hears: impl Fn(&BTreeSet<Topic>) -> bool,
    ) {
        for (number, outlet) in self.by_user.get(user).into_iter().flatten() {
            if self.by_socket.get(number).is_some_and(&hears) {
                outlet.push(frame.clone());
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
        assert!(listeners.lock().by_user.is_empty());
    }

    #[test]
    fn only_readers_hear_of_a_dialog_and_none_of_them_twice() {
        let listeners = Listeners::default();
        let [anna, bob, cem] = ["anna", "bob", "cem"].map(|user| outlet(user, 8, 1000));
        let tea = DialogId::parse("tea").unwrap();
        let topic = Topic::Dialog(tea.clone());
        for outlet in [&anna, &cem] {
            listeners.subscribe(outlet, topic.clone());
        }
        listeners.subscribe(&anna, Topic::Dialogs);
        listeners.subscribe(&bob, Topic::Dialogs);
        let users = [&anna, &bob].map(|outlet| outlet.connection.visitor.user.clone());
        let readers = Readers::Members(Arc::new(users.into()));
        listeners.tell_change(&tea, Ev(1), &[(topic, heartbeat())], &readers);
        let heard = |outlet: &Outlet| std::iter::from_fn(|| outlet.pop()).count();
        assert_eq!([&anna, &bob, &cem].map(|outlet| heard(outlet)), [1, 1, 0]);
    }

    #[test]
    fn who_is_expelled_hears_other_dialogs_still() {
        let listeners = Listeners::default();
        let anna = outlet("anna", 8, 1000);
        let dialogs = ["tea", "war"].map(|id| DialogId::parse(id).unwrap());
        for dialog in &dialogs {
            listeners.subscribe(&anna, Topic::Dialog(dialog.clone()));
            listeners.reach(dialog, Ev(3));
        }
        listeners.expel(&anna.connection.visitor.user, &dialogs[0]);
        assert_eq!(listeners.positions_of(&anna), [(dialogs[1].clone(), Ev(3))].into());
    }

    #[test]
    fn a_position_is_kept_while_somebody_has_joined() {
        let listeners = Listeners::default();
        let [anna, bob] = ["anna", "bob"].map(|user| outlet(user, 8, 1000));
        let tea = DialogId::parse("tea").unwrap();
        let topic = Topic::Dialog(tea.clone());
        let told = |ev| listeners.tell_change(&tea, Ev(ev), &[], &Readers::Everyone);
        let kept = || listeners.lock().positions.get(&tea).copied();
        told(1);
        listeners.reach(&tea, Ev(1));
        assert_eq!(kept(), None, "nobody has joined");
        listeners.subscribe(&anna, topic.clone());
        listeners.subscribe(&bob, topic.clone());
        told(3);
        // Read before, noted after.
        listeners.reach(&tea, Ev(2));
        listeners.unsubscribe(&anna, &topic);
        assert_eq!(listeners.positions_of(&bob), [(tea.clone(), Ev(3))].into());
        listeners.remove(&bob);
        assert_eq!(kept(), None, "all have left");
        for leave in [Listeners::unsubscribe as fn(&Listeners, &Outlet, &Topic), |all, bob, _| {
            all.expel(&bob.connection.visitor.user, &DialogId::parse("tea").unwrap());
        }] {
            listeners.subscribe(&bob, topic.clone());
            told(4);
            assert_eq!(kept(), Some(Ev(4)));
            leave(&listeners, &bob, &topic);
            assert_eq!(kept(), None);
        }
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
