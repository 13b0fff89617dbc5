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
mod list;
mod page;

pub use details::{apply_receipt, apply_to_details, apply_update};
pub use list::{Listed, apply_event_to_list, apply_to_list, read_here};
pub use page::{add_newer, add_older, apply_event, holds, merge_message};
