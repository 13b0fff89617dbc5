//! `/api/dialogs`: one's dialogs, and what one may do with a whole one.

use axum::{extract::State, http::StatusCode, response::Response};
use confab_protocol::{
    Dialog, DialogId, DialogKind, DialogTitle, ErrorCode as Code,
    rest::{ChangedDialog, DialogDetails, DialogList, NewDialog, ReadUpTo},
};

use super::{Operation, Routes, does};
use crate::api::{
    Api,
    answer::{Problem, data, ok},
    asked::{At, Body},
    visitor::Visitor,
};

pub(super) fn routes(routes: Routes) -> Routes {
    receipts(one(all(routes)))
}

/// What concerns a dialog of one's own, and is refused to others.
fn of(about: &'static str) -> Operation {
    does(about).path::<DialogId>("id", "Which dialog.").refuses(&[Code::UnknownDialog])
}

/// The list of one's dialogs.
fn all(routes: Routes) -> Routes {
    routes
        .get(
            "/api/dialogs",
            list,
            does("One's dialogs, by last activity.")
                .answers::<DialogList>(StatusCode::OK, "The lobby is always among them."),
        )
        .post(
            "/api/dialogs",
            begin,
            does("Begin a direct dialog or a group.")
                .takes::<NewDialog>()
                .answers::<Dialog>(StatusCode::CREATED, "The new dialog.")
                .answers::<Dialog>(StatusCode::OK, "The direct dialog that the two already have.")
                .refuses(&[Code::UnknownPerson, Code::MembersInvalid, Code::TitleInvalid]),
        )
}

/// One dialog as a whole.
fn one(routes: Routes) -> Routes {
    routes
        .get(
            "/api/dialogs/{id}",
            read,
            of("A dialog and who belongs to it.")
                .answers::<DialogDetails>(StatusCode::OK, "As of one moment."),
        )
        .patch(
            "/api/dialogs/{id}",
            change,
            of("Rename a group, pass it on, or make a dialog quiet for oneself.")
                .takes::<ChangedDialog>()
                .answers::<DialogDetails>(StatusCode::OK, "As it is now.")
                .refuses(&[Code::NotAGroup, Code::NotTheOwner, Code::TitleInvalid])
                .refuses(&[Code::UnknownPerson]),
        )
        .delete(
            "/api/dialogs/{id}",
            dissolve,
            of("Dissolve a group, for everyone.")
                .answers_nothing()
                .refuses(&[Code::NotAGroup, Code::NotTheOwner]),
        )
}

/// How far one has come in a dialog.
fn receipts(routes: Routes) -> Routes {
    routes
        .post(
            "/api/dialogs/{id}/read",
            mark_read,
            of("Everything up to a message has been seen.").takes::<ReadUpTo>().answers_nothing(),
        )
        .post(
            "/api/dialogs/{id}/delivered",
            mark_delivered,
            of("Everything up to a message has reached a device.")
                .takes::<ReadUpTo>()
                .answers_nothing(),
        )
}

async fn list(State(api): State<Api>, visitor: Visitor) -> Result<Response, Problem> {
    let person = visitor.somebody()?;
    Ok(ok(api.0.hub.dialogs(&person.id).await?))
}

async fn begin(
    State(api): State<Api>,
    visitor: Visitor,
    Body(new): Body<NewDialog>,
) -> Result<Response, Problem> {
    let (person, hub) = (visitor.somebody()?, &api.0.hub);
    let begun = match (new.kind, <[_; 1]>::try_from(new.members)) {
        (DialogKind::Direct, Ok([other])) => hub.begin_direct(person, other).await?,
        (DialogKind::Direct, Err(_)) => {
            let error = "a direct dialog has one other member";
            return Err(Problem::new(Code::MembersInvalid, error));
        }
        (DialogKind::Group, members) => {
            let members = members.map_or_else(|members| members, Vec::from);
            let title = DialogTitle::parse(new.title.as_deref().unwrap_or_default())?;
            hub.begin_group(person, title, members).await?
        }
        (DialogKind::Lobby, _) => {
            return Err(Problem::bad_request("there is one lobby, and it is there already"));
        }
    };
    let status = if begun.is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(data(status, begun.dialog))
}

async fn read(
    State(api): State<Api>,
    visitor: Visitor,
    At(dialog): At<DialogId>,
) -> Result<Response, Problem> {
    let member = api.member(&visitor, dialog).await?;
    Ok(ok(api.0.hub.dialog(&member).await?))
}

/// What is named is changed, one after the other; what follows a refusal stays as it is. The title
/// comes before the owner, because afterwards it is another's.
async fn change(
    State(api): State<Api>,
    visitor: Visitor,
    At(dialog): At<DialogId>,
    Body(change): Body<ChangedDialog>,
) -> Result<Response, Problem> {
    let member = api.member(&visitor, dialog).await?;
    let title = change.title.as_deref().map(DialogTitle::parse).transpose()?;
    let hub = &api.0.hub;
    match change.muted {
        Some(true) => hub.mute(member.clone()).await?,
        Some(false) => hub.unmute(member.clone()).await?,
        None => {}
    }
    if let Some(title) = title {
        hub.rename_dialog(member.clone(), title).await?;
    }
    if let Some(owner) = change.owner {
        hub.pass_ownership(member.clone(), owner).await?;
    }
    Ok(ok(hub.dialog(&member).await?))
}

async fn dissolve(
    State(api): State<Api>,
    visitor: Visitor,
    At(dialog): At<DialogId>,
) -> Result<Response, Problem> {
    let member = api.member(&visitor, dialog).await?;
    api.0.hub.dissolve(member).await?;
    Ok(ok(()))
}

async fn mark_read(
    State(api): State<Api>,
    visitor: Visitor,
    At(dialog): At<DialogId>,
    Body(up_to): Body<ReadUpTo>,
) -> Result<Response, Problem> {
    let member = api.member(&visitor, dialog).await?;
    // Whoever has seen it, has it.
    api.0.hub.advance(member, up_to.seq, up_to.seq).await?;
    Ok(ok(()))
}

async fn mark_delivered(
    State(api): State<Api>,
    visitor: Visitor,
    At(dialog): At<DialogId>,
    Body(up_to): Body<ReadUpTo>,
) -> Result<Response, Problem> {
    let member = api.member(&visitor, dialog).await?;
    api.0.hub.advance(member, up_to.seq, confab_protocol::Seq(0)).await?;
    Ok(ok(()))
}
