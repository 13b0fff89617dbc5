//! The plain forms, and the pages they stand on: sign in, settings, people, search.
//!
//! A form posts, its handler parses, calls `auth` or the hub, and answers 303 to the page that shows
//! what has become of it. A refusal shows the page of the form again with the status of the refusal,
//! why it was refused, and what was typed ([`show`]); never a password. Who is nobody is sent to
//! `/login` and from there back ([`way`]).
//!
//! What a browser shows after a post has the address of the form. Reloaded by that address, or come
//! to by the choice of a language, it is the page again: a plain read of a form's address leads there.
//!
//! Deliberately absent: JSON, and any rule about names, logins or passwords.

mod fields;
mod login;
mod people;
mod search;
mod settings;
mod show;
mod tokens;
mod way;

use axum::{Router, response::Redirect, routing::get};

use super::Api;

pub use way::own_path;

/// The addresses of the pages and of their forms.
pub fn routes() -> Router<Api> {
    let login = || get(|| to("/login"));
    let settings = || get(|| to("/settings"));
    Router::new()
        .route("/login", get(login::page).post(login::sign_in))
        .route("/register", login().post(login::register))
        .route("/guest", login().post(login::guest))
        .route("/logout", settings().post(settings::sign_out))
        .route("/settings", get(settings::page))
        .route("/settings/name", settings().post(settings::name))
        .route("/settings/password", settings().post(settings::password))
        .route("/settings/tokens", settings().post(tokens::make))
        .route("/settings/tokens/remove", settings().post(tokens::remove))
        .route("/settings/delete", settings().post(settings::delete))
        .route("/people", get(people::page).post(people::write))
        .route("/groups", get(|| to("/people")).post(people::group))
        .route("/search", get(search::page))
}

async fn to(path: &'static str) -> Redirect {
    Redirect::to(path)
}
