//! Personal tokens, by which a script is known as its owner: `Authorization: Bearer confab_…`.
//!
//! A token is made in the settings, told once, kept as its SHA-256, and counts until its owner
//! removes it or their account. It is nobody's cookie: no browser sends it by itself, so it needs no
//! Origin beside it.

use axum::http::{HeaderMap, header::AUTHORIZATION};
use confab_protocol::{TokenId, UserId, rest};
use thiserror::Error;

use super::Secret;
use crate::{
    ops::{
        Clock,
        rate::{Buckets, Rate},
        registry::SessionKey,
    },
    store::{Account, AccountError, NewToken, Store, Token, Unavailable},
};

/// Says what it is, to people and to programs that look for secrets where none should be.
const PREFIX: &str = "confab_";

/// Longer names tell nobody apart.
const NAME_CHARACTERS_MAX: usize = 100;

/// More are forgotten rather than used.
const TOKENS_MAX: usize = 100;

/// Why there is no token.
#[derive(Debug, Error)]
pub enum TokenError {
    /// The name is none.
    #[error("a token's name is 1 to {NAME_CHARACTERS_MAX} characters without control characters")]
    NameInvalid,
    /// There are many already.
    #[error("there are {TOKENS_MAX} tokens already; remove one that nobody uses")]
    TooMany,
    /// It is not there, or another's.
    #[error("there is no such token")]
    Unknown,
    /// The database does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What a request says of a token.
#[derive(Clone, Debug)]
pub(super) enum Found {
    Nothing,
    Ended,
    Live { owner: Account, key: SessionKey },
}

/// Makes tokens and knows them again.
pub(super) struct Tokens {
    store: Store,
    clock: Clock,
    /// Which were used in the last minute: a request is not a write.
    noted: Buckets<SessionKey>,
}

impl Tokens {
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock, noted: Buckets::new(Rate::per_minute(1)) }
    }

    /// Whether a token counts.
    pub async fn is_live(&self, key: SessionKey) -> Result<bool, Unavailable> {
        Ok(self.store.token_owner(&key).await?.is_some())
    }

    /// Whose token came with a request.
    pub async fn find(&self, headers: &HeaderMap) -> Result<Found, Unavailable> {
        let Some(text) = bearer(headers) else { return Ok(Found::Nothing) };
        let Some(secret) = text.strip_prefix(PREFIX).and_then(Secret::parse) else {
            return Ok(Found::Ended);
        };
        let key = secret.key();
        let Some(owner) = self.store.token_owner(&key).await? else { return Ok(Found::Ended) };
        if self.noted.take(&key, self.clock.now()).is_ok()
            && let Err(error) = self.store.note_token_used(key).await
        {
            tracing::warn!(%error, "nobody will know that a token was used");
        }
        Ok(Found::Live { owner, key })
    }
}

/// What stands behind `Authorization: Bearer`. Other schemes are for others, a proxy for instance.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl Tokens {
    /// Makes a token. What it is made of is told now and never again.
    pub async fn make(&self, user: &UserId, name: &str) -> Result<rest::MadeToken, TokenError> {
        let name = name_of(name)?;
        if self.store.tokens_of(user).await?.len() >= TOKENS_MAX {
            return Err(TokenError::TooMany);
        }
        let secret = Secret::draw();
        let new = NewToken { user: user.clone(), key: secret.key(), name };
        let token = as_told(self.store.add_token(new).await?);
        Ok(rest::MadeToken { token, secret: format!("{PREFIX}{}", secret.as_str()) })
    }

    /// A person's tokens, newest first.
    pub async fn of(&self, user: &UserId) -> Result<rest::TokenList, Unavailable> {
        let tokens = self.store.tokens_of(user).await?;
        Ok(rest::TokenList { tokens: tokens.into_iter().map(as_told).collect() })
    }

    /// Ends a token.
    pub async fn remove(&self, user: &UserId, id: TokenId) -> Result<(), TokenError> {
        Ok(self.store.remove_token(user.clone(), id).await?)
    }
}

impl From<AccountError> for TokenError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Unavailable(why) => Self::Unavailable(why),
            _ => Self::Unknown,
        }
    }
}

fn as_told(token: Token) -> rest::Token {
    let Token { token_id, name, created_at, last_used_at } = token;
    rest::Token { id: token_id, name, created_at, last_used_at }
}

fn name_of(text: &str) -> Result<String, TokenError> {
    let text = text.trim();
    let fits = (1..=NAME_CHARACTERS_MAX).contains(&text.chars().count());
    if fits && !text.chars().any(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err(TokenError::NameInvalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_is_told_from_other_schemes() {
        let bearer = |value: &str| {
            let headers = [(AUTHORIZATION, value.parse().unwrap())].into_iter().collect();
            super::bearer(&headers).map(str::to_owned)
        };
        assert_eq!(bearer("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(bearer("bearer  abc ").as_deref(), Some("abc"));
        assert_eq!(bearer("Bearer").as_deref(), Some(""), "and that is no token");
        assert_eq!((bearer("Basic YTpi"), bearer("")), (None, None));
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(name_of(" my script ").unwrap(), "my script");
        for bad in ["", "  ", "a\nb", &"x".repeat(101)] {
            assert!(name_of(bad).is_err(), "{bad:?}");
        }
    }
}
