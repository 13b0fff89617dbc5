//! `/` and `/d/<id>`: our dialogs, and the one that is open.

use leptos::prelude::*;
use stylers_macro::style_sheet;

use crate::{
    Bootstrap,
    components::{
        Announcements, Banner, Chat, DialogList, DialogPane, Header, Keys, PeopleList, words,
    },
    dom::{Html, frame, switch},
};

/// The list of dialogs, and beside it the open one; where there is room for one of them, the list at
/// `/` and the dialog at its own address.
#[component]
pub fn ChatPage(bootstrap: Bootstrap) -> Html {
    let el = frame(style_sheet!("app/src/pages/chat.css"));
    let Bootstrap { page, open, mut notice, form_client_id, .. } = bootstrap;
    let chat = Chat::provide(open);
    let pane = switch(
        move || chat.open.with(|open| open.dialog.clone()),
        move |dialog| {
            let (dialog, form_client_id) = (dialog.clone(), form_client_id.clone());
            view! { <DialogPane dialog form_client_id notice=notice.take()/> }.into()
        },
    );
    el("div", "chat")
        .flag_live("data-home", move || chat.open.with(|open| open.is_home))
        .child(
            el("div", "top")
                .child(el("div", "header").child(view! { <Header page/> }))
                .child(view! { <Banner/> }),
        )
        .child(
            // Only one of the two is there on a narrow screen, and either is what the page is about.
            el("main", "main")
                .child(
                    el("div", "side")
                        .child(el("h1", "title").text(words().dialogs()))
                        .child(view! { <DialogList/> }),
                )
                .child(el("div", "dialog").child(pane)),
        )
        .child(view! { <PeopleList/> })
        .child(view! { <Keys/> })
        .child(view! { <Announcements/> })
        .into()
}
