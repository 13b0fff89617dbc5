//! Why someone does not come in, or an account does not change.

use std::time::Duration;

use confab_protocol::{ErrorCode, Refusal};
use thiserror::Error;

use super::{
    hashing::Busy, login::InvalidLogin, name::NameError, password::PasswordRefused,
    token::TokenError,
};
use crate::store::{AccountError, Unavailable};

/// How soon someone may try again who came while too many others did.
const BUSY_RETRY: Duration = Duration::from_secs(1);

/// Why nothing was done.
#[derive(Debug, Error)]
pub enum AccountRefused {
    /// The name is none.
    #[error(transparent)]
    Name(#[from] Refusal),
    /// Another goes by this name.
    #[error("another goes by this name, or by one that reads the same")]
    NameTaken,
    /// The login is none.
    #[error(transparent)]
    Login(#[from] InvalidLogin),
    /// Another signs in with this login.
    #[error("another signs in with this login")]
    LoginTaken,
    /// The password is not taken.
    #[error(transparent)]
    Password(#[from] PasswordRefused),
    /// Login or password is wrong; which of the two stays unsaid.
    #[error("the login or the password is wrong")]
    WrongCredentials,
    /// The password of the account that one is in is another.
    #[error("this is not the password of your account")]
    WrongPassword,
    /// Too many tries.
    #[error("too many tries; wait a moment")]
    TooManyTries {
        /// How long.
        after: Duration,
    },
    /// One must be somebody for this.
    #[error("sign in first")]
    SignInRequired,
    /// One must have an account for this.
    #[error("this needs an account: choose a login and a password first")]
    AccountRequired,
    /// About a token.
    #[error(transparent)]
    Token(TokenError),
    /// The database does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl AccountRefused {
    /// The code for programs.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Name(refusal) => refusal.code(),
            Self::NameTaken => ErrorCode::NameTaken,
            Self::Login(_) => ErrorCode::LoginInvalid,
            Self::LoginTaken => ErrorCode::LoginTaken,
            Self::Password(_) => ErrorCode::PasswordInvalid,
            Self::WrongCredentials | Self::WrongPassword => ErrorCode::WrongCredentials,
            Self::TooManyTries { .. } => ErrorCode::TooManyTries,
            Self::SignInRequired => ErrorCode::SignInRequired,
            Self::AccountRequired => ErrorCode::AccountRequired,
            Self::Token(TokenError::NameInvalid | TokenError::TooMany) => ErrorCode::NameInvalid,
            Self::Token(_) => ErrorCode::NotFound,
            Self::Unavailable(_) => ErrorCode::StorageUnavailable,
        }
    }

    /// How long to wait before the same may succeed, if that was counted.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyTries { after } => Some(*after),
            _ => None,
        }
    }
}

impl From<NameError> for AccountRefused {
    fn from(error: NameError) -> Self {
        match error {
            NameError::Refused(refusal) => Self::Name(refusal),
            NameError::Taken => Self::NameTaken,
        }
    }
}

impl From<Busy> for AccountRefused {
    fn from(_: Busy) -> Self {
        Self::TooManyTries { after: BUSY_RETRY }
    }
}

impl From<TokenError> for AccountRefused {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Unavailable(why) => Self::Unavailable(why),
            other => Self::Token(other),
        }
    }
}

impl From<AccountError> for AccountRefused {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::NameTaken => Self::NameTaken,
            AccountError::LoginTaken => Self::LoginTaken,
            // The person went between the look at their session and the write.
            AccountError::Unknown => Self::SignInRequired,
            AccountError::Unavailable(why) => Self::Unavailable(why),
        }
    }
}
