//! `/`: where everyone is.

use confab_protocol::DialogId;
use leptos::prelude::*;
use stylers_macro::style_sheet;

use crate::{
    Bootstrap,
    components::{Banner, Header, MessageInput, MessageList, PeopleList, words},
};

/// The lobby: its messages, the box to write in, and who is here.
#[component]
pub fn Lobby(bootstrap: Bootstrap) -> impl IntoView {
    let scope = style_sheet!("app/src/pages/lobby.css");
    let Bootstrap { page, notice, form_client_id, .. } = bootstrap;
    view! { class=scope,
        <a class="skip" href="#messages">{words().skip_to_messages}</a>
        <div class="lobby">
            <div class="top"><Header page/><Banner/></div>
            <main class="dialog">
                <h1 class="title">{words().lobby}</h1>
                <MessageList dialog=DialogId::lobby()/>
                <noscript><a class="refresh" href="/#latest">{words().refresh}</a></noscript>
                <MessageInput dialog=DialogId::lobby() form_client_id notice/>
            </main>
            <div class="side"><PeopleList/></div>
        </div>
    }
}
