//! Who is asking, and from which page.

use std::{convert::Infallible, net::IpAddr};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::SignedCookieJar;
use confab_protocol::Person;

use super::{Api, answer::Problem};
use crate::ops::listener::{Peer, client_address};

/// Whoever asks; the cookie goes out with the answer, so that its time begins anew.
pub struct Visitor {
    /// As others see them.
    pub person: Person,
    /// To be known again by.
    pub cookie: SignedCookieJar,
    /// Where they are.
    pub address: IpAddr,
}

impl FromRequestParts<Api> for Visitor {
    type Rejection = Infallible;

    /// The guest whose cookie came and counts, or a new one.
    async fn from_request_parts(head: &mut Parts, api: &Api) -> Result<Self, Infallible> {
        let Parts { method, headers, .. } = head;
        let guests = &api.0.guests;
        let counts = is_read(method) || has_witness(headers);
        let known = counts.then(|| guests.known(headers)).flatten();
        let guest = known.unwrap_or_else(|| guests.newcomer());
        let Peer(peer) = head.extensions.get().expect("the listener says who is there");
        let address = client_address(headers, peer.ip(), &api.0.settings.http.trusted_proxies);
        Ok(Self { person: guest.person(), cookie: guests.cookie(&guest), address })
    }
}

fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Whether a browser says which page is asking. That the page is ours is what [`check_origin`] has
/// found, or what the browser says itself (Fetch Metadata §2.4).
fn has_witness(headers: &HeaderMap) -> bool {
    let same_origin = headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin");
    headers.contains_key(header::ORIGIN) || same_origin
}

/// A page of another site may read nothing here and change nothing: whatever is not a plain read
/// needs an Origin of ours, or none at all; then it is a script's, and no cookie counts.
pub async fn check_origin(State(api): State<Api>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !is_read(request.method())
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
