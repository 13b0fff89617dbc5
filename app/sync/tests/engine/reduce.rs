//! The reducers case by case; `truth.rs` holds them to their law.

mod details;
mod list;
mod page;

use confab_protocol::{
    Dialog, DialogChange, DialogChanged, DialogEvent, DialogId, DialogKind, DialogUpdate, Ev,
    Member, Message, MessageNew, MessageUpdate, Person, Presence, PresenceState, Quote, Receipt,
    Role, Seq, ServerFrame, Timestamp, Uev, Username,
    rest::{DialogDetails, DialogList, MessagesPage},
};
use confab_sync::{
    DeliveryState, Event, Input,
    reduce::{
        Listed, add_newer, add_older, apply_event, apply_event_to_list, apply_receipt,
        apply_to_details, apply_to_list, apply_update, caught_up_in_list, holds, merge_message,
        read_here,
    },
};

use crate::{
    rig::{Rig, client_id, dialog, send, stored, user},
    room::Room,
};

/// Messages `from..=to`, each as it was stored at the change of its number.
fn page(from: u64, to: u64, ev: u64) -> MessagesPage {
    let messages = (from..=to).map(|seq| stored("you", &format!("y{seq}"), seq)).collect();
    MessagesPage { messages, ev: Ev(ev), has_more: from > 1, has_newer: false }
}

fn new(ev: u64, message: Message) -> DialogEvent {
    DialogEvent { ev: Ev(ev), change: DialogChange::MessageNew(message) }
}

fn update(ev: u64, message: Message) -> DialogEvent {
    DialogEvent { ev: Ev(ev), change: DialogChange::MessageUpdate(message) }
}

fn amended(seq: u64, ev: u64, content: &str) -> Message {
    Message { ev: Ev(ev), content: content.to_owned(), ..stored("you", &format!("y{seq}"), seq) }
}

fn deleted(seq: u64, ev: u64) -> Message {
    Message { deleted_at: Some(Timestamp::from_unix_ms(9)), ..amended(seq, ev, "") }
}

fn reply(seq: u64, ev: u64, to: &Message) -> Message {
    let (reply_to, quote) = (Some(to.message_id.clone()), Some(Quote::of(to)));
    Message { ev: Ev(ev), reply_to, quote, ..stored("you", &format!("y{seq}"), seq) }
}

/// `1@1 2@5` is two messages with their last changes.
fn run(page: &MessagesPage) -> String {
    let words = page.messages.iter().map(|message| format!("{}@{}", message.seq, message.ev));
    words.collect::<Vec<_>>().join(" ")
}

fn quoted(page: &MessagesPage, place: usize) -> &str {
    page.messages[place].quote.as_ref().map_or("", |quote| quote.content.as_str())
}
