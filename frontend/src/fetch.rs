//! Fetches a path of this server.

use confab_app::live::QueryError;
use confab_protocol::{ErrorCode, json, rest::Failure};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// The body of a successful answer. An answer that nobody waits for any more is let in and dropped:
/// it is a page of messages, and to abort it would weigh more than it does.
///
/// # Errors
///
/// [`QueryError::Unreachable`] when there is no answer, [`QueryError::Refused`] with the server's
/// code and sentence when it is no success.
pub async fn fetch(path: String) -> Result<String, QueryError> {
    let request = leptos::prelude::window().fetch_with_str(&path);
    let answer: Response = JsFuture::from(request).await.map_err(unreachable)?.unchecked_into();
    let body = JsFuture::from(answer.text().map_err(unreachable)?).await.map_err(unreachable)?;
    let body = body.as_string().unwrap_or_default();
    if answer.ok() {
        return Ok(body);
    }
    let (code, message) = match json::read::<Failure>(&body) {
        Ok(failure) => (failure.code, failure.error),
        Err(_) => (ErrorCode::Unknown, String::new()),
    };
    Err(QueryError::Refused { code, message })
}

fn unreachable(_: JsValue) -> QueryError {
    QueryError::Unreachable
}
