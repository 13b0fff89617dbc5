//! Answers for programs: `{"success": …}` with a status that says the same.

use std::time::Duration;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use confab_protocol::{
    ErrorCode, Refusal,
    rest::{Answer, Failure},
};
use serde::Serialize;

use crate::{
    auth::{AccountRefused, MemberError, OriginNotAllowed},
    hub::{
        AdvanceError, AmendError, DialogError, ReadError, Retry, STORAGE_RETRY, SendError,
        Unavailable,
    },
};

/// What went wrong, on its way to becoming a response.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    failure: Failure,
}

/// The status that goes with a code, the same at every address.
pub fn status_of(code: ErrorCode) -> StatusCode {
    use ErrorCode::*;
    match code {
        SignInRequired | WrongCredentials => StatusCode::UNAUTHORIZED,
        AccountRequired | NotTheOwner | NotYourMessage | OriginNotAllowed | UnknownDialog => {
            StatusCode::FORBIDDEN
        }
        NotFound | UnknownMessage | UnknownPerson => StatusCode::NOT_FOUND,
        ClientIdConflict | LoginTaken | MessageDeleted | NameTaken | NotAGroup => {
            StatusCode::CONFLICT
        }
        LimitInvalid
        | LoginInvalid
        | MembersInvalid
        | MessageCombiningMarks
        | MessageControlCharacter
        | MessageEmpty
        | MessageTooLong
        | NameInvalid
        | PasswordInvalid
        | TitleInvalid => StatusCode::UNPROCESSABLE_ENTITY,
        TooManySends | TooManyTries => StatusCode::TOO_MANY_REQUESTS,
        ShuttingDown | StorageUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        Internal | Unknown => StatusCode::INTERNAL_SERVER_ERROR,
        BadCloseAfter | BadHandshake | BadRequest | NotJson | UnknownTopic | UnknownType
        | WrongShape => StatusCode::BAD_REQUEST,
    }
}

impl Problem {
    /// A problem with a code and a sentence; the status follows from the code.
    pub fn new(code: ErrorCode, error: impl Into<String>) -> Self {
        let error = error.into();
        let failure = Failure { success: false, error, code, retry: false, after_ms: None };
        Self { status: status_of(code), failure }
    }

    /// The request cannot be read.
    pub fn bad_request(error: impl Into<String>) -> Self {
        Self::new(ErrorCode::BadRequest, error)
    }

    /// The request cannot be read, and HTTP has a status of its own for why.
    pub fn unreadable(status: StatusCode, error: impl Into<String>) -> Self {
        Self::with(status, ErrorCode::BadRequest, error)
    }

    /// A problem whose status says more than its code.
    pub fn with(status: StatusCode, code: ErrorCode, error: impl Into<String>) -> Self {
        Self { status, ..Self::new(code, error) }
    }

    /// The database does not answer.
    pub fn unavailable() -> Self {
        Self::new(ErrorCode::StorageUnavailable, "the database does not answer; try again")
            .after(Some(STORAGE_RETRY))
    }

    /// The same may succeed after a while.
    fn after(mut self, time: Option<Duration>) -> Self {
        self.failure.retry = time.is_some();
        self.failure.after_ms = time.map(|time| time.as_millis() as u64);
        self
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

fn after(retry: Retry) -> Option<Duration> {
    match retry {
        Retry::Never => None,
        Retry::After(time) => Some(time),
    }
}

impl From<SendError> for Problem {
    fn from(error: SendError) -> Self {
        Self::new(error.code(), error.to_string()).after(after(error.retry()))
    }
}

impl From<AmendError> for Problem {
    fn from(error: AmendError) -> Self {
        Self::new(error.code(), error.to_string()).after(after(error.retry()))
    }
}

impl From<AccountRefused> for Problem {
    fn from(error: AccountRefused) -> Self {
        if let AccountRefused::Unavailable(_) = error {
            return Self::unavailable();
        }
        Self::new(error.code(), error.to_string()).after(error.retry_after())
    }
}

impl From<Unavailable> for Problem {
    fn from(_: Unavailable) -> Self {
        Self::unavailable()
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.code(), refusal.to_string())
    }
}

impl From<OriginNotAllowed> for Problem {
    fn from(error: OriginNotAllowed) -> Self {
        Self::new(ErrorCode::OriginNotAllowed, error.to_string())
    }
}

macro_rules! problems_of_dialogs {
    ($($error:ident)*) => {$(
        impl From<$error> for Problem {
            fn from(error: $error) -> Self {
                match error {
                    $error::Unavailable(_) => Self::unavailable(),
                    refused => Self::new(refused.code(), refused.to_string()),
                }
            }
        }
    )*};
}

problems_of_dialogs! { AdvanceError DialogError MemberError ReadError }

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let after = self.failure.after_ms.map(|ms| HeaderValue::from(ms.div_ceil(1000)));
        let answer = Answer::<()>::Error(self.failure);
        let mut response = (self.status, Json(answer)).into_response();
        if let Some(after) = after {
            response.headers_mut().insert(header::RETRY_AFTER, after);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            // RFC 9110 §11.6.1: it says by what one could come in. No browser asks for a password.
            let bearer = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, bearer);
        }
        response
    }
}

/// `{"success": true, "data": …}` with a status.
pub fn data<T: Serialize>(status: StatusCode, data: T) -> Response {
    (status, Json(Answer::data(data))).into_response()
}

/// `{"success": true, "data": …}` with 200.
pub fn ok<T: Serialize>(data: T) -> Response {
    self::data(StatusCode::OK, data)
}

/// The address is there, but not for this method.
pub async fn wrong_method() -> Problem {
    let error = "this address does not know the method; Allow lists those it knows";
    Problem::unreadable(StatusCode::METHOD_NOT_ALLOWED, error)
}
