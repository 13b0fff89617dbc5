//! A group gets another owner.

use confab_protocol::{Dialog, DialogChange, DialogEvent, UserId};
use sqlx::SqliteConnection;

use super::{DialogError, line_of_member, own_group};
use crate::store::{
    Change, Member, Store,
    log::{self, Line},
    writer::{Outcome, Stamp, Stop, Write},
};

struct PassOwnership {
    member: Member,
    to: UserId,
}

impl Store {
    /// Gives a group that one owns to another of its members; giving it to oneself changes nothing.
    ///
    /// # Errors
    ///
    /// [`DialogError`].
    pub fn pass_ownership(
        &self,
        member: Member,
        to: UserId,
    ) -> impl Future<Output = Result<Dialog, DialogError>> + use<> {
        self.writer.write(PassOwnership { member, to })
    }
}

impl Write for PassOwnership {
    type Done = Dialog;
    type Refusal = DialogError;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        _: &Stamp,
    ) -> Outcome<Dialog, DialogError> {
        let standing = own_group(connection, &self.member).await?;
        let dialog = self.member.dialog();
        let readers = log::readers(connection, standing.kind, dialog).await?;
        if !readers.include(&self.to) {
            return Err(Stop::Refused(DialogError::UnknownPerson));
        }
        let mut changes = Vec::new();
        if self.to != self.member.person().id {
            // First down, then up: a group never has two owners (members_owner).
            for (role, user) in [("member", &self.member.person().id), ("owner", &self.to)] {
                sqlx::query("UPDATE members SET role = ? WHERE dialog = ? AND user = ?")
                    .bind(role)
                    .bind(dialog.as_str())
                    .bind(user.as_str())
                    .execute(&mut *connection)
                    .await?;
            }
            let line = Line { kind: "owner:changed", user: Some(&self.to), ..Line::default() };
            let ev = log::append_line(connection, dialog, line).await?;
            let event = DialogEvent { ev, change: DialogChange::OwnerChanged(self.to.clone()) };
            changes.push(Change::Log { dialog: dialog.clone(), event, readers });
            changes.extend(log::tell_members(connection, dialog).await?);
        }
        Ok((line_of_member(connection, &self.member).await?, changes))
    }
}
