//! A row's columns as the words of the protocol.
//!
//! The database holds only what was checked before it was written, so what does not fit is damage:
//! an error of the database, not an answer to anyone.

use confab_protocol::{Ev, Seq, Timestamp};
use sqlx::{Row, sqlite::SqliteRow};

/// The database holds what this program never wrote.
pub(super) fn damaged(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

/// A column that holds an id, a name or another checked text.
pub(super) fn parsed<T>(row: &SqliteRow, column: &str) -> Result<T, sqlx::Error>
where
    T: TryFrom<String, Error: std::error::Error + Send + Sync + 'static>,
{
    row.try_get::<String, _>(column)?.try_into().map_err(damaged)
}

/// The same, where there may be none.
pub(super) fn parsed_if_any<T>(row: &SqliteRow, column: &str) -> Result<Option<T>, sqlx::Error>
where
    T: TryFrom<String, Error: std::error::Error + Send + Sync + 'static>,
{
    row.try_get::<Option<String>, _>(column)?.map(TryInto::try_into).transpose().map_err(damaged)
}

/// A column that counts from 0.
pub(super) fn count(row: &SqliteRow, column: &str) -> Result<u64, sqlx::Error> {
    u64::try_from(row.try_get::<i64, _>(column)?).map_err(damaged)
}

/// A place in a dialog.
pub(super) fn seq(row: &SqliteRow, column: &str) -> Result<Seq, sqlx::Error> {
    count(row, column).map(Seq)
}

/// A position in a dialog's log.
pub(super) fn ev(row: &SqliteRow, column: &str) -> Result<Ev, sqlx::Error> {
    count(row, column).map(Ev)
}

/// A time.
pub(super) fn time(row: &SqliteRow, column: &str) -> Result<Timestamp, sqlx::Error> {
    count(row, column).map(Timestamp::from_unix_ms)
}

/// The same, where there may be none.
pub(super) fn time_if_any(row: &SqliteRow, column: &str) -> Result<Option<Timestamp>, sqlx::Error> {
    let ms = row.try_get::<Option<i64>, _>(column)?;
    Ok(ms.map(|ms| Timestamp::from_unix_ms(ms as u64)))
}

/// A number as SQLite keeps it; what is too great for it is as good as its greatest.
pub(super) fn bound(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
