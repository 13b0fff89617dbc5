//! To look back: a page of a dialog.

use confab_protocol::{Seq, rest::MessagesPage};

use super::Hub;
use crate::store::{Member, Unavailable};

impl Hub {
    /// The last page of a dialog, or the page before a message.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when the database does not answer.
    pub async fn history(
        &self,
        member: &Member,
        before: Option<Seq>,
    ) -> Result<MessagesPage, Unavailable> {
        self.0.store.page(member, before, self.limits().page_messages).await
    }
}
