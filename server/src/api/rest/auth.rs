//! `/api/auth`: to come in and to leave.

use axum::{extract::State, http::StatusCode, response::Response};
use confab_protocol::{
    ErrorCode as Code,
    rest::{Me, NewGuest, PasswordDraft, Registration, SignIn, SignOut, Strength},
};

use super::{Routes, does};
use crate::{
    api::{
        Api,
        answer::{Problem, ok},
        asked::{Body, MaybeBody},
        visitor::Visitor,
    },
    auth::Entered,
};
use axum::response::IntoResponse;

pub(super) fn routes(routes: Routes) -> Routes {
    const CAME_IN: &str = "Who one is now; the answer brings the session's cookie.";
    routes
        .post(
            "/api/auth/guest",
            guest,
            does("Come in as a guest, under a name of one's own or one that is given.")
                .open_to_all()
                .may_take::<NewGuest>()
                .answers::<Me>(StatusCode::OK, CAME_IN)
                .refuses(&[Code::NameInvalid, Code::NameTaken, Code::SignInRequired])
                .refuses(&[Code::TooManyTries]),
        )
        .post(
            "/api/auth/register",
            register,
            does("Make an account. A guest who does this keeps their id and messages.")
                .open_to_all()
                .takes::<Registration>()
                .answers::<Me>(StatusCode::CREATED, CAME_IN)
                .refuses(&[Code::LoginInvalid, Code::LoginTaken, Code::NameInvalid])
                .refuses(&[Code::NameTaken, Code::PasswordInvalid, Code::TooManyTries]),
        )
        .post(
            "/api/auth/login",
            login,
            does("Sign in.")
                .open_to_all()
                .takes::<SignIn>()
                .answers::<Me>(StatusCode::OK, CAME_IN)
                .refuses(&[Code::WrongCredentials, Code::TooManyTries]),
        )
        .post(
            "/api/auth/logout",
            logout,
            does("Sign out, with this browser or everywhere. Sockets of what ends are closed with 4001.")
                .open_to_all()
                .may_take::<SignOut>()
                .answers_nothing(),
        )
        .post(
            "/api/auth/strength",
            strength,
            does("How hard a password is to guess. Nothing of it is kept.")
                .open_to_all()
                .takes::<PasswordDraft>()
                .answers::<Strength>(StatusCode::OK, "An estimate.")
                .refuses(&[Code::TooManyTries]),
        )
}

fn came_in(status: StatusCode, entered: Entered) -> Response {
    (entered.cookies, crate::api::answer::data(status, entered.me)).into_response()
}

async fn guest(
    State(api): State<Api>,
    visitor: Visitor,
    MaybeBody(new): MaybeBody<NewGuest>,
) -> Result<Response, Problem> {
    let entered = api.0.auth.enter_as_guest(&visitor.identity, visitor.address, &new).await?;
    api.goes_by(&entered.me);
    Ok(came_in(StatusCode::OK, entered))
}

async fn register(
    State(api): State<Api>,
    visitor: Visitor,
    Body(new): Body<Registration>,
) -> Result<Response, Problem> {
    let entered = api.0.auth.register(&visitor.identity, visitor.address, &new).await?;
    api.goes_by(&entered.me);
    Ok(came_in(StatusCode::CREATED, entered))
}

async fn login(
    State(api): State<Api>,
    visitor: Visitor,
    Body(claim): Body<SignIn>,
) -> Result<Response, Problem> {
    let entered = api.0.auth.sign_in(&visitor.identity, visitor.address, &claim).await?;
    Ok(came_in(StatusCode::OK, entered))
}

async fn logout(
    State(api): State<Api>,
    visitor: Visitor,
    MaybeBody(wish): MaybeBody<SignOut>,
) -> Result<Response, Problem> {
    let cookies = api.0.auth.sign_out(&visitor.identity, &wish).await?;
    Ok((cookies, ok(())).into_response())
}

async fn strength(
    State(api): State<Api>,
    visitor: Visitor,
    Body(draft): Body<PasswordDraft>,
) -> Result<Response, Problem> {
    Ok(ok(api.0.auth.strength(visitor.address, &draft)?))
}
