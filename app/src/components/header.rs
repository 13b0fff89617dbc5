//! The top of every page.

use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{LanguageSwitch, MESSAGES_ID, WebsocketStatus, surroundings, words};
use crate::{
    Page,
    dom::{Html, frame},
};

/// The way past all this, the brand, the pages, the connection, the language.
#[component]
pub fn Header(page: Page) -> Html {
    let el = frame(style_sheet!("app/src/components/header.css"));
    let words = words();
    let mark = el("img", "mark")
        .attr("src", "/icon.svg")
        .attr("alt", "")
        .attr("width", "28")
        .attr("height", "28");
    let brand = el("a", "brand")
        .attr("href", "/")
        .attr("aria-label", words.brand())
        .child(mark)
        .child(el("span", "name").text(words.brand()));
    let link = |this: Page, text| {
        let current = (this == page).then_some("page");
        el("a", "page").attr("href", this.path()).attr_if("aria-current", current).text(text)
    };
    let mut to_messages = String::from("#");
    to_messages.push_str(MESSAGES_ID);
    let sign_in = match surroundings().has_account {
        true => None,
        false => Some(link(Page::Login, words.login())),
    };
    el("header", "header")
        .child(el("a", "skip").attr("href", to_messages).text(words.skip_to_messages()))
        .child(brand)
        .child(
            el("nav", "pages")
                .attr("aria-label", words.pages())
                .child(link(Page::Chat, words.chat()))
                .child(link(Page::People, words.people()))
                .child(link(Page::Settings, words.settings()))
                .children(sign_in)
                .child(link(Page::Lab, words.lab())),
        )
        .child(el("div", "status").child(view! { <WebsocketStatus/> }))
        .child(el("div", "languages").child(view! { <LanguageSwitch/> }))
        .into()
}
