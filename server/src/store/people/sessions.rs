//! Sessions: by which browser somebody is signed in, until when.
//!
//! A request reads its session when it begins and writes it when it ends. In between the session may
//! have been ended by another device, so an ended one leaves a mark until it would have expired, and
//! writing it again is refused: signing out is for good (DESIGN §7, G8).

use confab_protocol::{Timestamp, UserId};
use sqlx::{SqliteConnection, sqlite::SqliteRow};

use super::{
    Account, AccountError, AccountKind, SessionKey,
    account::{account_columns, to_account},
    kind_of,
};
use crate::store::{
    Change, Store, Unavailable, row,
    writer::{Outcome, Stamp, Stop, Write},
};

/// A session that counts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SavedSession {
    /// Whose.
    pub owner: Account,
    /// From then on it is none.
    pub expires_at: Timestamp,
}

struct SaveSession {
    key: SessionKey,
    user: UserId,
    expires_at: Timestamp,
}

struct EndSession(SessionKey);

struct EndSessionsOf(UserId);

struct EndPassing(UserId);

impl Store {
    /// Makes a session, or gives one its time anew.
    ///
    /// # Errors
    ///
    /// [`AccountError::Unknown`] when it was ended, or nobody has this id any more.
    pub fn save_session(
        &self,
        key: SessionKey,
        user: UserId,
        expires_at: Timestamp,
    ) -> impl Future<Output = Result<(), AccountError>> + use<> {
        self.writer.write(SaveSession { key, user, expires_at })
    }

    /// A session and whose it is, if it has neither ended nor expired. One look: each request and each
    /// socket begins with it.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn load_session(
        &self,
        key: &SessionKey,
    ) -> Result<Option<SavedSession>, Unavailable> {
        self.look::<_, Unavailable>(async {
            let sql = concat!(
                "SELECT ",
                account_columns!(),
                ", s.expires_at FROM sessions s JOIN users u ON u.id = s.user
                 WHERE s.key = ? AND s.ended_at IS NULL AND s.expires_at > ?"
            );
            let row = sqlx::query(sql)
                .bind(key.0.as_slice())
                .bind(row::bound(self.clock.wall().unix_ms()))
                .fetch_optional(&self.readers)
                .await?;
            Ok(row.as_ref().map(to_session).transpose()?)
        })
        .await
    }

    /// Of these sessions and personal tokens, those that count no more. One look for all.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn ended_among(
        &self,
        keys: impl IntoIterator<Item = SessionKey>,
    ) -> Result<Vec<SessionKey>, Unavailable> {
        let hex = |key: SessionKey| key.0.iter().map(|byte| format!("{byte:02x}")).collect();
        let keys: Vec<String> = keys.into_iter().map(hex).collect();
        self.look::<_, Unavailable>(async {
            let ended: Vec<Vec<u8>> = sqlx::query_scalar(
                "SELECT unhex(asked.value) AS key FROM json_each(?) asked
                 WHERE NOT EXISTS (SELECT 1 FROM sessions s WHERE s.key = unhex(asked.value)
                                   AND s.ended_at IS NULL AND s.expires_at > ?)
                   AND NOT EXISTS (SELECT 1 FROM tokens t WHERE t.hash = unhex(asked.value))",
            )
            .bind(confab_protocol::json::write(&keys))
            .bind(row::bound(self.clock.wall().unix_ms()))
            .fetch_all(&self.readers)
            .await?;
            let ended = ended.into_iter().filter_map(|key| key.try_into().ok());
            Ok(ended.map(SessionKey).collect())
        })
        .await
    }

    /// Ends a session, and the sockets that were opened with it.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub fn end_session(
        &self,
        key: SessionKey,
    ) -> impl Future<Output = Result<(), Unavailable>> + use<> {
        self.writer.write(EndSession(key))
    }

    /// Ends all sessions of someone, and all their sockets.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub fn end_sessions_of(
        &self,
        user: UserId,
    ) -> impl Future<Output = Result<(), Unavailable>> + use<> {
        self.writer.write(EndSessionsOf(user))
    }

    /// Ends the sockets of a guest who was only passing, because their browser is somebody else's now.
    /// One who has come in meanwhile is passing no more: theirs end with their sessions.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub fn end_passing(
        &self,
        guest: UserId,
    ) -> impl Future<Output = Result<(), Unavailable>> + use<> {
        self.writer.write(EndPassing(guest))
    }
}

fn to_session(row: &SqliteRow) -> Result<SavedSession, sqlx::Error> {
    Ok(SavedSession { owner: to_account(row)?, expires_at: row::time(row, "expires_at")? })
}

impl Write for SaveSession {
    type Done = ();
    type Refusal = AccountError;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> Outcome<(), AccountError> {
        let user = &self.user;
        if matches!(kind_of(connection, user).await?, None | Some(AccountKind::Deleted)) {
            return Err(Stop::Refused(AccountError::Unknown));
        }
        let saved = sqlx::query(
            // Whose it is is all that a session says; the schema has room for more.
            "INSERT INTO sessions (key, user, data, created_at, expires_at) VALUES (?, ?, '', ?, ?)
             ON CONFLICT (key) DO UPDATE
             SET user = excluded.user, expires_at = excluded.expires_at WHERE ended_at IS NULL",
        )
        .bind(self.key.0.as_slice())
        .bind(user.as_str())
        .bind(stamp.now_ms())
        .bind(row::bound(self.expires_at.unix_ms()))
        .execute(&mut *connection)
        .await?;
        if saved.rows_affected() == 0 {
            return Err(Stop::Refused(AccountError::Unknown));
        }
        // Whoever comes sweeps behind those who have gone.
        sqlx::query("DELETE FROM sessions WHERE expires_at <= ? AND key <> ?")
            .bind(stamp.now_ms())
            .bind(self.key.0.as_slice())
            .execute(connection)
            .await?;
        Ok(((), Vec::new()))
    }
}

impl Write for EndSession {
    type Done = ();
    type Refusal = Unavailable;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> Outcome<(), Unavailable> {
        let ended = sqlx::query(
            "UPDATE sessions SET ended_at = ? WHERE key = ? AND ended_at IS NULL
             RETURNING user",
        )
        .bind(stamp.now_ms())
        .bind(self.0.0.as_slice())
        .fetch_optional(connection)
        .await?;
        let Some(row) = ended else { return Ok(((), Vec::new())) };
        let user = row::parsed_if_any(&row, "user")?;
        let ended = user.map(|user| Change::Ended { user, session: Some(self.0) });
        Ok(((), ended.into_iter().collect()))
    }
}

impl Write for EndSessionsOf {
    type Done = ();
    type Refusal = Unavailable;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> Outcome<(), Unavailable> {
        end_all(connection, &self.0, stamp).await?;
        Ok(((), vec![Change::Ended { user: self.0.clone(), session: None }]))
    }
}

impl Write for EndPassing {
    type Done = ();
    type Refusal = Unavailable;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> Outcome<(), Unavailable> {
        let has_come_in: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM sessions
                            WHERE user = ? AND ended_at IS NULL AND expires_at > ?)",
        )
        .bind(self.0.as_str())
        .bind(stamp.now_ms())
        .fetch_one(connection)
        .await?;
        let ended = Change::Ended { user: self.0.clone(), session: None };
        Ok(((), (!has_come_in).then_some(ended).into_iter().collect()))
    }
}

/// Ends all sessions of someone.
pub(super) async fn end_all(
    connection: &mut SqliteConnection,
    user: &UserId,
    stamp: &Stamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE sessions SET ended_at = ? WHERE user = ? AND ended_at IS NULL")
        .bind(stamp.now_ms())
        .bind(user.as_str())
        .execute(connection)
        .await?;
    Ok(())
}
