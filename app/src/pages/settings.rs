//! `/settings`: who one is, and how one is known.

use confab_protocol::{
    Timestamp,
    rest::{Me, Token},
};
use leptos::prelude::view;
use stylers_macro::style_sheet;

use super::standing::{
    Fault, Form,
    form::{Desk, Field, about, button, danger, el as part, hidden, section},
    found::{Precision, time},
};
use crate::{
    Page,
    components::LanguageSwitch,
    dom::{Element, Html, scoped},
    words::fill,
};

/// Where the API is described.
const DOCS: &str = "/api/docs";

/// What `/settings` shows.
#[derive(Clone, Debug)]
pub struct SettingsPage {
    /// Who is looking.
    pub you: Me,
    /// Their tokens; a guest has none.
    pub tokens: Vec<Token>,
    /// The secret of a token that was just made. It is shown this once.
    pub secret: Option<String>,
    /// What has just been done.
    pub done: Option<Done>,
    /// What was typed into the form that was refused, but for passwords.
    pub typed: String,
    /// Why it was refused.
    pub fault: Option<Fault>,
}

/// What has just been done, for the page that is shown after it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Done {
    /// Another name.
    Name,
    /// A guest has a login now.
    Account,
    /// Another password.
    Password,
    /// A token was made.
    Token,
    /// A token was removed.
    TokenRemoved,
}

impl Done {
    const ALL: [(&str, Self); 5] = [
        ("name", Self::Name),
        ("account", Self::Account),
        ("password", Self::Password),
        ("token", Self::Token),
        ("token-removed", Self::TokenRemoved),
    ];

    /// Reads the word of an address (`?done=name`).
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == word).map(|(_, done)| done)
    }

    /// The page that says so.
    pub fn path(self) -> String {
        let word = Self::ALL.into_iter().find(|(_, done)| *done == self).map(|(word, _)| word);
        [Page::Settings.path(), "?done=", word.unwrap_or_default()].concat()
    }
}

/// Name, account, password, tokens, language, the ways out, and what else there is.
pub fn main(desk: &Desk, page: SettingsPage) -> Element {
    let el = scoped(style_sheet!("app/src/pages/settings.css"));
    let texts = &desk.texts.settings;
    let is_account = page.you.login.is_some();
    let mut main = desk.main(el("main", "settings"), texts.heading);
    if let Some(done) = page.done {
        main = main.child(desk.done(match done {
            Done::Name => texts.done_name,
            Done::Account => texts.done_account,
            Done::Password => texts.done_password,
            Done::Token => texts.done_token,
            Done::TokenRemoved => texts.done_token_removed,
        }));
    }
    main = main.child(name(desk, &page)).child(account(desk, &page.you));
    if is_account {
        main = main.child(password(desk, &page.you)).child(tokens(desk, &page));
    }
    let language =
        section("language", desk.words.language()).child(Html::from(view! { <LanguageSwitch/> }));
    main.child(language)
        .child(sign_out(desk, is_account))
        .child(delete(desk, &page.you))
        .child(more(desk))
}

fn name(desk: &Desk, page: &SettingsPage) -> Element {
    let texts = &desk.texts.settings;
    let shown = if desk.is_refused(Form::Name) { &page.typed } else { page.you.username.as_str() };
    let field = Field::new(Form::Name, "name", texts.name, "name").hint(texts.name_hint);
    let form = desk.form(Form::Name).child(desk.text(field.holding(shown)));
    desk.section(Form::Name, texts.name).child(form.child(button(texts.save)))
}

/// What one signs in with, or the way to have something.
fn account(desk: &Desk, you: &Me) -> Element {
    let texts = &desk.texts.settings;
    let section = section("account", texts.account);
    match &you.login {
        Some(login) => section.child(about(fill(texts.account_about, &[login]))),
        None => {
            let keep =
                part("a", "way").attr("href", "/login?to=%2Fsettings%3Fdone%3Daccount#register");
            section.child(about(texts.guest_about)).child(keep.text(texts.keep))
        }
    }
}

fn password(desk: &Desk, you: &Me) -> Element {
    let texts = &desk.texts.settings;
    let old = Field::new(Form::Password, "old", texts.password_old, "current-password");
    let new = Field::new(Form::Password, "new", texts.password_new, "new-password");
    let form = desk
        .form(Form::Password)
        .child(username(you))
        .child(desk.password(old))
        .child(desk.new_password(new))
        .child(button(texts.password_change));
    desk.section(Form::Password, texts.password).child(about(texts.password_about)).child(form)
}

/// Tells password managers whose password it is.
fn username(you: &Me) -> Element {
    part("input", "")
        .attr("type", "text")
        .attr("name", "login")
        .attr("value", you.login.clone().unwrap_or_default())
        .attr("autocomplete", "username")
        .flag("hidden", true)
        .flag("readonly", true)
}

fn tokens(desk: &Desk, page: &SettingsPage) -> Element {
    let el = scoped(style_sheet!("app/src/pages/settings.css"));
    let texts = &desk.texts.settings;
    let mut section = desk.section(Form::Tokens, texts.tokens).child(about(texts.tokens_about));
    if let Some(secret) = &page.secret {
        let told = el("label", "told").attr("for", "secret").text(texts.token_new);
        let shown = el("input", "secret")
            .attr("type", "text")
            .attr("id", "secret")
            .attr("value", secret.clone())
            .attr("autocomplete", "off")
            .test_id("secret")
            .flag("readonly", true);
        section = section.child(el("div", "new").child(told).child(shown));
    }
    section = match page.tokens.is_empty() {
        true => section.child(about(texts.tokens_none)),
        false => {
            let lines = page.tokens.iter().map(|token| token_line(desk, token));
            section.child(el("ul", "tokens").children(lines))
        }
    };
    let typed = if desk.is_refused(Form::Tokens) { page.typed.as_str() } else { "" };
    let field = Field::new(Form::Tokens, "name", texts.token_name, "off")
        .hint(texts.token_name_hint)
        .holding(typed);
    section.child(desk.form(Form::Tokens).child(desk.text(field)).child(button(texts.token_make)))
}

fn token_line(desk: &Desk, token: &Token) -> Element {
    let el = scoped(style_sheet!("app/src/pages/settings.css"));
    let texts = &desk.texts.settings;
    let said = |text: &str, at: Timestamp| {
        let (before, after) = text.split_once("{}").unwrap_or((text, ""));
        let line = el("span", "when").text(before.to_owned());
        line.child(time(at, Precision::Day)).text(after.to_owned())
    };
    let used = match token.last_used_at {
        Some(at) => said(texts.token_used, at),
        None => el("span", "when").text(texts.token_unused),
    };
    let remove = button(texts.token_remove)
        .attr("aria-label", fill(texts.token_remove_which, &[&token.name]));
    let form = el("form", "remove")
        .attr("method", "post")
        .attr("action", "/settings/tokens/remove")
        .child(hidden("id", token.id.as_str().to_owned()))
        .child(remove);
    el("li", "token")
        .test_id("token")
        .child(el("span", "token-name").text(token.name.clone()))
        .child(said(texts.token_made, token.created_at))
        .child(used)
        .child(form)
}

fn sign_out(desk: &Desk, is_account: bool) -> Element {
    let el = scoped(style_sheet!("app/src/pages/settings.css"));
    let texts = &desk.texts.settings;
    let everywhere =
        button(texts.sign_out_everywhere).attr("name", "everywhere").attr("value", "true");
    let mut buttons = el("div", "buttons").child(button(texts.sign_out_here));
    let told = match is_account {
        true => {
            buttons = buttons.child(everywhere);
            texts.sign_out_about
        }
        false => texts.sign_out_guest,
    };
    let form = desk.form(Form::SignOut).child(buttons);
    desk.section(Form::SignOut, texts.sign_out).child(about(told)).child(form)
}

fn delete(desk: &Desk, you: &Me) -> Element {
    let texts = &desk.texts.settings;
    let form = desk.form(Form::Delete);
    let form = match you.login.is_some() {
        true => {
            let field =
                Field::new(Form::Delete, "password", desk.texts.login.password, "current-password");
            form.child(username(you)).child(desk.password(field))
        }
        false => form.child(desk.tick(Form::Delete, "sure", texts.delete_sure)),
    };
    let form = form.child(danger(texts.delete));
    desk.section(Form::Delete, texts.delete).child(about(texts.delete_about)).child(form)
}

fn more(desk: &Desk) -> Element {
    let el = scoped(style_sheet!("app/src/pages/settings.css"));
    let texts = &desk.texts.settings;
    let link = |href, text| el("li", "way").child(part("a", "way").attr("href", href).text(text));
    let links = el("ul", "ways")
        .child(link(Page::Lab.path(), texts.lab))
        .child(link(DOCS, texts.docs))
        .child(link(Page::Chat.path(), desk.texts.chat));
    section("more", texts.more).child(links)
}
