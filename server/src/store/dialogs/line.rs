//! A dialog as a line of somebody's list. The same dialog reads differently for each member: what
//! they may do, how far they have read, what the other is called.

use confab_protocol::{Dialog, DialogId, Person, Presence, PresenceState, Uev, UserId};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use crate::store::{
    messages::to_message,
    row,
    standing::{dialog_kind, to_role},
};

/// The columns that [`to_dialog`] reads, of the dialog `d`, for the member `me`, who may be none in
/// the lobby; what follows is where those two come from. The last message is cut as
/// [`Message::preview`](confab_protocol::Message::preview) cuts it, and unread ones are counted up to
/// [`Dialog::UNREAD_MAX`]. In the lobby nothing is unread for who is
/// passing through ([`Standing::is_passing`](crate::store::standing::Standing::is_passing)).
macro_rules! select_line {
    ($columns:literal, $from:literal, $where:expr) => {
        concat!(
            "SELECT ",
            $columns,
            "d.id AS dialog_id, d.kind AS dialog_kind, d.title, d.last_ev,
             COALESCE(d.last_message_at, d.created_at, 0) AS active_at,
             me.role, COALESCE(me.read_seq, 0) AS my_read, COALESCE(me.muted, 0) AS my_muted,
             p.id AS peer_id, p.username AS peer_name, p.last_seen_at,
             CASE d.kind WHEN 'lobby' THEN 0
                 ELSE (SELECT COUNT(*) FROM members WHERE dialog = d.id) END AS people,
             CASE WHEN me.user IS NULL OR me.read_seq >= d.last_seq
                  OR d.kind = 'lobby' AND me.read_seq = 0 THEN 0
                 ELSE (SELECT COUNT(*) FROM (
                     SELECT 1 FROM messages x WHERE x.dialog = d.id AND x.seq > me.read_seq
                     AND x.author <> me.user AND x.deleted_at IS NULL LIMIT 1000)) END AS unread,
             m.id, m.dialog, m.seq, m.ev, m.author, m.author_name, m.client_id,
             substr(m.content, 1, 280) AS content, NULL AS meta, m.reply_to, NULL AS q_seq,
             m.created_at, m.edited_at, m.deleted_at ",
            $from,
            " LEFT JOIN messages m ON m.dialog = d.id AND m.seq = d.last_seq
              LEFT JOIN members o ON d.kind = 'direct' AND o.dialog = d.id AND o.user <> me.user
              LEFT JOIN users p ON p.id = o.user ",
            $where
        )
    };
}

/// Which dialogs `d` are on the list of `?1`. A direct dialog in which nothing was said yet is there
/// for who began it alone, or for both if both did.
macro_rules! is_listed {
    () => {
        "d.id IN (SELECT 'lobby' UNION ALL SELECT dialog FROM members WHERE user = ?1)
         AND (d.kind <> 'direct' OR d.last_seq > 0 OR d.created_by IS NULL OR d.created_by = ?1)
         AND NOT EXISTS (SELECT 1 FROM users WHERE id = ?1 AND kind = 'deleted')"
    };
}
pub(super) use is_listed;

/// Everything on someone's list.
pub(in crate::store) const LINES_OF_USER: &str = select_line!(
    "",
    "FROM dialogs d LEFT JOIN members me ON me.dialog = d.id AND me.user = ?1",
    concat!("WHERE ", is_listed!(), " ORDER BY active_at DESC, d.id")
);

/// Someone's list, by last activity.
pub(in crate::store) async fn lines_for(
    connection: &mut SqliteConnection,
    user: &UserId,
) -> Result<Vec<Dialog>, sqlx::Error> {
    let rows = sqlx::query(LINES_OF_USER).bind(user.as_str()).fetch_all(connection).await?;
    rows.iter().map(to_dialog).collect()
}

/// One dialog as it reads for someone; nothing when they do not belong to it.
pub(in crate::store) async fn line_of(
    connection: &mut SqliteConnection,
    user: &UserId,
    dialog: &DialogId,
) -> Result<Option<Dialog>, sqlx::Error> {
    let sql = select_line!(
        "",
        "FROM dialogs d LEFT JOIN members me ON me.dialog = d.id AND me.user = ?1",
        "WHERE d.id = ?2 AND (d.kind = 'lobby' OR me.user IS NOT NULL)"
    );
    let row = sqlx::query(sql)
        .bind(user.as_str())
        .bind(dialog.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(to_dialog).transpose()
}

/// A dialog as it reads for each who belongs to it, with the position of their own log.
pub(in crate::store) async fn lines_of_members(
    connection: &mut SqliteConnection,
    dialog: &DialogId,
) -> Result<Vec<(UserId, Uev, Dialog)>, sqlx::Error> {
    let sql = select_line!(
        "me.user AS me, self.last_uev, ",
        "FROM members me JOIN dialogs d ON d.id = me.dialog JOIN users self ON self.id = me.user",
        "WHERE me.dialog = ?"
    );
    let rows = sqlx::query(sql).bind(dialog.as_str()).fetch_all(connection).await?;
    let line = |row: &SqliteRow| {
        Ok((row::parsed(row, "me")?, Uev(row::count(row, "last_uev")?), to_dialog(row)?))
    };
    rows.iter().map(line).collect()
}

fn to_dialog(row: &SqliteRow) -> Result<Dialog, sqlx::Error> {
    let peer = match row::parsed_if_any(row, "peer_id")? {
        Some(id) => Some(Person { id, username: row::parsed(row, "peer_name")? }),
        None => None,
    };
    let presence = match &peer {
        Some(peer) if !peer.username.is_deleted() => Some(Presence {
            state: PresenceState::Offline,
            last_seen_at: row::time_if_any(row, "last_seen_at")?,
        }),
        _ => None,
    };
    let has_message = row.try_get::<Option<&str>, _>("id")?.is_some();
    Ok(Dialog {
        dialog_id: row::parsed(row, "dialog_id")?,
        kind: dialog_kind(row.try_get("dialog_kind")?),
        title: row.try_get("title")?,
        peer,
        presence,
        role: to_role(row.try_get::<Option<&str>, _>("role")?.unwrap_or_default()),
        members: row::count(row, "people")?,
        last_message: has_message.then(|| to_message(row)).transpose()?,
        last_activity_at: row::time(row, "active_at")?,
        unread: row::count(row, "unread")?,
        read: row::seq(row, "my_read")?,
        muted: row.try_get("my_muted")?,
        ev: row::ev(row, "last_ev")?,
    })
}
