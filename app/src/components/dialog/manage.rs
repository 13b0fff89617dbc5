//! What one does to a dialog, by REST: the change comes back by the log, like everybody's.

use confab_protocol::{
    DialogId, UserId,
    json::{self, ToJson},
    rest::{ChangedDialog, MembersChange},
};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    components::{Reasons, surroundings},
    data::demand,
    live::QueryError,
};

/// What can be done to a dialog; copies say what went wrong to the same signal.
#[derive(Clone)]
pub struct Manage {
    /// Why the last thing could not be done; empty if it could.
    pub failed: RwSignal<String>,
    dialog: DialogId,
}

impl Manage {
    /// For this dialog.
    pub fn new(dialog: DialogId) -> Self {
        Self { failed: RwSignal::default(), dialog }
    }

    /// Another title.
    pub fn rename(&self, title: String) {
        self.change(ChangedDialog { title: Some(title), ..ChangedDialog::default() });
    }

    /// Another owner.
    pub fn pass_on(&self, owner: UserId) {
        self.change(ChangedDialog { owner: Some(owner), ..ChangedDialog::default() });
    }

    /// Quiet, or audible again.
    pub fn mute(&self, muted: bool) {
        self.change(ChangedDialog { muted: Some(muted), ..ChangedDialog::default() });
    }

    fn change(&self, change: ChangedDialog) {
        self.ask("PATCH", "", &change);
    }

    /// One more.
    pub fn add(&self, person: UserId) {
        self.ask("POST", "/members", &MembersChange { members: vec![person] });
    }

    /// One less.
    pub fn remove(&self, person: UserId) {
        self.ask("DELETE", "/members", &MembersChange { members: vec![person] });
    }

    /// Without us.
    pub fn leave(&self) {
        self.ask("POST", "/leave", &ChangedDialog::default());
    }

    fn ask(&self, method: &'static str, under: &str, body: &dyn ToJson) {
        let path = ["/api/dialogs/", self.dialog.as_str(), under].concat();
        let around = surroundings();
        let (failed, reasons) = (self.failed, around.reasons());
        let answer = demand(around.session, method, path, json::write(body));
        spawn_local(async move { tell(failed, reasons, answer.await.err()) });
    }
}

/// Says what went wrong with the last thing, or that nothing did.
pub fn tell(failed: RwSignal<String>, reasons: Reasons, error: Option<QueryError>) {
    let text = error.map(|error| reasons.trouble(&error)).unwrap_or_default();
    // Whoever closed the dialog meanwhile does not want to know.
    let _ = failed.try_set(text);
}
