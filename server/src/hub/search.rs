//! To look for someone or something: only what one may see is found.

use confab_protocol::{
    Person, Presence, PresenceState, Timestamp, UserId,
    rest::{Found, FoundPerson, PeopleList},
};

use super::Hub;
use crate::store::Unavailable;

/// How many people are listed at once: as many as fit on a few screens.
const PEOPLE_LISTED_MAX: u32 = 50;

impl Hub {
    /// People whose name holds the words, without oneself.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when the database does not answer.
    pub async fn people_like(&self, user: &UserId, query: &str) -> Result<PeopleList, Unavailable> {
        let (found, has_more) = self.0.store.people(user, query, PEOPLE_LISTED_MAX).await?;
        let mut people: Vec<_> = found.into_iter().map(gone).collect();
        self.notice_presences(&mut people);
        Ok(PeopleList { people, has_more })
    }

    /// People, one's dialogs and their messages that hold the words.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when the database does not answer.
    pub async fn search(&self, user: &UserId, query: &str) -> Result<Found, Unavailable> {
        let mut found = self.0.store.search(user, query).await?;
        self.notice_presences(&mut found.people);
        found.dialogs.iter_mut().for_each(|dialog| self.notice_presence(dialog));
        Ok(found)
    }

    /// These people, as far as they are still here, in this order.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when the database does not answer.
    pub async fn people_with(&self, ids: &[UserId]) -> Result<Vec<FoundPerson>, Unavailable> {
        let found = self.0.store.people_with(ids).await?;
        let mut people: Vec<_> = found.into_iter().map(gone).collect();
        self.notice_presences(&mut people);
        Ok(people)
    }
}

/// Someone, as long as nobody has looked whether they are there.
fn gone((person, last_seen_at): (Person, Option<Timestamp>)) -> FoundPerson {
    let presence = Presence { state: PresenceState::Offline, last_seen_at };
    FoundPerson { id: person.id, username: person.username, presence }
}
