//! To look at a person: who they are, how they sign in, when they were last here.

use confab_protocol::{Person, Timestamp, UserId};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use crate::store::{Store, Unavailable, row};

/// Someone who is known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    /// Who, and what they are called.
    pub person: Person,
    /// How they are known.
    pub kind: AccountKind,
    /// What they sign in with, as they typed it; for accounts.
    pub login: Option<String>,
    /// Whether nobody else may have their name. Who is called by a number has not chosen it.
    pub has_own_name: bool,
    /// When their last socket closed; nothing of who never had one.
    pub last_seen_at: Option<Timestamp>,
}

/// How someone is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AccountKind {
    /// By a cookie alone.
    Guest,
    /// By login and password.
    Account,
    /// Not any more.
    Deleted,
}

impl AccountKind {
    /// `users.kind`, which knows these three.
    pub(super) fn from_word(word: &str) -> Self {
        match word {
            "guest" => Self::Guest,
            "account" => Self::Account,
            _ => Self::Deleted,
        }
    }
}

/// What is needed to let someone in.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Who it would be.
    pub user: UserId,
    /// Argon2id in PHC form.
    pub password_hash: String,
}

impl Store {
    /// Someone who is known; nothing of who is only passing.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn account(&self, user: &UserId) -> Result<Option<Account>, Unavailable> {
        self.look::<_, Unavailable>(async {
            let mut connection = self.readers.acquire().await?;
            Ok(account(&mut connection, user).await?)
        })
        .await
    }

    /// What is needed to let the owner of a login in.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn credentials(&self, login_key: &str) -> Result<Option<Credentials>, Unavailable> {
        self.look::<_, Unavailable>(async {
            let sql =
                "SELECT id, password_hash FROM users WHERE login_key = ? AND kind = 'account'";
            let row = sqlx::query(sql).bind(login_key).fetch_optional(&self.readers).await?;
            let credentials = |row: SqliteRow| {
                let password_hash = row.try_get("password_hash")?;
                Ok::<_, sqlx::Error>(Credentials { user: row::parsed(&row, "id")?, password_hash })
            };
            Ok(row.map(credentials).transpose()?)
        })
        .await
    }

    /// Whether a name is somebody's.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn is_name_taken(&self, name_key: &str) -> Result<bool, Unavailable> {
        self.look::<_, Unavailable>(async {
            let sql = "SELECT EXISTS (SELECT 1 FROM users WHERE name_key = ?)";
            Ok(sqlx::query_scalar(sql).bind(name_key).fetch_one(&self.readers).await?)
        })
        .await
    }
}

/// What is known of someone, from `users u`.
macro_rules! account_columns {
    () => {
        "u.id, u.username, u.kind, u.login, u.name_key IS NOT NULL AS has_own_name, u.last_seen_at"
    };
}
pub(super) use account_columns;

/// Someone who is known.
pub(super) async fn account(
    connection: &mut SqliteConnection,
    user: &UserId,
) -> Result<Option<Account>, sqlx::Error> {
    let sql = concat!("SELECT ", account_columns!(), " FROM users u WHERE u.id = ?");
    let row = sqlx::query(sql).bind(user.as_str()).fetch_optional(connection).await?;
    row.as_ref().map(to_account).transpose()
}

/// Reads [`account_columns!`].
pub(super) fn to_account(row: &SqliteRow) -> Result<Account, sqlx::Error> {
    Ok(Account {
        person: Person { id: row::parsed(row, "id")?, username: row::parsed(row, "username")? },
        kind: AccountKind::from_word(row.try_get("kind")?),
        login: row.try_get("login")?,
        has_own_name: row.try_get("has_own_name")?,
        last_seen_at: row::time_if_any(row, "last_seen_at")?,
    })
}
