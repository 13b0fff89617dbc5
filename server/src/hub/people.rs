//! Who is here: a person with at least one socket that has said `connecting`, and for a moment
//! longer, because a reload is no leave (document 003).

use std::collections::HashMap;

use confab_protocol::{Person, UserId, Username};

/// What an arrival means to the others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Arrival {
    /// Someone came.
    New,
    /// Someone was here already, or is back within the grace.
    Known,
}

/// What a departure means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Departure {
    /// Other sockets of this person are open.
    StillHere,
    /// The last one is gone; ask again with this after the grace.
    MayHaveLeft(Absence),
}

/// One absence of one person; a return in between makes it void.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Absence(u64);

/// Everyone who is here.
#[derive(Debug, Default)]
pub(super) struct People {
    present: HashMap<UserId, Presence>,
    /// Counts arrivals and absences: orders the list, and tells absences apart.
    counter: u64,
}

#[derive(Debug)]
struct Presence {
    username: Username,
    sockets: usize,
    arrived: u64,
    absence: Absence,
}

impl People {
    /// One more socket of a person.
    pub fn arrive(&mut self, person: &Person) -> Arrival {
        self.counter += 1;
        let counter = self.counter;
        let mut arrival = Arrival::Known;
        let presence = self.present.entry(person.id.clone()).or_insert_with(|| {
            arrival = Arrival::New;
            let username = person.username.clone();
            Presence { username, sockets: 0, arrived: counter, absence: Absence(0) }
        });
        presence.sockets += 1;
        presence.username = person.username.clone();
        arrival
    }

    /// Another name for someone who is here.
    pub fn rename(&mut self, person: &Person) {
        if let Some(presence) = self.present.get_mut(&person.id) {
            presence.username = person.username.clone();
        }
    }

    /// One socket of a person less.
    pub fn depart(&mut self, user: &UserId) -> Departure {
        self.counter += 1;
        let absence = Absence(self.counter);
        match self.present.get_mut(user) {
            Some(presence) if presence.sockets == 1 => {
                presence.sockets = 0;
                presence.absence = absence;
                Departure::MayHaveLeft(absence)
            }
            Some(presence) => {
                presence.sockets = presence.sockets.saturating_sub(1);
                Departure::StillHere
            }
            None => Departure::StillHere,
        }
    }

    /// After the grace: forgets the person unless they came back since; gives whom to say goodbye
    /// to.
    pub fn leave(&mut self, user: &UserId, absence: Absence) -> Option<Person> {
        let presence = self.present.get(user)?;
        if presence.sockets > 0 || presence.absence != absence {
            return None;
        }
        let presence = self.present.remove(user)?;
        Some(Person { id: user.clone(), username: presence.username })
    }

    /// How many sockets the people here have.
    pub fn sockets(&self) -> usize {
        self.present.values().map(|presence| presence.sockets).sum()
    }

    /// How many are here, and the first `max` in order of arrival, `first` before all.
    pub fn list(&self, first: &UserId, max: usize) -> (usize, Vec<Person>) {
        let mut people: Vec<_> = self.present.iter().collect();
        people.sort_by_key(|(id, presence)| (*id != first, presence.arrived));
        let listed = people.iter().take(max).map(|(id, presence)| Person {
            id: (*id).clone(),
            username: presence.username.clone(),
        });
        (people.len(), listed.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str) -> Person {
        Person { id: UserId::parse(name).unwrap(), username: Username::parse(name).unwrap() }
    }

    #[test]
    fn a_reload_is_no_leave() {
        let (mut people, anna) = (People::default(), person("anna"));
        assert_eq!(people.arrive(&anna), Arrival::New);
        let Departure::MayHaveLeft(absence) = people.depart(&anna.id) else { panic!() };
        assert_eq!(people.arrive(&anna), Arrival::Known);
        assert_eq!(people.leave(&anna.id, absence), None);
        let Departure::MayHaveLeft(second) = people.depart(&anna.id) else { panic!() };
        assert_eq!(people.leave(&anna.id, absence), None, "an old absence counts no more");
        assert_eq!(people.leave(&anna.id, second), Some(anna));
    }

    #[test]
    fn two_tabs_are_one_person() {
        let (mut people, anna) = (People::default(), person("anna"));
        people.arrive(&anna);
        assert_eq!(people.arrive(&anna), Arrival::Known);
        assert_eq!(people.list(&anna.id, 10), (1, vec![anna.clone()]));
        assert_eq!(people.depart(&anna.id), Departure::StillHere);
        assert!(matches!(people.depart(&anna.id), Departure::MayHaveLeft(_)));
    }

    #[test]
    fn the_list_begins_with_oneself_and_is_bounded() {
        let mut people = People::default();
        for name in ["anna", "bob", "cem"] {
            people.arrive(&person(name));
        }
        let (all, listed) = people.list(&person("cem").id, 2);
        assert_eq!((all, listed), (3, vec![person("cem"), person("anna")]));
    }
}
