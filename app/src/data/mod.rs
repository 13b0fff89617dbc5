//! What the screens read live: one endpoint each.

mod details;
mod dialogs;
mod events;
mod messages;
mod people;
mod place;
mod presence;
mod pulse;
mod typing;
mod windows;

use std::future::ready;

use confab_protocol::{
    json::{self, FromJson},
    rest::Success,
};

use crate::{Answer, Session, live::QueryError};

pub use details::Details;
pub use dialogs::Dialogs;
pub use events::{LabEvent, LabEvents, LabLine};
pub use messages::Messages;
pub use people::People;
pub use place::Place;
pub use pulse::{LastPulse, Pulse};
pub use typing::Typing;
pub use windows::Windows;

/// Asks the server something: a method, a path, and a body that is empty if there is none.
pub fn demand(session: Session, method: &'static str, path: String, body: String) -> Answer {
    match session.browser(|browser| browser.request(method, path, body)) {
        Some(answer) => answer,
        None => Box::pin(ready(Err(QueryError::Unreachable))),
    }
}

/// Reads what the server answered.
///
/// # Errors
///
/// [`QueryError`]: there was no answer, a refusal, or something else than data of this type.
pub fn read<T: FromJson>(answer: Result<String, QueryError>) -> Result<T, QueryError> {
    let answer =
        json::read::<Success<T>>(&answer?).map_err(|why| QueryError::Unreadable { why })?;
    Ok(answer.data)
}
