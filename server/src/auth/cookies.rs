//! Cookies on their way out with an answer.

use std::convert::Infallible;

use axum::{
    http::{HeaderValue, header::SET_COOKIE},
    response::{IntoResponse, IntoResponseParts, ResponseParts},
};
use axum_extra::extract::cookie::{Cookie, SameSite, SignedCookieJar};

/// What a browser is to remember, or to forget. Part of any answer.
#[derive(Clone, Debug, Default)]
pub struct Cookies(Vec<HeaderValue>);

impl Cookies {
    pub(super) fn push(&mut self, cookie: &Cookie<'_>) {
        // Names and values of ours are plain ASCII, so none is left out.
        self.0.extend(HeaderValue::try_from(cookie.to_string()));
    }

    pub(super) fn push_signed(&mut self, jar: SignedCookieJar) {
        let answer = (jar, ()).into_response();
        self.0.extend(answer.headers().get_all(SET_COOKIE).iter().cloned());
    }

    /// Both, these first.
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }
}

impl IntoResponseParts for Cookies {
    type Error = Infallible;

    fn into_response_parts(self, mut answer: ResponseParts) -> Result<ResponseParts, Infallible> {
        for cookie in self.0 {
            answer.headers_mut().append(SET_COOKIE, cookie);
        }
        Ok(answer)
    }
}

/// A cookie as all of ours are: kept from scripts (HttpOnly) and from other sites (SameSite=Lax),
/// and never sent in the clear once browsers come by https.
pub(super) fn cookie<'a>(
    name: &'static str,
    value: String,
    secure: bool,
    lifetime: time::Duration,
) -> Cookie<'a> {
    let mut cookie = Cookie::new(name, value);
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(secure);
    cookie.set_max_age(lifetime);
    cookie
}
