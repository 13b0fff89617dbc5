//! Fetches a path of this server. Dropping the future aborts the request.

use confab_app::live::QueryError;
use confab_protocol::{ErrorCode, json, rest::Failure};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestInit, Response};

/// Aborts when the future that holds it is dropped; after the answer that does nothing.
struct Abort(Option<AbortController>);

impl Drop for Abort {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

/// The body of a successful answer.
///
/// # Errors
///
/// [`QueryError::Unreachable`] when there is no answer, [`QueryError::Refused`] with the server's
/// code and sentence when it is no success.
pub async fn fetch(path: String) -> Result<String, QueryError> {
    let abort = Abort(AbortController::new().ok());
    let options = RequestInit::new();
    options.set_signal(abort.0.as_ref().map(AbortController::signal).as_ref());
    let request = leptos::prelude::window().fetch_with_str_and_init(&path, &options);
    let answer = JsFuture::from(request).await.map_err(unreachable)?;
    let answer: Response = answer.dyn_into().map_err(unreachable)?;
    let body = JsFuture::from(answer.text().map_err(unreachable)?).await.map_err(unreachable)?;
    let body = body.as_string().unwrap_or_default();
    if answer.ok() {
        return Ok(body);
    }
    let (code, message) = match json::read::<Failure>(&body) {
        Ok(failure) => (failure.code, failure.error),
        Err(_) => (ErrorCode::Unknown, answer.status_text()),
    };
    Err(QueryError::Refused { code, message })
}

fn unreachable(_: JsValue) -> QueryError {
    QueryError::Unreachable
}
