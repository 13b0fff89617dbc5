//! Whether what the page shows is what the server has.
//!
//! A page that has just been rendered lacks only what happened between its reading and its first
//! socket, which is mostly nothing. So it is not fetched a second time: the server says what the page
//! should come to ([`Digest`]), and only another sum is a reason to fetch. The socket hears everything
//! from its handshake on, which is before the server adds up; what is heard after that needs no
//! comparison.
//!
//! After a break it is not that simple. Who was seen last when is in no sum, and an hour may have
//! passed: then everything that does not catch up by the log is fetched anew.

use confab_protocol::{Connected, Digest};
use confab_sync::{Status, reduce};
use leptos::prelude::*;

use super::Session;
use crate::{Bootstrap, live::Live};

/// What a page comes to; nothing for one that lacks a part and has to fetch it anyhow, or shows a
/// dialog that is not on the list: what somebody does there alone is in no log.
pub(super) fn came_to(bootstrap: &Bootstrap) -> Option<Digest> {
    let Bootstrap { open, list: Some(list), details: Some(details), history: Some(_), .. } =
        bootstrap
    else {
        return None;
    };
    let is_listed = list.dialogs.iter().any(|line| line.dialog_id == open.dialog);
    is_listed.then(|| reduce::digest(list, details))
}

impl Session {
    /// The socket is open.
    pub(super) fn opened(&self, live: &Live) {
        if self.came_to.get_untracked().is_none() {
            live.reconnected();
        }
    }

    /// The socket is lost, or there was none to be had.
    pub(super) fn lost(&self, live: &Live) {
        self.came_to.set(None);
        self.hears_nothing();
        live.connection_lost();
    }

    /// Another dialog is opened. If that is before the socket, its parts were read at moments of their
    /// own, and what the page came to says nothing about them.
    pub fn turns_to_another(&self) {
        if self.status.with_untracked(|status| *status != Status::Open) {
            self.came_to.set(None);
        }
    }

    /// The server says what the page should come to. Of a longer list of people than it tells, those
    /// who are missing may be there or not: then it is asked.
    pub(super) fn compare(&self, live: &Live, connected: &Connected) {
        let Some(came_to) = self.came_to.get_untracked() else { return };
        self.came_to.set(None);
        let tells_all = connected.connected_users <= connected.connected_user_list.len() as u64;
        if connected.digest != Some(came_to) || !tells_all {
            live.reconnected();
        }
    }
}
