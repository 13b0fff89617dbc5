//! `/`: where everyone is.

use confab_protocol::DialogId;
use leptos::prelude::*;
use stylers_macro::style_sheet;

use crate::{
    Bootstrap,
    components::{Banner, Header, MessageInput, MessageList, PeopleList, words},
    dom::{Html, frame},
};

/// The lobby: its messages, the box to write in, and who is here.
#[component]
pub fn Lobby(bootstrap: Bootstrap) -> Html {
    let el = frame(style_sheet!("app/src/pages/lobby.css"));
    let words = words();
    let Bootstrap { page, notice, form_client_id, .. } = bootstrap;
    // Drawn only where there is no script (`@media (scripting: none)`): a browser that has scripts
    // reads the inside of a `noscript` as text, and hydration would stumble over it.
    let refresh = el("a", "refresh").attr("href", "/").text(words.refresh());
    let dialog = el("main", "dialog")
        .child(el("h1", "title").text(words.lobby()))
        .child(view! { <MessageList dialog=DialogId::lobby()/> })
        .child(refresh)
        .child(view! { <MessageInput dialog=DialogId::lobby() form_client_id notice/> });
    el("div", "lobby")
        .child(el("div", "top").child(view! { <Header page/> }).child(view! { <Banner/> }))
        .child(dialog)
        .child(el("div", "side").child(view! { <PeopleList/> }))
        .into()
}
