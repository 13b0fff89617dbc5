//! `/api/messages/dialog/{id}/events`: what changed since a position.

use axum::{extract::State, http::StatusCode, response::Response};
use confab_protocol::{DialogId, ErrorCode as Code, Ev, rest::EventsPage};
use serde::Deserialize;

use super::{Routes, does};
use crate::{
    api::{
        Api,
        answer::{Problem, ok},
        asked::{Asked, At},
        visitor::Visitor,
    },
    hub::CatchUp,
};

/// `?after=`.
#[derive(Debug, Deserialize)]
struct Since {
    after: Ev,
}

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(
        "/api/messages/dialog/{id}/events",
        read,
        does("The changes of a dialog after a position, in order and without a gap.")
            .path::<DialogId>("id", "Which dialog.")
            .must_query::<Ev>("after", "The last change one has; 0 for none.")
            .answers::<EventsPage>(StatusCode::OK, "Or a `reset`: read the dialog afresh.")
            .refuses(&[Code::UnknownDialog]),
    )
}

async fn read(
    State(api): State<Api>,
    visitor: Visitor,
    At(dialog): At<DialogId>,
    Asked(since): Asked<Since>,
) -> Result<Response, Problem> {
    let member = api.member(&visitor, dialog).await?;
    Ok(ok(match api.0.hub.events(&member, since.after).await? {
        CatchUp::Events { events, to } => EventsPage { events, to, reset: None },
        CatchUp::Reset(why) => EventsPage { events: Vec::new(), to: since.after, reset: Some(why) },
    }))
}
