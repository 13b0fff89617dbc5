//! The API for programs: JSON in, JSON out, a status that says the same.
//!
//! One file for each resource. A handler reads the request ([`asked`](super::asked)), calls the verb
//! that the other door calls too, and phrases the answer ([`answer`](super::answer)). A route is made
//! together with its description ([`Routes`]), and the document at `/api/openapi.json` is what the
//! descriptions are, so neither can be without the other.

mod auth;
mod dialogs;
mod events;
mod me;
mod members;
mod messages;
mod operation;
mod people;
mod search;
mod tokens;

use axum::{
    Router,
    handler::Handler,
    routing::{self, MethodRouter},
};
use utoipa::openapi::{
    Components, HttpMethod, Info, OpenApi, OpenApiBuilder, Paths,
    security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
};

use super::Api;
use operation::{Operation, does};

/// Routes, and what the document says of them.
pub struct Routes {
    router: Router<Api>,
    paths: Paths,
    components: Components,
}

/// Every route for programs, and the document about them.
pub fn routes() -> (Router<Api>, OpenApi) {
    let empty =
        Routes { router: Router::new(), paths: Paths::new(), components: Components::new() };
    let all = [
        auth::routes,
        me::routes,
        tokens::routes,
        people::routes,
        search::routes,
        dialogs::routes,
        members::routes,
        messages::routes,
        events::routes,
    ];
    let routes = all.into_iter().fold(empty, |routes, more| more(routes));
    let document = document(routes.paths, routes.components);
    (routes.router, document)
}

impl Routes {
    fn get<H: Handler<T, Api>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: Operation,
    ) -> Self {
        self.add(path, HttpMethod::Get, routing::get(handler), operation)
    }

    fn post<H: Handler<T, Api>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: Operation,
    ) -> Self {
        self.add(path, HttpMethod::Post, routing::post(handler), operation)
    }

    fn patch<H: Handler<T, Api>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: Operation,
    ) -> Self {
        self.add(path, HttpMethod::Patch, routing::patch(handler), operation)
    }

    fn delete<H: Handler<T, Api>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: Operation,
    ) -> Self {
        self.add(path, HttpMethod::Delete, routing::delete(handler), operation)
    }

    fn add(
        mut self,
        path: &'static str,
        method: HttpMethod,
        handler: MethodRouter<Api>,
        operation: Operation,
    ) -> Self {
        let words = path.split(['/', '{', '}']).filter(|word| !word.is_empty() && *word != "api");
        let words: Vec<_> = words.collect();
        let id = format!("{}_{}", operation::word(&method), words.join("_"));
        let (operation, schemas) = operation.build(id, words.first().unwrap_or(&""));
        self.paths.add_path_operation(path, vec![method], operation);
        self.components.schemas.extend(schemas);
        self.router = self.router.route(path, handler);
        self
    }
}

const ABOUT: &str = "Everything answers `{\"success\": true, \"data\": …}` or \
    `{\"success\": false, \"error\": …, \"code\": …}`. Come in by `POST /api/auth/login` and keep the \
    cookie, or make a personal token in the settings and send it as `Authorization: Bearer …`; both \
    open `/ws` too. `lobby` names the lobby wherever a dialog's id is taken.";

fn document(paths: Paths, mut components: Components) -> OpenApi {
    let cookie = ApiKey::Cookie(ApiKeyValue::new("confab_session"));
    components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    components.add_security_scheme("token", bearer);
    let mut info = Info::new("Confab", env!("CARGO_PKG_VERSION"));
    info.description = Some(ABOUT.to_owned());
    OpenApiBuilder::new().info(info).paths(paths).components(Some(components)).build()
}
