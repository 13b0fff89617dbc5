//! The plain form of a dialog: a page without JavaScript posts, and sees the dialog again.

use axum::{
    Form,
    extract::{Path, State, rejection::FormRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use confab_app::{Notice, Open};
use confab_protocol::{ClientId, ErrorCode, MessageId, MessageKind, Meta};
use serde::Deserialize;
use tracing::warn;

use super::{Api, answer::Problem, page::to_login, visitor::Visitor};
use crate::hub::SendMessage;

/// What the form sends.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Post {
    message: String,
    /// Hidden in the form: sent twice by an impatient finger, the message is stored once.
    client_id: Option<String>,
    /// The message it answers.
    reply_to: Option<String>,
}

/// `POST /`: says something in the lobby.
pub async fn post(
    State(api): State<Api>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Result<Form<Post>, FormRejection>,
) -> Response {
    api.post(Open::home(), visitor, headers, form).await
}

/// `POST /d/<id>`: says something in a dialog.
pub async fn post_to_dialog(
    State(api): State<Api>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Result<Form<Post>, FormRejection>,
) -> Response {
    match Api::dialog_of(&id) {
        Ok(dialog) => api.post(Open::dialog(dialog), visitor, headers, form).await,
        Err(problem) => problem.into_response(),
    }
}

impl Api {
    /// Stores the message and shows the dialog (303); a refusal shows it with the words still in the
    /// box, so that nothing typed is lost. Only what is too large is not read, and the box is empty.
    async fn post(
        &self,
        open: Open,
        visitor: Visitor,
        headers: HeaderMap,
        form: Result<Form<Post>, FormRejection>,
    ) -> Response {
        let (draft, problem) = match form {
            Ok(Form(post)) => match self.say(&open, &visitor, &post).await {
                Ok(()) => {
                    let latest = Redirect::to(&[&open.path(), "#latest"].concat());
                    return (visitor.cookie, latest).into_response();
                }
                Err(problem) => (post.message, problem),
            },
            Err(error) => (String::new(), unreadable(&error)),
        };
        if let Some(login) = to_login(&problem, &open.path()) {
            return login;
        }
        let (status, notice) = (problem.status(), Notice { code: problem.code(), draft });
        let mut page = self.chat(open, Some(notice), &headers, visitor).await;
        *page.status_mut() = status;
        page
    }

    async fn say(&self, open: &Open, visitor: &Visitor, post: &Post) -> Result<(), Problem> {
        let client_id = match &post.client_id {
            Some(text) => ClientId::parse(text.as_str())
                .map_err(|error| Problem::bad_request(format!("clientId: {error}")))?,
            None => self.client_id(),
        };
        let reply_to = post.reply_to.as_deref().filter(|text| !text.is_empty());
        let reply_to = reply_to.map(MessageId::parse).transpose();
        let member = self.member(visitor, open.dialog.clone()).await?;
        let message = SendMessage {
            client_id,
            content: post.message.clone(),
            kind: MessageKind::Text,
            meta: Meta::default(),
            reply_to: reply_to
                .map_err(|error| Problem::bad_request(format!("replyTo: {error}")))?,
        };
        let sent = self.send(visitor, member.clone(), message.clone()).await;
        let sent = match sent.map_err(Problem::from) {
            // Gone back to, the form has the name of what it sent before: other words are another message.
            Err(problem) if problem.code() == ErrorCode::ClientIdConflict => {
                let message = SendMessage { client_id: self.client_id(), ..message };
                self.send(visitor, member.clone(), message).await?
            }
            sent => sent?,
        };
        // No script says what was on the screen. Who answers at the end of a page has done with what
        // lies before it; else the page would begin at the same message for ever.
        let seq = sent.message.seq;
        if let Err(error) = self.0.hub.advance(member, seq, seq).await {
            warn!(%error, "a page without JavaScript is not noted as read");
        }
        Ok(())
    }
}

fn unreadable(error: &FormRejection) -> Problem {
    let code = match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::MessageTooLong,
        _ => ErrorCode::BadRequest,
    };
    Problem::with(error.status(), code, error.body_text())
}
