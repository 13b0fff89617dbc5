//! The two kinds of log: a dialog's, and a person's own.
//!
//! A dialog's log has a line for every change that all its readers see; a person's own has a number for
//! every change of their list of dialogs that no dialog's log tells them: one appeared, is gone, is
//! called otherwise, or was read on another device. Both are numbered densely from 1, by the
//! statement that counts (DESIGN §4). Of one's own log nothing else is kept: who has missed a number
//! fetches the list.

use std::{collections::BTreeSet, sync::Arc};

use confab_protocol::{Dialog, DialogId, DialogKind, DialogUpdate, Ev, Seq, Uev, UserId};
use sqlx::SqliteConnection;

use super::{Change, Readers, dialogs::lines_of_members, row};

/// A line of a dialog's log; each kind has one of the three.
#[derive(Default)]
pub(super) struct Line<'a> {
    /// As in `dialog_events.kind`.
    pub kind: &'static str,
    /// The message that was changed.
    pub seq: Option<Seq>,
    /// Who came, went, owns or is called otherwise.
    pub user: Option<&'a UserId>,
    /// The new title.
    pub title: Option<&'a str>,
}

/// Takes a dialog's next number and writes the line.
pub(super) async fn append_line(
    connection: &mut SqliteConnection,
    dialog: &DialogId,
    line: Line<'_>,
) -> Result<Ev, sqlx::Error> {
    let ev = next_ev(connection, dialog).await?;
    sqlx::query(
        "INSERT INTO dialog_events (dialog, ev, kind, seq, user, title) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(dialog.as_str())
    .bind(row::bound(ev.0))
    .bind(line.kind)
    .bind(line.seq.map(|seq| row::bound(seq.0)))
    .bind(line.user.map(UserId::as_str))
    .bind(line.title)
    .execute(connection)
    .await?;
    Ok(ev)
}

/// Takes a dialog's next number.
pub(super) async fn next_ev(
    connection: &mut SqliteConnection,
    dialog: &DialogId,
) -> Result<Ev, sqlx::Error> {
    let row =
        sqlx::query("UPDATE dialogs SET last_ev = last_ev + 1 WHERE id = ? RETURNING last_ev")
            .bind(dialog.as_str())
            .fetch_one(connection)
            .await?;
    row::ev(&row, "last_ev")
}

/// Who hears of a dialog now: who belongs to it. A direct dialog stays with the other when one of the
/// two is gone for good, and that one hears nothing more; and until something is said in it, nothing
/// tells the other that somebody has begun it.
pub(super) async fn readers(
    connection: &mut SqliteConnection,
    kind: DialogKind,
    dialog: &DialogId,
) -> Result<Readers, sqlx::Error> {
    if kind == DialogKind::Lobby {
        return Ok(Readers::Everyone);
    }
    let sql = "SELECT m.user FROM members m
               JOIN users u ON u.id = m.user JOIN dialogs d ON d.id = m.dialog
               WHERE m.dialog = ? AND u.kind <> 'deleted' AND (d.kind <> 'direct'
               OR d.last_seq > 0 OR d.created_by IS NULL OR d.created_by = m.user)";
    let rows = sqlx::query(sql).bind(dialog.as_str()).fetch_all(connection).await?;
    let members: Result<BTreeSet<_>, _> = rows.iter().map(|row| row::parsed(row, "user")).collect();
    Ok(Readers::Members(Arc::new(members?)))
}

/// Takes the next number of one person's own log, for the dialog as it reads for them now.
pub(super) async fn tell_person(
    connection: &mut SqliteConnection,
    user: &UserId,
    dialog_id: &DialogId,
    dialog: Option<Dialog>,
) -> Result<Change, sqlx::Error> {
    let sql = "UPDATE users SET last_uev = last_uev + 1 WHERE id = ? RETURNING last_uev";
    let row = sqlx::query(sql).bind(user.as_str()).fetch_one(connection).await?;
    let uev = Uev(row::count(&row, "last_uev")?);
    let update = DialogUpdate { dialog_id: dialog_id.clone(), uev, dialog };
    Ok(Change::Personal { user: user.clone(), update })
}

/// Takes the next number of the own log of everyone who belongs to a group now. Two statements,
/// however many they are.
pub(super) async fn tell_members(
    connection: &mut SqliteConnection,
    dialog_id: &DialogId,
) -> Result<Vec<Change>, sqlx::Error> {
    sqlx::query(
        "UPDATE users SET last_uev = last_uev + 1
         WHERE id IN (SELECT user FROM members WHERE dialog = ?)",
    )
    .bind(dialog_id.as_str())
    .execute(&mut *connection)
    .await?;
    let lines = lines_of_members(connection, dialog_id).await?;
    let tell = |(user, uev, dialog)| {
        let update = DialogUpdate { dialog_id: dialog_id.clone(), uev, dialog: Some(dialog) };
        Change::Personal { user, update }
    };
    Ok(lines.into_iter().map(tell).collect())
}
