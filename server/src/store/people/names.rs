//! Someone goes by another name: their dialogs hear of it, by a line in the log of each.
//!
//! It is in the log because it is on the screens: who belongs to a dialog, whom one talks with. What
//! was said stays under the name it was said by. Only who is gone for good is called otherwise there
//! too, so that one is told of wherever they have spoken.

use confab_protocol::{DialogChange, DialogEvent, DialogId, DialogKind, Person};
use sqlx::{Row, SqliteConnection};

use crate::store::{
    Change,
    log::{self, Line},
    row,
    standing::dialog_kind,
};

/// Writes the lines.
pub(super) async fn tell(
    connection: &mut SqliteConnection,
    person: &Person,
) -> Result<Vec<Change>, sqlx::Error> {
    let mut changes = Vec::new();
    for (dialog, kind) in dialogs_of(connection, person).await? {
        let line = Line { kind: "person:update", user: Some(&person.id), ..Line::default() };
        let ev = log::append_line(connection, &dialog, line).await?;
        let readers = log::readers(connection, kind, &dialog).await?;
        let event = DialogEvent { ev, change: DialogChange::PersonUpdated(person.clone()) };
        changes.push(Change::Log { dialog, event, readers });
    }
    Ok(changes)
}

/// Where someone is called by their name. Nobody is a member of the lobby, whatever its rows say.
async fn dialogs_of(
    connection: &mut SqliteConnection,
    person: &Person,
) -> Result<Vec<(DialogId, DialogKind)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT id, kind FROM dialogs WHERE id IN (
             SELECT dialog FROM members WHERE user = ?1 AND dialog <> 'lobby'
             UNION SELECT dialog FROM messages WHERE author = ?1 AND ?2)",
    )
    .bind(person.id.as_str())
    .bind(person.username.is_deleted())
    .fetch_all(connection)
    .await?;
    let dialog = |row| Ok((row::parsed(row, "id")?, dialog_kind(row.try_get("kind")?)));
    rows.iter().map(dialog).collect()
}
