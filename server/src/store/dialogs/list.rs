//! To look at dialogs: one's list of them, and one of them with its people.

use confab_protocol::{
    Member as Participant, Uev, UserId,
    rest::{DialogDetails, DialogList},
};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{line_of, lines_for};
use crate::store::{
    Member, Store, Unavailable,
    messages::ReadError,
    row,
    standing::{standing, to_role},
};

impl Store {
    /// Someone's dialogs by last activity, with the position of the list. The lobby is everyone's.
    /// Presences are for the caller to fill in.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn dialogs(&self, user: &UserId) -> Result<DialogList, Unavailable> {
        self.look::<_, Unavailable>(async {
            let mut snapshot = self.readers.begin().await?;
            let dialogs = lines_for(&mut snapshot, user).await?;
            let uev = sqlx::query("SELECT last_uev FROM users WHERE id = ?")
                .bind(user.as_str())
                .fetch_optional(&mut *snapshot)
                .await?;
            let uev = uev.map(|row| row::count(&row, "last_uev")).transpose()?;
            Ok(DialogList { dialogs, uev: Uev(uev.unwrap_or_default()) })
        })
        .await
    }

    /// One dialog with who belongs to it, in the order they came.
    ///
    /// # Errors
    ///
    /// [`ReadError`].
    pub async fn dialog(&self, member: &Member) -> Result<DialogDetails, ReadError> {
        self.look::<_, ReadError>(async {
            let mut snapshot = self.readers.begin().await?;
            let user = &member.person().id;
            standing(&mut snapshot, user, member.dialog()).await?.ok_or(ReadError::NoSuchDialog)?;
            let line = line_of(&mut snapshot, user, member.dialog()).await?;
            let dialog = line.ok_or(ReadError::NoSuchDialog)?;
            let members = participants(&mut snapshot, member).await?;
            Ok(DialogDetails { dialog, members })
        })
        .await
    }
}

async fn participants(
    connection: &mut SqliteConnection,
    member: &Member,
) -> Result<Vec<Participant>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT u.id, u.username, m.role, m.delivered_seq, m.read_seq
         FROM members m JOIN users u ON u.id = m.user JOIN dialogs d ON d.id = m.dialog
         WHERE m.dialog = ? AND d.kind <> 'lobby' ORDER BY m.joined_ev, m.joined_at, m.user",
    )
    .bind(member.dialog().as_str())
    .fetch_all(connection)
    .await?;
    rows.iter().map(to_participant).collect()
}

fn to_participant(row: &SqliteRow) -> Result<Participant, sqlx::Error> {
    Ok(Participant {
        id: row::parsed(row, "id")?,
        username: row::parsed(row, "username")?,
        role: to_role(row.try_get("role")?),
        delivered: row::seq(row, "delivered_seq")?,
        read: row::seq(row, "read_seq")?,
    })
}
