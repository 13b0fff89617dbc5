//! A group ends.

use sqlx::SqliteConnection;

use super::{DialogError, own_group, take_out};
use crate::store::{
    Member, Readers, Store, log,
    writer::{Outcome, Stamp, Write},
};

struct Dissolve {
    member: Member,
}

impl Store {
    /// Ends a group that one owns: everyone is taken out, and nobody reads it any more.
    ///
    /// # Errors
    ///
    /// [`DialogError`].
    pub fn dissolve(
        &self,
        member: Member,
    ) -> impl Future<Output = Result<(), DialogError>> + use<> {
        self.writer.write(Dissolve { member })
    }
}

impl Write for Dissolve {
    type Done = ();
    type Refusal = DialogError;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        _: &Stamp,
    ) -> Outcome<(), DialogError> {
        let standing = own_group(connection, &self.member).await?;
        let dialog = self.member.dialog();
        let everyone = match log::readers(connection, standing.kind, dialog).await? {
            Readers::Members(members) => members.iter().cloned().collect(),
            Readers::Everyone => Vec::new(),
        };
        let changes = take_out(connection, dialog, &everyone).await?;
        Ok(((), changes))
    }
}
