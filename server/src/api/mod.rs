//! The other door of the server: HTTP.
//!
//! Pages are rendered here with what they show already in them, so they read without JavaScript
//! ([`page`]); plain forms post ([`form`], [`forms`]); programs use JSON ([`rest`]), which is described for
//! them ([`docs`]); load balancers ask how the server is ([`health`]); files come from the site
//! folder ([`assets`]). Who is asking is found out before any handler runs ([`visitor`]). Every
//! handler parses, calls a verb of the hub or of `auth`, and phrases the answer.
//!
//! Deliberately absent: sockets, SQL.

mod answer;
mod asked;
mod assets;
mod docs;
mod form;
mod forms;
mod health;
mod language;
mod page;
mod rest;
mod sends;
mod shell;
mod visitor;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, header},
    middleware,
    routing::get,
};
use leptos::config::LeptosOptions;
use tower_http::set_header::SetResponseHeaderLayer;

pub use assets::has_hashes;
pub use sends::Sends;

use crate::{
    auth::Auth,
    hub::Hub,
    ops::{Clock, Health, Random, config::Settings},
};

/// What every handler may reach; clones share it.
#[derive(Clone)]
pub struct Api(pub Arc<Parts>);

/// The parts the HTTP door stands on.
pub struct Parts {
    /// Everything that can be set; pages tell some of it to the client.
    pub settings: Settings,
    /// Where the site's files are.
    pub leptos: LeptosOptions,
    /// Whether pages listen for the next build.
    pub watched: bool,
    /// Stamps and ids.
    pub clock: Clock,
    /// Ids.
    pub random: Random,
    /// Knows people again and lets them in.
    pub auth: Auth,
    /// Who has sent too much.
    pub sends: Sends,
    /// The verbs.
    pub hub: Hub,
    /// How the server is.
    pub health: Health,
}

/// Every route of the server; `sockets` is the other door, which is introduced from above.
pub fn router(api: Api, sockets: Router) -> Router {
    // Leptos renders on whatever runtime it was told of; a second time is no harm.
    let _ = any_spawner::Executor::init_tokio();
    let settings = &api.0.settings;
    let (rest, document) = rest::routes();
    let pages = Router::new()
        .route("/", get(page::home).post(form::post))
        .route("/d/{dialog}", get(page::dialog).post(form::post_to_dialog))
        .route("/lab", get(page::lab))
        .route("/language/{language}", get(language::choose))
        .merge(rest)
        .merge(forms::routes())
        .method_not_allowed_fallback(answer::wrong_method)
        .layer(middleware::from_fn_with_state(api.clone(), visitor::identify))
        .layer(middleware::from_fn_with_state(api.clone(), visitor::check_origin))
        .layer(DefaultBodyLimit::max(settings.http.body_bytes_max))
        .layer(no_store());
    let health = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(docs::routes(&document, &assets::stylesheet(&api.0.leptos)))
        .method_not_allowed_fallback(answer::wrong_method)
        .layer(no_store());
    let assets = assets::routes(&api.0.leptos);
    Router::new()
        .merge(pages)
        .merge(health)
        .with_state(api.clone())
        .merge(sockets)
        .fallback_service(assets)
        .layer(header("x-content-type-options", "nosniff"))
        .layer(header("referrer-policy", "same-origin"))
        .layer(header("cross-origin-opener-policy", "same-origin"))
}

fn no_store() -> SetResponseHeaderLayer<HeaderValue> {
    // Answers belong to one person: nothing between them and the server may keep a copy.
    let value = HeaderValue::from_static("private, no-store");
    SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, value)
}

fn header(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    let (name, value) = (HeaderName::from_static(name), HeaderValue::from_static(value));
    SetResponseHeaderLayer::if_not_present(name, value)
}
