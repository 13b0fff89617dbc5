//! `/api/search`: people, dialogs and messages by their words.

use axum::{extract::State, http::StatusCode, response::Response};
use confab_protocol::rest::Found;
use serde::Deserialize;

use super::{Routes, does};
use crate::api::{
    Api,
    answer::{Problem, ok},
    asked::Asked,
    visitor::Visitor,
};

/// `?query=`.
#[derive(Debug, Deserialize)]
struct Wanted {
    query: String,
}

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(
        "/api/search",
        search,
        does("People, dialogs and messages that hold the words; only what one may see.")
            .must_query::<String>("query", "The words. A blank query finds nothing.")
            .answers::<Found>(StatusCode::OK, "At most 20 of each."),
    )
}

async fn search(
    State(api): State<Api>,
    visitor: Visitor,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, Problem> {
    let person = visitor.somebody()?;
    Ok(ok(api.0.hub.search(&person.id, &wanted.query).await?))
}
