//! What a request says, read into the protocol's types. What cannot be read is a [`Problem`] with a
//! sentence, never axum's plain text.

use axum::{
    Json,
    extract::{
        FromRequest, FromRequestParts, OptionalFromRequest, Path, Query, Request,
        rejection::JsonRejection,
    },
    http::{HeaderMap, StatusCode, request::Parts},
};
use confab_protocol::{ClientId, InvalidId};
use serde::de::DeserializeOwned;

use super::answer::Problem;

/// The body, which must be there.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = <Json<T> as FromRequest<S>>::from_request(request, state).await;
        read.map(|Json(body)| Self(body)).map_err(|error| unreadable(&error))
    }
}

/// The body, or what its absence means.
pub struct MaybeBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for MaybeBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = <Json<T> as OptionalFromRequest<S>>::from_request(request, state).await;
        let body = read.map_err(|error| unreadable(&error))?;
        Ok(Self(body.map(|Json(body)| body).unwrap_or_default()))
    }
}

fn unreadable(error: &JsonRejection) -> Problem {
    let status = match error.status() {
        // JSON of another shape is as unreadable as what is no JSON.
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        other => other,
    };
    Problem::unreadable(status, error.body_text())
}

/// The query.
pub struct Asked<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(head: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = Query::<T>::from_request_parts(head, state).await;
        read.map(|Query(query)| Self(query))
            .map_err(|error| Problem::bad_request(error.body_text()))
    }
}

/// The ids in the path: one, or a pair.
pub struct At<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(head: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = Path::<T>::from_request_parts(head, state).await;
        read.map(|Path(ids)| Self(ids)).map_err(|error| Problem::bad_request(error.body_text()))
    }
}

/// `Idempotency-Key`, the sender's name for a message in the head instead of the body.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<ClientId>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    // The draft of the header has the key in quotes, and most senders leave them out.
    let text = value.to_str().map(|text| text.trim_matches('"')).map_err(|_| InvalidId);
    let id = text.and_then(ClientId::parse);
    id.map(Some).map_err(|error| Problem::bad_request(format!("Idempotency-Key: {error}")))
}
