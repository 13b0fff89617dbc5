//! Dialogs: who belongs to them, what they are called, how far everyone has read.
//!
//! Three kinds. The lobby is there from the beginning and everyone's. A direct dialog belongs to a
//! pair, for good, and is the same whoever began it. A group has an owner, who alone changes its
//! people and its title; when the owner goes, who came first of the others owns it, and when
//! everyone has gone it is dissolved: its rows stay, and nobody reads them any more.
//!
//! How a dialog reads as a line of somebody's list is told in one place ([`line`]), for the list and
//! for every change of it.

mod add_members;
mod advance;
mod begin_direct;
mod begin_group;
mod digest;
mod dissolve;
mod line;
mod list;
mod mute;
mod pass_ownership;
mod remove_members;
mod rename;

use confab_protocol::{Dialog, DialogKind, ErrorCode, Role, UserId};
use sqlx::SqliteConnection;
use thiserror::Error;

use super::{
    Member, Unavailable,
    standing::{Standing, standing},
    writer::Stop,
};

pub use advance::{Advance, AdvanceError};

pub(super) use digest::digest;
#[cfg(test)]
pub(super) use line::LINES_OF_USER;
pub(super) use line::{line_of, lines_for, lines_of_members};
pub(super) use remove_members::take_out;

/// How many may belong to a group, oneself included.
const GROUP_MEMBERS: std::ops::RangeInclusive<usize> = 2..=500;

/// A dialog that one has now.
#[derive(Clone, Debug, PartialEq)]
pub struct Begun {
    /// As a line of the list of whoever asked.
    pub dialog: Dialog,
    /// Whether it was not there before.
    pub is_new: bool,
}

/// Nothing has changed about a dialog.
#[derive(Debug, Error)]
pub enum DialogError {
    /// There is no such dialog, or it is none of yours; which of the two stays unsaid.
    #[error("there is no such dialog for you")]
    NoSuchDialog,
    /// Its members and its title cannot be changed.
    #[error("the dialog is no group")]
    NotAGroup,
    /// Only the owner of the group may do this.
    #[error("only the owner of the group may do this")]
    NotTheOwner,
    /// Nobody has this id, or not any more, or they do not belong to the group.
    #[error("there is no such person")]
    UnknownPerson,
    /// Too few or too many people, or oneself where another is meant.
    #[error("a group has 2 to 500 members, a direct dialog one other person")]
    MembersInvalid,
    /// The database does not answer; the same write may succeed later.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl DialogError {
    /// The code for programs.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NoSuchDialog => ErrorCode::UnknownDialog,
            Self::NotAGroup => ErrorCode::NotAGroup,
            Self::NotTheOwner => ErrorCode::NotTheOwner,
            Self::UnknownPerson => ErrorCode::UnknownPerson,
            Self::MembersInvalid => ErrorCode::MembersInvalid,
            Self::Unavailable(_) => ErrorCode::StorageUnavailable,
        }
    }
}

/// A group that someone belongs to.
async fn group(
    connection: &mut SqliteConnection,
    member: &Member,
) -> Result<Standing, Stop<DialogError>> {
    let standing = standing(connection, &member.person().id, member.dialog())
        .await?
        .ok_or(Stop::Refused(DialogError::NoSuchDialog))?;
    match standing.kind {
        DialogKind::Group => Ok(standing),
        _ => Err(Stop::Refused(DialogError::NotAGroup)),
    }
}

/// A group that someone owns.
async fn own_group(
    connection: &mut SqliteConnection,
    member: &Member,
) -> Result<Standing, Stop<DialogError>> {
    let standing = group(connection, member).await?;
    match standing.role {
        Role::Owner => Ok(standing),
        Role::Member => Err(Stop::Refused(DialogError::NotTheOwner)),
    }
}

/// The dialog as it reads for who belongs to it.
async fn line_of_member(
    connection: &mut SqliteConnection,
    member: &Member,
) -> Result<Dialog, sqlx::Error> {
    let line = line_of(connection, &member.person().id, member.dialog()).await?;
    line.ok_or(sqlx::Error::RowNotFound)
}

/// Each once, in the order of their first mention.
fn folded(people: &[UserId]) -> Vec<UserId> {
    let mut seen = std::collections::BTreeSet::new();
    people.iter().filter(|user| seen.insert(*user)).cloned().collect()
}

/// Ids for `json_each`. An id needs no escaping (`confab_protocol::id`).
pub(super) fn id_list(ids: &[impl std::fmt::Display]) -> String {
    let quoted: Vec<_> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    format!("[{}]", quoted.join(","))
}

/// Refuses people whom nobody knows, or who are gone.
async fn must_be_known(
    connection: &mut SqliteConnection,
    people: &[UserId],
) -> Result<(), Stop<DialogError>> {
    let known: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM json_each(?) AS wanted JOIN users u ON u.id = wanted.value
         WHERE u.kind <> 'deleted'",
    )
    .bind(id_list(people))
    .fetch_one(connection)
    .await?;
    if known as usize == people.len() {
        Ok(())
    } else {
        Err(Stop::Refused(DialogError::UnknownPerson))
    }
}
