//! From a request to a socket: everything that can be refused with a status and a sentence is
//! refused here, before 101.

use std::{net::IpAddr, time::Duration};

use axum::{
    Json,
    extract::{
        Extension, FromRequestParts, Query, State, WebSocketUpgrade, rejection::QueryRejection,
    },
    http::{
        HeaderMap, HeaderValue, Method, StatusCode, Version, header, request::Parts as RequestParts,
    },
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use confab_protocol::{ErrorCode, Topic, UnknownTopic, rest::Failure};
use serde::Deserialize;
use thiserror::Error;
use tracing::debug;

use super::{Gateway, connection, inbound::TOPICS_MAX};
use crate::{
    auth::{Asks, Identity, OriginNotAllowed},
    hub::{STORAGE_RETRY, Unavailable},
    ops::{
        listener::Peer,
        registry::{Endings, Visitor},
        requests::UnderWay,
    },
};

/// The demo closes a socket after 1 s at the earliest and an hour at the latest.
const CLOSE_AFTER_SECONDS: std::ops::RangeInclusive<u64> = 1..=3600;

/// Why a handshake is refused.
#[derive(Debug, Error)]
enum Refused {
    #[error(
        "this is a WebSocket address: ask with Upgrade: websocket, version 13 and a key of 16 bytes in base64; by HTTP/2 with CONNECT, :protocol websocket and version 13"
    )]
    NotAHandshake,
    #[error(transparent)]
    Origin(#[from] OriginNotAllowed),
    #[error("the query cannot be read: {0}")]
    Query(String),
    #[error("at most {TOPICS_MAX} topics at once")]
    TooManyTopics,
    #[error("closeAfter is a whole number of seconds from 1 to 3600")]
    CloseAfter,
    #[error("closeAfter is only for servers that run with --demo")]
    NoDemo,
    #[error("sign in first")]
    SignInRequired,
    #[error("the database does not answer, so nobody can tell who you are; try again")]
    Unavailable,
    #[error("the server is stopping; try again in a moment")]
    Stopping { after: Duration },
}

impl From<Unavailable> for Refused {
    fn from(_: Unavailable) -> Self {
        Self::Unavailable
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, code) = match self {
            Self::NotAHandshake => (StatusCode::BAD_REQUEST, ErrorCode::BadHandshake),
            Self::Origin(_) => (StatusCode::FORBIDDEN, ErrorCode::OriginNotAllowed),
            Self::Query(_) | Self::TooManyTopics => {
                (StatusCode::BAD_REQUEST, ErrorCode::BadRequest)
            }
            Self::SignInRequired => (StatusCode::UNAUTHORIZED, ErrorCode::SignInRequired),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::StorageUnavailable),
            Self::CloseAfter | Self::NoDemo => (StatusCode::BAD_REQUEST, ErrorCode::BadCloseAfter),
            Self::Stopping { .. } => (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::ShuttingDown),
        };
        let after_ms = match self {
            Self::Stopping { after } => Some(after.as_millis() as u64),
            Self::Unavailable => Some(STORAGE_RETRY.as_millis() as u64),
            _ => None,
        };
        let (error, retry) = (self.to_string(), after_ms.is_some());
        let failure = Failure { success: false, error, code, retry, after_ms };
        let mut response = (status, Json(failure)).into_response();
        let headers = response.headers_mut();
        if let Some(ms) = after_ms {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(ms.div_ceil(1000)));
        }
        if matches!(self, Self::NotAHandshake) {
            // RFC 6455 §4.4: whoever came with another version learns which one to use.
            let version = HeaderValue::from_static("13");
            headers.insert(header::SEC_WEBSOCKET_VERSION, version);
        }
        response
    }
}

/// `?topics=chat,heartbeat&closeAfter=15`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Wishes {
    topics: Option<String>,
    close_after: Option<String>,
}

/// What a socket begins with.
pub(super) struct Opening {
    pub visitor: Visitor,
    /// Who is nobody is named by the socket's number.
    pub identity: Identity,
    pub topics: Vec<Topic>,
    pub unknown_topics: Vec<UnknownTopic>,
    pub close_after: Option<Duration>,
    /// From before they were identified.
    pub as_of: Endings,
}

/// `GET /ws`; by HTTP/2 `CONNECT /ws` (RFC 8441).
pub(super) async fn upgrade(
    State(gateway): State<Gateway>,
    Extension(Peer(peer)): Extension<Peer>,
    wishes: Result<Query<Wishes>, QueryRejection>,
    request: axum::extract::Request,
) -> Response {
    // The end of the server waits for this socket from before the client hears of it: whoever is let
    // in before the end begins is also said goodbye to.
    let held = gateway.0.shutdown.hold();
    let (mut head, _body) = request.into_parts();
    let under_way = head.extensions.remove::<UnderWay>();
    let wishes = wishes.map_err(|error| Refused::Query(error.body_text()));
    let opening = match wishes {
        Ok(Query(wishes)) => gateway.opening(&head, wishes, peer.ip()).await,
        Err(refused) => Err(refused),
    };
    let opening = match opening {
        Ok(opening) => opening,
        Err(refused) => {
            debug!(address = %peer.ip(), why = %refused, "handshake refused");
            return refused.into_response();
        }
    };
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut head, &()).await {
        Ok(upgrade) => upgrade,
        Err(_) => return Refused::NotAHandshake.into_response(),
    };
    let close_after = opening.close_after;
    let place = connection::enter(&gateway, opening).await;
    let config = &gateway.0.config;
    let frame_bytes = gateway.0.hub.limits().frame_bytes as usize;
    upgrade
        .read_buffer_size(config.read_buffer_bytes)
        .write_buffer_size(config.write_buffer_bytes)
        // The queue is the bound; this one only has to hold one more frame, as large as they come.
        .max_write_buffer_size(config.write_buffer_bytes + config.queue_bytes_max)
        .max_message_size(frame_bytes)
        .max_frame_size(frame_bytes)
        .on_failed_upgrade(|error| debug!(%error, "upgrade failed"))
        .on_upgrade(async move |socket| {
            connection::run(place, socket, close_after).await;
            drop((held, under_way));
        })
}

impl Gateway {
    async fn opening(
        &self,
        head: &RequestParts,
        wishes: Wishes,
        peer: IpAddr,
    ) -> Result<Opening, Refused> {
        let parts = &self.0;
        if parts.shutdown.has_begun() {
            let after = parts.random.jitter(parts.shutdown_config.return_after_max);
            return Err(Refused::Stopping { after });
        }
        let headers = &head.headers;
        if !is_handshake(head) {
            return Err(Refused::NotAHandshake);
        }
        let origin = headers.get(header::ORIGIN);
        if let Some(origin) = origin {
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
            let origin = String::from_utf8_lossy(origin.as_bytes());
            parts.auth.origins().check(&origin, host.unwrap_or_default())?;
        }
        let close_after = wishes.close_after.as_deref().map(close_after).transpose()?;
        if close_after.is_some() && !parts.demo {
            return Err(Refused::NoDemo);
        }
        let (topics, unknown_topics) = topics(wishes.topics.as_deref());
        if topics.len() + unknown_topics.len() > TOPICS_MAX {
            return Err(Refused::TooManyTopics);
        }
        let address =
            crate::ops::listener::client_address(headers, peer, &parts.http.trusted_proxies);
        let user_agent = user_agent(headers);
        let as_of = parts.registry.endings();
        let identity = parts.auth.identify(headers, Asks::ToAct).await?.identity;
        let user = match identity.person() {
            Some(person) => person.id,
            None if parts.auth.lets_in(&identity) => parts.auth.new_user_id(),
            None => return Err(Refused::SignInRequired),
        };
        let session = identity.session();
        let visitor = Visitor { address, user_agent, user, session };
        Ok(Opening { visitor, identity, topics, unknown_topics, close_after, as_of })
    }
}

/// Whether a socket is asked for at all. The rest is looked at by axum.
fn is_handshake(head: &RequestParts) -> bool {
    match head.version {
        Version::HTTP_2 => head.method == Method::CONNECT,
        _ => has_key(&head.headers),
    }
}

/// RFC 6455 §4.2.1: the key is 16 bytes in base64. axum only looks whether it is there.
fn has_key(headers: &HeaderMap) -> bool {
    headers
        .get(header::SEC_WEBSOCKET_KEY)
        .and_then(|key| BASE64_STANDARD.decode(key.as_bytes()).ok())
        .is_some_and(|key| key.len() == 16)
}

fn close_after(text: &str) -> Result<Duration, Refused> {
    let seconds = text.parse().ok().filter(|seconds| CLOSE_AFTER_SECONDS.contains(seconds));
    seconds.map(Duration::from_secs).ok_or(Refused::CloseAfter)
}

/// The topics of the URL. None named means all but single dialogs; `topics=` means none at all.
fn topics(text: Option<&str>) -> (Vec<Topic>, Vec<UnknownTopic>) {
    let Some(text) = text else { return (Topic::DEFAULT.to_vec(), Vec::new()) };
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        match Topic::parse(name) {
            Ok(topic) => known.push(topic),
            Err(error) => unknown.push(error),
        }
    }
    (known, unknown)
}

fn user_agent(headers: &HeaderMap) -> String {
    let text =
        headers.get(header::USER_AGENT).map(|agent| String::from_utf8_lossy(agent.as_bytes()));
    text.unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect()
}
