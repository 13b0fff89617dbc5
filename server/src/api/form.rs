//! The plain form: a page without JavaScript posts, and sees the lobby again.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use confab_app::Notice;
use confab_protocol::{ClientId, DialogId, ErrorCode, MessageKind, Meta};
use serde::Deserialize;

use super::{Api, answer::Problem, page, visitor::Visitor};
use crate::{auth::member, hub::SendMessage};

/// What the form sends.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Post {
    message: String,
    /// Hidden in the form: sent twice by an impatient finger, the message is stored once.
    client_id: Option<String>,
}

/// Stores the message and shows the lobby (303); a refusal shows it with the words still in the
/// box, so that nothing typed is lost. Only what is too large is not read, and the box is empty.
pub async fn post(
    State(api): State<Api>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Result<Form<Post>, FormRejection>,
) -> Response {
    let (draft, problem) = match form {
        Ok(Form(post)) => match api.say(&visitor, &post).await {
            Ok(()) => return (visitor.cookie, Redirect::to("/#latest")).into_response(),
            Err(problem) => (post.message, problem),
        },
        Err(error) => (String::new(), unreadable(&error)),
    };
    let notice = Notice { code: problem.code(), draft };
    page::refused(api, headers, visitor, notice, problem.status()).await
}

impl Api {
    async fn say(&self, visitor: &Visitor, post: &Post) -> Result<(), Problem> {
        let client_id = match &post.client_id {
            Some(text) => ClientId::parse(text.as_str())
                .map_err(|error| Problem::bad_request(format!("clientId: {error}")))?,
            None => self.client_id(),
        };
        let lobby = member(visitor.person.clone(), DialogId::lobby())?;
        let message = SendMessage {
            client_id,
            content: post.message.clone(),
            kind: MessageKind::Text,
            meta: Meta::default(),
            reply_to: None,
        };
        self.send(visitor, lobby, message).await?;
        Ok(())
    }
}

fn unreadable(error: &FormRejection) -> Problem {
    let code = match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::MessageTooLong,
        _ => ErrorCode::BadRequest,
    };
    Problem::new(error.status(), code, error.body_text())
}
