//! How far we have come in each dialog, said to the server: two watermarks that only grow (DESIGN §7,
//! G7).
//!
//! A watermark is **wished** by the app, **said** on the socket, and **heard** by the server. It is
//! said at most once a second for each dialog and kind, always the latest, so that scrolling through
//! a hundred messages is a few frames; but a page that goes out of sight, or for good, says at once
//! what still waits for its second, because it may never be asked again. Nobody acknowledges it; but the server answers a `ping` after
//! everything that was said before, so a `pong` shows what was heard. What a socket took with it
//! unheard is said again on the next one, which is harmless: the server takes the greater number.
//!
//! To have seen is to have got: a `message:read` says both.

use std::time::Duration;

use confab_protocol::{ClientFrame, DialogId, MessageDelivered, MessageRead, Seq};

use crate::{Moment, outcome::Turn};

/// How often a watermark of one kind and dialog is said (issue 3, *Receipts*).
const SAY_EVERY: Duration = Duration::from_secs(1);

/// How many are said a second, over all dialogs. A page that opens upon many dialogs with news has
/// something to say of each; all at once would meet the 50 frames a second of a socket (DESIGN §5),
/// and none is in a hurry.
const SAYINGS_MAX: u32 = 10;

/// How many are said in the second in which the page goes: there may be no other, and the socket's
/// 50 frames have room for whatever else is said then.
const LAST_SAYINGS_MAX: u32 = 30;

/// How far we have come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reach {
    /// This device has it.
    Delivered,
    /// The person has seen it.
    Read,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Receipts {
    /// Whether `connected` came.
    is_greeted: bool,
    /// As many as there are dialogs with news in this page life.
    dialogs: Vec<Watermarks>,
    /// Since when, and how often, something was said in the present second.
    second: (Moment, u32),
}

#[derive(Clone, Debug)]
struct Watermarks {
    dialog_id: DialogId,
    delivered: Watermark,
    read: Watermark,
}

#[derive(Clone, Copy, Debug, Default)]
struct Watermark {
    wished: Seq,
    said: Seq,
    heard: Seq,
    said_at: Option<Moment>,
}

impl Watermark {
    fn is_due(&self, every: Duration, now: Moment) -> bool {
        self.wished > self.said && self.said_at.is_none_or(|at| now >= at + every)
    }
}

impl Receipts {
    /// The app says how far it is. What is less than before changes nothing.
    pub fn advance(&mut self, dialog_id: DialogId, reach: Reach, seq: Seq, turn: &mut Turn<'_>) {
        let place = self.dialogs.iter().position(|known| known.dialog_id == dialog_id);
        let place = place.unwrap_or_else(|| {
            let (delivered, read) = Default::default();
            self.dialogs.push(Watermarks { dialog_id, delivered, read });
            self.dialogs.len() - 1
        });
        let known = &mut self.dialogs[place];
        let watermark = match reach {
            Reach::Delivered => &mut known.delivered,
            Reach::Read => &mut known.read,
        };
        watermark.wished = watermark.wished.max(seq);
        self.pump(turn);
    }

    /// `connected` came.
    pub fn greeted(&mut self, turn: &mut Turn<'_>) {
        self.is_greeted = true;
        self.pump(turn);
    }

    pub fn disconnected(&mut self) {
        self.is_greeted = false;
        for Watermarks { delivered, read, .. } in &mut self.dialogs {
            read.said = read.heard;
            delivered.said = delivered.heard.max(read.heard);
        }
    }

    /// The server has answered a ping of this moment: it heard all that was said before.
    pub fn heard(&mut self, asked_at: Moment) {
        for Watermarks { delivered, read, .. } in &mut self.dialogs {
            for watermark in [delivered, read] {
                if watermark.said_at.is_some_and(|said_at| said_at < asked_at) {
                    watermark.heard = watermark.said;
                }
            }
        }
    }

    /// The dialog is none of ours any more.
    pub fn denied(&mut self, dialog_id: &DialogId) {
        self.dialogs.retain(|known| known.dialog_id != *dialog_id);
    }

    /// The database began another life, with other messages.
    pub fn other_epoch(&mut self) {
        self.dialogs.clear();
    }

    pub fn deadline(&self) -> Option<Moment> {
        if !self.is_greeted {
            return None;
        }
        let (since, sayings) = self.second;
        let next_second = if sayings < SAYINGS_MAX { Moment(0) } else { since + SAY_EVERY };
        let watermarks = self.dialogs.iter().flat_map(|known| [known.delivered, known.read]);
        let waiting = watermarks.filter(|watermark| watermark.wished > watermark.said);
        let due = waiting.map(|watermark| watermark.said_at.map_or(Moment(0), |at| at + SAY_EVERY));
        due.min().map(|due| due.max(next_second))
    }

    /// Says whatever may be said now.
    pub fn pump(&mut self, turn: &mut Turn<'_>) {
        self.say_all(SAY_EVERY, SAYINGS_MAX, turn);
    }

    /// The page is about to go, or out of sight, after which a phone may end it unasked.
    pub fn flush(&mut self, turn: &mut Turn<'_>) {
        self.say_all(Duration::ZERO, LAST_SAYINGS_MAX, turn);
    }

    fn say_all(&mut self, every: Duration, sayings_max: u32, turn: &mut Turn<'_>) {
        if !self.is_greeted {
            return;
        }
        if turn.now >= self.second.0 + SAY_EVERY {
            self.second = (turn.now, 0);
        }
        let Self { dialogs, second: (_, sayings), .. } = self;
        let mut speak = |dialog_id: &DialogId, reach, watermark: &mut Watermark| {
            if *sayings < sayings_max && watermark.is_due(every, turn.now) {
                (watermark.said, watermark.said_at) = (watermark.wished, Some(turn.now));
                *sayings += 1;
                say(dialog_id, reach, watermark.said, turn);
            }
        };
        for Watermarks { dialog_id, delivered, read } in dialogs {
            speak(dialog_id, Reach::Read, read);
            delivered.said = delivered.said.max(read.said);
            speak(dialog_id, Reach::Delivered, delivered);
        }
    }
}

fn say(dialog_id: &DialogId, reach: Reach, seq: Seq, turn: &mut Turn<'_>) {
    let dialog_id = dialog_id.clone();
    turn.send(&match reach {
        Reach::Delivered => ClientFrame::MessageDelivered(MessageDelivered { dialog_id, seq }),
        Reach::Read => ClientFrame::MessageRead(MessageRead { dialog_id, seq }),
    });
}
