//! The pages that the server alone writes: `/login`, `/settings`, `/people`, `/search`.
//!
//! They show what the server knows and post plain forms, so they work without JavaScript, and what
//! they are made of is not downloaded: the browser passes their main part by as one node
//! ([`still`]). Around it the header lives on, so whoever looks something up is still here. A few
//! lines of script that stand in the page itself ([`SCRIPT`]) put times into the viewer's zone and say
//! how strong a new password is.
//!
//! What such a page shows comes from the server's context as a [`Standing`], not from the
//! [`Bootstrap`](crate::Bootstrap), which would have to be read again in the browser.

pub(crate) mod form;
pub(super) mod found;
#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests;

use std::time::Duration;

use confab_protocol::ErrorCode;
use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{login, people, search, settings};
use crate::{
    Language, Page,
    components::{Banner, Header, surroundings},
    dom::{Html, frame, still},
    words::fill,
};

use form::Desk;

pub use super::{
    login::LoginPage,
    people::{PeoplePage, Step},
    search::{Outcome, SearchPage},
    settings::{Done, SettingsPage},
};

/// What these pages do besides, where there is JavaScript.
pub const SCRIPT: &str = include_str!("standing/script.js");

/// What a page shows that the server alone writes.
#[derive(Clone, Debug)]
pub enum Standing {
    /// `/login`.
    Login(LoginPage),
    /// `/settings`.
    Settings(Box<SettingsPage>),
    /// `/people`.
    People(PeoplePage),
    /// `/search`.
    Search(SearchPage),
}

/// The plain forms.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// `POST /login`.
    SignIn,
    /// `POST /register`.
    Register,
    /// `POST /guest`.
    Guest,
    /// `POST /settings/name`.
    Name,
    /// `POST /settings/password`.
    Password,
    /// `POST /settings/tokens` and `…/remove`.
    Tokens,
    /// `POST /logout`.
    SignOut,
    /// `POST /settings/delete`.
    Delete,
    /// `POST /people`.
    Write,
    /// `POST /groups`.
    Group,
}

/// Why a form was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Fault {
    /// Which form.
    pub form: Form,
    /// Why.
    pub code: ErrorCode,
    /// How long to wait, if it is worth trying again.
    pub after: Option<Duration>,
}

impl Standing {
    /// Which page this is.
    pub fn page(&self) -> Page {
        match self {
            Self::Login(_) => Page::Login,
            Self::Settings(_) => Page::Settings,
            Self::People(_) => Page::People,
            Self::Search(_) => Page::Search,
        }
    }

    /// The title of the document, from that of the page. Whoever hears it hears first that something
    /// went wrong.
    pub fn title(&self, language: Language, title: &str) -> String {
        match self.fault() {
            Some(_) => fill(language.standing().title_fault, &[title]),
            None => title.to_owned(),
        }
    }

    fn fault(&self) -> Option<Fault> {
        match self {
            Self::Login(page) => page.fault,
            Self::Settings(page) => page.fault,
            Self::People(page) => page.fault,
            Self::Search(_) => None,
        }
    }
}

/// A page that the server alone writes, below the header. `/login` has none: who is not in yet has no
/// connection to speak of.
#[component]
pub(super) fn StandingPage(page: Page) -> Html {
    if page == Page::Login {
        return still(main);
    }
    let el = frame(style_sheet!("app/src/pages/standing.css"));
    let top = el("div", "top").child(view! { <Header page/> }).child(view! { <Banner/> });
    el("div", "standing").child(top).child(still(main)).into()
}

/// The main part, from what the server has in its context.
fn main() -> crate::dom::Element {
    let page = use_context::<Standing>().unwrap_or_else(|| panic!("the server says what to show"));
    let around = surroundings();
    let desk = Desk::new(around.language, around.words, page.fault());
    match page {
        Standing::Login(page) => login::main(&desk, page),
        Standing::Settings(page) => settings::main(&desk, *page),
        Standing::People(page) => people::main(&desk, page),
        Standing::Search(page) => search::main(&desk, page),
    }
}
