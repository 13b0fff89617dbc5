//! `/api/me`: oneself.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use confab_protocol::{
    ErrorCode as Code,
    rest::{ChangedName, ChangedPassword, Farewell, Me},
};

use super::{Routes, does};
use crate::api::{
    Api,
    answer::{Problem, ok},
    asked::{Body, MaybeBody},
    visitor::Visitor,
};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get(
            "/api/me",
            read,
            does("Who one is.").answers::<Me>(StatusCode::OK, "A guest has no login."),
        )
        .patch(
            "/api/me",
            rename,
            does("Go by another name.")
                .takes::<ChangedName>()
                .answers::<Me>(StatusCode::OK, "Who one is now.")
                .refuses(&[Code::NameInvalid, Code::NameTaken]),
        )
        .delete(
            "/api/me",
            delete,
            does("Delete one's account. Messages stay, under \"deleted user\".")
                .may_take::<Farewell>()
                .answers_nothing()
                .refuses(&[Code::WrongCredentials, Code::TooManyTries]),
        )
        .post(
            "/api/me/password",
            change_password,
            does("Take another password. All other sessions end, and the answer brings a new cookie.")
                .takes::<ChangedPassword>()
                .answers::<Me>(StatusCode::OK, "Who one is.")
                .refuses(&[Code::AccountRequired, Code::PasswordInvalid])
                .refuses(&[Code::WrongCredentials, Code::TooManyTries]),
        )
}

async fn read(State(api): State<Api>, visitor: Visitor) -> Result<Response, Problem> {
    visitor.somebody()?;
    Ok(ok(api.0.auth.me(&visitor.identity).await?))
}

async fn rename(
    State(api): State<Api>,
    visitor: Visitor,
    Body(change): Body<ChangedName>,
) -> Result<Response, Problem> {
    visitor.somebody()?;
    let me = api.0.auth.rename(&visitor.identity, &change).await?;
    api.goes_by(&me);
    Ok(ok(me))
}

async fn change_password(
    State(api): State<Api>,
    visitor: Visitor,
    Body(change): Body<ChangedPassword>,
) -> Result<Response, Problem> {
    visitor.somebody()?;
    let auth = &api.0.auth;
    let entered = auth.change_password(&visitor.identity, visitor.address, &change).await?;
    Ok((entered.cookies, ok(entered.me)).into_response())
}

async fn delete(
    State(api): State<Api>,
    visitor: Visitor,
    MaybeBody(farewell): MaybeBody<Farewell>,
) -> Result<Response, Problem> {
    visitor.somebody()?;
    let cookies = api.0.auth.delete(&visitor.identity, visitor.address, &farewell).await?;
    Ok((cookies, ok(())).into_response())
}
