//! Whether what the page shows is what the server has.
//!
//! A page that has just been rendered lacks only what happened between its reading and its first
//! socket, which is mostly nothing. So it is not fetched a second time: the server says what the page
//! should come to ([`Digest`]), and only another sum is a reason to fetch. The socket hears everything
//! from its handshake on, which is before the server adds up; what is heard after that needs no
//! comparison. That holds because the server reads the list first: what changes before it has read the
//! rest, the list's sum does not know.
//!
//! After a break it is not that simple. Who was seen last when is in no sum, and an hour may have
//! passed: then everything that does not catch up by the log is fetched anew. Not before the server has
//! let us in, for then everyone may come back at once, and it says itself how many it has time for.

use confab_protocol::{Connected, Digest};
use confab_sync::{Status, reduce};
use leptos::prelude::*;

use super::Session;
use crate::{Bootstrap, live::Live};

/// What of the page may be other than the server has it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum InDoubt {
    /// Nothing: the socket has told all since it was compared.
    #[default]
    Nothing,
    /// Everything, if the server says another sum.
    Unless(Digest),
    /// Everything.
    Everything,
}

/// What a page comes to. One that lacks a part has to fetch it anyhow; and one that shows a dialog that
/// is not on the list may lack what somebody does there alone, which is in no log.
pub(super) fn came_to(bootstrap: &Bootstrap) -> InDoubt {
    let Bootstrap { open, list: Some(list), details: Some(details), history: Some(_), .. } =
        bootstrap
    else {
        return InDoubt::Everything;
    };
    match list.dialogs.iter().any(|line| line.dialog_id == open.dialog) {
        true => InDoubt::Unless(reduce::digest(list, details)),
        false => InDoubt::Everything,
    }
}

impl Session {
    /// The socket is lost, or there was none to be had.
    pub(super) fn lost(&self, live: &Live) {
        self.truth.doubts(InDoubt::Everything);
        self.hears_nothing();
        live.connection_lost();
    }

    /// Another dialog is opened. If that is before the socket, its parts were read at moments of their
    /// own, and what the page came to says nothing about them.
    pub fn turns_to_another(&self) {
        if self.status.with_untracked(|status| *status != Status::Open) {
            self.truth.doubts(InDoubt::Everything);
        }
    }

    /// We are let in, and the server says what the page should come to. Of a longer list of people than it tells, those
    /// who are missing may be there or not: then it is asked.
    pub(super) fn compare(&self, live: &Live, connected: &Connected) {
        let tells_all = connected.connected_users <= connected.connected_user_list.len() as u64;
        let is_true = match self.truth.doubts(InDoubt::Nothing) {
            InDoubt::Nothing => true,
            InDoubt::Unless(sum) => connected.digest == Some(sum) && tells_all,
            InDoubt::Everything => false,
        };
        if !is_true {
            live.reconnected();
        }
    }
}
