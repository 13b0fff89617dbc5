//! The list of words beside the messages, kept by whoever writes them.
//!
//! `message_words` has no text of its own (FTS5, *external content*): to take a message out of it,
//! it must be told the words that went in. They are still at hand in the transaction that changes
//! them, which is why no trigger does this.

use sqlx::SqliteConnection;

/// A message's words can be found from now on.
pub(super) async fn list(
    connection: &mut SqliteConnection,
    number: i64,
    content: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO message_words (rowid, content) VALUES (?, ?)")
        .bind(number)
        .bind(content)
        .execute(connection)
        .await?;
    Ok(())
}

/// The words that went in can be found no more.
pub(super) async fn strike(
    connection: &mut SqliteConnection,
    number: i64,
    content: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO message_words (message_words, rowid, content) VALUES ('delete', ?, ?)",
    )
    .bind(number)
    .bind(content)
    .execute(connection)
    .await?;
    Ok(())
}
