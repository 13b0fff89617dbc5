//! Who is asking, and from which page.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use confab_protocol::{DialogId, ErrorCode, Person, rest::Me};

use super::{Api, answer::Problem};
use crate::{
    auth::{Asks, Cookies, Guest, Identity, Known, Member},
    hub::Unavailable,
    ops::listener::{Peer, client_address},
};

/// Whoever asks.
pub struct Visitor {
    /// What their credentials are worth. Nobody, when the database could not be asked.
    pub identity: Identity,
    /// As others see them; somebody new, if they are nobody. What they may is another question:
    /// [`somebody`](Self::somebody), [`in_lobby`](Self::in_lobby).
    pub person: Person,
    /// To be known again by, when a page or a message is answered: a guest's time begins anew. What
    /// a session needs goes out with every answer.
    pub cookie: Cookies,
    /// Where they are.
    pub address: IpAddr,
    /// The database could not be asked who they are.
    is_unknown: bool,
    /// Whether nobody may read and write the lobby.
    guests_allowed: bool,
}

/// What [`identify`] has found out, for the handler.
#[derive(Clone)]
struct Found(Arc<Result<Known, Unavailable>>);

impl FromRequestParts<Api> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(head: &mut Parts, api: &Api) -> Result<Self, Self::Rejection> {
        let auth = &api.0.auth;
        let Found(found) = head.extensions.get().expect("`identify` has looked");
        let (identity, is_unknown) = match &**found {
            Ok(known) => (known.identity.clone(), false),
            Err(_) => (Identity::Nobody, true),
        };
        let guest = match &identity {
            Identity::Passing(guest) => Some(guest.clone()),
            Identity::Session { .. } | Identity::Token { .. } => None,
            Identity::Ended | Identity::Nobody => Some(auth.guests().newcomer()),
        };
        let cookie = |guest: &Guest| auth.guests().cookie(guest);
        // Whom the database could not name stays who their cookie says.
        let cookie = guest.as_ref().filter(|_| !is_unknown && auth.allows_guests()).map(cookie);
        let person = identity.person().or_else(|| guest.as_ref().map(Guest::person));
        let Peer(peer) = head.extensions.get().expect("the listener says who is there");
        Ok(Self {
            person: person.unwrap_or_else(|| auth.guests().newcomer().person()),
            identity,
            cookie: cookie.unwrap_or_default(),
            address: address(&head.headers, *peer, api),
            is_unknown,
            guests_allowed: auth.allows_guests(),
        })
    }
}

fn address(headers: &HeaderMap, peer: std::net::SocketAddr, api: &Api) -> IpAddr {
    client_address(headers, peer.ip(), &api.0.settings.http.trusted_proxies)
}

impl Visitor {
    /// The person, if they are somebody.
    ///
    /// # Errors
    ///
    /// `sign_in_required`, or `storage_unavailable` when that cannot be found out.
    pub fn somebody(&self) -> Result<Person, Problem> {
        if self.is_unknown {
            return Err(Problem::unavailable());
        }
        let refused = || Problem::new(ErrorCode::SignInRequired, "sign in first");
        self.identity.person().ok_or_else(refused)
    }

    /// The person in the lobby, where nobody is somebody new.
    ///
    /// # Errors
    ///
    /// As [`somebody`](Self::somebody), where there are no guests or a session has ended.
    pub fn in_lobby(&self) -> Result<Person, Problem> {
        match self.identity {
            Identity::Nobody if self.guests_allowed && !self.is_unknown => Ok(self.person.clone()),
            _ => self.somebody(),
        }
    }
}

impl Api {
    /// The proof that a visitor may act in a dialog.
    pub async fn member(&self, visitor: &Visitor, dialog: DialogId) -> Result<Member, Problem> {
        let is_lobby = dialog == DialogId::lobby();
        let person = if is_lobby { visitor.in_lobby()? } else { visitor.somebody()? };
        Ok(self.0.auth.member(person, dialog).await?)
    }
}

impl Api {
    /// Lets the others know by what name someone goes who is here.
    pub fn goes_by(&self, me: &Me) {
        self.0.hub.goes_by(&Person { id: me.id.clone(), username: me.username.clone() });
    }
}

/// Finds out who is asking, once for each request. What a session needs its browser to remember, or
/// to forget, goes out with the answer, unless the answer says something newer of it.
pub async fn identify(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let asks = if is_read(request.method()) { Asks::ToRead } else { Asks::ToAct };
    let known = Arc::new(api.0.auth.identify(request.headers(), asks).await);
    if let Err(error) = &*known {
        tracing::warn!(%error, "a visitor is not known");
    }
    request.extensions_mut().insert(Found(Arc::clone(&known)));
    let response = next.run(request).await;
    match &*known {
        Ok(known) if !says_of_session(&response) => {
            (known.cookies.clone(), response).into_response()
        }
        _ => response,
    }
}

fn says_of_session(response: &Response) -> bool {
    let is_ours = |cookie: &HeaderValue| cookie.as_bytes().starts_with(b"confab_session=");
    response.headers().get_all(header::SET_COOKIE).iter().any(is_ours)
}

fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// A page of another site may read nothing here and change nothing: whatever is not a plain read
/// needs an Origin of ours, or none at all; then [`identify`] decides what cookies are worth.
pub async fn check_origin(State(api): State<Api>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !is_read(request.method())
        && let Some(origin) = headers.get(header::ORIGIN)
    {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let origin = String::from_utf8_lossy(origin.as_bytes());
        if let Err(error) = api.0.auth.origins().check(&origin, host.unwrap_or_default()) {
            return Problem::from(error).into_response();
        }
    }
    next.run(request).await
}
