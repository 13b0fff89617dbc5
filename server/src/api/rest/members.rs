//! `/api/dialogs/{id}/members`: who belongs to a group.

use axum::{extract::State, http::StatusCode, response::Response};
use confab_protocol::{
    DialogId, ErrorCode as Code,
    rest::{DialogDetails, MembersChange},
};

use super::{Routes, does};
use crate::api::{
    Api,
    answer::{Problem, ok},
    asked::{At, Body},
    visitor::Visitor,
};

pub(super) fn routes(routes: Routes) -> Routes {
    let of = |about| {
        does(about)
            .path::<DialogId>("id", "Which group.")
            .refuses(&[Code::UnknownDialog, Code::NotAGroup])
    };
    routes
        .post(
            "/api/dialogs/{id}/members",
            add,
            of("Take people into a group. For its owner.")
                .takes::<MembersChange>()
                .answers::<DialogDetails>(StatusCode::OK, "As it is now.")
                .refuses(&[Code::NotTheOwner, Code::UnknownPerson, Code::MembersInvalid]),
        )
        .delete(
            "/api/dialogs/{id}/members",
            remove,
            of("Take people out of a group: others, for its owner; oneself, for anyone.")
                .takes::<MembersChange>()
                .answers_nothing()
                .refuses(&[Code::NotTheOwner, Code::UnknownPerson, Code::MembersInvalid]),
        )
        .post(
            "/api/dialogs/{id}/leave",
            leave,
            of("Leave a group. An owner who leaves passes it on to who came first.")
                .answers_nothing(),
        )
}

async fn add(
    State(api): State<Api>,
    visitor: Visitor,
    At(dialog): At<DialogId>,
    Body(change): Body<MembersChange>,
) -> Result<Response, Problem> {
    let member = api.member(&visitor, dialog).await?;
    api.0.hub.add_members(member.clone(), change.members).await?;
    Ok(ok(api.0.hub.dialog(&member).await?))
}

async fn remove(
    State(api): State<Api>,
    visitor: Visitor,
    At(dialog): At<DialogId>,
    Body(change): Body<MembersChange>,
) -> Result<Response, Problem> {
    let member = api.member(&visitor, dialog).await?;
    api.0.hub.remove_members(member, change.members).await?;
    Ok(ok(()))
}

async fn leave(
    State(api): State<Api>,
    visitor: Visitor,
    At(dialog): At<DialogId>,
) -> Result<Response, Problem> {
    let member = api.member(&visitor, dialog).await?;
    let oneself = vec![member.person().id.clone()];
    api.0.hub.remove_members(member, oneself).await?;
    Ok(ok(()))
}
