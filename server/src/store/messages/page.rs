//! To look back: a page of a dialog.
//!
//! A page is a run of messages without a gap. Places are dense from 1 and never given up (what is
//! deleted leaves a trace), so whether there are older or newer ones is told by the places alone.

#[cfg(feature = "plants")]
use confab_protocol::plants::{Plant, is_planted};
use confab_protocol::{Message, Seq, rest::MessagesPage};
use futures::TryStreamExt;
use sqlx::{SqliteConnection, sqlite::SqliteRow};

use super::{ReadError, room::Room, to_message};
use crate::store::{
    Member, Store, row,
    standing::{Standing, standing},
};

/// Which page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// The last one.
    Latest,
    /// The one that ends before this message.
    Before(Seq),
    /// The one that begins after this message.
    After(Seq),
    /// The one with this message in its middle.
    Around(Seq),
}

impl Store {
    /// A page of a dialog, oldest message first, at most `limit` messages and [`Room`], with the
    /// dialog's position in the same transaction.
    ///
    /// # Errors
    ///
    /// [`ReadError`].
    pub async fn page(
        &self,
        member: &Member,
        place: Place,
        limit: u32,
    ) -> Result<MessagesPage, ReadError> {
        let page = self.page_and_position(member, place, limit).await;
        #[cfg(feature = "plants")]
        let page = self.planted_page(member, page).await;
        page
    }

    #[cfg(feature = "plants")]
    async fn planted_page(
        &self,
        member: &Member,
        page: Result<MessagesPage, ReadError>,
    ) -> Result<MessagesPage, ReadError> {
        if !is_planted(Plant::PositionReadLater) {
            return page;
        }
        let mut page = page?;
        page.ev = self.position_for(member).await?;
        Ok(page)
    }

    async fn page_and_position(
        &self,
        member: &Member,
        place: Place,
        limit: u32,
    ) -> Result<MessagesPage, ReadError> {
        self.look::<_, ReadError>(async {
            let mut snapshot = self.readers.begin().await?;
            let standing = standing(&mut snapshot, &member.person().id, member.dialog())
                .await?
                .ok_or(ReadError::NoSuchDialog)?;
            let messages = run(&mut snapshot, member, place, limit, &standing).await?;
            let (first, last) = match (messages.first(), messages.last()) {
                (Some(first), Some(last)) => (first.seq, last.seq),
                // Nothing there: everything is older than what was asked for, or newer.
                _ => match place {
                    Place::Before(_) => (Seq(1), Seq(0)),
                    _ => (Seq(standing.last_seq.0 + 1), standing.last_seq),
                },
            };
            let (has_more, has_newer) = (first > Seq(1), last < standing.last_seq);
            Ok(MessagesPage { messages, ev: standing.last_ev, has_more, has_newer })
        })
        .await
    }
}

/// The messages of a page in their order.
async fn run(
    connection: &mut SqliteConnection,
    member: &Member,
    place: Place,
    limit: u32,
    standing: &Standing,
) -> Result<Vec<Message>, sqlx::Error> {
    let dialog = member.dialog().as_str();
    match place {
        Place::Latest => older(connection, dialog, Seq(u64::MAX), limit, Room::default()).await,
        Place::Before(seq) => older(connection, dialog, seq, limit, Room::default()).await,
        Place::After(seq) => newer(connection, dialog, seq, limit, Room::default()).await,
        Place::Around(seq) => {
            // Beyond the end, the end is meant.
            let middle = Seq(seq.0.min(standing.last_seq.0).max(1));
            let before = limit / 2;
            let mut messages = older(connection, dialog, middle, before, Room::half()).await?;
            let from = Seq(middle.0 - 1);
            messages.extend(newer(connection, dialog, from, limit - before, Room::half()).await?);
            Ok(messages)
        }
    }
}

async fn older(
    connection: &mut SqliteConnection,
    dialog: &str,
    before: Seq,
    limit: u32,
    room: Room,
) -> Result<Vec<Message>, sqlx::Error> {
    let rows =
        sqlx::query(OLDER).bind(dialog).bind(row::bound(before.0)).bind(limit).fetch(connection);
    let mut messages = as_many_as_fit(rows, room).await?;
    messages.reverse();
    Ok(messages)
}

/// The last messages before a place, newest first.
pub(super) const OLDER: &str =
    select_message!("WHERE m.dialog = ? AND m.seq < ? ORDER BY m.seq DESC LIMIT ?");

async fn newer(
    connection: &mut SqliteConnection,
    dialog: &str,
    after: Seq,
    limit: u32,
    room: Room,
) -> Result<Vec<Message>, sqlx::Error> {
    let rows =
        sqlx::query(NEWER).bind(dialog).bind(row::bound(after.0)).bind(limit).fetch(connection);
    as_many_as_fit(rows, room).await
}

/// The first messages after a place.
pub(super) const NEWER: &str =
    select_message!("WHERE m.dialog = ? AND m.seq > ? ORDER BY m.seq LIMIT ?");

/// However long it is, one message is always told, or reading on would never end.
async fn as_many_as_fit(
    mut rows: impl TryStreamExt<Ok = SqliteRow, Error = sqlx::Error> + Unpin,
    mut room: Room,
) -> Result<Vec<Message>, sqlx::Error> {
    let mut messages = Vec::new();
    while let Some(row) = rows.try_next().await? {
        let message = to_message(&row)?;
        if !room.takes(&message) && !messages.is_empty() {
            break;
        }
        messages.push(message);
    }
    Ok(messages)
}
