//! What the server alone writes: the pages `/login`, `/settings`, `/people` and `/search`, and the list
//! of keys.
//!
//! The browser passes these by ([`still`](crate::dom::still)), so their texts are not among
//! those that come along with a page. A text that is missing does not compile.

mod en;
mod ru;
mod uk;

use super::{Language, Plural};

impl Language {
    /// What this language says on the pages that the server alone writes.
    pub(crate) fn standing(self) -> &'static Texts {
        match self {
            Self::En => &en::TEXTS,
            Self::Ru => &ru::TEXTS,
            Self::Uk => &uk::TEXTS,
        }
    }
}

/// The texts of one language.
#[derive(Debug)]
pub(crate) struct Texts {
    /// Before the title of a page whose form was refused.
    pub title_fault: &'static str,
    pub fault_heading: &'static str,
    pub skip: &'static str,
    pub chat: &'static str,
    pub login: Login,
    pub strength: Strength,
    pub settings: Settings,
    pub people: People,
    pub search: Search,
    pub presence: Presence,
    /// The keys of the chat, as they are written on a keyboard, and what they do.
    pub keys: [(&'static str, &'static str); 8],
    pub faults: Faults,
}

/// `/login`.
#[derive(Debug)]
pub(crate) struct Login {
    pub heading: &'static str,
    pub signed_in: &'static str,
    pub sign_in: &'static str,
    pub login: &'static str,
    pub login_hint: &'static str,
    pub password: &'static str,
    pub register: &'static str,
    pub keep: &'static str,
    pub keep_about: &'static str,
    pub name: &'static str,
    pub name_hint: &'static str,
    pub guest: &'static str,
    pub guest_about: &'static str,
    pub guest_name: &'static str,
}

/// How good a password is.
#[derive(Debug)]
pub(crate) struct Strength {
    pub advice: &'static str,
    pub short: &'static str,
    pub too_weak: &'static str,
    pub weak: &'static str,
    pub fair: &'static str,
    pub good: &'static str,
    pub strong: &'static str,
}

/// `/settings`.
#[derive(Debug)]
pub(crate) struct Settings {
    pub heading: &'static str,
    pub name: &'static str,
    pub name_hint: &'static str,
    pub save: &'static str,
    pub account: &'static str,
    pub account_about: &'static str,
    pub guest_about: &'static str,
    pub keep: &'static str,
    pub password: &'static str,
    pub password_about: &'static str,
    pub password_old: &'static str,
    pub password_new: &'static str,
    pub password_change: &'static str,
    pub tokens: &'static str,
    pub tokens_about: &'static str,
    pub tokens_none: &'static str,
    pub token_name: &'static str,
    pub token_name_hint: &'static str,
    pub token_make: &'static str,
    pub token_new: &'static str,
    pub token_made: &'static str,
    pub token_used: &'static str,
    pub token_unused: &'static str,
    pub token_remove: &'static str,
    pub token_remove_which: &'static str,
    pub sign_out: &'static str,
    pub sign_out_about: &'static str,
    pub sign_out_guest: &'static str,
    pub sign_out_here: &'static str,
    pub sign_out_everywhere: &'static str,
    pub delete: &'static str,
    pub delete_about: &'static str,
    pub delete_sure: &'static str,
    pub more: &'static str,
    pub lab: &'static str,
    pub docs: &'static str,
    pub done_name: &'static str,
    pub done_account: &'static str,
    pub done_password: &'static str,
    pub done_token: &'static str,
    pub done_token_removed: &'static str,
}

/// `/people`.
#[derive(Debug)]
pub(crate) struct People {
    pub heading: &'static str,
    pub query: &'static str,
    pub find: &'static str,
    pub found: Plural,
    pub nobody: &'static str,
    pub nobody_by_name: &'static str,
    pub more: &'static str,
    pub write: &'static str,
    pub write_to: &'static str,
    pub chosen: &'static str,
    pub choose_hint: &'static str,
    pub group: &'static str,
    pub group_title: &'static str,
    pub group_name: &'static str,
    pub group_members: &'static str,
    pub group_nobody: &'static str,
    pub group_begin: &'static str,
    pub choose_more: &'static str,
}

/// `/search`.
#[derive(Debug)]
pub(crate) struct Search {
    pub heading: &'static str,
    pub query: &'static str,
    pub find: &'static str,
    pub about: &'static str,
    pub found: Plural,
    pub nothing: &'static str,
    pub people: &'static str,
    pub dialogs: &'static str,
    pub messages: &'static str,
    pub members: Plural,
    pub unavailable: &'static str,
}

/// Whether someone is there.
#[derive(Debug)]
pub(crate) struct Presence {
    pub online: &'static str,
    pub away: &'static str,
    pub offline: &'static str,
    pub last_seen: &'static str,
}

/// Why a form was refused.
#[derive(Debug)]
pub(crate) struct Faults {
    pub name_invalid: &'static str,
    pub token_invalid: &'static str,
    pub name_taken: &'static str,
    pub login_invalid: &'static str,
    pub login_taken: &'static str,
    pub password_invalid: &'static str,
    pub wrong_credentials: &'static str,
    pub wrong_password: &'static str,
    pub too_many_tries: Plural,
    pub too_many: &'static str,
    pub sign_in_required: &'static str,
    pub account_required: &'static str,
    pub unknown_person: &'static str,
    pub members_invalid: &'static str,
    pub title_invalid: &'static str,
    pub not_sure: &'static str,
    pub unreadable: &'static str,
    pub storage: &'static str,
}
