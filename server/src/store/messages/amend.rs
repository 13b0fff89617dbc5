//! What edits and deletions have in common: they are one's own, and they leave the message in its
//! place.

use confab_protocol::{DialogChange, DialogEvent, Message, MessageId};
use sqlx::{Row, SqliteConnection};
use thiserror::Error;

use super::{Appended, to_message, words};
use crate::store::{
    Change, Member, Unavailable,
    log::{self, Line},
    row,
    standing::{Standing, standing},
    writer::Stop,
};

/// A message that is not changed.
#[derive(Debug, Error)]
pub enum AmendError {
    /// There is no such dialog, or it is none of yours.
    #[error("there is no such dialog for you")]
    NoSuchDialog,
    /// The dialog has no such message.
    #[error("the dialog has no such message")]
    UnknownMessage,
    /// Somebody else has written it.
    #[error("the message is another's")]
    NotYours,
    /// It has been deleted.
    #[error("the message is deleted")]
    Deleted,
    /// The author has used this `client_id` for another edit.
    #[error("this clientId was used for another edit")]
    Conflict,
    /// The database does not answer; the same write may succeed later.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A message of one's own.
pub(super) struct Own {
    pub standing: Standing,
    pub message: Message,
    number: i64,
}

impl Own {
    /// Finds it.
    pub async fn find(
        connection: &mut SqliteConnection,
        member: &Member,
        message_id: &MessageId,
    ) -> Result<Self, Stop<AmendError>> {
        let user = &member.person().id;
        let standing = standing(connection, user, member.dialog())
            .await?
            .ok_or(Stop::Refused(AmendError::NoSuchDialog))?;
        let sql = concat!(
            "SELECT ",
            message_columns!(),
            ", m.number FROM messages m LEFT JOIN messages q ON q.id = m.reply_to
             WHERE m.id = ? AND m.dialog = ?"
        );
        let row = sqlx::query(sql)
            .bind(message_id.as_str())
            .bind(member.dialog().as_str())
            .fetch_optional(connection)
            .await?
            .ok_or(Stop::Refused(AmendError::UnknownMessage))?;
        let message = to_message(&row)?;
        if message.sender_id != *user {
            return Err(Stop::Refused(AmendError::NotYours));
        }
        Ok(Self { standing, message, number: row.try_get("number")? })
    }

    /// The answer when there is nothing to change.
    pub fn unchanged(self) -> (Appended, Vec<Change>) {
        (Appended { message: self.message, duplicate: true }, Vec::new())
    }

    /// Stores it as `amend` leaves it.
    pub async fn change(
        self,
        connection: &mut SqliteConnection,
        amend: impl FnOnce(&mut Message) + Send,
    ) -> Result<(Appended, Vec<Change>), sqlx::Error> {
        let Self { standing, mut message, number } = self;
        words::strike(connection, number, &message.content).await?;
        amend(&mut message);
        words::list(connection, number, &message.content).await?;

        let line = Line { kind: "message:update", seq: Some(message.seq), ..Line::default() };
        message.ev = log::append_line(connection, &message.dialog_id, line).await?;
        sqlx::query(
            "UPDATE messages SET content = ?, ev = ?, edited_at = ?, deleted_at = ?
             WHERE dialog = ? AND seq = ?",
        )
        .bind(message.content.as_str())
        .bind(row::bound(message.ev.0))
        .bind(message.edited_at.map(|at| row::bound(at.unix_ms())))
        .bind(message.deleted_at.map(|at| row::bound(at.unix_ms())))
        .bind(message.dialog_id.as_str())
        .bind(row::bound(message.seq.0))
        .execute(&mut *connection)
        .await?;

        let dialog = message.dialog_id.clone();
        let readers = log::readers(connection, standing.kind, &dialog).await?;
        let change = DialogChange::MessageUpdate(message.clone());
        let event = DialogEvent { ev: message.ev, change };
        let changes = vec![Change::Log { dialog, event, readers }];
        Ok((Appended { message, duplicate: false }, changes))
    }
}
