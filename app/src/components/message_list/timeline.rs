//! What the list shows, worked out from the log, the outbox and how far others have come: plain
//! values, no signals.

use confab_protocol::{
    ClientId, DialogId, Member, Message, MessageId, Person, Quote, Seq, Timestamp, UserId,
    Username, rest::MessagesPage,
};
use confab_sync::Post;

use crate::{
    components::{keyed::Keyed, time::Day},
    session::{Outgoing, OutgoingState},
};

/// Messages of one author within this time stand together under one name.
const TOGETHER_MS: u64 = 5 * 60 * 1000;

/// What never changes about a message, from the moment it is written: its author and their name
/// for it. A bubble keeps its node, its focus and its place when it is stored.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct RowKey(UserId, ClientId);

/// A line of the list.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "nearly all lines are messages")]
pub enum Line {
    /// Here a day begins.
    Day(Day),
    /// Here begins what was new when the dialog was opened.
    New,
    /// A bubble.
    Message(Row),
}

impl Line {
    /// What tells it from the others.
    pub fn key(&self) -> String {
        match self {
            // No id holds a slash, so no two keys read the same.
            Self::Message(Row { key: RowKey(author, name), .. }) => {
                [author.as_str(), "/", name.as_str()].concat()
            }
            Self::New => "/new".to_owned(),
            Self::Day(day) => ["/", &crate::words::digits(day.unsigned_abs())].concat(),
        }
    }

    /// The bubble, if it is one.
    pub fn message(&self) -> Option<&Row> {
        match self {
            Self::Message(row) => Some(row),
            _ => None,
        }
    }
}

impl Keyed for Line {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Message(row), Self::Message(other)) => row.key == other.key,
            (Self::Day(day), Self::Day(other)) => day == other,
            (Self::New, Self::New) => true,
            _ => false,
        }
    }
}

/// What a bubble says.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Words.
    Words(String),
    /// Its author took it back.
    Deleted,
}

/// How many of the others have it, and have seen it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Reach {
    /// Devices of so many have it.
    pub delivered: usize,
    /// So many have seen it.
    pub read: usize,
    /// How many others there are.
    pub of: usize,
    /// Stands for who they are and what they are called: another number, other names.
    pub people: u32,
}

/// One bubble.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its key.
    pub key: RowKey,
    /// The author's name.
    pub author: Username,
    /// Whether we wrote it.
    pub is_mine: bool,
    /// What it says.
    pub body: Body,
    /// What it answers.
    pub quote: Option<Quote>,
    /// When it was stored; until then, when it was written.
    pub at: Timestamp,
    /// Whether its words are not the first.
    pub is_edited: bool,
    /// How far it is, or the last change of it. What is in the log is stored.
    pub state: OutgoingState,
    /// The name of what is on its way, to retry it by.
    pub post: ClientId,
    /// How many have it; nothing for messages of others.
    pub reach: Option<Reach>,
    /// Its place in the log; nothing before it is stored.
    pub seq: Option<Seq>,
    /// The server's name for it.
    pub message_id: Option<MessageId>,
    /// Whether it stands under the name of the one before it.
    pub continues: bool,
}

impl Row {
    /// Its words; none once it is deleted.
    pub fn content(&self) -> &str {
        match &self.body {
            Body::Words(words) => words,
            Body::Deleted => "",
        }
    }

    /// What an answer to it shows.
    pub fn as_quote(&self) -> Option<Quote> {
        Some(Quote {
            message_id: self.message_id.clone()?,
            seq: self.seq?,
            sender_id: self.key.0.clone(),
            sender_name: self.author.clone(),
            content: self.content().chars().take(Quote::CHARACTERS).collect(),
            deleted: self.body == Body::Deleted,
        })
    }
}

/// What the lines are made of.
pub struct Timeline<'a> {
    /// The dialog.
    pub dialog: &'a DialogId,
    /// The window on its messages.
    pub page: Option<&'a MessagesPage>,
    /// What we said and the log does not show yet, in any dialog.
    pub outbox: &'a [Outgoing],
    /// Who we are.
    pub you: &'a Person,
    /// Who belongs to it, ourselves among them.
    pub members: &'a [Member],
    /// How far we had read when the dialog was opened, if that was less than all.
    pub read: Option<Seq>,
    /// On which day something happened, for the viewer.
    pub day_of: &'a dyn Fn(Timestamp) -> Day,
}

impl Timeline<'_> {
    /// The log's messages in its order, then ours that it does not hold yet; with a line where a
    /// day begins, and one where what is new begins.
    pub fn lines(&self) -> Vec<Line> {
        let stored = self.page.map(|page| &page.messages[..]).unwrap_or_default();
        let mut lines = Lines::default();
        let mut first_new = self.first_new(stored);
        let people = self.people();
        for message in stored {
            let day = self.day(&mut lines, message.created_at);
            if first_new == Some(message.seq) {
                first_new = None;
                lines.lines.push(Line::New);
            }
            lines.push(self.stored(message, people), day);
        }
        for outgoing in self.outbox {
            let Some(send) = outgoing.message_to(self.dialog) else { continue };
            // The log has it in a place that this page does not show.
            if self.has(outgoing) {
                continue;
            }
            let is_it = |message: &Message| {
                message.sender_id == self.you.id && message.client_id == send.client_id
            };
            if !stored.iter().rev().any(is_it) {
                let day = self.day(&mut lines, outgoing.at);
                lines.push(self.unsent(outgoing, send, stored), day);
            }
        }
        lines.lines
    }

    /// The viewer's zone is asked for each hour anew and not more often: its clock may change then.
    fn day(&self, lines: &mut Lines, at: Timestamp) -> Day {
        const HOUR_MS: u64 = 3_600_000;
        let hour = at.unix_ms() / HOUR_MS;
        match lines.hour {
            // A zone may begin its day at half past: only near to it the hour does not decide.
            Some((known, day)) if known == hour => day,
            _ => {
                let day = (self.day_of)(at);
                let until = (self.day_of)(Timestamp::from_unix_ms((hour + 1) * HOUR_MS - 1));
                lines.hour = (day == until).then_some((hour, day));
                day
            }
        }
    }

    /// The first message of another that we had not read. One whose predecessor is not loaded need
    /// not be the first.
    fn first_new(&self, stored: &[Message]) -> Option<Seq> {
        let read = self.read?;
        let is_new = |message: &&Message| message.seq > read && message.sender_id != self.you.id;
        let first = stored.iter().find(is_new)?;
        let is_known =
            stored.first()?.seq <= Seq(read.0 + 1) || self.page.is_some_and(|page| !page.has_more);
        is_known.then_some(first.seq)
    }

    fn stored(&self, message: &Message, people: u32) -> Row {
        let is_mine = message.sender_id == self.you.id;
        let mut row = Row {
            key: RowKey(message.sender_id.clone(), message.client_id.clone()),
            author: message.sender_name.clone(),
            is_mine,
            body: match message.deleted_at {
                Some(_) => Body::Deleted,
                None => Body::Words(message.content.clone()),
            },
            quote: message.quote.clone().filter(|_| message.deleted_at.is_none()),
            at: message.created_at,
            is_edited: message.edited_at.is_some() && message.deleted_at.is_none(),
            state: OutgoingState::Stored,
            post: message.client_id.clone(),
            reach: is_mine.then(|| self.reach(message.seq, people)),
            seq: Some(message.seq),
            message_id: Some(message.message_id.clone()),
            continues: false,
        };
        if is_mine {
            let coming = self.outbox.iter().filter(|outgoing| !self.has(outgoing));
            coming.for_each(|outgoing| row.change(outgoing));
        }
        row
    }

    /// Whether the page has come as far as the change that made it.
    fn has(&self, outgoing: &Outgoing) -> bool {
        outgoing.ev.zip(self.page).is_some_and(|(ev, page)| ev <= page.ev)
    }

    fn unsent(
        &self,
        outgoing: &Outgoing,
        send: &confab_protocol::MessageSend,
        stored: &[Message],
    ) -> Row {
        let answered =
            stored.iter().find(|message| Some(&message.message_id) == send.reply_to.as_ref());
        Row {
            key: RowKey(self.you.id.clone(), send.client_id.clone()),
            author: self.you.username.clone(),
            is_mine: true,
            body: Body::Words(send.content.clone()),
            quote: answered.map(Quote::of),
            at: outgoing.at,
            is_edited: false,
            state: outgoing.state,
            post: send.client_id.clone(),
            reach: None,
            seq: None,
            message_id: None,
            continues: false,
        }
    }

    /// The ids and names of all, folded into one number (FNV-1a).
    fn people(&self) -> u32 {
        let fold = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        let texts = self.members.iter().flat_map(|one| [one.id.as_str(), one.username.as_str()]);
        texts.flat_map(str::bytes).fold(0x811c_9dc5, fold)
    }

    fn reach(&self, seq: Seq, people: u32) -> Reach {
        let mut reach = Reach { people, ..Reach::default() };
        for member in self.members.iter().filter(|member| member.id != self.you.id) {
            reach.of += 1;
            reach.delivered += usize::from(member.delivered >= seq);
            reach.read += usize::from(member.read >= seq);
        }
        reach
    }
}

impl Row {
    /// A change of ours that is on its way is shown already, and said to be.
    fn change(&mut self, outgoing: &Outgoing) {
        if outgoing.post.message_id() != self.message_id.as_ref() {
            return;
        }
        match &outgoing.post {
            Post::Send(_) => return,
            Post::Edit(edit) => {
                self.body = Body::Words(edit.content.clone());
                self.is_edited = true;
            }
            // What was refused is still there.
            Post::Delete(_) if outgoing.state.refusal().is_some() => {}
            Post::Delete(_) => (self.body, self.quote) = (Body::Deleted, None),
        }
        self.state = outgoing.state;
        self.post = outgoing.client_id().clone();
    }
}

/// Lines on their way.
#[derive(Default)]
struct Lines {
    lines: Vec<Line>,
    /// The day that has begun last.
    day: Option<Day>,
    /// The hour of the last message, and the day that it belongs to as a whole.
    hour: Option<(u64, Day)>,
}

impl Lines {
    fn push(&mut self, mut row: Row, day: Day) {
        let before = self.lines.last();
        if self.day != Some(day) {
            self.day = Some(day);
            // Before the line that says that what follows is new.
            let place = self.lines.len() - usize::from(before == Some(&Line::New));
            self.lines.insert(place, Line::Day(day));
        } else if let Some(before) = before.and_then(Line::message) {
            row.continues = stands_with(before, &row);
        }
        self.lines.push(Line::Message(row));
    }
}

fn stands_with(before: &Row, row: &Row) -> bool {
    before.key.0 == row.key.0 && row.at.unix_ms().abs_diff(before.at.unix_ms()) <= TOGETHER_MS
}

#[cfg(test)]
mod tests;
