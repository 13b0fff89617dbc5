//! What the screens read live: one endpoint each.

mod details;
mod dialogs;
mod events;
mod messages;
mod people;
mod presence;
mod pulse;
mod typing;
mod windows;

use confab_protocol::{
    json::{self, FromJson},
    rest::Success,
};

use crate::{Session, live::QueryError};

pub use details::Details;
pub use dialogs::Dialogs;
pub use events::{LabEvent, LabEvents, LabLine};
pub use messages::Messages;
pub use people::People;
pub use pulse::{LastPulse, Pulse};
pub use typing::Typing;
pub use windows::{Place, Windows};

/// What stands under a path of the server's REST.
///
/// # Errors
///
/// [`QueryError`].
pub async fn get<T: FromJson>(session: Session, path: String) -> Result<T, QueryError> {
    ask(session, "GET", path, String::new()).await
}

/// Asks the server something, and reads what it answers.
///
/// # Errors
///
/// [`QueryError`].
pub async fn ask<T: FromJson>(
    session: Session,
    method: &'static str,
    path: String,
    body: String,
) -> Result<T, QueryError> {
    let answer = demand(session, method, path, body).await?;
    let answer = json::read::<Success<T>>(&answer).map_err(|why| QueryError::Unreadable { why })?;
    Ok(answer.data)
}

/// Asks the server something whose answer says nothing.
///
/// # Errors
///
/// [`QueryError`].
pub async fn demand(
    session: Session,
    method: &'static str,
    path: String,
    body: String,
) -> Result<String, QueryError> {
    match session.browser(|browser| browser.request(method, path, body)) {
        Some(answer) => answer.await,
        None => Err(QueryError::Unreachable),
    }
}
