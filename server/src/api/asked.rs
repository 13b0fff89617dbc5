//! What a request says, read into the protocol's types. What cannot be read is a [`Problem`] with a
//! sentence, never axum's plain text.

use axum::{
    Json,
    extract::{
        FromRequest, FromRequestParts, OptionalFromRequest, Path, Query, Request,
        rejection::JsonRejection,
    },
    http::{HeaderMap, request::Parts},
};
use confab_protocol::{ClientId, InvalidId};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::answer::Problem;

/// The body, which must be there.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = <Json<Box<RawValue>> as FromRequest<S>>::from_request(request, state).await;
        let Json(json) = read.map_err(|error| unreadable(&error))?;
        object(&json).map(Self)
    }
}

/// The body, or what its absence means.
pub struct MaybeBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for MaybeBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read =
            <Json<Box<RawValue>> as OptionalFromRequest<S>>::from_request(request, state).await;
        match read.map_err(|error| unreadable(&error))? {
            Some(Json(json)) => object(&json).map(Self),
            None => Ok(Self(T::default())),
        }
    }
}

/// What an object says. Serde would also take its fields in a row, without names, which nobody means.
fn object<T: DeserializeOwned>(json: &RawValue) -> Result<T, Problem> {
    if !json.get().starts_with('{') {
        return Err(Problem::bad_request("the body must be a JSON object"));
    }
    serde_json::from_str(json.get())
        .map_err(|error| Problem::bad_request(format!("the body cannot be read: {error}")))
}

fn unreadable(error: &JsonRejection) -> Problem {
    Problem::unreadable(error.status(), error.body_text())
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
