//! To join: hear every change of a dialog, beginning with those that were missed; and to leave.
//!
//! The socket is subscribed before the log is read, so a change can be told twice and never be
//! missed; the client drops what it has (DESIGN §4, *The log*). Whether the person belongs to the
//! dialog is looked at again where the log is read: who was removed since is taken out.

use std::sync::Arc;

use confab_protocol::{
    DialogEvents, DialogId, DialogReset, ErrorCode, Ev, Positions, ServerFrame, Topic,
};
use thiserror::Error;

use super::{Hub, Outlet};
use crate::store::{CatchUp, Member, ReadError};

/// What the joiner is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Joined {
    /// What was missed.
    Sync(DialogEvents),
    /// The position is of no use; read the dialog afresh.
    Reset(DialogReset),
}

impl From<Joined> for ServerFrame {
    fn from(joined: Joined) -> Self {
        match joined {
            Joined::Sync(events) => events.into(),
            Joined::Reset(reset) => reset.into(),
        }
    }
}

/// The dialog is not joined, or what was missed cannot be read.
#[derive(Debug, Error)]
pub enum JoinError {
    /// They belong to it no more.
    #[error("there is no such dialog for you")]
    NoSuchDialog,
    /// The database does not answer. The dialog is joined all the same.
    #[error("what was missed cannot be read; join again")]
    Unavailable,
}

impl JoinError {
    /// The code for programs.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NoSuchDialog => ErrorCode::UnknownDialog,
            Self::Unavailable => ErrorCode::StorageUnavailable,
        }
    }
}

impl From<ReadError> for JoinError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NoSuchDialog => Self::NoSuchDialog,
            ReadError::Unavailable(_) => Self::Unavailable,
        }
    }
}

impl Hub {
    /// Lets a socket hear a dialog. `after` is the last change it has; without it the present is
    /// taken.
    ///
    /// # Errors
    ///
    /// [`JoinError`]; when the database does not answer, the socket is subscribed all the same.
    pub async fn join(
        &self,
        outlet: &Arc<Outlet>,
        member: &Member,
        after: Option<Ev>,
    ) -> Result<Joined, JoinError> {
        self.subscribe(outlet, Topic::Dialog(member.dialog().clone()));
        let joined = self.missed(member, after).await;
        if matches!(joined, Err(JoinError::NoSuchDialog)) {
            self.leave(outlet, member.dialog());
        }
        joined
    }

    async fn missed(&self, member: &Member, after: Option<Ev>) -> Result<Joined, JoinError> {
        let dialog_id = member.dialog().clone();
        let Some(after) = after else {
            let to = self.0.store.position_for(member).await?;
            self.0.listeners.reach(&dialog_id, to);
            return Ok(Joined::Sync(DialogEvents { dialog_id, events: Vec::new(), to }));
        };
        let max = self.limits().catch_up_events;
        Ok(self.caught_up(&dialog_id, self.0.store.catch_up(member, after, max).await?))
    }

    /// What was missed, as it is told.
    pub(super) fn caught_up(&self, dialog: &DialogId, missed: CatchUp) -> Joined {
        let dialog_id = dialog.clone();
        match missed {
            CatchUp::Events { events, to } => {
                self.0.listeners.reach(dialog, to);
                Joined::Sync(DialogEvents { dialog_id, events, to })
            }
            CatchUp::Reset(why) => Joined::Reset(DialogReset { dialog_id, why }),
        }
    }

    /// Lets a socket hear a dialog no more.
    pub fn leave(&self, outlet: &Outlet, dialog: &DialogId) {
        self.unsubscribe(outlet, &Topic::Dialog(dialog.clone()));
    }

    /// The last change of each dialog that a socket has joined.
    pub fn positions(&self, outlet: &Outlet) -> Positions {
        self.0.listeners.positions_of(outlet)
    }
}
