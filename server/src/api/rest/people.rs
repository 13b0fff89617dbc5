//! `/api/people`: whom one may talk to.

use axum::{extract::State, http::StatusCode, response::Response};
use confab_protocol::rest::PeopleList;
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
    #[serde(default)]
    query: String,
}

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(
        "/api/people",
        list,
        does("People whose name holds the words, by name, without oneself.")
            .query::<String>("query", "A piece of a name; without it everyone.")
            .answers::<PeopleList>(StatusCode::OK, "At most 50."),
    )
}

async fn list(
    State(api): State<Api>,
    visitor: Visitor,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, Problem> {
    let person = visitor.somebody()?;
    Ok(ok(api.0.hub.people_like(&person.id, &wanted.query).await?))
}
