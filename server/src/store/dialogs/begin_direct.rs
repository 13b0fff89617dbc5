//! Two people get a dialog of their own. There is one for each pair, whoever begins it.

use confab_protocol::{DialogId, Person, UserId};
use sqlx::SqliteConnection;

use super::{Begun, DialogError, line_of, must_be_known};
use crate::store::{
    Store, log, people, row,
    writer::{Outcome, Stamp, Stop, Write},
};

struct BeginDirect {
    person: Person,
    other: UserId,
}

impl Store {
    /// Finds the dialog of two people, or begins it. The other hears of it with its first message,
    /// or by beginning it too.
    ///
    /// # Errors
    ///
    /// [`DialogError::MembersInvalid`] with oneself, [`DialogError::UnknownPerson`] with nobody.
    pub fn begin_direct(
        &self,
        person: Person,
        other: UserId,
    ) -> impl Future<Output = Result<Begun, DialogError>> + use<> {
        self.writer.write(BeginDirect { person, other })
    }
}

impl Write for BeginDirect {
    type Done = Begun;
    type Refusal = DialogError;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> Outcome<Begun, DialogError> {
        let user = &self.person.id;
        if *user == self.other {
            return Err(Stop::Refused(DialogError::MembersInvalid));
        }
        if people::is_deleted(connection, user).await? {
            return Err(Stop::Refused(DialogError::UnknownPerson));
        }
        must_be_known(connection, std::slice::from_ref(&self.other)).await?;
        let found: Option<String> =
            sqlx::query_scalar("SELECT id FROM dialogs WHERE direct_key = ?")
                .bind(self.direct_key())
                .fetch_optional(&mut *connection)
                .await?;
        let is_new = found.is_none();
        let dialog = DialogId::parse(found.unwrap_or_else(|| stamp.id.clone()));
        let dialog = dialog.map_err(row::damaged)?;
        let mut changes = Vec::new();
        let appears = if is_new {
            changes = people::keep(connection, &self.person, stamp).await?;
            self.insert(connection, &dialog, stamp).await?;
            true
        } else {
            self.joins_the_other(connection, &dialog).await?
        };
        let line = line_of(connection, user, &dialog).await?.ok_or(sqlx::Error::RowNotFound)?;
        if appears {
            let line = Some(line.clone());
            let told = log::tell_person(connection, user, &dialog, line);
            changes.push(told.await?);
        }
        Ok((Begun { dialog: line, is_new }, changes))
    }
}

impl BeginDirect {
    /// Begins what the other began and nothing was said in yet: from now on both did, and it is on
    /// both lists. Whether it was so.
    async fn joins_the_other(
        &self,
        connection: &mut SqliteConnection,
        dialog: &DialogId,
    ) -> Result<bool, sqlx::Error> {
        let joined = sqlx::query(
            "UPDATE dialogs SET created_by = NULL WHERE id = ? AND last_seq = 0 AND created_by = ?",
        )
        .bind(dialog.as_str())
        .bind(self.other.as_str())
        .execute(connection)
        .await?;
        Ok(joined.rows_affected() > 0)
    }

    /// The same from both sides. No id holds a colon.
    fn direct_key(&self) -> String {
        let (a, b) = (self.person.id.as_str(), self.other.as_str());
        format!("{}:{}", a.min(b), a.max(b))
    }

    async fn insert(
        &self,
        connection: &mut SqliteConnection,
        dialog: &DialogId,
        stamp: &Stamp,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO dialogs (id, kind, direct_key, created_at, created_by)
             VALUES (?, 'direct', ?, ?, ?)",
        )
        .bind(dialog.as_str())
        .bind(self.direct_key())
        .bind(stamp.now_ms())
        .bind(self.person.id.as_str())
        .execute(&mut *connection)
        .await?;
        sqlx::query(
            "INSERT INTO members (dialog, user, role, joined_ev, joined_at, delivered_seq, read_seq)
             VALUES (?1, ?2, 'member', 0, ?4, 0, 0), (?1, ?3, 'member', 0, ?4, 0, 0)",
        )
        .bind(dialog.as_str())
        .bind(self.person.id.as_str())
        .bind(self.other.as_str())
        .bind(stamp.now_ms())
        .execute(connection)
        .await?;
        Ok(())
    }
}
