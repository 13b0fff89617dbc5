//! Personal tokens, made and removed by plain forms.
//!
//! A token is told once. The form that makes it is answered by 303, so what it is made of goes to the
//! settings in a cookie that lives for a minute, is sent to the settings alone, and is taken back
//! when it has been shown. It says no more to a browser than its session does.

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use confab_app::standing::{Done, Form};
use confab_protocol::{
    ErrorCode, TokenId,
    rest::{MadeToken, NewToken},
};

use super::{fields::Fields, settings::Changed, show::Onlooker};
use crate::api::{Api, answer::Problem, visitor::Visitor};

/// The cookie's name.
const COOKIE: &str = "confab_token";

/// Long enough to follow a redirect.
const LIFETIME: time::Duration = time::Duration::minutes(1);

/// A token that was just made.
pub struct Told {
    /// Which.
    pub id: String,
    /// What it is made of.
    pub secret: String,
}

/// The token that a request brings from the form that made it.
pub fn told(headers: &HeaderMap) -> Option<Told> {
    let jar = CookieJar::from_headers(headers);
    let (id, secret) = jar.get(COOKIE)?.value().split_once('.')?;
    Some(Told { id: id.to_owned(), secret: secret.to_owned() })
}

/// `POST /settings/tokens`.
pub async fn make(State(api): State<Api>, onlooker: Onlooker, fields: Fields) -> Response {
    match api.make_token(&onlooker.visitor, &fields).await {
        Ok(made) => (api.tell_token(&made), Redirect::to(&Done::Token.path())).into_response(),
        Err(problem) => api.changed(onlooker, Form::Tokens, &fields, Err(problem)).await,
    }
}

/// `POST /settings/tokens/remove`.
pub async fn remove(State(api): State<Api>, onlooker: Onlooker, fields: Fields) -> Response {
    let removed = api.remove_token(&onlooker.visitor, &fields).await;
    api.changed(onlooker, Form::Tokens, &Fields::default(), removed).await
}

impl Api {
    async fn make_token(&self, visitor: &Visitor, fields: &Fields) -> Result<MadeToken, Problem> {
        fields.readable()?;
        let new = NewToken { name: fields.text("name").to_owned() };
        Ok(self.0.auth.make_token(&visitor.identity, &new).await?)
    }

    async fn remove_token(&self, visitor: &Visitor, fields: &Fields) -> Result<Changed, Problem> {
        fields.readable()?;
        let id = TokenId::parse(fields.text("id"))
            .map_err(|error| Problem::bad_request(format!("id: {error}")))?;
        match self.0.auth.remove_token(&visitor.identity, id).await.map_err(Problem::from) {
            // An impatient finger: it is gone.
            Err(problem) if problem.code() != ErrorCode::NotFound => Err(problem),
            _ => Ok(Changed::done(Done::TokenRemoved)),
        }
    }

    fn tell_token(&self, made: &MadeToken) -> CookieJar {
        self.token_cookie(format!("{}.{}", made.token.id, made.secret), LIFETIME)
    }

    /// Takes back what has been told.
    pub fn forget_token(&self) -> CookieJar {
        self.token_cookie(String::new(), time::Duration::ZERO)
    }

    fn token_cookie(&self, value: String, lifetime: time::Duration) -> CookieJar {
        let mut cookie = Cookie::new(COOKIE, value);
        cookie.set_path("/settings");
        cookie.set_http_only(true);
        cookie.set_same_site(SameSite::Lax);
        cookie.set_secure(self.0.settings.http.behind_tls);
        cookie.set_max_age(lifetime);
        CookieJar::new().add(cookie)
    }
}
