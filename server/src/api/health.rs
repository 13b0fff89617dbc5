//! `/healthz` and `/readyz`, for whoever watches the server.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::Api;

/// The process answers; nothing else is asked.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// The server should get traffic: it is not stopping, and its database can be written and has
/// room on its disk.
pub async fn ready(State(api): State<Api>) -> Response {
    match api.0.health.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response(),
    }
}
