//! Someone asks a dialog to be quiet, or not to be any more.

use confab_protocol::{Dialog, DialogKind, Seq};
use sqlx::SqliteConnection;

use super::{DialogError, line_of_member};
use crate::store::{
    Member, Store, log, people, row,
    standing::{Standing, standing},
    writer::{Outcome, Stamp, Stop, Write},
};

struct Mute {
    member: Member,
    is_muted: bool,
}

impl Store {
    /// Makes a dialog quiet, for oneself.
    ///
    /// # Errors
    ///
    /// [`DialogError::NoSuchDialog`], [`DialogError::Unavailable`].
    pub fn mute(
        &self,
        member: Member,
    ) -> impl Future<Output = Result<Dialog, DialogError>> + use<> {
        self.writer.write(Mute { member, is_muted: true })
    }

    /// Lets a dialog be heard again, by oneself.
    ///
    /// # Errors
    ///
    /// As [`Store::mute`].
    pub fn unmute(
        &self,
        member: Member,
    ) -> impl Future<Output = Result<Dialog, DialogError>> + use<> {
        self.writer.write(Mute { member, is_muted: false })
    }
}

impl Write for Mute {
    type Done = Dialog;
    type Refusal = DialogError;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> Outcome<Dialog, DialogError> {
        let (user, dialog) = (&self.member.person().id, self.member.dialog());
        let standing = standing(connection, user, dialog)
            .await?
            .ok_or(Stop::Refused(DialogError::NoSuchDialog))?;
        if standing.receipt.is_some_and(|row| row.is_muted) == self.is_muted {
            return Ok((line_of_member(connection, &self.member).await?, Vec::new()));
        }
        // Only in the lobby may there be no row yet, and whoever is new there has nothing unread.
        let mut changes = people::keep(connection, self.member.person(), stamp).await?;
        self.store(connection, &standing, stamp).await?;
        let line = line_of_member(connection, &self.member).await?;
        if is_listed(&standing, user.as_str()) {
            let told = Some(line.clone());
            let told = log::tell_person(connection, user, dialog, told);
            changes.push(told.await?);
        }
        Ok((line, changes))
    }
}

impl Mute {
    async fn store(
        &self,
        connection: &mut SqliteConnection,
        standing: &Standing,
        stamp: &Stamp,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO members
                 (dialog, user, role, joined_ev, joined_at, delivered_seq, read_seq, muted)
             VALUES (?1, ?2, 'member', ?3, ?4, ?5, ?5, ?6)
             ON CONFLICT (dialog, user) DO UPDATE SET muted = excluded.muted",
        )
        .bind(self.member.dialog().as_str())
        .bind(self.member.person().id.as_str())
        .bind(row::bound(standing.last_ev.0))
        .bind(stamp.now_ms())
        .bind(row::bound(standing.last_seq.0))
        .bind(self.is_muted)
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// A direct dialog in which nothing was said yet is on the list of who began it alone.
fn is_listed(standing: &Standing, user: &str) -> bool {
    standing.kind != DialogKind::Direct || standing.last_seq > Seq(0) || standing.was_begun_by(user)
}
