//! What a change means for what was fetched: a page of messages, a dialog's details, the list of
//! dialogs. Pure functions over the bodies of REST, for the live cache to call.
//!
//! The one law: a state with the events after it applied is what a fresh fetch would bring. It holds
//! for each of the three, in whatever duplication the events come; what they cannot know they say
//! ([`Listed::Gap`], [`Listed::Unknown`], a `false`), and then it is to be fetched.
//!
//! Two numbers keep order. A body carries the position it was read at, and a change that is not
//! after it is dropped. A message carries the number of its last change, and of two states of one
//! message the one with the greater number is true; so a message never goes back, even where a
//! `dialog:sync` tells an old change with the message as it is now.

mod details;
mod dialog;
mod digest;
mod list;
mod page;

use confab_protocol::Ev;

pub use details::{apply_receipt, apply_to_details, apply_update};
pub use digest::digest;
pub use list::{apply_event_to_list, apply_to_list, caught_up_in_list, read_here};
pub use page::{add_newer, add_older, apply_event, holds, merge_message};

/// What became of a change.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub enum Listed {
    /// The state is as true as before, or truer.
    Known,
    /// The change speaks of a dialog that the state has not: fetch it afresh.
    Unknown,
    /// Something before this change is missing, and the state is as it was: fetch it afresh.
    Gap,
}

/// How a change stands to a position.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Next {
    /// It is in there.
    Old,
    /// It is the one that comes next.
    Follows,
    /// Something is missing before it.
    Gap,
}

impl Next {
    fn after(position: Ev, ev: Ev) -> Self {
        match ev.0.saturating_sub(position.0) {
            0 => Self::Old,
            1 => Self::Follows,
            _ => Self::Gap,
        }
    }
}
