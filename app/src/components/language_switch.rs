//! The choice of language.

use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{surroundings, words};
use crate::Language;

/// A link for each language; the server remembers the choice, so it works without JavaScript.
#[component]
pub fn LanguageSwitch() -> impl IntoView {
    let scope = style_sheet!("app/src/components/language_switch.css");
    let current = surroundings().language;
    let links = Language::ALL.map(|language| {
        let is_current = (language == current).then_some("true");
        let code = language.code();
        view! { class=scope,
            <a class="choice" href=format!("/language/{code}") hreflang=code lang=code
                title=language.name() aria-label=language.name() aria-current=is_current>
                {code.to_uppercase()}
            </a>
        }
    });
    view! { class=scope,
        <nav class="choices" aria-label=words().language>{links.into_iter().collect_view()}</nav>
    }
}
