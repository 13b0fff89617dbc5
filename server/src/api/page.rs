//! Pages, rendered with what they show already in them.
//!
//! A page is drawn from what the hub says at that moment; the browser then shows the very same and
//! asks for nothing again. When the database does not answer, the page is there all the same and says
//! that it may be stale.

use axum::{
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
};
use confab_app::{Bootstrap, ClientSettings, Notice, Open, Page, standing::Standing};
use confab_protocol::{
    DialogId, Person, Seq,
    rest::{DialogDetails, DialogList, Me, MessagesPage},
};
use tracing::warn;

use super::{
    Api,
    answer::Problem,
    language,
    shell::{content_security_policy, reload_host, shell},
    visitor::Visitor,
};
use crate::{
    auth::Member,
    hub::{Place, ReadError},
};

/// A page to be drawn.
pub struct Screen {
    /// Which.
    pub page: Page,
    /// The dialog that is open on it.
    pub open: Open,
    /// What the plain form of the dialog sent, and why it was refused.
    pub notice: Option<Notice>,
    /// What the page shows, if the server alone writes it.
    pub standing: Option<Standing>,
}

impl Screen {
    /// A dialog.
    pub fn chat(open: Open) -> Self {
        Self { page: Page::Chat, open, notice: None, standing: None }
    }

    /// A page that the server alone writes.
    pub fn standing(standing: Standing) -> Self {
        let (page, open) = (standing.page(), Open::home());
        Self { page, open, notice: None, standing: Some(standing) }
    }
}

/// `GET /`: one's dialogs, and the lobby where there is room.
pub async fn home(
    State(api): State<Api>,
    visitor: Visitor,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let open = Open::from_address("/", uri.query().unwrap_or_default());
    api.chat(open.unwrap_or_else(Open::home), None, &headers, visitor).await
}

/// `GET /d/<id>`: a dialog.
pub async fn dialog(
    State(api): State<Api>,
    visitor: Visitor,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let path = ["/d/", &id].concat();
    match Open::from_address(&path, uri.query().unwrap_or_default()) {
        Some(open) => api.chat(open, None, &headers, visitor).await,
        None => Problem::bad_request(format!("{id:?} is no dialog")).into_response(),
    }
}

/// `GET /lab`: the connection lab.
pub async fn lab(State(api): State<Api>, visitor: Visitor, headers: HeaderMap) -> Response {
    if let Err(problem) = visitor.in_lobby() {
        return to_login(&problem, "/lab").unwrap_or_else(|| problem.into_response());
    }
    let screen = Screen { page: Page::Lab, ..Screen::chat(Open::home()) };
    api.draw(screen, Contents::default(), &headers, visitor).await
}

/// Where someone is sent who has to sign in first; they come back from there.
pub fn to_login(problem: &Problem, from: &str) -> Option<Response> {
    let must = problem.status() == StatusCode::UNAUTHORIZED;
    must.then(|| {
        let to: String = form_urlencoded::byte_serialize(from.as_bytes()).collect();
        Redirect::to(&format!("/login?to={to}")).into_response()
    })
}

/// What a chat page shows.
#[derive(Default)]
struct Contents {
    status: StatusCode,
    list: Option<DialogList>,
    details: Option<DialogDetails>,
    history: Option<MessagesPage>,
}

impl Api {
    /// Draws a dialog: 403 with the list beside it, if it is none of the visitor's.
    pub async fn chat(
        &self,
        open: Open,
        notice: Option<Notice>,
        headers: &HeaderMap,
        visitor: Visitor,
    ) -> Response {
        let contents = match self.contents(&open, &visitor).await {
            Ok(contents) => contents,
            Err(problem) => {
                let login = to_login(&problem, &open.path());
                return login.unwrap_or_else(|| problem.into_response());
            }
        };
        self.draw(Screen { notice, ..Screen::chat(open) }, contents, headers, visitor).await
    }

    /// Draws a page of the server alone.
    pub async fn stand(
        &self,
        standing: Standing,
        status: StatusCode,
        headers: &HeaderMap,
        visitor: Visitor,
    ) -> Response {
        let contents = Contents { status, ..Contents::default() };
        self.draw(Screen::standing(standing), contents, headers, visitor).await
    }

    async fn contents(&self, open: &Open, visitor: &Visitor) -> Result<Contents, Problem> {
        let hub = &self.0.hub;
        let stale = |error: &dyn std::fmt::Display| warn!(%error, "a page without what it shows");
        // The list first: whether a page is still true is told by its numbers (`confab_app`, freshness).
        let list = hub.dialogs(&visitor.person.id).await.inspect_err(|error| stale(error)).ok();
        let mut contents = Contents { list, ..Contents::default() };
        let member = match self.member(visitor, open.dialog.clone()).await {
            Ok(member) => member,
            Err(problem) if problem.status() == StatusCode::UNAUTHORIZED => return Err(problem),
            Err(problem) => {
                contents.status = problem.status();
                return Ok(contents);
            }
        };
        let page = hub.limits().page_messages;
        let lines = contents.list.iter().flat_map(|list| &list.dialogs);
        let line = lines.into_iter().find(|line| line.dialog_id == open.dialog);
        let at = open.at.or_else(|| line?.begins_at(page));
        let unread = line.filter(|line| line.unread > 0).map(|line| line.read.next());
        let read = async {
            let history = match (at, unread) {
                (Some(at), _) => hub.history(&member, Place::Around(at), page).await?,
                (None, unread) => self.latest(&member, unread).await?,
            };
            Ok::<_, ReadError>((hub.dialog(&member).await?, history))
        };
        match read.await {
            Ok((details, history)) => {
                (contents.details, contents.history) = (Some(details), Some(history));
            }
            Err(error) => stale(&error),
        }
        Ok(contents)
    }

    /// The last page of a dialog; unless it does not reach back to the first message that is new to
    /// someone, because few so long ones fit: then the page around that one.
    async fn latest(
        &self,
        member: &Member,
        unread: Option<Seq>,
    ) -> Result<MessagesPage, ReadError> {
        let hub = &self.0.hub;
        let page = hub.limits().page_messages;
        let latest = hub.history(member, Place::Latest, page).await?;
        match unread.filter(|unread| !latest.reaches(*unread)) {
            Some(unread) => hub.history(member, Place::Around(unread), page).await,
            None => Ok(latest),
        }
    }

    async fn draw(
        &self,
        screen: Screen,
        contents: Contents,
        headers: &HeaderMap,
        visitor: Visitor,
    ) -> Response {
        let parts = &self.0;
        let ws = &parts.settings.ws;
        let language = language::of(headers);
        let Screen { page, open, notice, standing } = screen;
        let Contents { status, list, details, history } = contents;
        let bootstrap = Bootstrap {
            page,
            language,
            words: language.texts(),
            open,
            you: self.me(&visitor).await,
            epoch: parts.hub.epoch().clone(),
            list,
            details,
            history,
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
            move || shell(&options, &bootstrap, &policy, standing.clone()),
        );
        let mut html = render(Request::new(axum::body::Body::empty())).await.into_response();
        *html.status_mut() = status;
        (visitor.cookie, html).into_response()
    }

    /// The visitor, as they see themselves.
    pub async fn me(&self, visitor: &Visitor) -> Me {
        let Person { id, username } = visitor.person.clone();
        let known = self.0.auth.me(&visitor.identity).await;
        known.unwrap_or(Me { id, username, login: None })
    }

    /// The dialog of a path of ours.
    pub fn dialog_of(id: &str) -> Result<DialogId, Problem> {
        DialogId::parse(id).map_err(|error| Problem::bad_request(format!("dialog: {error}")))
    }
}
