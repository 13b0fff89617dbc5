//! Who may act in a dialog.

use confab_protocol::{DialogId, ErrorCode, Person};
use thiserror::Error;

use super::Auth;
use crate::store::{Member, Unavailable};

/// Someone may not act in a dialog, or it cannot be found out.
#[derive(Debug, Error)]
pub enum MemberError {
    /// There is no such dialog, or it is none of theirs; which of the two stays unsaid.
    #[error("there is no dialog {0} for you")]
    NoSuchDialog(DialogId),
    /// The database does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl MemberError {
    /// Whether the same may succeed later.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// The code for programs.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NoSuchDialog(_) => ErrorCode::UnknownDialog,
            Self::Unavailable(_) => ErrorCode::StorageUnavailable,
        }
    }
}

impl Auth {
    /// Finds out whether someone may act in a dialog. Everyone is in the lobby, whatever the
    /// database says. The proof is of this moment: what reads and writes looks again, in its own
    /// transaction.
    ///
    /// # Errors
    ///
    /// [`MemberError`].
    pub async fn member(&self, person: Person, dialog: DialogId) -> Result<Member, MemberError> {
        if dialog == DialogId::lobby() || self.0.store.belongs(&person.id, &dialog).await? {
            Ok(Member::attested(person, dialog))
        } else {
            Err(MemberError::NoSuchDialog(dialog))
        }
    }

    /// The same for several dialogs at once, in their order; of those that are none of theirs there is
    /// no proof. Nobody's standing in the lobby is asked for.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn members(
        &self,
        person: &Person,
        dialogs: &[&DialogId],
    ) -> Result<Vec<Option<Member>>, Unavailable> {
        let belongs = self.0.store.belonging(&person.id, dialogs).await?;
        let proofs = dialogs.iter().zip(belongs).map(|(dialog, belongs)| {
            let is_here = belongs || **dialog == DialogId::lobby();
            is_here.then(|| Member::attested(person.clone(), (*dialog).clone()))
        });
        Ok(proofs.collect())
    }

    /// The proof that someone may act in the lobby, which everyone may.
    pub fn lobby(&self, person: Person) -> Member {
        Member::attested(person, DialogId::lobby())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_looked_up_may_be_asked_again_and_a_refusal_stands() {
        let away = MemberError::from(Unavailable::from(sqlx::Error::PoolTimedOut));
        let refused = MemberError::NoSuchDialog(DialogId::parse("d").unwrap());
        assert_eq!((away.is_passing(), away.code()), (true, ErrorCode::StorageUnavailable));
        assert_eq!((refused.is_passing(), refused.code()), (false, ErrorCode::UnknownDialog));
    }
}
