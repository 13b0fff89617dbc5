//! Someone has got or seen more of a dialog (DESIGN §7, G7).

#[cfg(feature = "plants")]
use confab_protocol::plants::{Plant, is_planted};
use confab_protocol::{DialogKind, ErrorCode, Receipt, Seq};
use sqlx::SqliteConnection;
use thiserror::Error;

use super::line_of;
use crate::store::{
    Change, Member, Store, Unavailable, log, row,
    standing::{Received, Standing, standing},
    writer::{Outcome, Stamp, Stop, Write},
};

/// How far someone has come in a dialog. Both are as good as anything: what is too much is cut, what
/// is less than before changes nothing, and what was seen was also got.
#[derive(Clone, Debug)]
pub struct Advance {
    /// Who, where.
    pub member: Member,
    /// The last message that a device of theirs has.
    pub delivered: Seq,
    /// The last message that they have seen.
    pub read: Seq,
}

/// It is not noted.
#[derive(Debug, Error)]
pub enum AdvanceError {
    /// There is no such dialog, or it is none of yours.
    #[error("there is no such dialog for you")]
    NoSuchDialog,
    /// The database does not answer; the same write may succeed later.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl AdvanceError {
    /// The code for programs.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NoSuchDialog => ErrorCode::UnknownDialog,
            Self::Unavailable(_) => ErrorCode::StorageUnavailable,
        }
    }
}

impl Store {
    /// Notes how far someone has come; `read ≤ delivered ≤ last_seq`, and none ever shrinks. Of who
    /// is only passing through the lobby nothing is noted.
    ///
    /// # Errors
    ///
    /// [`AdvanceError`].
    pub fn advance(
        &self,
        advance: Advance,
    ) -> impl Future<Output = Result<(), AdvanceError>> + use<> {
        self.writer.write(advance)
    }
}

impl Write for Advance {
    type Done = ();
    type Refusal = AdvanceError;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> Outcome<(), AdvanceError> {
        let (user, dialog) = (&self.member.person().id, self.member.dialog());
        let standing = standing(connection, user, dialog)
            .await?
            .ok_or(Stop::Refused(AdvanceError::NoSuchDialog))?;
        let before = standing.receipt;
        let after = self.from(&standing);
        if standing.name.is_none() || before == Some(after) {
            return Ok(((), Vec::new()));
        }
        self.store(connection, &standing, after, stamp).await?;

        let mut changes = Vec::new();
        if standing.kind != DialogKind::Lobby {
            let receipt = Receipt {
                dialog_id: dialog.clone(),
                user_id: user.clone(),
                delivered: after.delivered,
                read: after.read,
            };
            let readers = log::readers(connection, standing.kind, dialog).await?;
            changes.push(Change::Receipt { receipt, readers });
        }
        if before.is_none_or(|before| before.read != after.read) {
            let line = line_of(connection, user, dialog).await?;
            let told = log::tell_person(connection, user, dialog, line);
            changes.push(told.await?);
        }
        Ok(((), changes))
    }
}

impl Advance {
    /// How far they have come with this.
    fn from(&self, standing: &Standing) -> Received {
        let last = standing.last_seq;
        let read = self.read.min(last);
        let delivered = self.delivered.min(last);
        match standing.receipt.filter(|_| !standing.is_passing()) {
            #[cfg(feature = "plants")]
            Some(before) if is_planted(Plant::ReceiptsNotMerged) => {
                planted_receipt(before, delivered, read)
            }
            Some(before) => {
                let read = read.max(before.read);
                Received { read, delivered: delivered.max(before.delivered).max(read), ..before }
            }
            // New to the lobby: what was said before they came is not unread.
            None => {
                let read = if read == Seq(0) { last } else { read };
                let is_muted = standing.receipt.is_some_and(|row| row.is_muted);
                Received { read, delivered: delivered.max(read), is_muted }
            }
        }
    }

    async fn store(
        &self,
        connection: &mut SqliteConnection,
        standing: &Standing,
        Received { delivered, read, .. }: Received,
        stamp: &Stamp,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO members (dialog, user, role, joined_ev, joined_at, delivered_seq, read_seq)
             VALUES (?, ?, 'member', ?, ?, ?, ?) ON CONFLICT (dialog, user) DO UPDATE
             SET delivered_seq = excluded.delivered_seq, read_seq = excluded.read_seq",
        )
        .bind(self.member.dialog().as_str())
        .bind(self.member.person().id.as_str())
        .bind(row::bound(standing.last_ev.0))
        .bind(stamp.now_ms())
        .bind(row::bound(delivered.0))
        .bind(row::bound(read.0))
        .execute(connection)
        .await?;
        Ok(())
    }
}

#[cfg(feature = "plants")]
fn planted_receipt(mut receipt: Received, delivered: Seq, read: Seq) -> Received {
    (receipt.read, receipt.delivered) = (read, delivered.max(read));
    receipt
}
