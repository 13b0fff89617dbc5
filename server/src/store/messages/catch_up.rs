//! What someone missed: the lines of a dialog's log after a position.
//!
//! The log says what was changed; what it was changed *to* is read from the rows as they are now. A
//! message that was edited twice since is told three times, each time with its last words: of two
//! states of one message the one with the greater `ev` is true, so whoever applies all of it ends
//! where a fresh page begins.

#[cfg(feature = "plants")]
use confab_protocol::plants::{Plant, is_planted};
use confab_protocol::{
    DialogChange, DialogEvent, DialogId, Digest, Ev, Member as Newcomer, Person, ResetReason, Role,
    Seq, UserId,
};
use futures::TryStreamExt;
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{ReadError, room::Room, to_message};
use crate::store::{Member, Store, Unavailable, dialogs::digest, row, standing::standing};

/// What someone missed since a position.
#[derive(Clone, Debug, PartialEq)]
pub enum CatchUp {
    /// The changes after the position, and the position they lead to.
    Events {
        /// In order, without a gap.
        events: Vec<DialogEvent>,
        /// The dialog's position in the same transaction.
        to: Ev,
    },
    /// The position cannot be used; never half an answer (DESIGN §4).
    Reset(ResetReason),
}

/// The lines after a position, with what they speak of.
pub(super) const LINES: &str = concat!(
    "SELECT e.ev AS line, e.kind AS line_kind, e.user, e.title,
            u.username, me.delivered_seq, me.read_seq, ",
    message_columns!(),
    " FROM dialog_events e
      LEFT JOIN messages m ON m.dialog = e.dialog AND m.seq = e.seq
      LEFT JOIN messages q ON q.id = m.reply_to
      LEFT JOIN users u ON u.id = e.user
      LEFT JOIN members me ON me.dialog = e.dialog AND me.user = e.user
      WHERE e.dialog = ? AND e.ev > ? ORDER BY e.ev"
);

impl Store {
    /// The dialog's position, whoever asks; nothing when there is no such dialog.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn position(&self, dialog: &DialogId) -> Result<Option<Ev>, Unavailable> {
        self.look::<_, Unavailable>(async {
            let mut connection = self.readers.acquire().await?;
            let row = sqlx::query("SELECT last_ev FROM dialogs WHERE id = ?")
                .bind(dialog.as_str())
                .fetch_optional(&mut *connection)
                .await?;
            Ok(row.map(|row| row::ev(&row, "last_ev")).transpose()?)
        })
        .await
    }

    /// The changes after `after`, unless they are more than `max` or than [`Room`] holds.
    ///
    /// # Errors
    ///
    /// [`ReadError`].
    pub async fn catch_up(
        &self,
        member: &Member,
        after: Ev,
        max: u32,
    ) -> Result<CatchUp, ReadError> {
        self.look::<_, ReadError>(async {
            let mut snapshot = self.readers.begin().await?;
            let (user, room) = (&member.person().id, &mut Room::default());
            let missed = missed(&mut snapshot, user, (member.dialog(), after), max, room);
            missed.await?.ok_or(ReadError::NoSuchDialog)
        })
        .await
    }

    /// All that someone missed who comes back: of each dialog the same as [`Store::catch_up`], or
    /// nothing if it is none of theirs any more, and what their page comes to with it. One snapshot and
    /// one [`Room`], however many dialogs: all of it waits in one queue.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn resume(
        &self,
        user: &UserId,
        positions: &[(DialogId, Ev)],
        max: u32,
    ) -> Result<(Digest, Vec<Option<CatchUp>>), Unavailable> {
        self.look::<_, Unavailable>(async {
            let mut snapshot = self.readers.begin().await?;
            let open: Vec<_> = positions.iter().map(|(dialog, _)| dialog).collect();
            let digest = digest(&mut snapshot, user, &open).await?;
            let (mut all, mut room) = (Vec::with_capacity(positions.len()), Room::default());
            for (dialog, after) in positions {
                let missed = missed(&mut snapshot, user, (dialog, *after), max, &mut room);
                all.push(missed.await?);
            }
            Ok((digest, all))
        })
        .await
    }
}

/// Nothing for whom the dialog is not.
async fn missed(
    snapshot: &mut SqliteConnection,
    user: &UserId,
    (dialog, after): (&DialogId, Ev),
    max: u32,
    room: &mut Room,
) -> Result<Option<CatchUp>, sqlx::Error> {
    let Some(standing) = standing(snapshot, user, dialog).await? else { return Ok(None) };
    let to = standing.last_ev;
    #[cfg(feature = "plants")]
    let after = planted_position(after, to);
    if after > to {
        return Ok(Some(CatchUp::Reset(ResetReason::AheadOfLog)));
    }
    let too_far = Ok(Some(CatchUp::Reset(ResetReason::TooFarBehind)));
    if to.0 - after.0 > u64::from(max) {
        return too_far;
    }
    let mut rows =
        sqlx::query(LINES).bind(dialog.as_str()).bind(row::bound(after.0)).fetch(snapshot);
    let mut events = Vec::new();
    while let Some(row) = rows.try_next().await? {
        let event = to_event(&row)?;
        let fits = match &event.change {
            DialogChange::MessageNew(message) | DialogChange::MessageUpdate(message) => {
                room.takes(message)
            }
            _ => room.takes_line(),
        };
        if !fits {
            return too_far;
        }
        events.push(event);
    }
    Ok(Some(CatchUp::Events { events, to }))
}

#[cfg(feature = "plants")]
fn planted_position(after: Ev, to: Ev) -> Ev {
    match is_planted(Plant::ResumeOffByOne) {
        true if after < to => Ev(after.0 + 1),
        _ => after,
    }
}

fn to_event(row: &SqliteRow) -> Result<DialogEvent, sqlx::Error> {
    let change = match row.try_get::<&str, _>("line_kind")? {
        "message:new" => DialogChange::MessageNew(to_message(row)?),
        "message:update" => DialogChange::MessageUpdate(to_message(row)?),
        "member:added" => DialogChange::MemberAdded(to_newcomer(row)?),
        "member:removed" => DialogChange::MemberRemoved(row::parsed(row, "user")?),
        "owner:changed" => DialogChange::OwnerChanged(row::parsed(row, "user")?),
        "dialog:renamed" => DialogChange::Renamed(row.try_get("title")?),
        "person:update" => DialogChange::PersonUpdated(to_person(row)?),
        _ => return Err(sqlx::Error::Decode("a line of an unknown kind".into())),
    };
    Ok(DialogEvent { ev: row::ev(row, "line")?, change })
}

/// Someone as they are called now.
fn to_person(row: &SqliteRow) -> Result<Person, sqlx::Error> {
    Ok(Person { id: row::parsed(row, "user")?, username: row::parsed(row, "username")? })
}

/// Someone who came. Nobody comes as the owner: that is a line of its own.
fn to_newcomer(row: &SqliteRow) -> Result<Newcomer, sqlx::Error> {
    let seq = |column| {
        let number = row.try_get::<Option<i64>, _>(column)?;
        // They may be gone again; then what they had read is told to nobody.
        Ok::<_, sqlx::Error>(Seq(number.unwrap_or_default() as u64))
    };
    let Person { id, username } = to_person(row)?;
    let (delivered, read) = (seq("delivered_seq")?, seq("read_seq")?);
    Ok(Newcomer { id, username, role: Role::Member, delivered, read })
}
