//! People come into a group.

use confab_protocol::{Dialog, DialogChange, DialogEvent, Member as Participant, Role, UserId};
use sqlx::SqliteConnection;

use super::{DialogError, GROUP_MEMBERS, folded, line_of_member, must_be_known, own_group};
use crate::store::{
    Change, Member, Readers, Store,
    log::{self, Line},
    row,
    standing::Standing,
    writer::{Outcome, Stamp, Stop, Write},
};

struct AddMembers {
    member: Member,
    people: Vec<UserId>,
}

impl Store {
    /// Lets people into a group that one owns; who is in it already stays as they are. They may look
    /// back as far as anyone, but what was said before they came is not unread.
    ///
    /// # Errors
    ///
    /// [`DialogError`]; after any of them nobody has come by this call.
    pub fn add_members(
        &self,
        member: Member,
        people: Vec<UserId>,
    ) -> impl Future<Output = Result<Dialog, DialogError>> + use<> {
        self.writer.write(AddMembers { member, people: folded(&people) })
    }
}

impl Write for AddMembers {
    type Done = Dialog;
    type Refusal = DialogError;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> Outcome<Dialog, DialogError> {
        let standing = own_group(connection, &self.member).await?;
        let dialog = self.member.dialog();
        let before = log::readers(connection, standing.kind, dialog).await?;
        let newcomers: Vec<_> = self.people.iter().filter(|user| !before.include(user)).collect();
        let Readers::Members(before) = before else {
            return Err(Stop::Refused(DialogError::NotAGroup));
        };
        if self.people.is_empty() || !GROUP_MEMBERS.contains(&(before.len() + newcomers.len())) {
            return Err(Stop::Refused(DialogError::MembersInvalid));
        }
        must_be_known(connection, &self.people).await?;

        let mut events = Vec::with_capacity(newcomers.len());
        for user in newcomers {
            events.push(self.add(connection, &standing, user, stamp).await?);
        }
        let mut changes = Vec::new();
        if !events.is_empty() {
            let readers = log::readers(connection, standing.kind, dialog).await?;
            let told =
                |event| Change::Log { dialog: dialog.clone(), event, readers: readers.clone() };
            changes.extend(events.into_iter().map(told));
            changes.extend(log::tell_members(connection, dialog).await?);
        }
        Ok((line_of_member(connection, &self.member).await?, changes))
    }
}

impl AddMembers {
    async fn add(
        &self,
        connection: &mut SqliteConnection,
        standing: &Standing,
        user: &UserId,
        stamp: &Stamp,
    ) -> Result<DialogEvent, sqlx::Error> {
        let dialog = self.member.dialog();
        let line = Line { kind: "member:added", user: Some(user), ..Line::default() };
        let ev = log::append_line(connection, dialog, line).await?;
        sqlx::query(
            "INSERT INTO members (dialog, user, role, joined_ev, joined_at, delivered_seq, read_seq)
             VALUES (?1, ?2, 'member', ?3, ?4, ?5, ?5)",
        )
        .bind(dialog.as_str())
        .bind(user.as_str())
        .bind(row::bound(ev.0))
        .bind(stamp.now_ms())
        .bind(row::bound(standing.last_seq.0))
        .execute(&mut *connection)
        .await?;
        let name = sqlx::query("SELECT username FROM users WHERE id = ?")
            .bind(user.as_str())
            .fetch_one(connection)
            .await?;
        let newcomer = Participant {
            id: user.clone(),
            username: row::parsed(&name, "username")?,
            role: Role::Member,
            delivered: standing.last_seq,
            read: standing.last_seq,
        };
        Ok(DialogEvent { ev, change: DialogChange::MemberAdded(newcomer) })
    }
}
