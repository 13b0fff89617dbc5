//! What someone's page should come to: so that one which was read a moment ago is not read again.

use confab_protocol::{DialogId, Digest, Uev, UserId};

use sqlx::SqliteConnection;

use super::{id_list, line::is_listed};
use crate::store::row;

const DIGEST: &str = concat!(
    "SELECT COALESCE((SELECT last_uev FROM users WHERE id = ?1), 0) AS last_uev,
            (SELECT COALESCE(SUM(d.last_ev), 0) FROM dialogs d WHERE ",
    is_listed!(),
    ") AS changes,
            (SELECT COALESCE(SUM(m.delivered_seq + m.read_seq), 0) FROM members m
             JOIN members me ON me.dialog = m.dialog AND me.user = ?1
             JOIN dialogs d ON d.id = m.dialog AND d.kind <> 'lobby'
             WHERE m.dialog IN (SELECT value FROM json_each(?2))) AS receipts"
);

/// What someone's list and the dialogs they have open come to; those that are none of theirs count
/// for nothing.
pub(in crate::store) async fn digest(
    snapshot: &mut SqliteConnection,
    user: &UserId,
    open: &[&DialogId],
) -> Result<Digest, sqlx::Error> {
    let row =
        sqlx::query(DIGEST).bind(user.as_str()).bind(id_list(open)).fetch_one(snapshot).await?;
    Ok(Digest {
        uev: Uev(row::count(&row, "last_uev")?),
        changes: row::count(&row, "changes")?,
        receipts: row::count(&row, "receipts")?,
    })
}
