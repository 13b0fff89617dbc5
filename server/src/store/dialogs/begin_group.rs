//! Some people get a dialog under a title.

use confab_protocol::{DialogId, DialogTitle, Person, UserId};
use sqlx::SqliteConnection;

use super::{Begun, DialogError, GROUP_MEMBERS, folded, id_list, line_of, must_be_known};
use crate::store::{
    Store, log, people, row,
    writer::{Outcome, Stamp, Stop, Write},
};

struct BeginGroup {
    owner: Person,
    title: DialogTitle,
    others: Vec<UserId>,
}

impl Store {
    /// Begins a group. Who begins it owns it and belongs to it, named among the members or not; who
    /// is named twice is one.
    ///
    /// # Errors
    ///
    /// [`DialogError::MembersInvalid`] unless they are 2 to 500 with oneself,
    /// [`DialogError::UnknownPerson`] when one of them is nobody.
    pub fn begin_group(
        &self,
        owner: Person,
        title: DialogTitle,
        members: Vec<UserId>,
    ) -> impl Future<Output = Result<Begun, DialogError>> + use<> {
        let mut others = folded(&members);
        others.retain(|user| *user != owner.id);
        self.writer.write(BeginGroup { owner, title, others })
    }
}

impl Write for BeginGroup {
    type Done = Begun;
    type Refusal = DialogError;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> Outcome<Begun, DialogError> {
        if !GROUP_MEMBERS.contains(&(self.others.len() + 1)) {
            return Err(Stop::Refused(DialogError::MembersInvalid));
        }
        if people::is_deleted(connection, &self.owner.id).await? {
            return Err(Stop::Refused(DialogError::UnknownPerson));
        }
        must_be_known(connection, &self.others).await?;
        let dialog = DialogId::parse(stamp.id.as_str()).map_err(row::damaged)?;
        let mut changes = people::keep(connection, &self.owner, stamp).await?;
        self.insert(connection, &dialog, stamp).await?;
        changes.extend(log::tell_members(connection, &dialog).await?);
        let line = line_of(connection, &self.owner.id, &dialog).await?;
        let dialog = line.ok_or(sqlx::Error::RowNotFound)?;
        Ok((Begun { dialog, is_new: true }, changes))
    }
}

impl BeginGroup {
    async fn insert(
        &self,
        connection: &mut SqliteConnection,
        dialog: &DialogId,
        stamp: &Stamp,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO dialogs (id, kind, title, created_at, created_by)
             VALUES (?, 'group', ?, ?, ?)",
        )
        .bind(dialog.as_str())
        .bind(self.title.as_str())
        .bind(stamp.now_ms())
        .bind(self.owner.id.as_str())
        .execute(&mut *connection)
        .await?;
        sqlx::query(
            "INSERT INTO members (dialog, user, role, joined_ev, joined_at, delivered_seq, read_seq)
             SELECT ?1, ?2, 'owner', 0, ?4, 0, 0
             UNION ALL SELECT ?1, value, 'member', 0, ?4, 0, 0 FROM json_each(?3)",
        )
        .bind(dialog.as_str())
        .bind(self.owner.id.as_str())
        .bind(id_list(&self.others))
        .bind(stamp.now_ms())
        .execute(connection)
        .await?;
        Ok(())
    }
}
