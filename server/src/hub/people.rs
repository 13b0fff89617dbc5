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

/// Whether somebody is at a socket; or at any of a person's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Attention {
    /// Somebody is, as far as we know.
    Online,
    /// Nobody is, says the page.
    Away,
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
    /// How many of them say that nobody is at them.
    away: usize,
    arrived: u64,
    absence: Absence,
}

impl Presence {
    fn attention(&self) -> Attention {
        match self.away > 0 && self.away >= self.sockets {
            true => Attention::Away,
            false => Attention::Online,
        }
    }
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
            Presence { username, sockets: 0, away: 0, arrived: counter, absence: Absence(0) }
        });
        presence.sockets += 1;
        presence.username = person.username.clone();
        arrival
    }

    /// One socket of a person, counted as here, says that this has changed.
    pub fn look(&mut self, user: &UserId, attention: Attention) {
        if let Some(presence) = self.present.get_mut(user) {
            presence.away = match attention {
                Attention::Away => presence.away + 1,
                Attention::Online => presence.away.saturating_sub(1),
            };
        }
    }

    /// Whether someone who is here is at any of their pages.
    pub fn attention(&self, user: &UserId) -> Option<Attention> {
        self.present.get(user).map(Presence::attention)
    }

    /// Another name for someone who is here; whether it is another.
    pub fn rename(&mut self, person: &Person) -> bool {
        let presence = self.present.get_mut(&person.id);
        let presence = presence.filter(|presence| presence.username != person.username);
        presence.map(|presence| presence.username = person.username.clone()).is_some()
    }

    /// Someone who is here, under the name they go by now.
    pub fn person(&self, user: &UserId) -> Option<Person> {
        let presence = self.present.get(user)?;
        Some(Person { id: user.clone(), username: presence.username.clone() })
    }

    /// One socket of a person less, with or without somebody at it.
    pub fn depart(&mut self, user: &UserId, attention: Attention) -> Departure {
        self.counter += 1;
        let absence = Absence(self.counter);
        match self.present.get_mut(user) {
            Some(presence) if presence.sockets == 1 => {
                presence.sockets = 0;
                presence.away = 0;
                presence.absence = absence;
                Departure::MayHaveLeft(absence)
            }
            Some(presence) => {
                presence.sockets = presence.sockets.saturating_sub(1);
                if attention == Attention::Away {
                    presence.away = presence.away.saturating_sub(1);
                }
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

    /// Those of a list who are away.
    pub fn away(&self, listed: &[Person]) -> Vec<UserId> {
        let is_away = |person: &&Person| self.attention(&person.id) == Some(Attention::Away);
        listed.iter().filter(is_away).map(|person| person.id.clone()).collect()
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
        let Departure::MayHaveLeft(absence) = people.depart(&anna.id, Attention::Online) else {
            panic!()
        };
        assert_eq!(people.arrive(&anna), Arrival::Known);
        assert_eq!(people.leave(&anna.id, absence), None);
        let Departure::MayHaveLeft(second) = people.depart(&anna.id, Attention::Online) else {
            panic!()
        };
        assert_eq!(people.leave(&anna.id, absence), None, "an old absence counts no more");
        assert_eq!(people.leave(&anna.id, second), Some(anna));
    }

    #[test]
    fn two_tabs_are_one_person() {
        let (mut people, anna) = (People::default(), person("anna"));
        people.arrive(&anna);
        assert_eq!(people.arrive(&anna), Arrival::Known);
        assert_eq!(people.list(&anna.id, 10), (1, vec![anna.clone()]));
        assert_eq!(people.depart(&anna.id, Attention::Online), Departure::StillHere);
        assert!(matches!(people.depart(&anna.id, Attention::Online), Departure::MayHaveLeft(_)));
    }

    #[test]
    fn a_person_is_away_when_all_their_sockets_are() {
        let (mut people, anna) = (People::default(), person("anna"));
        people.arrive(&anna);
        people.arrive(&anna);
        people.look(&anna.id, Attention::Away);
        assert_eq!(people.attention(&anna.id), Some(Attention::Online));
        people.depart(&anna.id, Attention::Online);
        assert_eq!(people.attention(&anna.id), Some(Attention::Away), "the one that is left");
        people.look(&anna.id, Attention::Online);
        assert_eq!(people.attention(&anna.id), Some(Attention::Online));
        people.look(&anna.id, Attention::Away);
        people.depart(&anna.id, Attention::Online);
        people.arrive(&anna);
        assert_eq!(people.attention(&anna.id), Some(Attention::Online), "a reload begins anew");
        assert_eq!(people.attention(&person("bob").id), None);
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
