//! Which language a visitor reads: what they chose, else what their browser asks for.

use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use confab_app::Language;
use confab_protocol::ErrorCode;

use super::{Api, answer::Problem, forms::own_path};

/// Not secret and not signed: a visitor who writes it by hand chooses a language, nothing more.
const COOKIE: &str = "confab_language";

/// The language of a request.
pub fn of(headers: &HeaderMap) -> Language {
    let chosen = CookieJar::from_headers(headers)
        .get(COOKIE)
        .and_then(|cookie| Language::from_code(cookie.value()));
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    chosen.unwrap_or_else(|| Language::accepted(accepted.unwrap_or_default()))
}

/// `GET /language/uk`: remembers the choice and goes back to the page it was made on.
pub async fn choose(
    State(api): State<Api>,
    code: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Path(code) = code.map_err(|error| Problem::bad_request(error.body_text()))?;
    let language = Language::from_code(&code)
        .ok_or_else(|| Problem::new(ErrorCode::NotFound, "there is no such language"))?;
    let mut cookie = Cookie::new(COOKIE, language.code());
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(api.0.settings.http.behind_tls);
    cookie.make_permanent();
    let back = Redirect::to(&back(&headers).unwrap_or_else(|| "/".to_owned()));
    Ok((CookieJar::new().add(cookie), back).into_response())
}

/// The page of ours that the choice was made on.
fn back(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let page: Uri = text(header::REFERER)?.parse().ok()?;
    if page.authority()?.as_str() != text(header::HOST)? {
        return None;
    }
    own_path(page.path_and_query()?.as_str()).map(str::to_owned)
}
