//! To connect: someone says who they are, hears who is here and what was said, and the others hear
//! of them. And to depart.

use confab_protocol::{
    Disconnected, ErrorCode, Joined, Message, Person, Positions, Refusal, ServerFrame, Topic,
    Username,
};
use thiserror::Error;

use super::{
    Audience, Encoded, Hub,
    people::{Arrival, Departure},
};
use crate::store::{Member, Unavailable};

/// What `connected` tells.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Whoever connected, with the name others see.
    pub you: Person,
    /// The first of those who are here, oneself before all.
    pub people: Vec<Person>,
    /// How many are here.
    pub people_count: usize,
    /// The lobby's last messages, oldest first.
    pub messages: Vec<Message>,
    /// The lobby's position that they were read at.
    pub positions: Positions,
    /// What kept the messages from being read.
    pub unavailable: bool,
}

/// The person is not connected.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The name cannot be accepted.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl ConnectError {
    /// The code for programs.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(refusal) => refusal.code(),
        }
    }
}

impl Hub {
    /// The number of a new socket, from 1 (document 000: who comes back comes as a new client).
    pub fn next_client(&self) -> u64 {
        self.0.clients.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1
    }

    /// Gives a person the name they ask for.
    ///
    /// # Errors
    ///
    /// [`ConnectError::Refused`] when it is no name.
    pub fn named(&self, person: &Person, username: Option<&str>) -> Result<Person, ConnectError> {
        let username = match username {
            Some(text) => Username::parse(text)?,
            None => person.username.clone(),
        };
        Ok(Person { id: person.id.clone(), username })
    }

    /// One more socket of a person; the others hear of it when it is the first.
    pub fn arrive(&self, person: &Person) {
        if self.0.people.arrive(person) == Arrival::New {
            self.tell_others(person, Joined(person.clone()).into());
        }
    }

    /// Someone who is here goes by another name from now on.
    pub fn rename(&self, person: &Person) {
        self.0.people.rename(person);
    }

    /// Who is here and what was said in the lobby. When the database does not answer, the people
    /// are there all the same (document 002: the socket does not depend on the database).
    pub async fn connect(&self, member: &Member, with_history: bool) -> Snapshot {
        let you = member.person().clone();
        let (people_count, people) =
            self.0.people.list(&you.id, self.0.rules.hub.people_listed_max);
        let mut snapshot = Snapshot {
            you,
            people,
            people_count,
            messages: Vec::new(),
            positions: Positions::new(),
            unavailable: false,
        };
        if with_history {
            match self.history(member, None).await {
                Ok(page) => {
                    snapshot.positions.insert(member.dialog().clone(), page.ev);
                    snapshot.messages = page.messages;
                }
                Err(Unavailable { .. }) => snapshot.unavailable = true,
            }
        }
        snapshot
    }

    /// A socket of a person is gone. The others hear of it when it was the last and none came back
    /// within the grace.
    pub fn depart(&self, person: &Person) {
        let Departure::MayHaveLeft(absence) = self.0.people.depart(&person.id) else { return };
        let (hub, user) = (self.clone(), person.id.clone());
        // From now on, not from when the task gets its turn.
        let over = self.0.clock.now() + self.0.rules.hub.presence_grace;
        self.0.shutdown.spawn(async move {
            tokio::select! {
                () = hub.0.clock.sleep_until(over) => {}
                () = hub.0.shutdown.begun() => return,
            }
            if let Some(person) = hub.0.people.leave(&user, absence) {
                hub.tell_others(&person, Disconnected(person.clone()).into());
            }
        });
    }

    /// Takes a socket out of every topic.
    pub fn forget(&self, outlet: &super::Outlet) {
        self.0.listeners.remove(outlet);
    }

    fn tell_others(&self, person: &Person, frame: ServerFrame) {
        let frame = Encoded::new(&frame);
        self.0.listeners.tell(&Topic::Presence, &frame, Audience::Others(&person.id));
    }
}
