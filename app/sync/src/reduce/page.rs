//! A page of messages: a run without a gap, by `seq`, which is dense. So a message has one place in
//! it or none, and nothing is looked for.
//!
//! What a reply shows of the message it answers follows that message: the one in the page if it is
//! there, else whatever was heard of it last. So a quote never contradicts what stands above it.

#[cfg(feature = "plants")]
use confab_protocol::plants::{Plant, is_planted};
use confab_protocol::{
    ClientId, DialogChange, DialogEvent, Message, Quote, Seq, UserId, rest::MessagesPage,
};

use super::{Listed, Next};

/// Applies the next change of the dialog. A new message is appended unless the page ends before the
/// latest; an edited or deleted one is replaced, and so is what replies show of it.
/// [`Listed::Gap`]: the page was read before the engine's position, and is to be fetched again.
pub fn apply_event(page: &mut MessagesPage, event: &DialogEvent) -> Listed {
    match Next::after(page.ev, event.ev) {
        #[cfg(feature = "plants")]
        Next::Old if is_planted(Plant::OldChangeApplied) => page.ev = event.ev,
        Next::Old => return Listed::Known,
        Next::Gap => return Listed::Gap,
        Next::Follows => page.ev = event.ev,
    }
    match &event.change {
        DialogChange::MessageNew(message) => {
            // A message that does not follow lies beyond a gap, which can be fetched.
            page.has_newer |= !merge_message(page, message);
        }
        DialogChange::MessageUpdate(message) => {
            renew(page, message);
            let here = at(page, message.seq).cloned();
            quote(&mut page.messages, here.as_ref().unwrap_or(message));
        }
        DialogChange::PersonUpdated(person) => {
            page.messages.iter_mut().for_each(|message| message.follow(person));
        }
        _ => {}
    }
    Listed::Known
}

/// Takes in a message from elsewhere, mostly from an `ack` that came before its event. Whether the
/// page holds it now: it does not if it lies beyond a gap, and its event will bring it.
pub fn merge_message(page: &mut MessagesPage, message: &Message) -> bool {
    if renew(page, message) {
        return true;
    }
    let follows = !page.has_newer && message.seq == next(page);
    if follows {
        push(page, message.clone());
    }
    follows
}

/// Whether the page holds the message that its author knows by this name.
pub fn holds(page: &MessagesPage, sender_id: &UserId, client_id: &ClientId) -> bool {
    let mut latest_first = page.messages.iter().rev();
    latest_first.any(|message| message.client_id == *client_id && message.sender_id == *sender_id)
}

/// Puts an older page in front, one that was asked for before the first message of this page.
/// `heard` is what the engine told of the dialog while it was being fetched. Whether it fits: if not,
/// nothing is changed, and it is to be fetched again. Who shows another page meanwhile forgets it: an
/// answer without messages does not say where.
///
/// The page may have been read before a change that is on the screen already. So what was heard
/// meanwhile is applied to it first, and if it is still behind, it does not fit. It may as well have
/// been read after a change that is still to come: then the page keeps its position, the change is
/// applied when it comes, and finds the messages here already changed.
#[must_use]
pub fn add_older(page: &mut MessagesPage, mut older: MessagesPage, heard: &[DialogEvent]) -> bool {
    apply_all(&mut older, heard);
    if !joins(&older, page) || older.ev < page.ev {
        return false;
    }
    let newer = std::mem::replace(&mut page.messages, older.messages);
    append(page, newer);
    page.has_more = older.has_more;
    true
}

/// Puts a newer page behind; the rest as with [`add_older`].
#[must_use]
pub fn add_newer(page: &mut MessagesPage, mut newer: MessagesPage, heard: &[DialogEvent]) -> bool {
    apply_all(&mut newer, heard);
    if !joins(page, &newer) || newer.ev < page.ev {
        return false;
    }
    append(page, newer.messages);
    // A page that shows the latest as of its position goes on doing so: what the newer one lacks has
    // its event still to come.
    page.has_newer &= newer.has_newer;
    true
}

/// Applies what fits; a page that is behind stays so.
fn apply_all(page: &mut MessagesPage, heard: &[DialogEvent]) {
    for event in heard {
        let _ = apply_event(page, event);
    }
}

/// Whether no message lies between two pages, and the older one begins before the newer.
fn joins(older: &MessagesPage, newer: &MessagesPage) -> bool {
    match (older.messages.first(), newer.messages.first()) {
        (Some(oldest), Some(first)) => oldest.seq <= first.seq && first.seq <= next(older),
        _ => true,
    }
}

/// Appends messages, of which the first may be there already.
fn append(page: &mut MessagesPage, messages: Vec<Message>) {
    for message in messages {
        if !renew(page, &message) {
            push(page, message);
        }
    }
    for place in 0..page.messages.len() {
        quote_again(page, place);
    }
}

fn push(page: &mut MessagesPage, message: Message) {
    page.messages.push(message);
    quote_again(page, page.messages.len() - 1);
}

/// Replaces the message if this is a later state of it. Whether the page has it.
fn renew(page: &mut MessagesPage, message: &Message) -> bool {
    let Some(place) = place(page, message.seq) else { return false };
    if page.messages[place].ev < message.ev {
        page.messages[place] = message.clone();
        quote_again(page, place);
    }
    true
}

/// Lets every reply show its original as it is now.
fn quote(messages: &mut [Message], original: &Message) {
    for quote in messages.iter_mut().filter_map(|message| message.quote.as_mut()) {
        if quote.message_id == original.message_id {
            *quote = Quote::of(original);
        }
    }
}

/// Lets one reply show its original as it stands in the page, if it does.
fn quote_again(page: &mut MessagesPage, place: usize) {
    let original = page.messages[place].quote.as_ref().and_then(|quote| at(page, quote.seq));
    if let Some(quote) = original.map(Quote::of) {
        page.messages[place].quote = Some(quote);
    }
}

fn at(page: &MessagesPage, seq: Seq) -> Option<&Message> {
    place(page, seq).map(|place| &page.messages[place])
}

fn place(page: &MessagesPage, seq: Seq) -> Option<usize> {
    let first = page.messages.first()?.seq;
    let place = usize::try_from(seq.0.checked_sub(first.0)?).ok()?;
    (place < page.messages.len()).then_some(place)
}

/// The place after the last message. An empty page that nothing follows belongs to a dialog in which
/// nobody has said anything.
fn next(page: &MessagesPage) -> Seq {
    Seq(page.messages.last().map_or(0, |last| last.seq.0).saturating_add(1))
}
