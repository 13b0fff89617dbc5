//! The counts, after Jepsen's vocabulary: what the devices saw is held against the log.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use confab_protocol::{ClientId, DialogId, Ev, MessageId, Seq, UserId};
use sqlx::{
    ConnectOptions, Row, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteRow},
};

use crate::ledger::Book;

/// What must not be, by name (end2end/README.md, "What is counted").
pub const COUNTS: [&str; 13] = [
    "lost",
    "phantom",
    "duplicate",
    "order",
    "gap",
    "fifo",
    "back",
    "receipt",
    "leak",
    "dropped",
    "unreadable",
    "stuck",
    "unsound",
];

/// What is wrong: the count's name, and the story.
pub type Wrong = Vec<(&'static str, String)>;

/// The log as it is on the disk.
struct Log {
    /// By dialog and place.
    messages: BTreeMap<(DialogId, Seq), Stored>,
    /// The numbers of the changes of each dialog.
    changes: BTreeMap<DialogId, Vec<u64>>,
    /// Who came to a dialog or went, by which change.
    moves: Vec<(DialogId, Ev, UserId, bool)>,
    /// Who belongs to a dialog, and since which change.
    members: BTreeMap<(DialogId, UserId), Ev>,
}

/// A message in the log.
struct Stored {
    id: MessageId,
    /// The last change of it.
    ev: Ev,
    author: UserId,
    /// Its author's name for it.
    client_id: ClientId,
    /// Nobody says the same twice.
    content: String,
}

/// Holds what was seen against the database in a file.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn check(database: &Path, book: &Book) -> Result<Wrong, sqlx::Error> {
    Ok(Log::read(database).await?.check(book))
}

/// Of what was seen before a backup took its place, keeps what the database in a file holds.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn keep_only(database: &Path, book: &mut Book) -> Result<(), sqlx::Error> {
    Log::read(database).await?.keeps(book);
    Ok(())
}

/// Nobody says the same twice, in other words neither: what a message says comes from one change.
fn no_words_came_twice(book: &Book, wrong: &mut Wrong) {
    for ((message, words), changes) in &book.worded {
        if changes.len() > 1 {
            wrong.push(("duplicate", format!("{words}, of {message}, by {changes:?}")));
        }
    }
}

impl Log {
    async fn read(database: &Path) -> Result<Self, sqlx::Error> {
        let mut connection = SqliteConnectOptions::new().filename(database).connect().await?;
        let messages = rows(
            &mut connection,
            "SELECT dialog, seq, id, ev, author, client_id, content FROM messages",
            |row| {
                let place = (parsed(row, "dialog")?, Seq(number(row, "seq")?));
                let (id, author) = (parsed(row, "id")?, parsed(row, "author")?);
                let (client_id, content) = (parsed(row, "client_id")?, row.try_get("content")?);
                let ev = Ev(number(row, "ev")?);
                Ok((place, Stored { id, ev, author, client_id, content }))
            },
        );
        let messages = messages.await?.into_iter().collect();
        let lines = rows(
            &mut connection,
            "SELECT dialog, ev, kind, user FROM dialog_events ORDER BY dialog, ev",
            |row| {
                let user: Option<String> = row.try_get("user")?;
                let kind: String = row.try_get("kind")?;
                Ok((parsed::<DialogId>(row, "dialog")?, number(row, "ev")?, kind, user))
            },
        );
        let (mut changes, mut moves) = (BTreeMap::<_, Vec<_>>::new(), Vec::new());
        for (dialog, ev, kind, user) in lines.await? {
            changes.entry(dialog.clone()).or_default().push(ev);
            let comes = match kind.as_str() {
                "member:added" => true,
                "member:removed" => false,
                _ => continue,
            };
            if let Some(user) = user.and_then(|user| UserId::parse(user).ok()) {
                moves.push((dialog, Ev(ev), user, comes));
            }
        }
        let members = rows(&mut connection, "SELECT dialog, user, joined_ev FROM members", |row| {
            let member = (parsed(row, "dialog")?, parsed(row, "user")?);
            Ok((member, Ev(number(row, "joined_ev")?)))
        });
        let members = members.await?.into_iter().collect();
        Ok(Self { messages, changes, moves, members })
    }

    fn keeps(&self, book: &mut Book) {
        book.keep_only(|dialog, seq, id| {
            let stored = self.messages.get(&(dialog.clone(), seq));
            stored.filter(|stored| stored.id == *id).map(|stored| stored.ev)
        });
    }

    fn check(&self, book: &Book) -> Wrong {
        let mut wrong = Vec::new();
        self.nothing_is_lost(book, &mut wrong);
        self.nothing_is_doubled(&mut wrong);
        no_words_came_twice(book, &mut wrong);
        self.nothing_is_missing_between(&mut wrong);
        self.nothing_was_shown_that_is_not_there(book, &mut wrong);
        self.each_device_kept_its_order(book, &mut wrong);
        self.nobody_heard_what_was_not_for_them(book, &mut wrong);
        self.nothing_was_dropped_in_silence(book, &mut wrong);
        wrong
    }

    fn nothing_is_lost(&self, book: &Book, wrong: &mut Wrong) {
        for (client_id, (dialog, id, seq, ev)) in &book.acked {
            let stored = self.messages.get(&(dialog.clone(), *seq));
            let place = || format!("{client_id}, acked as {} of {dialog}", seq.0);
            match stored.filter(|stored| stored.id == *id) {
                None => wrong.push(("lost", place())),
                Some(stored) if stored.ev < *ev => {
                    let (is, was) = (stored.ev.0, ev.0);
                    wrong.push(("lost", format!("{} by {was}, and is as of {is}", place())));
                }
                Some(_) => {}
            }
        }
    }

    fn nothing_is_doubled(&self, wrong: &mut Wrong) {
        let (mut names, mut contents) = (BTreeSet::new(), BTreeSet::new());
        for Stored { author, client_id, content, .. } in self.messages.values() {
            let is_new = content.is_empty() || contents.insert((author, content));
            if !names.insert((author, client_id)) || !is_new {
                wrong.push(("duplicate", format!("{client_id}: {content}")));
            }
        }
    }

    fn nothing_is_missing_between(&self, wrong: &mut Wrong) {
        for (dialog, evs) in &self.changes {
            if !evs.iter().copied().eq(1..=evs.len() as u64) {
                wrong.push(("gap", format!("changes of {dialog}")));
            }
            let seqs = self.messages.keys().filter(|(of, _)| of == dialog).map(|(_, seq)| seq.0);
            let seqs: Vec<_> = seqs.collect();
            if !seqs.iter().copied().eq(1..=seqs.len() as u64) {
                wrong.push(("gap", format!("messages of {dialog}")));
            }
        }
    }

    fn nothing_was_shown_that_is_not_there(&self, book: &Book, wrong: &mut Wrong) {
        for (dialog, seq, id) in &book.shown {
            match self.messages.get(&(dialog.clone(), *seq)) {
                None => wrong.push(("phantom", format!("{} of {dialog}", seq.0))),
                Some(stored) if stored.id != *id => {
                    wrong.push(("order", format!("{} of {dialog} was another", seq.0)));
                }
                Some(_) => {}
            }
        }
    }

    fn each_device_kept_its_order(&self, book: &Book, wrong: &mut Wrong) {
        let places: BTreeMap<_, _> =
            self.messages.iter().map(|((_, seq), stored)| (&stored.client_id, *seq)).collect();
        for (device, said) in &book.said {
            let mut last = BTreeMap::<&DialogId, Seq>::new();
            for (dialog, client_id) in said {
                let Some(seq) = places.get(client_id) else { continue };
                let before = last.insert(dialog, *seq);
                if before.is_some_and(|before| before > *seq) {
                    wrong.push(("fifo", format!("{client_id} of device{device}")));
                }
            }
        }
    }

    fn nobody_heard_what_was_not_for_them(&self, book: &Book, wrong: &mut Wrong) {
        for (told, is_live) in [(&book.heard, false), (&book.live, true)] {
            for (user, dialog, ev) in told {
                if dialog.as_str() != "lobby" && !self.belonged(user, dialog, *ev, is_live) {
                    let how = if is_live { ", live" } else { "" };
                    wrong.push(("leak", format!("{user} heard {} of {dialog}{how}", ev.0)));
                }
            }
        }
    }

    /// What others were told as it happened, a socket in between must have told, too, or have closed,
    /// unless its person did not belong any more; of which a sick disk may have told nobody.
    fn nothing_was_dropped_in_silence(&self, book: &Book, wrong: &mut Wrong) {
        let news: BTreeSet<_> = book.live.iter().map(|(_, dialog, ev)| (dialog, ev)).collect();
        for (device, user, dialog, ev) in &book.missed {
            let is_theirs = dialog.as_str() == "lobby" || self.belonged(user, dialog, *ev, true);
            if is_theirs && news.contains(&(dialog, ev)) {
                wrong.push(("dropped", format!("{} of {dialog}, to device{device}", ev.0)));
            }
        }
    }

    /// Whether someone belonged to a dialog at a change, or came to it later: who comes reads all
    /// that was said before, but is not told it as it happens.
    fn belonged(&self, user: &UserId, dialog: &DialogId, ev: Ev, is_live: bool) -> bool {
        let mine = |(of, _, who, _): &&(DialogId, Ev, UserId, bool)| of == dialog && who == user;
        // The next move tells: who goes was there, its own line included; who comes was not, until
        // that line.
        match self.moves.iter().filter(mine).find(|(_, at, ..)| *at >= ev) {
            Some((_, at, _, comes)) => !is_live || !comes || *at == ev,
            None => self.members.contains_key(&(dialog.clone(), user.clone())),
        }
    }
}

async fn rows<T>(
    connection: &mut SqliteConnection,
    sql: &'static str,
    read: impl Fn(&SqliteRow) -> Result<T, sqlx::Error>,
) -> Result<Vec<T>, sqlx::Error> {
    sqlx::query(sql).fetch_all(connection).await?.iter().map(read).collect()
}

fn number(row: &SqliteRow, column: &str) -> Result<u64, sqlx::Error> {
    Ok(row.try_get::<i64, _>(column)?.cast_unsigned())
}

fn parsed<T: TryFrom<String>>(row: &SqliteRow, column: &str) -> Result<T, sqlx::Error> {
    let text: String = row.try_get(column)?;
    T::try_from(text).map_err(|_| sqlx::Error::Decode(column.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialog() -> DialogId {
        DialogId::parse("d").unwrap()
    }

    fn user(id: &str) -> UserId {
        UserId::parse(id).unwrap()
    }

    fn client(id: &str) -> ClientId {
        ClientId::parse(id).unwrap()
    }

    fn message(id: &str) -> MessageId {
        MessageId::parse(id).unwrap()
    }

    /// A dialog of Anna's, in which she has said so much: by place and change.
    fn log(said: &[(u64, u64)]) -> Log {
        let stored = |&(seq, ev): &(u64, u64)| {
            let stored = Stored {
                id: message(&format!("m{seq}")),
                ev: Ev(ev),
                author: user("anna"),
                client_id: client(&format!("c{seq}")),
                content: format!("said {seq}"),
            };
            ((dialog(), Seq(seq)), stored)
        };
        Log {
            messages: said.iter().map(stored).collect(),
            changes: [(dialog(), said.iter().map(|(_, ev)| *ev).collect())].into(),
            moves: Vec::new(),
            members: [((dialog(), user("anna")), Ev(0))].into(),
        }
    }

    fn counts(log: &Log, book: &Book) -> Vec<&'static str> {
        log.check(book).into_iter().map(|(count, _)| count).collect()
    }

    #[test]
    fn what_is_as_it_should_be_is_not_counted() {
        let mut book = Book::default();
        for (seq, ev) in [(1, 1), (2, 2)] {
            let (name, id) = (client(&format!("c{seq}")), message(&format!("m{seq}")));
            book.said.entry(0).or_default().push((dialog(), name.clone()));
            book.acked.insert(name, (dialog(), id.clone(), Seq(seq), Ev(ev)));
            book.shown.insert((dialog(), Seq(seq), id));
            book.heard.insert((user("anna"), dialog(), Ev(ev)));
            book.live.insert((user("anna"), dialog(), Ev(ev)));
        }
        assert!(counts(&log(&[(1, 1), (2, 2)]), &book).is_empty());
    }

    #[test]
    fn each_thing_that_must_not_be_is_counted_by_its_name() {
        type Spoils = fn(&mut Log, &mut Book);
        let spoilt: [(&str, Spoils); 9] = [
            ("lost", |_, book| {
                book.acked.insert(client("c3"), (dialog(), message("m3"), Seq(3), Ev(3)));
            }),
            ("lost", |_, book| {
                // A later change of a message that is there: an edit, or its deletion.
                book.acked.insert(client("e"), (dialog(), message("m1"), Seq(1), Ev(3)));
            }),
            ("phantom", |_, book| {
                book.shown.insert((dialog(), Seq(3), message("m3")));
            }),
            ("order", |_, book| {
                book.shown.insert((dialog(), Seq(1), message("m2")));
            }),
            ("duplicate", |log, _| {
                let twice = log.messages.values_mut().map(|stored| &mut stored.client_id);
                twice.for_each(|name| *name = client("c"));
            }),
            ("duplicate", |_, book| {
                let words = (message("m1"), "said 1".to_owned());
                book.worded.insert(words, [Ev(1), Ev(2)].into());
            }),
            ("gap", |log, _| {
                log.changes.insert(dialog(), vec![1, 3]);
            }),
            ("fifo", |_, book| {
                let said = ["c2", "c1"].map(|name| (dialog(), client(name)));
                book.said.insert(0, said.to_vec());
            }),
            ("leak", |_, book| {
                book.heard.insert((user("eve"), dialog(), Ev(1)));
            }),
        ];
        for (count, spoils) in spoilt {
            let (mut log, mut book) = (log(&[(1, 1), (2, 2)]), Book::default());
            spoils(&mut log, &mut book);
            assert_eq!(counts(&log, &book), [count]);
        }
    }

    #[test]
    fn what_a_backup_does_not_hold_is_not_held_against_it() {
        let (mut book, then) = (Book::default(), log(&[(1, 1), (2, 2)]));
        for (name, id, seq, ev) in [("c1", "m1", 1, 1), ("e", "m1", 1, 4), ("c3", "m3", 3, 3)] {
            book.acked.insert(client(name), (dialog(), message(id), Seq(seq), Ev(ev)));
            book.shown.insert((dialog(), Seq(seq), message(id)));
        }
        then.keeps(&mut book);
        assert_eq!(book.acked.keys().map(ClientId::as_str).collect::<Vec<_>>(), ["c1"]);
        assert_eq!(book.shown.len(), 1);
    }

    #[test]
    fn what_others_heard_was_dropped_unless_one_did_not_belong_any_more() {
        let (dialog, eve) = (DialogId::parse("d").unwrap(), UserId::parse("eve").unwrap());
        let moves = [(3, false), (6, true)];
        let moves = moves.map(|(ev, comes)| (dialog.clone(), Ev(ev), eve.clone(), comes)).to_vec();
        let members = [((dialog.clone(), eve.clone()), Ev(6))].into();
        let log = Log { messages: BTreeMap::new(), changes: BTreeMap::new(), moves, members };
        let mut book = Book::default();
        for ev in [2, 4, 5, 7, 8] {
            book.missed.insert((0, eve.clone(), dialog.clone(), Ev(ev)));
        }
        let bob = UserId::parse("bob").unwrap();
        for ev in [2, 4, 5, 7] {
            book.live.insert((bob.clone(), dialog.clone(), Ev(ev)));
        }
        let mut wrong = Vec::new();
        log.nothing_was_dropped_in_silence(&book, &mut wrong);
        let stories: Vec<_> = wrong.into_iter().map(|(_, story)| story).collect();
        assert_eq!(stories, ["2 of d, to device0", "7 of d, to device0"]);
    }
}
