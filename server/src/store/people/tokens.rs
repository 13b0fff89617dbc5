//! Personal tokens: by which scripts somebody lets act for them. They outlive sessions and
//! passwords, and end when they are removed.

use confab_protocol::{Timestamp, TokenId, UserId};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{
    Account, AccountError, AccountKind, SessionKey,
    account::{account_columns, to_account},
    kind_of,
};
use crate::store::{
    Change, Store, Unavailable, row,
    writer::{Outcome, Stamp, Stop, Write},
};

/// A token to be.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Whose.
    pub user: UserId,
    /// What it is known by.
    pub key: SessionKey,
    /// What its owner calls it.
    pub name: String,
}

/// A token, as its owner sees it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Token {
    /// Which.
    pub token_id: TokenId,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the minute; nothing if never.
    pub last_used_at: Option<Timestamp>,
}

struct RemoveToken {
    user: UserId,
    token_id: TokenId,
}

struct NoteTokenUsed(SessionKey);

/// How long a token's last use may lie behind before it is noted anew: a script that asks ten times
/// a second is not to write as often.
const USE_NOTED_MS: i64 = 60_000;

impl Store {
    /// Makes a token.
    ///
    /// # Errors
    ///
    /// [`AccountError::Unknown`] of who has no account.
    pub fn add_token(
        &self,
        token: NewToken,
    ) -> impl Future<Output = Result<Token, AccountError>> + use<> {
        self.writer.write(token)
    }

    /// Someone's tokens, newest first; of the same moment in any order, but always the same.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn tokens_of(&self, user: &UserId) -> Result<Vec<Token>, Unavailable> {
        self.look::<_, Unavailable>(async {
            let sql = "SELECT id, name, created_at, last_used_at FROM tokens WHERE user = ?
                   ORDER BY created_at DESC, id DESC";
            let rows = sqlx::query(sql).bind(user.as_str()).fetch_all(&self.readers).await?;
            let tokens: Result<Vec<_>, sqlx::Error> = rows.iter().map(to_token).collect();
            Ok(tokens?)
        })
        .await
    }

    /// Whom a token speaks for. One look, as with a session.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn token_owner(&self, key: &SessionKey) -> Result<Option<Account>, Unavailable> {
        self.look::<_, Unavailable>(async {
            let sql = concat!(
                "SELECT ",
                account_columns!(),
                " FROM tokens t JOIN users u ON u.id = t.user WHERE t.hash = ?"
            );
            let row = sqlx::query(sql).bind(key.0.as_slice()).fetch_optional(&self.readers).await?;
            Ok(row.as_ref().map(to_account).transpose()?)
        })
        .await
    }

    /// Notes that a token was used; to the minute.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub fn note_token_used(
        &self,
        key: SessionKey,
    ) -> impl Future<Output = Result<(), Unavailable>> + use<> {
        self.writer.write(NoteTokenUsed(key))
    }

    /// Removes a token, and ends the sockets that were opened with it.
    ///
    /// # Errors
    ///
    /// [`AccountError::Unknown`] when it is none of theirs.
    pub fn remove_token(
        &self,
        user: UserId,
        token_id: TokenId,
    ) -> impl Future<Output = Result<(), AccountError>> + use<> {
        self.writer.write(RemoveToken { user, token_id })
    }
}

fn to_token(row: &SqliteRow) -> Result<Token, sqlx::Error> {
    Ok(Token {
        token_id: row::parsed(row, "id")?,
        name: row.try_get("name")?,
        created_at: row::time(row, "created_at")?,
        last_used_at: row::time_if_any(row, "last_used_at")?,
    })
}

impl Write for NewToken {
    type Done = Token;
    type Refusal = AccountError;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> Outcome<Token, AccountError> {
        if kind_of(connection, &self.user).await? != Some(AccountKind::Account) {
            return Err(Stop::Refused(AccountError::Unknown));
        }
        let row = sqlx::query(
            "INSERT INTO tokens (id, user, hash, name, created_at) VALUES (?, ?, ?, ?, ?)
             RETURNING id, name, created_at, last_used_at",
        )
        .bind(&stamp.id)
        .bind(self.user.as_str())
        .bind(self.key.0.as_slice())
        .bind(&self.name)
        .bind(stamp.now_ms())
        .fetch_one(connection)
        .await?;
        Ok((to_token(&row)?, Vec::new()))
    }
}

impl Write for RemoveToken {
    type Done = ();
    type Refusal = AccountError;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        _: &Stamp,
    ) -> Outcome<(), AccountError> {
        let hash: Option<Vec<u8>> =
            sqlx::query_scalar("DELETE FROM tokens WHERE id = ? AND user = ? RETURNING hash")
                .bind(self.token_id.as_str())
                .bind(self.user.as_str())
                .fetch_optional(connection)
                .await?;
        let hash = hash.ok_or(Stop::Refused(AccountError::Unknown))?;
        let hash: [u8; 32] = hash
            .try_into()
            .map_err(|_| sqlx::Error::Decode("a token's hash has 32 bytes".into()))?;
        let ended = Change::Ended { user: self.user.clone(), session: Some(SessionKey(hash)) };
        Ok(((), vec![ended]))
    }
}

impl Write for NoteTokenUsed {
    type Done = ();
    type Refusal = Unavailable;

    async fn commit(
        &self,
        connection: &mut SqliteConnection,
        stamp: &Stamp,
    ) -> Outcome<(), Unavailable> {
        sqlx::query(
            "UPDATE tokens SET last_used_at = ?1
             WHERE hash = ?2 AND (last_used_at IS NULL OR last_used_at <= ?1 - ?3)",
        )
        .bind(stamp.now_ms())
        .bind(self.0.0.as_slice())
        .bind(USE_NOTED_MS)
        .execute(connection)
        .await?;
        Ok(((), Vec::new()))
    }
}
