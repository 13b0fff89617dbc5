//! The top of every page.

use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{LanguageSwitch, MESSAGES_ID, PeopleButton, WebsocketStatus, words};
use crate::{
    Page,
    dom::{Html, frame},
};

/// The way past all this, the brand, the pages, the connection, who is here, the language.
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
    let people = match page {
        Page::Chat => el("div", "people").child(view! { <PeopleButton/> }).into(),
        _ => Html::nothing(),
    };
    el("header", "header")
        .child(el("a", "skip").attr("href", to_messages).text(words.skip_to_messages()))
        .child(brand)
        .child(
            el("nav", "pages")
                .attr("aria-label", words.pages())
                .child(link(Page::Chat, words.lobby()))
                .child(link(Page::Lab, words.lab())),
        )
        .child(el("div", "status").child(view! { <WebsocketStatus/> }))
        .child(people)
        .child(el("div", "languages").child(view! { <LanguageSwitch/> }))
        .into()
}
