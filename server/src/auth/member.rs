//! Who may act in a dialog.

use confab_protocol::{DialogId, Person};
use thiserror::Error;

use crate::store::Member;

/// There is no such dialog, or it is none of yours; which of the two stays unsaid.
#[derive(Clone, Debug, Error)]
#[error("there is no dialog {0} for you")]
pub struct NoSuchDialog(pub DialogId);

/// Finds out whether someone may act in a dialog. Everyone is in the lobby.
///
/// # Errors
///
/// [`NoSuchDialog`].
pub fn member(person: Person, dialog: DialogId) -> Result<Member, NoSuchDialog> {
    if dialog == DialogId::lobby() {
        Ok(Member::attested(person, dialog))
    } else {
        Err(NoSuchDialog(dialog))
    }
}
