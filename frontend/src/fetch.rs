//! Asks this server.

use confab_app::live::QueryError;
use confab_protocol::{ErrorCode, json, rest::Failure};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response};

/// The body of a successful answer to a method, a path, and a body of JSON that is empty if there is
/// none. An answer that nobody waits for any more is let in and dropped: it is a page of messages, and
/// to abort it would weigh more than it does.
///
/// # Errors
///
/// [`QueryError::Unreachable`] when there is no answer, [`QueryError::Refused`] with the server's
/// code and sentence when it is no success.
pub async fn request(
    method: &'static str,
    path: String,
    body: String,
) -> Result<String, QueryError> {
    let options = RequestInit::new();
    options.set_method(method);
    if !body.is_empty() {
        options.set_body(&body.into());
        let headers = js_sys::Object::new();
        let _ = js_sys::Reflect::set(&headers, &"content-type".into(), &"application/json".into());
        options.set_headers(&headers);
    }
    let request = leptos::prelude::window().fetch_with_str_and_init(&path, &options);
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
