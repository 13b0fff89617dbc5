//! How someone stands in a dialog, as one transaction sees it.
//!
//! Every read and every write of a dialog begins here. Everyone stands in the lobby, members in
//! their dialogs, and nobody else; least of all who has deleted their account. A row of `members`
//! gives no right in the lobby and takes none: it only keeps how far someone has read.

use confab_protocol::{DialogId, DialogKind, Ev, Role, Seq, UserId, Username};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{Member, ReadError, Readers, Store, Unavailable, log, row};

/// What is known of someone in a dialog that they belong to.
#[derive(Debug)]
pub(super) struct Standing {
    pub kind: DialogKind,
    pub title: Option<String>,
    /// Who began it; nobody alone, if both of a pair did.
    pub created_by: Option<String>,
    pub last_seq: Seq,
    pub last_ev: Ev,
    pub role: Role,
    /// Their row in `members`; nobody needs one in the lobby.
    pub receipt: Option<Received>,
    /// Their row in `users`; who is passing has none.
    pub name: Option<Name>,
}

/// How far someone has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Received {
    pub delivered: Seq,
    pub read: Seq,
    pub is_muted: bool,
}

/// What someone is called.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub username: Username,
    /// Nobody else may have it; whoever comes with another on their lips goes by this one.
    pub is_claimed: bool,
}

impl Standing {
    /// Whether they are only passing through the lobby: they never said how far they have read, and
    /// nothing waits for them. A row that says zero says no more than none; nobody who reads a line
    /// of a list could tell the two apart.
    pub fn is_passing(&self) -> bool {
        self.kind == DialogKind::Lobby && self.receipt.is_none_or(|row| row.read == Seq(0))
    }

    /// Whether it was someone who began the dialog, alone or as both of a pair.
    pub fn was_begun_by(&self, user: &str) -> bool {
        self.created_by.as_deref().is_none_or(|began| began == user)
    }
}

/// How someone stands in a dialog; nothing when they do not belong to it or there is none.
pub(super) async fn standing(
    connection: &mut SqliteConnection,
    user: &UserId,
    dialog: &DialogId,
) -> Result<Option<Standing>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT d.kind, d.title, d.created_by, d.last_seq, d.last_ev,
                u.username, u.kind <> 'guest' OR u.name_key IS NOT NULL AS is_claimed,
                m.role, m.delivered_seq, m.read_seq, m.muted
         FROM dialogs d
         LEFT JOIN users u ON u.id = ?1
         LEFT JOIN members m ON m.dialog = d.id AND m.user = ?1
         WHERE d.id = ?2 AND (d.kind = 'lobby' OR m.user IS NOT NULL) AND u.kind IS NOT 'deleted'",
    )
    .bind(user.as_str())
    .bind(dialog.as_str())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(to_standing).transpose()
}

fn to_standing(row: &SqliteRow) -> Result<Standing, sqlx::Error> {
    let role = row.try_get::<Option<&str>, _>("role")?;
    let receipt = match role {
        Some(_) => Some(Received {
            delivered: row::seq(row, "delivered_seq")?,
            read: row::seq(row, "read_seq")?,
            is_muted: row.try_get("muted")?,
        }),
        None => None,
    };
    let name = match row::parsed_if_any(row, "username")? {
        Some(username) => Some(Name { username, is_claimed: row.try_get("is_claimed")? }),
        None => None,
    };
    Ok(Standing {
        kind: dialog_kind(row.try_get("kind")?),
        title: row.try_get("title")?,
        created_by: row.try_get("created_by")?,
        last_seq: row::seq(row, "last_seq")?,
        last_ev: row::ev(row, "last_ev")?,
        role: to_role(role.unwrap_or_default()),
        receipt,
        name,
    })
}

/// `dialogs.kind`, which knows these three.
pub(super) fn dialog_kind(word: &str) -> DialogKind {
    match word {
        "lobby" => DialogKind::Lobby,
        "direct" => DialogKind::Direct,
        _ => DialogKind::Group,
    }
}

/// `members.role`, which knows these two.
pub(super) fn to_role(word: &str) -> Role {
    match word {
        "owner" => Role::Owner,
        _ => Role::Member,
    }
}

impl Store {
    /// Whether someone belongs to a dialog. Everyone belongs to the lobby.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn belongs(&self, user: &UserId, dialog: &DialogId) -> Result<bool, Unavailable> {
        self.look::<_, Unavailable>(async {
            let mut connection = self.readers.acquire().await?;
            Ok(standing(&mut connection, user, dialog).await?.is_some())
        })
        .await
    }

    /// To which of several dialogs someone belongs, in their order, all as of one moment.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn belonging(
        &self,
        user: &UserId,
        dialogs: &[&DialogId],
    ) -> Result<Vec<bool>, Unavailable> {
        self.look::<_, Unavailable>(async {
            let mut snapshot = self.readers.begin().await?;
            let mut belongs = Vec::new();
            for dialog in dialogs {
                belongs.push(standing(&mut snapshot, user, dialog).await?.is_some());
            }
            Ok(belongs)
        })
        .await
    }

    /// Who may hear what happens in a dialog, for someone who belongs to it; and by what name they
    /// know that one now.
    ///
    /// # Errors
    ///
    /// [`ReadError`].
    pub async fn readers(&self, member: &Member) -> Result<(Readers, Username), ReadError> {
        self.look::<_, ReadError>(async {
            let mut snapshot = self.readers.begin().await?;
            let standing = standing(&mut snapshot, &member.person().id, member.dialog())
                .await?
                .ok_or(ReadError::NoSuchDialog)?;
            let readers = log::readers(&mut snapshot, standing.kind, member.dialog()).await?;
            let claimed = standing.name.filter(|name| name.is_claimed).map(|name| name.username);
            Ok((readers, claimed.unwrap_or_else(|| member.person().username.clone())))
        })
        .await
    }

    /// A dialog's position, for someone who belongs to it.
    ///
    /// # Errors
    ///
    /// [`ReadError`].
    pub async fn position_for(&self, member: &Member) -> Result<Ev, ReadError> {
        self.look::<_, ReadError>(async {
            let mut connection = self.readers.acquire().await?;
            let standing = standing(&mut connection, &member.person().id, member.dialog()).await?;
            Ok(standing.ok_or(ReadError::NoSuchDialog)?.last_ev)
        })
        .await
    }
}
