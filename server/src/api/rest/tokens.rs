//! `/api/me/tokens`: personal tokens, so that scripts can talk.

use axum::{extract::State, http::StatusCode, response::Response};
use confab_protocol::{
    ErrorCode as Code, TokenId,
    rest::{MadeToken, NewToken, TokenList},
};

use super::{Routes, does};
use crate::api::{
    Api,
    answer::{Problem, data, ok},
    asked::{At, Body},
    visitor::Visitor,
};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get(
            "/api/me/tokens",
            list,
            does("One's personal tokens, newest first.")
                .answers::<TokenList>(StatusCode::OK, "Without their secrets.")
                .refuses(&[Code::AccountRequired]),
        )
        .post(
            "/api/me/tokens",
            make,
            does("Make a personal token. Its secret is told this once.")
                .takes::<NewToken>()
                .answers::<MadeToken>(StatusCode::CREATED, "The token and its secret.")
                .refuses(&[Code::AccountRequired, Code::NameInvalid]),
        )
        .delete(
            "/api/me/tokens/{id}",
            remove,
            does("Remove a personal token. Sockets that it opened are closed with 4001.")
                .path::<TokenId>("id", "Which token.")
                .answers_nothing()
                .refuses(&[Code::AccountRequired, Code::NotFound]),
        )
}

async fn list(State(api): State<Api>, visitor: Visitor) -> Result<Response, Problem> {
    visitor.somebody()?;
    Ok(ok(api.0.auth.tokens(&visitor.identity).await?))
}

async fn make(
    State(api): State<Api>,
    visitor: Visitor,
    Body(new): Body<NewToken>,
) -> Result<Response, Problem> {
    visitor.somebody()?;
    let made = api.0.auth.make_token(&visitor.identity, &new).await?;
    Ok(data(StatusCode::CREATED, made))
}

async fn remove(
    State(api): State<Api>,
    visitor: Visitor,
    At(id): At<TokenId>,
) -> Result<Response, Problem> {
    visitor.somebody()?;
    api.0.auth.remove_token(&visitor.identity, id).await?;
    Ok(ok(()))
}
