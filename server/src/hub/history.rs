//! To look back: a page of a dialog, and what happened in it since.

use confab_protocol::{Ev, rest::MessagesPage};

use super::Hub;
use crate::store::{CatchUp, Member, Place, ReadError};

impl Hub {
    /// A page of a dialog, with its position in the same transaction.
    ///
    /// # Errors
    ///
    /// [`ReadError`]: they belong to it no more, or the database does not answer.
    pub async fn history(
        &self,
        member: &Member,
        place: Place,
        limit: u32,
    ) -> Result<MessagesPage, ReadError> {
        self.0.store.page(member, place, limit).await
    }

    /// What changed in a dialog since a position.
    ///
    /// # Errors
    ///
    /// [`ReadError`].
    pub async fn events(&self, member: &Member, after: Ev) -> Result<CatchUp, ReadError> {
        self.0.store.catch_up(member, after, self.limits().catch_up_events).await
    }
}
