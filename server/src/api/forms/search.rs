//! `/search`: people, dialogs, and what was said.

use axum::{
    extract::{OriginalUri, State},
    http::StatusCode,
    response::Response,
};
use confab_app::standing::{Outcome, SearchPage, Standing};

use super::{fields::Asked, show::Onlooker};
use crate::api::Api;

/// `GET /search?query=…`.
pub async fn page(
    State(api): State<Api>,
    OriginalUri(address): OriginalUri,
    Asked(asked): Asked,
    onlooker: Onlooker,
) -> Response {
    let person = match onlooker.visitor.somebody() {
        Ok(person) => person,
        Err(problem) => {
            let to = address.path_and_query().map_or("/search", |address| address.as_str());
            return api.show_stranger(onlooker, problem, to).await;
        }
    };
    let query = asked.text("query").to_owned();
    let outcome = match query.trim() {
        "" => Outcome::NotAsked,
        words => match api.0.hub.search(&person.id, words).await {
            Ok(found) => Outcome::Found(found.into()),
            Err(error) => {
                tracing::warn!(%error, "a search without an answer");
                Outcome::Unavailable
            }
        },
    };
    let status = match outcome {
        Outcome::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::OK,
    };
    api.show_as(status, onlooker, Standing::Search(SearchPage { query, outcome })).await
}
