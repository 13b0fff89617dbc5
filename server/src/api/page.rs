//! Pages, rendered with what they show already in them.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use confab_app::{Bootstrap, ClientSettings, Notice, Open, Page};
use confab_protocol::{DialogId, rest::Me};
use tracing::warn;

use super::{
    Api, language,
    shell::{content_security_policy, reload_host, shell},
    visitor::Visitor,
};
use crate::auth::member;

/// `GET /`: the lobby.
pub async fn lobby(State(api): State<Api>, visitor: Visitor, headers: HeaderMap) -> Response {
    api.render(Page::Chat, &headers, visitor, None).await
}

/// `GET /lab`: the connection lab.
pub async fn lab(State(api): State<Api>, visitor: Visitor, headers: HeaderMap) -> Response {
    api.render(Page::Lab, &headers, visitor, None).await
}

/// The lobby, with what was typed and why it was refused.
pub async fn refused(
    api: Api,
    headers: HeaderMap,
    visitor: Visitor,
    notice: Notice,
    status: StatusCode,
) -> Response {
    let mut page = api.render(Page::Chat, &headers, visitor, Some(notice)).await;
    *page.status_mut() = status;
    page
}

impl Api {
    async fn render(
        &self,
        page: Page,
        headers: &HeaderMap,
        visitor: Visitor,
        notice: Option<Notice>,
    ) -> Response {
        let parts = &self.0;
        let history = match member(visitor.person.clone(), DialogId::lobby()) {
            Ok(lobby) => parts.hub.history(&lobby, None).await.inspect_err(|error| {
                // The page is there all the same, and says that it may be stale.
                warn!(%error, "a page without history");
            }),
            Err(error) => return super::answer::Problem::from(error).into_response(),
        };
        let ws = &parts.settings.ws;
        let language = language::of(headers);
        let bootstrap = Bootstrap {
            page,
            language,
            words: language.texts(),
            open: Open::home(),
            you: Me { id: visitor.person.id, username: visitor.person.username, login: None },
            epoch: parts.hub.epoch().clone(),
            list: None,
            details: None,
            history: history.ok(),
            limits: *parts.hub.limits(),
            client: ClientSettings {
                ws_host: ws.host.clone(),
                ws_path: ws.path.clone(),
                ping_interval: ws.ping_interval,
                silence_max: ws.silence_max,
                first_retry: ws.first_retry,
                retry_delays: ws.retry_delays.clone(),
            },
            demo: parts.settings.demo.enabled,
            notice,
            form_client_id: self.client_id(),
        };
        let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
        let reload = parts.watched.then(|| reload_host(host, &parts.leptos)).flatten();
        let hosts = [host, &ws.host, reload.as_deref().unwrap_or_default()];
        let policy = content_security_policy(&hosts, page);
        let options = parts.leptos.clone();
        let render = leptos_axum::render_app_async_with_context(
            || {},
            move || shell(&options, &bootstrap, &policy, None),
        );
        let html = render(Request::new(axum::body::Body::empty())).await;
        (visitor.cookie, html).into_response()
    }
}
