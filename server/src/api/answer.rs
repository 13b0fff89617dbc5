//! Answers for programs: `{"success": …}` with a status that says the same.

use std::time::Duration;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use confab_protocol::{
    ErrorCode,
    rest::{Answer, Failure},
};
use serde::Serialize;

use crate::{
    auth::{NoSuchDialog, OriginNotAllowed},
    hub::{Retry, SendError, Unavailable},
};

/// What went wrong, on its way to becoming a response.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    failure: Failure,
}

impl Problem {
    /// A problem with a status, a code and a sentence.
    pub fn new(status: StatusCode, code: ErrorCode, error: impl Into<String>) -> Self {
        let error = error.into();
        let failure = Failure { success: false, error, code, retry: false, after_ms: None };
        Self { status, failure }
    }

    /// The request cannot be read.
    pub fn bad_request(error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::BadRequest, error)
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The code for programs.
    pub fn code(&self) -> ErrorCode {
        self.failure.code
    }

    /// How long to wait before the same may succeed.
    pub fn wait(&self) -> Option<Duration> {
        self.failure.after_ms.map(Duration::from_millis)
    }
}

impl From<SendError> for Problem {
    fn from(error: SendError) -> Self {
        let status = match &error {
            SendError::Refused(_) | SendError::MetaTooLong { .. } => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            SendError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            SendError::Conflict => StatusCode::CONFLICT,
            SendError::UnknownDialog => StatusCode::NOT_FOUND,
            SendError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        let mut problem = Self::new(status, error.code(), error.to_string());
        if let Retry::After(time) = error.retry() {
            problem.failure.retry = true;
            problem.failure.after_ms = Some(time.as_millis() as u64);
        }
        problem
    }
}

impl From<NoSuchDialog> for Problem {
    fn from(error: NoSuchDialog) -> Self {
        Self::new(StatusCode::NOT_FOUND, ErrorCode::UnknownDialog, error.to_string())
    }
}

impl From<Unavailable> for Problem {
    fn from(_: Unavailable) -> Self {
        let error = "the database does not answer; try again";
        let mut problem =
            Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::StorageUnavailable, error);
        problem.failure.retry = true;
        problem
    }
}

impl From<OriginNotAllowed> for Problem {
    fn from(error: OriginNotAllowed) -> Self {
        Self::new(StatusCode::FORBIDDEN, ErrorCode::OriginNotAllowed, error.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let after = self.failure.after_ms.map(|ms| HeaderValue::from(ms.div_ceil(1000)));
        let answer = Answer::<()>::Error(self.failure);
        let mut response = (self.status, Json(answer)).into_response();
        if let Some(after) = after {
            response.headers_mut().insert(header::RETRY_AFTER, after);
        }
        response
    }
}

/// `{"success": true, "data": …}` with a status.
pub fn data<T: Serialize>(status: StatusCode, data: T) -> Response {
    (status, Json(Answer::data(data))).into_response()
}

/// The address is there, but not for this method.
pub async fn wrong_method() -> Problem {
    let error = "this address does not know the method; Allow lists those it knows";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::BadRequest, error)
}
