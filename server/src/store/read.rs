//! What the log says.

use confab_protocol::{
    DialogChange, DialogEvent, DialogId, Ev, Message, MessageKind, Meta, ResetReason, Seq,
    Timestamp, rest::MessagesPage,
};
use futures::TryStreamExt;
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
            "SELECT m.id, m.dialog, m.seq, m.author, m.author_name, m.client_id, m.content, m.meta,
                    m.reply_to, m.created_at
             FROM messages m ",
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

    /// The last messages before `before`, oldest first, at most `limit` and [`Room`], with the dialog's position in the
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
        let mut rows = sqlx::query(sql)
            .bind(member.dialog().as_str())
            .bind(before.map_or(i64::MAX, |seq| i64::try_from(seq.0).unwrap_or(i64::MAX)))
            .bind(i64::from(limit) + 1)
            .fetch(&mut *snapshot);
        let (mut messages, mut room, mut has_more) = (Vec::new(), Room::default(), false);
        while let Some(row) = rows.try_next().await? {
            let message = to_message(&row)?;
            let fits = messages.len() < limit as usize && room.takes(&message);
            // However long it is, one message is always told, or reading back would never end.
            if !fits && !messages.is_empty() {
                has_more = true;
                break;
            }
            messages.push(message);
        }
        messages.reverse();
        Ok(MessagesPage { messages, ev, has_more })
    }

    /// The changes after `after`, unless they are more than `max` or than [`Room`] holds.
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
            "SELECT e.ev, m.id, m.dialog, m.seq, m.author, m.author_name, m.client_id, m.content,
                          m.meta, m.reply_to, m.created_at
                   FROM dialog_events e
                   JOIN messages m ON m.dialog = e.dialog AND m.seq = e.seq
                   WHERE e.dialog = ? AND e.ev > ? ORDER BY e.ev";
        let mut rows = sqlx::query(sql)
            .bind(member.dialog().as_str())
            .bind(after.0 as i64)
            .fetch(&mut *snapshot);
        let (mut events, mut room) = (Vec::new(), Room::default());
        while let Some(row) = rows.try_next().await? {
            let event = to_event(&row)?;
            let DialogChange::MessageNew(message) = &event.change;
            if !room.takes(message) {
                return Ok(CatchUp::Reset(ResetReason::TooFarBehind));
            }
            events.push(event);
        }
        Ok(CatchUp::Events { events, to })
    }
}

/// How much JSON one answer may hold. It must fit into the queue of a socket that has other things
/// waiting (`gateway.queue_bytes_max`): fifty messages of 10,000 emoji are two megabytes, and whoever
/// was sent them at once would be too slow for them, again and again.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// What a message weighs besides its words: ids, names of fields, the author's name.
const MESSAGE_BYTES: usize = 700;

/// What is left of [`ANSWER_BYTES_MAX`].
struct Room(usize);

impl Default for Room {
    fn default() -> Self {
        Self(ANSWER_BYTES_MAX)
    }
}

impl Room {
    fn takes(&mut self, message: &Message) -> bool {
        let escaped = |byte: &u8| matches!(byte, b'"' | b'\\' | b'\n' | b'\t');
        let words = message.content.len() + message.content.bytes().filter(escaped).count();
        let meta = if message.meta.is_null() { 0 } else { message.meta.to_string().len() };
        match self.0.checked_sub(MESSAGE_BYTES + words + meta) {
            Some(left) => {
                self.0 = left;
                true
            }
            None => false,
        }
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
        Some(text) => Meta::parse(text).map_err(damaged)?,
        None => Meta::default(),
    };
    let reply_to = row.try_get::<Option<String>, _>("reply_to")?;
    Ok(Message {
        message_id: text(row, "id")?.try_into().map_err(damaged)?,
        dialog_id: text(row, "dialog")?.try_into().map_err(damaged)?,
        seq: Seq(row.try_get::<i64, _>("seq")? as u64),
        sender_id: text(row, "author")?.try_into().map_err(damaged)?,
        sender_name: text(row, "author_name")?.try_into().map_err(damaged)?,
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
