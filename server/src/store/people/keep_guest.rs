//! A guest comes in, and is no longer only passing.

use confab_protocol::Person;
use sqlx::SqliteConnection;

use super::{AccountError, is_deleted, keep};
use crate::store::{
    Store,
    writer::{Outcome, Stamp, Stop, Write},
};

struct KeepGuest(Person);

impl Store {
    /// Keeps a guest who chose no name. Who is known already stays as they are, but for a name that
    /// they did not choose either.
    ///
    /// # Errors
    ///
    /// [`AccountError::Unknown`] of who is deleted.
    pub fn keep_guest(
        &self,
        person: Person,
    ) -> impl Future<Output = Result<(), AccountError>> + use<> {
        self.writer.write(KeepGuest(person))
    }
}

impl Write for KeepGuest {
    type Done = ();
    type Refusal = AccountError;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> Outcome<(), AccountError> {
        if is_deleted(connection, &self.0.id).await? {
            return Err(Stop::Refused(AccountError::Unknown));
        }
        Ok(((), keep(connection, &self.0, stamp).await?))
    }
}
