//! To have got and to have seen: how far someone has come in a dialog. Both numbers only grow
//! (DESIGN §7, G7).

use confab_protocol::Seq;

use super::Hub;
use crate::store::{Advance, AdvanceError, Member};

impl Hub {
    /// Notes how far a person's devices have got, and how far the person has read. What is less than
    /// what is known changes nothing; what is more than there is counts as all.
    ///
    /// # Errors
    ///
    /// [`AdvanceError`].
    pub fn advance(
        &self,
        member: Member,
        delivered: Seq,
        read: Seq,
    ) -> impl Future<Output = Result<(), AdvanceError>> + use<> {
        self.0.store.advance(Advance { member, delivered, read })
    }
}
