//! Who is asking, and from which page.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::SignedCookieJar;
use confab_protocol::Person;

use super::{Api, answer::Problem};

/// Whoever asks; the cookie goes out with the answer, so that its time begins anew.
pub struct Visitor {
    /// As others see them.
    pub person: Person,
    /// To be known again by.
    pub cookie: SignedCookieJar,
}

impl Api {
    /// The guest whose cookie came, or a new one.
    pub fn visitor(&self, headers: &HeaderMap) -> Visitor {
        let guests = &self.0.guests;
        let guest = guests.known(headers).unwrap_or_else(|| guests.newcomer());
        Visitor { person: guest.person(), cookie: guests.cookie(&guest) }
    }
}

/// A page of another site may read nothing here and change nothing: whatever is not a plain read
/// needs an Origin of ours, or none at all.
pub async fn check_origin(State(api): State<Api>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !matches!(*request.method(), Method::GET | Method::HEAD)
        && let Some(origin) = headers.get(header::ORIGIN)
    {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let origin = String::from_utf8_lossy(origin.as_bytes());
        if let Err(error) = api.0.origins.check(&origin, host.unwrap_or_default()) {
            return Problem::from(error).into_response();
        }
    }
    next.run(request).await
}
