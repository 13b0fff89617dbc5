//! What was begun to be written in each dialog.

use confab_protocol::{DialogId, json, json_object};
use leptos::prelude::*;

use super::Session;

/// Where drafts survive a reload.
pub(super) const DRAFTS: &str = "drafts";

/// What was begun to be written in a dialog.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Where.
    pub dialog: DialogId,
    /// What; never empty.
    pub text: String,
}

json_object!(Draft {
    "dialog" => dialog,
    "text" => text,
});

impl Session {
    /// What was begun to be written in this dialog; empty if nothing was. Not followed: whoever
    /// takes a draft up keeps it from then on.
    pub fn draft_of(&self, dialog: &DialogId) -> String {
        self.drafts.with_untracked(|drafts| {
            let draft = drafts.iter().find(|draft| draft.dialog == *dialog);
            draft.map(|draft| draft.text.clone()).unwrap_or_default()
        })
    }

    /// Keeps what is being written, for this tab and over reloads.
    pub fn keep_draft(&self, dialog: &DialogId, text: &str) {
        if self.draft_of(dialog) == text {
            return;
        }
        self.drafts.update(|drafts| {
            drafts.retain(|draft| draft.dialog != *dialog);
            if !text.is_empty() {
                drafts.push(Draft { dialog: dialog.clone(), text: text.to_owned() });
            }
        });
        let text = self.drafts.with_untracked(|drafts| json::write(drafts));
        self.remember(DRAFTS, &text);
    }
}
