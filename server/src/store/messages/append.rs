//! A message enters the log.

#[cfg(feature = "plants")]
use confab_protocol::plants::{Plant, is_planted};
use confab_protocol::{
    ClientId, DialogChange, DialogEvent, DialogKind, Ev, Message, MessageId, MessageKind,
    MessageText, Meta, Person, Quote, Receipt, Seq, Timestamp, UserId,
};
use sha2::{Digest, Sha256};
use sqlx::{Row, SqliteConnection};
use thiserror::Error;

use super::{to_message, to_quote, words};
use crate::store::{
    Change, Member, Readers, Store, Unavailable,
    dialogs::line_of,
    log, people, row,
    standing::{Standing, standing},
    writer::{Outcome, Stamp, Stop, Write},
};

/// Whether nothing of others that still stands has come after a member's number.
macro_rules! nothing_beyond {
    ($number:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM messages x WHERE x.dialog = members.dialog AND x.seq > members.",
            $number,
            " AND x.author <> members.user AND x.deleted_at IS NULL)"
        )
    };
}

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
    /// Whether it stood there like this before: an earlier write with this `client_id` had stored
    /// it, or it had these words already.
    pub duplicate: bool,
}

/// A message that is not stored.
#[derive(Debug, Error)]
pub enum AppendError {
    /// The author has used this `client_id` for another message.
    #[error("this clientId was used for another message")]
    Conflict,
    /// There is no such dialog, or it is none of the author's.
    #[error("there is no such dialog for you")]
    NoSuchDialog,
    /// The dialog has no such message to be answered.
    #[error("the dialog has no such message to reply to")]
    UnknownMessage,
    /// The database does not answer; the same write may succeed later.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl Store {
    /// Stores a message, or finds it stored. The place in the queue is taken when this is called,
    /// the answer comes when the commit is synced: two calls in a row are two messages in that
    /// order. Its author has come as far as it if nothing of others lies before it that they lack.
    ///
    /// # Errors
    ///
    /// [`AppendError`]; after any of them nothing is stored by this call.
    pub fn append(
        &self,
        append: Append,
    ) -> impl Future<Output = Result<Appended, AppendError>> + use<> {
        self.writer.write(append)
    }
}

impl Write for Append {
    type Done = Appended;
    type Refusal = AppendError;

    /// Takes the dialog's next `seq` and `ev`, and writes the message and its line in the log. A
    /// repeat finds the first one instead (DESIGN §4, *Sending*).
    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> Outcome<Appended, AppendError> {
        let dialog = self.member.dialog();
        let standing = standing(connection, &self.member.person().id, dialog)
            .await?
            .ok_or(Stop::Refused(AppendError::NoSuchDialog))?;
        #[cfg(feature = "plants")]
        if is_planted(Plant::NoDedupe) {
            return self.planted_append(connection, &standing, stamp).await;
        }
        if let Some(message) = self.earlier(connection).await? {
            return Ok((Appended { message, duplicate: true }, Vec::new()));
        }
        let quote = self.quote(connection).await?;
        let (author, mut changes) = self.author(connection, &standing, stamp).await?;
        let place = self.take_place(connection, stamp).await?;
        let message = self.message(author, place, quote, stamp).map_err(row::damaged)?;
        self.insert(connection, &message).await?;
        changes.extend(self.changes(connection, &standing, &message).await?);
        Ok((Appended { message, duplicate: false }, changes))
    }
}

/// What a new message gets from its dialog.
#[derive(Clone, Copy)]
struct Taken {
    seq: Seq,
    ev: Ev,
    at: Timestamp,
}

#[cfg(feature = "plants")]
impl Append {
    /// Stores it, whatever was stored before.
    async fn planted_append(
        &self,
        connection: &mut SqliteConnection,
        standing: &Standing,
        stamp: &Stamp,
    ) -> Outcome<Appended, AppendError> {
        let (author, mut changes) = self.author(connection, standing, stamp).await?;
        let quote = self.quote(connection).await?;
        let place = self.take_place(connection, stamp).await?;
        let mut message = self.message(author, place, quote, stamp).map_err(row::damaged)?;
        message.client_id = ClientId::parse(stamp.id.as_str()).map_err(row::damaged)?;
        self.insert(connection, &message).await?;
        changes.extend(self.changes(connection, standing, &message).await?);
        Ok((Appended { message, duplicate: false }, changes))
    }
}

impl Append {
    /// The message that an earlier write with this `client_id` has stored, as it is now.
    async fn earlier(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<Option<Message>, Stop<AppendError>> {
        let sql = concat!(
            "SELECT ",
            message_columns!(),
            ", m.body_hash FROM messages m LEFT JOIN messages q ON q.id = m.reply_to
             WHERE m.author = ? AND m.client_id = ?"
        );
        let earlier = sqlx::query(sql)
            .bind(self.member.person().id.as_str())
            .bind(self.client_id.as_str())
            .fetch_optional(connection)
            .await?;
        let Some(row) = earlier else { return Ok(None) };
        let message = to_message(&row)?;
        let same = message.dialog_id == *self.member.dialog()
            && row.try_get::<&[u8], _>("body_hash")? == self.body_hash();
        if same { Ok(Some(message)) } else { Err(Stop::Refused(AppendError::Conflict)) }
    }

    /// What is shown of the message it answers, which must stand in the same dialog.
    async fn quote(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<Option<Quote>, Stop<AppendError>> {
        let Some(reply_to) = &self.reply_to else { return Ok(None) };
        let answered = sqlx::query(
            "SELECT id AS reply_to, seq AS q_seq, author AS q_author, author_name AS q_author_name,
                    substr(content, 1, 140) AS q_content, deleted_at IS NOT NULL AS q_is_deleted
             FROM messages WHERE id = ? AND dialog = ?",
        )
        .bind(reply_to.as_str())
        .bind(self.member.dialog().as_str())
        .fetch_optional(connection)
        .await?;
        let row = answered.ok_or(Stop::Refused(AppendError::UnknownMessage))?;
        Ok(to_quote(&row)?)
    }

    /// The author under the name that counts; who is passing is kept from now on. With what their
    /// dialogs hear of that.
    async fn author(
        &self,
        connection: &mut SqliteConnection,
        standing: &Standing,
        stamp: &Stamp,
    ) -> Result<(Person, Vec<Change>), sqlx::Error> {
        let person = self.member.person();
        match &standing.name {
            Some(name) if name.is_claimed || name.username == person.username => {
                let (id, username) = (person.id.clone(), name.username.clone());
                Ok((Person { id, username }, Vec::new()))
            }
            _ => Ok((person.clone(), people::keep(connection, person, stamp).await?)),
        }
    }

    async fn take_place(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> Result<Taken, sqlx::Error> {
        let row = sqlx::query(
            // A clock that was set back must not put a message before its predecessor.
            "UPDATE dialogs SET last_seq = last_seq + 1, last_ev = last_ev + 1,
                                last_message_at = MAX(COALESCE(last_message_at, 0), ?)
             WHERE id = ? RETURNING last_seq, last_ev, last_message_at",
        )
        .bind(stamp.now_ms())
        .bind(self.member.dialog().as_str())
        .fetch_one(connection)
        .await?;
        Ok(Taken {
            seq: row::seq(&row, "last_seq")?,
            ev: row::ev(&row, "last_ev")?,
            at: row::time(&row, "last_message_at")?,
        })
    }

    fn message(
        &self,
        author: Person,
        Taken { seq, ev, at }: Taken,
        quote: Option<Quote>,
        stamp: &Stamp,
    ) -> Result<Message, confab_protocol::InvalidId> {
        Ok(Message {
            message_id: MessageId::parse(stamp.id.as_str())?,
            dialog_id: self.member.dialog().clone(),
            seq,
            ev,
            sender_id: author.id,
            sender_name: author.username,
            client_id: self.client_id.clone(),
            content: self.text.as_str().to_owned(),
            kind: self.kind,
            meta: self.meta.clone(),
            reply_to: self.reply_to.clone(),
            quote,
            created_at: at,
            edited_at: None,
            deleted_at: None,
        })
    }

    async fn insert(
        &self,
        connection: &mut SqliteConnection,
        message: &Message,
    ) -> Result<(), sqlx::Error> {
        let number: i64 = sqlx::query_scalar(
            "INSERT INTO messages (dialog, seq, ev, id, author, author_name, client_id, body_hash,
                                   content, type, meta, reply_to, created_at, number)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'text', ?, ?, ?,
                     (SELECT COALESCE(MAX(number), 0) + 1 FROM messages))
             RETURNING number",
        )
        .bind(message.dialog_id.as_str())
        .bind(row::bound(message.seq.0))
        .bind(row::bound(message.ev.0))
        .bind(message.message_id.as_str())
        .bind(message.sender_id.as_str())
        .bind(message.sender_name.as_str())
        .bind(message.client_id.as_str())
        .bind(self.body_hash())
        .bind(message.content.as_str())
        .bind(meta_text(&message.meta))
        .bind(message.reply_to.as_ref().map(MessageId::as_str))
        .bind(row::bound(message.created_at.unix_ms()))
        .fetch_one(&mut *connection)
        .await?;
        words::list(connection, number, &message.content).await?;

        sqlx::query(
            "INSERT INTO dialog_events (dialog, ev, kind, seq) VALUES (?, ?, 'message:new', ?)",
        )
        .bind(message.dialog_id.as_str())
        .bind(row::bound(message.ev.0))
        .bind(row::bound(message.seq.0))
        .execute(connection)
        .await?;
        Ok(())
    }

    /// What others hear: the message, how far its author has come with it, and whom a direct dialog
    /// shows itself to only now.
    async fn changes(
        &self,
        connection: &mut SqliteConnection,
        standing: &Standing,
        message: &Message,
    ) -> Result<Vec<Change>, sqlx::Error> {
        let dialog = &message.dialog_id;
        let receipt = self.receipt(connection, message).await?;
        let readers = log::readers(connection, standing.kind, dialog).await?;
        let event =
            DialogEvent { ev: message.ev, change: DialogChange::MessageNew(message.clone()) };
        let log = Change::Log { dialog: dialog.clone(), event, readers: readers.clone() };
        let Readers::Members(members) = &readers else { return Ok(vec![log]) };

        let mut changes = vec![log];
        let told = |receipt| Change::Receipt { receipt, readers: readers.clone() };
        changes.extend(receipt.map(told));
        if standing.kind == DialogKind::Direct && message.seq == Seq(1) {
            let began = |user: &UserId| standing.was_begun_by(user.as_str());
            for user in members.iter().filter(|user| !began(user)) {
                let line = line_of(connection, user, dialog).await?;
                let told = log::tell_person(connection, user, dialog, line).await?;
                changes.push(told);
            }
        }
        Ok(changes)
    }

    /// How far its author has come with a message of theirs, if that is further than before. To write
    /// is not to read: a program, or who answers from the middle, has seen nothing of what others
    /// have said meanwhile. So each of the two numbers stays where something of others lies beyond it;
    /// and who is passing through the lobby ([`Standing::is_passing`]) goes on so.
    async fn receipt(
        &self,
        connection: &mut SqliteConnection,
        message: &Message,
    ) -> Result<Option<Receipt>, sqlx::Error> {
        let row = sqlx::query(concat!(
            "UPDATE members SET delivered_seq = ?1, read_seq = CASE WHEN ",
            nothing_beyond!("read_seq"),
            " THEN ?1 ELSE read_seq END
             WHERE dialog = ?2 AND user = ?3 AND (dialog <> 'lobby' OR read_seq > 0) AND ",
            nothing_beyond!("delivered_seq"),
            " RETURNING read_seq"
        ))
        .bind(row::bound(message.seq.0))
        .bind(message.dialog_id.as_str())
        .bind(message.sender_id.as_str())
        .fetch_optional(connection)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Receipt {
            dialog_id: message.dialog_id.clone(),
            user_id: message.sender_id.clone(),
            delivered: message.seq,
            read: row::seq(&row, "read_seq")?,
        }))
    }

    /// Recognises the same body under the same `client_id`. Each part is ended by a byte that UTF-8
    /// never holds, so that no two bodies run together the same way.
    fn body_hash(&self) -> Vec<u8> {
        let mut hash = Sha256::new();
        let MessageKind::Text = self.kind;
        let meta = meta_text(&self.meta).unwrap_or_default();
        let reply_to = self.reply_to.as_ref().map_or("", MessageId::as_str);
        for part in [self.text.as_str(), "text", &meta, reply_to] {
            hash.update(part);
            hash.update([0xff]);
        }
        hash.finalize().to_vec()
    }
}

fn meta_text(meta: &Meta) -> Option<String> {
    (!meta.is_null()).then(|| meta.to_string())
}
