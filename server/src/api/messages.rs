//! `GET` and `POST /api/messages/dialog/{dialog}`, the paths and names of document 001.

use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{JsonRejection, PathRejection, QueryRejection},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
};
use confab_protocol::{ClientId, DialogId, Seq, rest::NewMessage};
use serde::Deserialize;

use super::{
    Api,
    answer::{self, Problem},
    visitor::Visitor,
};
use crate::{
    auth::{Member, NoSuchDialog, member},
    hub::{SendError, SendMessage, Sent},
};

/// `?before=<seq>`.
#[derive(Debug, Deserialize)]
pub struct Before {
    before: Option<Seq>,
}

impl Api {
    fn member(
        &self,
        visitor: &Visitor,
        dialog: Result<Path<String>, PathRejection>,
    ) -> Result<Member, Problem> {
        let Path(dialog) = dialog.map_err(|error| Problem::bad_request(error.body_text()))?;
        let dialog = DialogId::parse(dialog)
            .map_err(|error| Problem::bad_request(format!("dialog: {error}")))?;
        member(visitor.person.clone(), dialog).map_err(|error: NoSuchDialog| error.into())
    }
}

/// A page of history, oldest first.
pub async fn read(
    State(api): State<Api>,
    dialog: Result<Path<String>, PathRejection>,
    before: Result<Query<Before>, QueryRejection>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    let Query(Before { before }) =
        before.map_err(|error| Problem::bad_request(error.body_text()))?;
    let member = api.member(&visitor, dialog)?;
    let page = api.0.hub.history(&member, before).await?;
    Ok(answer::data(StatusCode::OK, page))
}

/// A new message: 201, or 200 when it was stored before under the same `clientId`. The cookie goes
/// out with the answer: a program that keeps it, and sends it back with our Origin as a page does,
/// stays the same author and may repeat itself.
pub async fn write(
    State(api): State<Api>,
    dialog: Result<Path<String>, PathRejection>,
    visitor: Visitor,
    body: Result<Json<NewMessage>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(new) = body.map_err(unreadable)?;
    let member = api.member(&visitor, dialog)?;
    let message = SendMessage {
        client_id: new.client_id.unwrap_or_else(|| api.client_id()),
        content: new.content,
        kind: new.kind,
        meta: new.meta,
        reply_to: new.reply_to,
    };
    let sent = api.send(&visitor, member, message).await?;
    let status = if sent.duplicate { StatusCode::OK } else { StatusCode::CREATED };
    Ok((visitor.cookie, answer::data(status, sent.message)).into_response())
}

impl Api {
    /// Sends, unless the visitor's address has sent too much.
    pub async fn send(
        &self,
        visitor: &Visitor,
        member: Member,
        message: SendMessage,
    ) -> Result<Sent, SendError> {
        self.0.sends.count(visitor.address, self.0.clock.now())?;
        self.0.hub.send(member, message).await
    }

    /// A name for a message whose author gave none.
    pub fn client_id(&self) -> ClientId {
        let id = self.0.random.uuid_v7(self.0.clock.wall());
        ClientId::parse(id).expect("a UUID is an id")
    }
}

fn unreadable(error: JsonRejection) -> Problem {
    Problem::new(error.status(), confab_protocol::ErrorCode::BadRequest, error.body_text())
}
