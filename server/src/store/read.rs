//! What the log says.

use confab_protocol::{
    DialogChange, DialogEvent, DialogId, Ev, Message, MessageKind, ResetReason, Seq, Timestamp,
    rest::MessagesPage,
};
use serde_json::Value;
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{Member, Store, Unavailable};

/// What someone missed since a position.
#[derive(Clone, Debug, PartialEq)]
pub enum CatchUp {
    /// The changes after the position, and the position they lead to.
    Events {
        /// In order, without a gap.
        events: Vec<DialogEvent>,
        /// The dialog's position in the same transaction.
        to: Ev,
    },
    /// The position cannot be used; never half an answer (DESIGN §4).
    Reset(ResetReason),
}

/// The columns that [`to_message`] reads, and where they come from; what follows is the `WHERE`.
macro_rules! select_message {
    ($where:literal) => {
        concat!(
            "SELECT m.id, m.dialog, m.seq, m.author, u.username, m.client_id, m.content, m.meta,
                    m.reply_to, m.created_at
             FROM messages m JOIN users u ON u.id = m.author ",
            $where
        )
    };
}

impl Store {
    /// The dialog's position; nothing when there is no such dialog.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn position(&self, dialog: &DialogId) -> Result<Option<Ev>, Unavailable> {
        let mut connection = self.readers.acquire().await?;
        Ok(position(&mut connection, dialog).await?)
    }

    /// The last `limit` messages before `before`, oldest first, with the dialog's position in the
    /// same transaction.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn page(
        &self,
        member: &Member,
        before: Option<Seq>,
        limit: u32,
    ) -> Result<MessagesPage, Unavailable> {
        let mut snapshot = self.readers.begin().await?;
        let ev = position(&mut snapshot, member.dialog()).await?.unwrap_or_default();
        // One more than asked for tells whether there are older ones.
        let sql = select_message!("WHERE m.dialog = ? AND m.seq < ? ORDER BY m.seq DESC LIMIT ?");
        let rows = sqlx::query(sql)
            .bind(member.dialog().as_str())
            .bind(before.map_or(i64::MAX, |seq| seq.0 as i64))
            .bind(i64::from(limit) + 1)
            .fetch_all(&mut *snapshot)
            .await?;
        let has_more = rows.len() > limit as usize;
        let kept = rows.iter().take(limit as usize).rev();
        let messages = kept.map(to_message).collect::<Result<_, _>>()?;
        Ok(MessagesPage { messages, ev, has_more })
    }

    /// The changes after `after`, unless they are more than `max`.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn catch_up(
        &self,
        member: &Member,
        after: Ev,
        max: u32,
    ) -> Result<CatchUp, Unavailable> {
        let mut snapshot = self.readers.begin().await?;
        let to = position(&mut snapshot, member.dialog()).await?.unwrap_or_default();
        if after > to {
            return Ok(CatchUp::Reset(ResetReason::AheadOfLog));
        }
        if to.0 - after.0 > u64::from(max) {
            return Ok(CatchUp::Reset(ResetReason::TooFarBehind));
        }
        let sql =
            "SELECT e.ev, m.id, m.dialog, m.seq, m.author, u.username, m.client_id, m.content,
                          m.meta, m.reply_to, m.created_at
                   FROM dialog_events e
                   JOIN messages m ON m.dialog = e.dialog AND m.seq = e.seq
                   JOIN users u ON u.id = m.author
                   WHERE e.dialog = ? AND e.ev > ? ORDER BY e.ev";
        let rows = sqlx::query(sql)
            .bind(member.dialog().as_str())
            .bind(after.0 as i64)
            .fetch_all(&mut *snapshot)
            .await?;
        let events = rows.iter().map(to_event).collect::<Result<_, _>>()?;
        Ok(CatchUp::Events { events, to })
    }
}

/// One message that is known to be there.
pub(super) async fn message(
    connection: &mut SqliteConnection,
    dialog: &DialogId,
    seq: Seq,
) -> Result<Message, sqlx::Error> {
    let row = sqlx::query(select_message!("WHERE m.dialog = ? AND m.seq = ?"))
        .bind(dialog.as_str())
        .bind(seq.0 as i64)
        .fetch_one(connection)
        .await?;
    to_message(&row)
}

async fn position(
    connection: &mut SqliteConnection,
    dialog: &DialogId,
) -> Result<Option<Ev>, sqlx::Error> {
    let ev: Option<i64> = sqlx::query_scalar("SELECT last_ev FROM dialogs WHERE id = ?")
        .bind(dialog.as_str())
        .fetch_optional(connection)
        .await?;
    Ok(ev.map(|ev| Ev(ev as u64)))
}

fn to_event(row: &SqliteRow) -> Result<DialogEvent, sqlx::Error> {
    let ev = Ev(row.try_get::<i64, _>("ev")? as u64);
    Ok(DialogEvent { ev, change: DialogChange::MessageNew(to_message(row)?) })
}

fn to_message(row: &SqliteRow) -> Result<Message, sqlx::Error> {
    let meta = match row.try_get::<Option<&str>, _>("meta")? {
        Some(text) => serde_json::from_str(text).map_err(damaged)?,
        None => Value::Null,
    };
    let reply_to = row.try_get::<Option<String>, _>("reply_to")?;
    Ok(Message {
        message_id: text(row, "id")?.try_into().map_err(damaged)?,
        dialog_id: text(row, "dialog")?.try_into().map_err(damaged)?,
        seq: Seq(row.try_get::<i64, _>("seq")? as u64),
        sender_id: text(row, "author")?.try_into().map_err(damaged)?,
        sender_name: text(row, "username")?.try_into().map_err(damaged)?,
        client_id: text(row, "client_id")?.try_into().map_err(damaged)?,
        content: text(row, "content")?,
        kind: MessageKind::Text,
        meta,
        reply_to: reply_to.map(TryInto::try_into).transpose().map_err(damaged)?,
        created_at: Timestamp::from_unix_ms(row.try_get::<i64, _>("created_at")? as u64),
    })
}

fn text(row: &SqliteRow, column: &str) -> Result<String, sqlx::Error> {
    row.try_get(column)
}

/// The database holds what this program never wrote.
fn damaged(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}
