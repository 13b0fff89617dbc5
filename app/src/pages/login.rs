//! `/login`: the ways in.

use confab_protocol::rest::Me;
use stylers_macro::style_sheet;

use super::standing::{
    Fault, Form,
    form::{self, Desk, Field, MAIN_ID, about, hidden, submit},
};
use crate::{
    Page,
    components::LanguageSwitch,
    dom::{Element, Html, scoped},
    words::fill,
};

/// What `/login` shows.
#[derive(Clone, Debug)]
pub struct LoginPage {
    /// Where one came from: a path of this server.
    pub to: String,
    /// Whether one may come in as a guest: guests are welcome, and one is not in yet.
    pub guests: bool,
    /// Who is looking, if the server knows.
    pub you: Option<Me>,
    /// What was typed into the form that was refused, but for passwords.
    pub login: String,
    /// Likewise.
    pub name: String,
    /// Why it was refused.
    pub fault: Option<Fault>,
}

/// Sign in; come in as a guest; make an account, or keep the one that a guest has.
pub fn main(desk: &Desk, page: LoginPage) -> Element {
    let el = scoped(style_sheet!("app/src/pages/login.css"));
    let texts = &desk.texts.login;
    let is_account = page.you.as_ref().is_some_and(|you| you.login.is_some());
    let mut doors = el("div", "doors").child(sign_in(desk, &page));
    // A form that was refused is always there to be corrected.
    if page.guests || desk.is_refused(Form::Guest) {
        doors = doors.child(guest(desk, &page));
    }
    if !is_account || desk.is_refused(Form::Register) {
        doors = doors.child(register(desk, &page));
    }
    let mut main = desk.main(el("main", "main"), texts.heading);
    if let Some(you) = page.you.as_ref().filter(|_| is_account) {
        let name = fill(texts.signed_in, &[you.username.as_str()]);
        let settings = el("a", "way").attr("href", Page::Settings.path());
        main = main.child(
            el("p", "you")
                .text(name)
                .child(el("a", "way").attr("href", page.to.clone()).text(desk.texts.chat))
                .child(settings.text(desk.texts.settings.heading)),
        );
    }
    el("div", "login").child(top(desk)).child(main.child(doors))
}

/// The brand and the language. There is no connection yet to speak of.
fn top(desk: &Desk) -> Element {
    let el = scoped(style_sheet!("app/src/pages/login.css"));
    // As at the top of every other page.
    let known = scoped(style_sheet!("app/src/components/header.css"));
    let mark = known("img", "mark").attr("src", "/icon.svg").attr("alt", "");
    let mark = mark.attr("width", "28").attr("height", "28");
    let brand = known("a", "brand").attr("href", Page::Chat.path()).child(mark);
    el("header", "top")
        .child(known("a", "skip").attr("href", ["#", MAIN_ID].concat()).text(desk.texts.skip))
        .child(brand.child(el("span", "name").text(desk.words.brand())))
        .child(Html::from(leptos::prelude::view! { <LanguageSwitch/> }))
}

/// What was typed, if this form is the one that was refused.
fn typed<'page>(desk: &Desk, form: Form, text: &'page str) -> &'page str {
    if desk.is_refused(form) { text } else { "" }
}

fn sign_in(desk: &Desk, page: &LoginPage) -> Element {
    let texts = &desk.texts.login;
    let login = Field::new(Form::SignIn, "login", texts.login, "username").holding(typed(
        desk,
        Form::SignIn,
        &page.login,
    ));
    let password = Field::new(Form::SignIn, "password", texts.password, "current-password");
    let form = desk
        .form(Form::SignIn)
        .child(hidden("to", page.to.clone()))
        .child(desk.login(login))
        .child(desk.password(password))
        .child(submit(texts.sign_in));
    desk.section(Form::SignIn, texts.sign_in).child(form)
}

fn guest(desk: &Desk, page: &LoginPage) -> Element {
    let texts = &desk.texts.login;
    let name = Field::new(Form::Guest, "name", texts.guest_name, "nickname").holding(typed(
        desk,
        Form::Guest,
        &page.name,
    ));
    let form = desk
        .form(Form::Guest)
        .child(hidden("to", page.to.clone()))
        .child(desk.text(Field { is_optional: true, ..name }))
        .child(form::button(texts.guest));
    desk.section(Form::Guest, texts.guest).child(about(texts.guest_about)).child(form)
}

fn register(desk: &Desk, page: &LoginPage) -> Element {
    let texts = &desk.texts.login;
    let guest = page.you.as_ref().filter(|you| you.login.is_none());
    let (heading, told) = match guest {
        Some(you) => (texts.keep, Some(fill(texts.keep_about, &[you.username.as_str()]))),
        None => (texts.register, None),
    };
    let name = typed(desk, Form::Register, &page.name);
    let login = Field::new(Form::Register, "login", texts.login, "username")
        .hint(texts.login_hint)
        .holding(typed(desk, Form::Register, &page.login));
    let password = Field::new(Form::Register, "password", texts.password, "new-password");
    let form = desk
        .form(Form::Register)
        .child(hidden("to", page.to.clone()))
        .child(desk.login(login))
        .child(
            desk.text(
                Field::new(Form::Register, "name", texts.name, "name")
                    .hint(texts.name_hint)
                    .holding(name),
            ),
        )
        .child(desk.new_password(password))
        .child(form::button(heading));
    let section = desk.section(Form::Register, heading);
    told.into_iter().fold(section, |section, told| section.child(about(told))).child(form)
}
