//! To look for someone or something: only what one may see is found.

use confab_protocol::{
    UserId,
    rest::{Found, PeopleList},
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
        let mut list = self.0.store.people(user, query, PEOPLE_LISTED_MAX).await?;
        self.notice_presences(&mut list.people);
        Ok(list)
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
}
