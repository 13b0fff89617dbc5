//! People leave a group, or are made to.

use confab_protocol::{Dialog, DialogChange, DialogEvent, DialogId, DialogKind, Role, UserId};
use sqlx::SqliteConnection;

use super::{DialogError, folded, group, id_list, line_of};
use crate::store::{
    Change, Member, Store,
    log::{self, Line},
    row,
    writer::{Outcome, Stamp, Stop, Write},
};

struct RemoveMembers {
    member: Member,
    people: Vec<UserId>,
}

impl Store {
    /// Takes people out of a group that one owns, or oneself out of any. When the owner goes, who
    /// came first of the others owns it. Who is not in it need not be taken out. Answers with the
    /// group as it reads now; none when it is one's own no more.
    ///
    /// # Errors
    ///
    /// [`DialogError`]; after any of them nobody has gone by this call.
    pub fn remove_members(
        &self,
        member: Member,
        people: Vec<UserId>,
    ) -> impl Future<Output = Result<Option<Dialog>, DialogError>> + use<> {
        self.writer.write(RemoveMembers { member, people: folded(&people) })
    }
}

impl Write for RemoveMembers {
    type Done = Option<Dialog>;
    type Refusal = DialogError;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        _: &Stamp,
    ) -> Outcome<Option<Dialog>, DialogError> {
        let standing = group(connection, &self.member).await?;
        let (user, dialog) = (&self.member.person().id, self.member.dialog());
        if self.people.is_empty() {
            return Err(Stop::Refused(DialogError::MembersInvalid));
        }
        if standing.role != Role::Owner && self.people.iter().any(|other| other != user) {
            return Err(Stop::Refused(DialogError::NotTheOwner));
        }
        self.must_be_somebody(connection).await?;
        let before = log::readers(connection, standing.kind, dialog).await?;
        let leaving: Vec<_> =
            self.people.iter().filter(|user| before.include(user)).cloned().collect();
        let changes = take_out(connection, dialog, &leaving).await?;
        Ok((line_of(connection, user, dialog).await?, changes))
    }
}

impl RemoveMembers {
    async fn must_be_somebody(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<(), Stop<DialogError>> {
        let sql = "SELECT COUNT(*) FROM json_each(?) AS wanted JOIN users u ON u.id = wanted.value";
        let known: i64 =
            sqlx::query_scalar(sql).bind(id_list(&self.people)).fetch_one(connection).await?;
        if known as usize == self.people.len() {
            Ok(())
        } else {
            Err(Stop::Refused(DialogError::UnknownPerson))
        }
    }
}

/// Takes people out of a group, all at once: none of them reads any line of it.
pub(in crate::store) async fn take_out(
    connection: &mut SqliteConnection,
    dialog: &DialogId,
    leaving: &[UserId],
) -> Result<Vec<Change>, sqlx::Error> {
    if leaving.is_empty() {
        return Ok(Vec::new());
    }
    let mut events = Vec::with_capacity(leaving.len() + 1);
    for user in leaving {
        let line = Line { kind: "member:removed", user: Some(user), ..Line::default() };
        let ev = log::append_line(connection, dialog, line).await?;
        sqlx::query("DELETE FROM members WHERE dialog = ? AND user = ?")
            .bind(dialog.as_str())
            .bind(user.as_str())
            .execute(&mut *connection)
            .await?;
        events.push(DialogEvent { ev, change: DialogChange::MemberRemoved(user.clone()) });
    }
    events.extend(pass_on(connection, dialog).await?);

    let readers = log::readers(connection, DialogKind::Group, dialog).await?;
    let told = |event| Change::Log { dialog: dialog.clone(), event, readers: readers.clone() };
    let mut changes: Vec<_> = events.into_iter().map(told).collect();
    changes.extend(log::tell_members(connection, dialog).await?);
    for user in leaving {
        changes.push(log::tell_person(connection, user, dialog, None).await?);
    }
    Ok(changes)
}

/// Gives a group without an owner to who came first, if there is anyone.
async fn pass_on(
    connection: &mut SqliteConnection,
    dialog: &DialogId,
) -> Result<Option<DialogEvent>, sqlx::Error> {
    let heir = sqlx::query(
        "UPDATE members SET role = 'owner'
         WHERE dialog = ?1 AND user = (
             SELECT user FROM members WHERE dialog = ?1
             ORDER BY joined_ev, joined_at, user LIMIT 1)
         AND NOT EXISTS (SELECT 1 FROM members WHERE dialog = ?1 AND role = 'owner')
         RETURNING user",
    )
    .bind(dialog.as_str())
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = heir else { return Ok(None) };
    let heir: UserId = row::parsed(&row, "user")?;
    let line = Line { kind: "owner:changed", user: Some(&heir), ..Line::default() };
    let ev = log::append_line(connection, dialog, line).await?;
    Ok(Some(DialogEvent { ev, change: DialogChange::OwnerChanged(heir) }))
}
