//! Sessions: a browser that has come in, and stays so.
//!
//! The life of one: coming in makes a secret, the browser keeps it as the cookie `confab_session`,
//! the database keeps its SHA-256 with the person and an end (docs/decisions/007). Each use moves
//! the end, but at most once a day, so that a request is not a write. It ends when it was not used
//! for `auth.session_days`, at sign-out, and with all others of the person at sign-out everywhere, a
//! change of password and the deletion of the account; `store` tells of the end and the hub closes
//! its sockets. Whoever comes in gets a new secret, so one that was planted before is worth nothing.

use std::time::Duration;

use axum::http::HeaderMap;
use axum_extra::extract::cookie::CookieJar;
use confab_protocol::{Timestamp, UserId};

use super::{
    Secret,
    cookies::{Cookies, cookie},
};
use crate::{
    ops::{Clock, config, registry::SessionKey},
    store::{Account, AccountError, SavedSession, Store, Unavailable},
};

/// The cookie's name.
const COOKIE: &str = "confab_session";

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What a request says of a session.
#[derive(Clone, Debug)]
pub(super) enum Found {
    /// Nothing.
    Nothing,
    /// It was one, and is no more.
    Ended,
    /// It is one.
    Live { owner: Account, key: SessionKey, cookies: Cookies },
}

/// Begins, finds and ends sessions.
#[derive(Clone)]
pub(super) struct Sessions {
    store: Store,
    clock: Clock,
    lifetime: Duration,
    secure: bool,
}

impl Sessions {
    pub fn new(store: Store, config: &config::Auth, secure: bool, clock: Clock) -> Self {
        Self { store, clock, lifetime: DAY * config.session_days, secure }
    }

    /// Begins a session; the cookies let the browser keep it.
    pub async fn begin(&self, user: &UserId) -> Result<Cookies, AccountError> {
        let secret = Secret::draw();
        self.save(&secret, user).await?;
        Ok(self.keep(&secret))
    }

    /// The session of a request. One that is used gets its time anew.
    pub async fn find(&self, headers: &HeaderMap) -> Result<Found, Unavailable> {
        let Some(value) = CookieJar::from_headers(headers).get(COOKIE).cloned() else {
            return Ok(Found::Nothing);
        };
        let Some(secret) = Secret::parse(value.value()) else { return Ok(Found::Ended) };
        let key = secret.key();
        let now = self.clock.wall();
        let stored = self.store.load_session(&key).await?;
        let Some(SavedSession { owner, expires_at }) = stored else { return Ok(Found::Ended) };
        let mut cookies = Cookies::default();
        if expires_at < after(now, self.lifetime.saturating_sub(DAY)) {
            match self.save(&secret, &owner.person.id).await {
                Ok(()) => cookies = self.keep(&secret),
                Err(AccountError::Unknown) => return Ok(Found::Ended),
                // It still holds, and the next use tries again.
                Err(error) => tracing::warn!(%error, "a session did not get its time anew"),
            }
        }
        Ok(Found::Live { owner, key, cookies })
    }

    /// Whether a session counts.
    pub async fn is_live(&self, key: SessionKey) -> Result<bool, Unavailable> {
        Ok(self.store.load_session(&key).await?.is_some())
    }

    /// Ends one session.
    pub async fn end(&self, key: SessionKey) -> Result<(), Unavailable> {
        self.store.end_session(key).await
    }

    /// Ends all sessions of a person.
    pub async fn end_all(&self, user: &UserId) -> Result<(), Unavailable> {
        self.store.end_sessions_of(user.clone()).await
    }

    /// Lets a browser forget its session.
    pub fn forget(&self) -> Cookies {
        let mut cookies = Cookies::default();
        cookies.push(&cookie(COOKIE, String::new(), self.secure, time::Duration::ZERO));
        cookies
    }

    fn keep(&self, secret: &Secret) -> Cookies {
        let lifetime = time::Duration::seconds(self.lifetime.as_secs() as i64);
        let mut cookies = Cookies::default();
        cookies.push(&cookie(COOKIE, secret.as_str().to_owned(), self.secure, lifetime));
        cookies
    }

    async fn save(&self, secret: &Secret, user: &UserId) -> Result<(), AccountError> {
        let end = after(self.clock.wall(), self.lifetime);
        self.store.save_session(secret.key(), user.clone(), end).await
    }
}

fn after(moment: Timestamp, time: Duration) -> Timestamp {
    Timestamp::from_unix_ms(moment.unix_ms() + time.as_millis() as u64)
}

#[cfg(test)]
mod tests {
    use axum::{
        http::header::{COOKIE, SET_COOKIE},
        response::IntoResponse,
    };

    use super::*;
    use crate::auth::rig::Rig;

    #[tokio::test]
    async fn a_session_gets_its_time_anew_once_a_day_has_passed_and_not_before() {
        let rig = Rig::new().await;
        let entered = rig.registers("anna").await;
        let answer = (entered.cookies, ()).into_response();
        let kept = answer.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap();
        let headers = HeaderMap::from_iter([(COOKIE, kept.parse().unwrap())]);
        for (time, is_renewed) in
            [(DAY, false), (Duration::from_millis(1), true), (DAY, false), (DAY, true)]
        {
            rig.time.advance(time);
            let found = rig.auth.0.sessions.find(&headers).await.unwrap();
            let Found::Live { cookies, .. } = found else { panic!("{found:?}") };
            let answer = (cookies, ()).into_response();
            assert_eq!(answer.headers().contains_key(SET_COOKIE), is_renewed, "{time:?}");
        }
    }
}
