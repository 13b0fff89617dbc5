//! The plain form: a page without JavaScript posts, and sees the lobby again.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use confab_app::Notice;
use confab_protocol::{ClientId, DialogId, MessageKind, Meta};
use serde::Deserialize;

use super::{Api, answer::Problem, page, visitor::Visitor};
use crate::{auth::member, hub::SendMessage};

/// What the form sends.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Post {
    message: String,
    /// Hidden in the form: sent twice by an impatient finger, the message is stored once.
    client_id: Option<ClientId>,
}

/// Stores the message and shows the lobby (303); a refusal shows it with the words still in the
/// box, so that nothing typed is lost.
pub async fn post(
    State(api): State<Api>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Result<Form<Post>, FormRejection>,
) -> Response {
    let post = match form {
        Ok(Form(post)) => post,
        Err(error) => {
            let code = confab_protocol::ErrorCode::BadRequest;
            return Problem::new(error.status(), code, error.body_text()).into_response();
        }
    };
    let lobby = match member(visitor.person.clone(), DialogId::lobby()) {
        Ok(lobby) => lobby,
        Err(error) => return Problem::from(error).into_response(),
    };
    let message = SendMessage {
        client_id: post.client_id.unwrap_or_else(|| api.client_id()),
        content: post.message.clone(),
        kind: MessageKind::Text,
        meta: Meta::default(),
        reply_to: None,
    };
    match api.0.hub.send(lobby, message).await {
        Ok(_) => (visitor.cookie, Redirect::to("/#latest")).into_response(),
        Err(error) => {
            let problem = Problem::from(error);
            let notice = Notice { code: problem.code(), draft: post.message };
            page::refused(api, headers, visitor, notice, problem.status()).await
        }
    }
}
