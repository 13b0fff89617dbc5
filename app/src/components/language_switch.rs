//! The choice of language.

use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{surroundings, words};
use crate::{
    Language,
    dom::{Html, frame},
};

/// A link for each language; the server remembers the choice, so it works without JavaScript.
#[component]
pub fn LanguageSwitch() -> Html {
    let el = frame(style_sheet!("app/src/components/language_switch.css"));
    let current = surroundings().language;
    let links = Language::ALL.map(|language| {
        el("a", "choice")
            .attr_of("href", || ["/language/", language.code()].concat())
            .attr("hreflang", language.code())
            .attr("lang", language.code())
            .attr_of("aria-label", || [language.sign(), ", ", language.name()].concat())
            .attr("title", language.name())
            .attr_if("aria-current", (language == current).then_some("true"))
            .text(language.sign())
    });
    el("div", "choices")
        .attr("role", "group")
        .attr("aria-label", words().language())
        .children(links)
        .into()
}
