//! The top of every page.

use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{LanguageSwitch, WebsocketStatus, words};
use crate::{
    Page,
    dom::{Html, scoped},
};

/// The brand, the pages, the connection, the language.
#[component]
pub fn Header(page: Page) -> Html {
    let el = scoped(style_sheet!("app/src/components/header.css"));
    let words = words();
    let mark = el("img", "mark")
        .attr("src", "/icon.svg")
        .attr("alt", "")
        .attr("width", "28")
        .attr("height", "28");
    let brand = el("a", "brand")
        .attr("href", "/")
        .attr("aria-label", words.brand)
        .child(mark)
        .child(el("span", "name").text(words.brand));
    let link = |this: Page, text| {
        let current = (this == page).then_some("page");
        el("a", "page").attr("href", this.path()).attr_if("aria-current", current).text(text)
    };
    el("header", "header")
        .child(brand)
        .child(
            el("nav", "pages")
                .attr("aria-label", words.pages)
                .child(link(Page::Lobby, words.lobby))
                .child(link(Page::Lab, words.lab)),
        )
        .child(el("div", "status").child(view! { <WebsocketStatus/> }))
        .child(el("div", "languages").child(view! { <LanguageSwitch/> }))
        .into()
}
