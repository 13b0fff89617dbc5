//! To find people, dialogs and words (FTS5).
//!
//! What is typed is taken as words and the beginnings of words, never as a query of FTS5: each
//! becomes a quoted string with a star behind it, and all of them must occur. What is found is
//! looked at in the same snapshot: a message is told to those who belong to its dialog then.

use confab_protocol::{
    Dialog, DialogId, DialogKind, Seq, UserId,
    rest::{Found, FoundMessage, FoundPerson, Piece},
};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use crate::store::{Store, Unavailable, dialogs, people, row, standing::dialog_kind};

/// Of each kind; beyond this one searches for something else.
const FOUND_MAX: u32 = 20;

/// Words of a query; the rest of a pasted page narrows nothing down.
const WORDS_MAX: usize = 16;

/// What surrounds a hit while SQLite has it. Messages hold no control characters but tab and line
/// feed (`MessageText`), so neither can be part of one.
const HIT_BEGINS: char = '\u{1}';
const HIT_ENDS: char = '\u{2}';

/// Messages with all the words, newest first: numbers are in the order of commits.
pub(super) const WITH_WORDS: &str =
    "SELECT m.dialog, m.id, m.seq, m.author_name, m.created_at, d.kind, d.title,
            p.username AS peer, snippet(message_words, 0, char(1), char(2), '…', 24) AS snippet
     FROM message_words
     JOIN messages m ON m.number = message_words.rowid
     JOIN dialogs d ON d.id = m.dialog
     LEFT JOIN members me ON me.dialog = m.dialog AND me.user = ?2
     LEFT JOIN members o ON d.kind = 'direct' AND o.dialog = m.dialog AND o.user <> ?2
     LEFT JOIN users p ON p.id = o.user
     WHERE message_words MATCH ?1 AND (d.kind = 'lobby' OR me.user IS NOT NULL)
     ORDER BY message_words.rowid DESC LIMIT ?3";

impl Store {
    /// What someone may see of what they look for: people, their dialogs by title or the other's
    /// name, messages by their words. At most 20 of each. Presences are for the caller to fill in.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn search(&self, user: &UserId, query: &str) -> Result<Found, Unavailable> {
        self.look::<_, Unavailable>(async {
            let mut snapshot = self.readers.begin().await?;
            let wanted = query.trim().to_lowercase();
            if wanted.is_empty() || people::is_deleted(&mut snapshot, user).await? {
                return Ok(Found { people: Vec::new(), dialogs: Vec::new(), messages: Vec::new() });
            }
            let (people, _) = people::find(&mut snapshot, user, query, FOUND_MAX).await?;
            let people = people.into_iter().map(|(person, _)| FoundPerson {
                id: person.id,
                username: person.username,
                presence: Default::default(),
            });
            let people = people.collect();
            let mut dialogs = dialogs::lines_for(&mut snapshot, user).await?;
            dialogs.retain(|dialog| is_called(dialog, &wanted));
            dialogs.truncate(FOUND_MAX as usize);
            let messages = with_words(&mut snapshot, user, query).await?;
            Ok(Found { people, dialogs, messages })
        })
        .await
    }
}

/// Whether a dialog is called something like this. SQLite folds the case of ASCII letters alone, so
/// this is not left to it; a person's dialogs are few.
fn is_called(dialog: &Dialog, wanted: &str) -> bool {
    let peer = dialog.peer.as_ref().map(|peer| peer.username.as_str());
    let name = dialog.title.as_deref().or(peer);
    name.is_some_and(|name| name.to_lowercase().contains(wanted))
}

async fn with_words(
    connection: &mut SqliteConnection,
    user: &UserId,
    query: &str,
) -> Result<Vec<FoundMessage>, sqlx::Error> {
    let Some(expression) = expression(query) else { return Ok(Vec::new()) };
    let rows = sqlx::query(WITH_WORDS)
        .bind(expression)
        .bind(user.as_str())
        .bind(FOUND_MAX)
        .fetch_all(connection)
        .await?;
    rows.iter().map(to_found).collect()
}

/// What FTS5 is asked for; nothing when the query holds no letter and no digit.
fn expression(query: &str) -> Option<String> {
    let breaks = |character: char| character.is_whitespace() || character.is_control();
    let words = query.split(breaks).filter(|word| word.chars().any(char::is_alphanumeric));
    let quoted: Vec<_> =
        words.take(WORDS_MAX).map(|word| format!("\"{}\"*", word.replace('"', "\"\""))).collect();
    (!quoted.is_empty()).then(|| quoted.join(" "))
}

fn to_found(row: &SqliteRow) -> Result<FoundMessage, sqlx::Error> {
    let dialog_id: DialogId = row::parsed(row, "dialog")?;
    let dialog_name = match dialog_kind(row.try_get("kind")?) {
        DialogKind::Lobby => None,
        DialogKind::Direct => row.try_get("peer")?,
        DialogKind::Group => row.try_get("title")?,
    };
    let seq: Seq = row::seq(row, "seq")?;
    Ok(FoundMessage {
        dialog_id,
        dialog_name,
        message_id: row::parsed(row, "id")?,
        seq,
        sender_name: row::parsed(row, "author_name")?,
        created_at: row::time(row, "created_at")?,
        pieces: pieces(row.try_get("snippet")?),
    })
}

/// The words around the hits, cut where a hit begins and ends.
fn pieces(snippet: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut hit = false;
    for part in snippet.split([HIT_BEGINS, HIT_ENDS]) {
        if !part.is_empty() {
            pieces.push(Piece { text: part.to_owned(), hit });
        }
        hit = !hit;
    }
    pieces
}
