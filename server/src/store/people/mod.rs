//! People: what they are called, how they sign in, and what is left of them when they go.
//!
//! Three kinds. A guest is whoever did something that is kept, under a name that is theirs alone or
//! a number; many guests only pass and leave no row. An account has a login and a password besides.
//! Of who is deleted there stays a row without a name, because messages stay, and messages have an
//! author. Nobody comes back from there, and whoever acts in their name is refused.
//!
//! Whoever goes by another name is called so in the log of each of their dialogs ([`names`]).
//!
//! Names and logins are compared by their keys, which `auth` makes; here they are unique, and that is
//! all that is known of them. Of passwords, sessions and tokens only hashes come here.

mod account;
mod delete_account;
mod find;
mod keep_guest;
mod names;
mod note_last_seen;
mod register;
mod rename_person;
mod renew_hash;
mod sessions;
mod set_password;
mod tokens;

use confab_protocol::{Person, UserId};
use sqlx::SqliteConnection;
use thiserror::Error;

use super::{
    Change, Unavailable,
    writer::{Stamp, Stop},
};

pub use account::{Account, AccountKind, Credentials};
pub use register::Registration;
pub use rename_person::IfPassing;
pub use sessions::SavedSession;
pub use tokens::{NewToken, Token};

pub(super) use find::find;

pub use crate::ops::registry::SessionKey;

/// Nothing has changed about a person.
#[derive(Debug, Error)]
pub enum AccountError {
    /// Another goes by this name, or by one that looks the same.
    #[error("another goes by this name")]
    NameTaken,
    /// Another signs in with this login.
    #[error("another signs in with this login")]
    LoginTaken,
    /// There is no such person, account, session or token, or not any more.
    #[error("there is no such account")]
    Unknown,
    /// The database does not answer; the same write may succeed later.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What kind of person someone is; nothing of who is only passing.
async fn kind_of(
    connection: &mut SqliteConnection,
    user: &UserId,
) -> Result<Option<AccountKind>, sqlx::Error> {
    let kind: Option<String> = sqlx::query_scalar("SELECT kind FROM users WHERE id = ?")
        .bind(user.as_str())
        .fetch_optional(connection)
        .await?;
    Ok(kind.as_deref().map(AccountKind::from_word))
}

/// Whether someone was here and is gone for good.
pub(super) async fn is_deleted(
    connection: &mut SqliteConnection,
    user: &UserId,
) -> Result<bool, sqlx::Error> {
    Ok(kind_of(connection, user).await? == Some(AccountKind::Deleted))
}

/// Keeps who was only passing, or the name they go by today; what their dialogs hear of it. A name
/// that someone chose is theirs until they choose another.
pub(super) async fn keep(
    connection: &mut SqliteConnection,
    person: &Person,
    stamp: &Stamp,
) -> Result<Vec<Change>, sqlx::Error> {
    let kept = sqlx::query(
        "INSERT INTO users (id, username, kind, created_at) VALUES (?, ?, 'guest', ?)
         ON CONFLICT (id) DO UPDATE SET username = excluded.username
         WHERE username <> excluded.username AND kind = 'guest' AND name_key IS NULL",
    )
    .bind(person.id.as_str())
    .bind(person.username.as_str())
    .bind(stamp.now_ms())
    .execute(&mut *connection)
    .await?;
    match kept.rows_affected() {
        0 => Ok(Vec::new()),
        _ => names::tell(connection, person).await,
    }
}

/// Refuses a name that is another's.
async fn must_be_free(
    connection: &mut SqliteConnection,
    name_key: &str,
    user: &UserId,
) -> Result<(), Stop<AccountError>> {
    let holder: Option<String> = sqlx::query_scalar("SELECT id FROM users WHERE name_key = ?")
        .bind(name_key)
        .fetch_optional(connection)
        .await?;
    match holder {
        Some(holder) if holder != user.as_str() => Err(Stop::Refused(AccountError::NameTaken)),
        _ => Ok(()),
    }
}
