//! A message enters the log.

use confab_protocol::{
    ClientId, Ev, Message, MessageId, MessageKind, MessageText, Meta, Seq, Timestamp,
};
use sha2::{Digest, Sha256};
use sqlx::{Row, SqliteConnection};
use thiserror::Error;

use super::{Change, Member, Store, Unavailable, read};

/// A message to be stored.
#[derive(Clone, Debug)]
pub struct Append {
    /// Who, where; and that they may.
    pub member: Member,
    /// The author's name for it.
    pub client_id: ClientId,
    /// The words, checked.
    pub text: MessageText,
    /// What the words are.
    pub kind: MessageKind,
    /// What a client attached.
    pub meta: Meta,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
}

/// A message that is stored.
#[derive(Clone, Debug)]
pub struct Appended {
    /// As it stands in the log.
    pub message: Message,
    /// Whether an earlier write with this `client_id` had stored it.
    pub duplicate: bool,
}

/// A message that is not stored.
#[derive(Debug, Error)]
pub enum AppendError {
    /// The author has used this `client_id` for another message.
    #[error("this clientId was used for another message")]
    Conflict,
    /// There is no such dialog.
    #[error("there is no such dialog")]
    UnknownDialog,
    /// The database does not answer; the same write may succeed later.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What became of a write, before anyone was told.
pub(super) enum Outcome {
    Stored(Change),
    Found(Message),
    Refused(AppendError),
}

impl Store {
    /// Stores a message, or finds it stored. The place in the queue is taken when this is called,
    /// the answer comes when the commit is synced: two calls in a row are two messages in that
    /// order.
    ///
    /// # Errors
    ///
    /// [`AppendError`]; after any of them nothing is stored by this call.
    pub fn append(
        &self,
        append: Append,
    ) -> impl Future<Output = Result<Appended, AppendError>> + use<> {
        self.writer.append(append)
    }
}

/// Takes the dialog's next `seq` and `ev`, and writes the message and its line in the log. A repeat
/// finds the first one instead (DESIGN §4, *Sending*).
pub(super) async fn append_message(
    connection: &mut SqliteConnection,
    append: &Append,
    id: String,
    now: Timestamp,
) -> Result<Outcome, sqlx::Error> {
    let author = append.member.person();
    let dialog = append.member.dialog();
    let body_hash = body_hash(append);

    let earlier = sqlx::query(
        "SELECT dialog, seq, body_hash FROM messages WHERE author = ? AND client_id = ?",
    )
    .bind(author.id.as_str())
    .bind(append.client_id.as_str())
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(earlier) = earlier {
        let same = earlier.try_get::<&str, _>("dialog")? == dialog.as_str()
            && earlier.try_get::<&[u8], _>("body_hash")? == body_hash;
        let seq = Seq(earlier.try_get::<i64, _>("seq")? as u64);
        return Ok(match same {
            true => Outcome::Found(read::message(connection, dialog, seq).await?),
            false => Outcome::Refused(AppendError::Conflict),
        });
    }

    let counters = sqlx::query(
        // A clock that was set back must not put a message before its predecessor.
        "UPDATE dialogs SET last_seq = last_seq + 1, last_ev = last_ev + 1,
                            last_message_at = MAX(COALESCE(last_message_at, 0), ?)
         WHERE id = ? RETURNING last_seq, last_ev, last_message_at",
    )
    .bind(now.unix_ms() as i64)
    .bind(dialog.as_str())
    .fetch_optional(&mut *connection)
    .await?;
    let Some(counters) = counters else {
        return Ok(Outcome::Refused(AppendError::UnknownDialog));
    };
    let seq: i64 = counters.try_get("last_seq")?;
    let ev: i64 = counters.try_get("last_ev")?;
    let now = Timestamp::from_unix_ms(counters.try_get::<i64, _>("last_message_at")? as u64);

    sqlx::query(
        "INSERT INTO users (id, username, kind, created_at) VALUES (?, ?, 'guest', ?)
         ON CONFLICT (id) DO UPDATE SET username = excluded.username
         WHERE username <> excluded.username",
    )
    .bind(author.id.as_str())
    .bind(author.username.as_str())
    .bind(now.unix_ms() as i64)
    .execute(&mut *connection)
    .await?;

    sqlx::query(
        "INSERT INTO messages (dialog, seq, id, author, author_name, client_id, body_hash, content,
                               type, meta, reply_to, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'text', ?, ?, ?)",
    )
    .bind(dialog.as_str())
    .bind(seq)
    .bind(&id)
    .bind(author.id.as_str())
    .bind(author.username.as_str())
    .bind(append.client_id.as_str())
    .bind(body_hash)
    .bind(append.text.as_str())
    .bind(meta_text(&append.meta))
    .bind(append.reply_to.as_ref().map(MessageId::as_str))
    .bind(now.unix_ms() as i64)
    .execute(&mut *connection)
    .await?;

    sqlx::query(
        "INSERT INTO dialog_events (dialog, ev, kind, seq) VALUES (?, ?, 'message:new', ?)",
    )
    .bind(dialog.as_str())
    .bind(ev)
    .bind(seq)
    .execute(&mut *connection)
    .await?;

    let message = Message {
        message_id: MessageId::parse(id).map_err(|error| sqlx::Error::Decode(error.into()))?,
        dialog_id: dialog.clone(),
        seq: Seq(seq as u64),
        sender_id: author.id.clone(),
        sender_name: author.username.clone(),
        client_id: append.client_id.clone(),
        content: append.text.as_str().to_owned(),
        kind: append.kind,
        meta: append.meta.clone(),
        reply_to: append.reply_to.clone(),
        created_at: now,
    };
    Ok(Outcome::Stored(Change { dialog: dialog.clone(), ev: Ev(ev as u64), message }))
}

fn meta_text(meta: &Meta) -> Option<String> {
    (!meta.is_null()).then(|| meta.to_string())
}

/// Recognises the same body under the same `client_id`. Each part is ended by a byte that UTF-8
/// never holds, so that no two bodies run together the same way.
fn body_hash(append: &Append) -> Vec<u8> {
    let mut hash = Sha256::new();
    let MessageKind::Text = append.kind;
    let meta = meta_text(&append.meta).unwrap_or_default();
    let reply_to = append.reply_to.as_ref().map_or("", MessageId::as_str);
    for part in [append.text.as_str(), "text", &meta, reply_to] {
        hash.update(part);
        hash.update([0xff]);
    }
    hash.finalize().to_vec()
}
