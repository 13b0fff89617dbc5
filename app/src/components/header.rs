//! The top of every page.

use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{LanguageSwitch, WebsocketStatus, words};
use crate::Page;

/// The brand, the pages, the connection, the language.
#[component]
pub fn Header(page: Page) -> impl IntoView {
    let scope = style_sheet!("app/src/components/header.css");
    let words = words();
    let current = move |this: Page| (this == page).then_some("page");
    view! { class=scope,
        <header class="header">
            <a class="brand" href="/">
                <img class="mark" src="/icon.svg" alt="" width="28" height="28"/>
                <span class="name">{words.brand}</span>
            </a>
            <nav class="pages" aria-label=words.pages>
                <a class="page" href=Page::Lobby.path() aria-current=current(Page::Lobby)>{words.lobby}</a>
                <a class="page" href=Page::Lab.path() aria-current=current(Page::Lab)>{words.lab}</a>
            </nav>
            <div class="status"><WebsocketStatus/></div>
            <div class="languages"><LanguageSwitch/></div>
        </header>
    }
}
