//! A group gets another title.

use confab_protocol::{Dialog, DialogChange, DialogEvent, DialogTitle};
use sqlx::SqliteConnection;

use super::{DialogError, line_of_member, own_group};
use crate::store::{
    Change, Member, Store,
    log::{self, Line},
    writer::{Outcome, Stamp, Write},
};

struct Rename {
    member: Member,
    title: DialogTitle,
}

impl Store {
    /// Gives a group that one owns another title; the same again changes nothing.
    ///
    /// # Errors
    ///
    /// [`DialogError`].
    pub fn rename(
        &self,
        member: Member,
        title: DialogTitle,
    ) -> impl Future<Output = Result<Dialog, DialogError>> + use<> {
        self.writer.write(Rename { member, title })
    }
}

impl Write for Rename {
    type Done = Dialog;
    type Refusal = DialogError;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        _: &Stamp,
    ) -> Outcome<Dialog, DialogError> {
        let standing = own_group(connection, &self.member).await?;
        let (dialog, title) = (self.member.dialog(), self.title.as_str());
        let mut changes = Vec::new();
        if standing.title.as_deref() != Some(title) {
            let line = Line { kind: "dialog:renamed", title: Some(title), ..Line::default() };
            let ev = log::append_line(connection, dialog, line).await?;
            sqlx::query("UPDATE dialogs SET title = ? WHERE id = ?")
                .bind(title)
                .bind(dialog.as_str())
                .execute(&mut *connection)
                .await?;
            let readers = log::readers(connection, standing.kind, dialog).await?;
            let event = DialogEvent { ev, change: DialogChange::Renamed(title.to_owned()) };
            changes.push(Change::Log { dialog: dialog.clone(), event, readers });
            changes.extend(log::tell_members(connection, dialog).await?);
        }
        Ok((line_of_member(connection, &self.member).await?, changes))
    }
}
