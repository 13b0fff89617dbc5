//! Messages: how they enter the log, how they change there, and how they are read.
//!
//! A message is a row that keeps its place, `seq`, for good; only its words may change, and then the
//! row says by which line of the log, `ev`. Reading joins what a reply quotes as it is now, so a
//! quote is never older than what it quotes. Beside the rows stands the list of their words, for the
//! search ([`words`]).

/// The columns that [`to_message`] reads. What a reply quotes comes cut, because that is all that is
/// ever shown of it ([`Quote::CHARACTERS`](confab_protocol::Quote::CHARACTERS)).
macro_rules! message_columns {
    () => {
        "m.id, m.dialog, m.seq, m.ev, m.author, m.author_name, m.client_id, m.content, m.meta,
         m.reply_to, m.created_at, m.edited_at, m.deleted_at,
         q.seq AS q_seq, q.author AS q_author, q.author_name AS q_author_name,
         substr(q.content, 1, 140) AS q_content, q.deleted_at IS NOT NULL AS q_is_deleted"
    };
}

/// Messages with what they quote; what follows is the `WHERE`.
macro_rules! select_message {
    ($where:literal) => {
        concat!(
            "SELECT ",
            message_columns!(),
            " FROM messages m LEFT JOIN messages q ON q.id = m.reply_to ",
            $where
        )
    };
}

mod amend;
mod append;
mod catch_up;
mod delete;
mod edit;
mod page;
mod room;
mod search;
mod words;

use confab_protocol::{ErrorCode, Message, MessageKind, Meta, Quote};
use sqlx::{Row, sqlite::SqliteRow};
use thiserror::Error;

use super::{Unavailable, row};

pub use amend::AmendError;
pub use append::{Append, AppendError, Appended};
pub use catch_up::CatchUp;
pub use delete::Delete;
pub use edit::Edit;
pub use page::Place;

/// Nothing is read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// There is no such dialog, or it is none of yours; which of the two stays unsaid.
    #[error("there is no such dialog for you")]
    NoSuchDialog,
    /// The database does not answer; the same read may succeed later.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl ReadError {
    /// The code for programs.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NoSuchDialog => ErrorCode::UnknownDialog,
            Self::Unavailable(_) => ErrorCode::StorageUnavailable,
        }
    }
}

impl From<sqlx::Error> for ReadError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

/// A message with what it quotes.
pub(super) fn to_message(row: &SqliteRow) -> Result<Message, sqlx::Error> {
    let meta = match row.try_get::<Option<&str>, _>("meta")? {
        Some(text) => Meta::parse(text).map_err(row::damaged)?,
        None => Meta::default(),
    };
    Ok(Message {
        message_id: row::parsed(row, "id")?,
        dialog_id: row::parsed(row, "dialog")?,
        seq: row::seq(row, "seq")?,
        ev: row::ev(row, "ev")?,
        sender_id: row::parsed(row, "author")?,
        sender_name: row::parsed(row, "author_name")?,
        client_id: row::parsed(row, "client_id")?,
        content: row.try_get("content")?,
        kind: MessageKind::Text,
        meta,
        reply_to: row::parsed_if_any(row, "reply_to")?,
        quote: to_quote(row)?,
        created_at: row::time(row, "created_at")?,
        edited_at: row::time_if_any(row, "edited_at")?,
        deleted_at: row::time_if_any(row, "deleted_at")?,
    })
}

/// What a message quotes, from the columns `q_…` and `reply_to`.
fn to_quote(row: &SqliteRow) -> Result<Option<Quote>, sqlx::Error> {
    if row.try_get::<Option<i64>, _>("q_seq")?.is_none() {
        return Ok(None);
    }
    Ok(Some(Quote {
        message_id: row::parsed(row, "reply_to")?,
        seq: row::seq(row, "q_seq")?,
        sender_id: row::parsed(row, "q_author")?,
        sender_name: row::parsed(row, "q_author_name")?,
        content: row.try_get("q_content")?,
        deleted: row.try_get("q_is_deleted")?,
    }))
}

/// What is asked for each page, each join and each search.
#[cfg(test)]
pub(super) fn hot_reads() -> [&'static str; 4] {
    [page::OLDER, page::NEWER, catch_up::LINES, search::WITH_WORDS]
}
