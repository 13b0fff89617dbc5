//! What plain forms are made of: fields with their labels, hints and faults; buttons; and the word
//! about what was refused or done.
//!
//! A fault stands twice: at the top, where the page begins to be read (it has the focus), and beside
//! the field it is about, which names it as its description.

use confab_protocol::ErrorCode;
use stylers_macro::style_sheet;

use super::{Fault, Form};
use crate::{
    Language,
    dom::{Element, scoped},
    words::{StandingTexts, Words},
};

/// The id of the main part, for the way past the header.
pub const MAIN_ID: &str = crate::components::MESSAGES_ID;

/// The id of the word about what was done.
const DONE_ID: &str = "done";

/// Makes elements of the forms' sheet.
pub fn el(tag: &'static str, class: &'static str) -> Element {
    scoped(style_sheet!("app/src/pages/standing/form.css"))(tag, class)
}

/// What every part of a page with forms has at hand.
pub struct Desk {
    /// The language.
    pub language: Language,
    /// What it says on every page.
    pub words: &'static Words,
    /// What it says on these.
    pub texts: &'static StandingTexts,
    fault: Option<Fault>,
}

/// A field of a form.
pub struct Field {
    /// Which form.
    pub form: Form,
    /// What it is called in the form that is sent.
    pub name: &'static str,
    /// What it is called on the page.
    pub label: &'static str,
    /// What helps to fill it in; empty for nothing.
    pub hint: &'static str,
    /// What browsers and password managers know it by.
    pub autocomplete: &'static str,
    /// What stands in it.
    pub value: String,
    /// Whether it may stay empty.
    pub is_optional: bool,
}

impl Field {
    /// A field that has to be filled in.
    pub fn new(
        form: Form,
        name: &'static str,
        label: &'static str,
        autocomplete: &'static str,
    ) -> Self {
        let (hint, value, is_optional) = ("", String::new(), false);
        Self { form, name, label, hint, autocomplete, value, is_optional }
    }

    /// With a hint.
    pub fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    /// With something in it.
    pub fn holding(self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self }
    }

    fn id(&self) -> String {
        [form_id(self.form), "-", self.name].concat()
    }
}

/// The ids of the forms, which are also where their refusals begin.
pub fn form_id(form: Form) -> &'static str {
    match form {
        Form::SignIn => "sign-in",
        Form::Register => "register",
        Form::Guest => "guest",
        Form::Name => "name",
        Form::Password => "password",
        Form::Tokens => "tokens",
        Form::SignOut => "sign-out",
        Form::Delete => "delete",
        Form::Write => "write",
        Form::Group => "group",
    }
}

fn action(form: Form) -> &'static str {
    match form {
        Form::SignIn => "/login",
        Form::Register => "/register",
        Form::Guest => "/guest",
        Form::Name => "/settings/name",
        Form::Password => "/settings/password",
        Form::Tokens => "/settings/tokens",
        Form::SignOut => "/logout",
        Form::Delete => "/settings/delete",
        Form::Write => "/people",
        Form::Group => "/groups",
    }
}

/// Which field of a form a refusal is about; nothing when it is about none.
fn field_of(form: Form, code: ErrorCode) -> Option<&'static str> {
    use ErrorCode::{
        BadRequest, LoginInvalid, LoginTaken, NameInvalid, NameTaken, PasswordInvalid,
        TitleInvalid, WrongCredentials,
    };
    match (form, code) {
        (Form::Register | Form::Guest | Form::Name | Form::Tokens, NameInvalid | NameTaken) => {
            Some("name")
        }
        (Form::SignIn | Form::Register, LoginInvalid | LoginTaken) => Some("login"),
        (Form::SignIn | Form::Register | Form::Delete, PasswordInvalid | WrongCredentials) => {
            Some("password")
        }
        (Form::Password, PasswordInvalid) => Some("new"),
        (Form::Password, WrongCredentials) => Some("old"),
        (Form::Delete, BadRequest) => Some("sure"),
        (Form::Group, TitleInvalid) => Some("title"),
        _ => None,
    }
}

impl Desk {
    /// A desk for a page.
    pub fn new(language: Language, words: &'static Words, fault: Option<Fault>) -> Self {
        Self { language, words, texts: language.standing(), fault }
    }

    /// Whether this form is the one that was refused.
    pub fn is_refused(&self, form: Form) -> bool {
        self.fault.is_some_and(|fault| fault.form == form)
    }

    /// The main part of a page, with its heading and the word about what was refused.
    pub fn main(&self, class: Element, heading: &'static str) -> Element {
        let main = class.attr("id", MAIN_ID).attr("tabindex", "-1");
        let main = main.child(el("h1", "title").text(heading));
        match self.fault {
            Some(fault) => main.child(self.summary(fault)),
            None => main,
        }
    }

    /// What was refused, and the way to the field.
    fn summary(&self, fault: Fault) -> Element {
        let id = ["#", form_id(fault.form)].concat();
        let target = match field_of(fault.form, fault.code) {
            Some(field) => [&id, "-", field].concat(),
            None => id,
        };
        let link = el("a", "fault-link").attr("href", target).text(self.why(fault));
        el("div", "summary")
            .attr("role", "alert")
            .attr("tabindex", "-1")
            .flag("autofocus", true)
            .test_id("fault")
            .child(el("p", "summary-heading").text(self.texts.fault_heading))
            .child(el("p", "summary-why").child(link))
    }

    /// What has just been done.
    pub fn done(&self, text: &'static str) -> Element {
        el("p", "done")
            .attr("id", DONE_ID)
            .attr("role", "status")
            .attr("tabindex", "-1")
            .flag("autofocus", true)
            .test_id("done")
            .text(text)
    }

    /// Why, in words.
    pub fn why(&self, fault: Fault) -> String {
        let faults = &self.texts.faults;
        let text = match fault.code {
            ErrorCode::NameInvalid if fault.form == Form::Tokens => faults.token_invalid,
            ErrorCode::NameInvalid => faults.name_invalid,
            ErrorCode::NameTaken => faults.name_taken,
            ErrorCode::LoginInvalid => faults.login_invalid,
            ErrorCode::LoginTaken => faults.login_taken,
            ErrorCode::PasswordInvalid => faults.password_invalid,
            ErrorCode::WrongCredentials if fault.form == Form::SignIn => faults.wrong_credentials,
            ErrorCode::WrongCredentials => faults.wrong_password,
            ErrorCode::TooManyTries => match fault.after {
                Some(after) => {
                    let seconds = after.as_millis().div_ceil(1000) as u64;
                    return self.language.count(&faults.too_many_tries, seconds);
                }
                None => faults.too_many,
            },
            ErrorCode::SignInRequired => faults.sign_in_required,
            ErrorCode::AccountRequired => faults.account_required,
            ErrorCode::UnknownPerson => faults.unknown_person,
            ErrorCode::MembersInvalid => faults.members_invalid,
            ErrorCode::TitleInvalid => faults.title_invalid,
            ErrorCode::BadRequest if fault.form == Form::Delete => faults.not_sure,
            ErrorCode::BadRequest => faults.unreadable,
            ErrorCode::StorageUnavailable => faults.storage,
            // No form of these pages sends a message that could be too long.
            other => return self.words.refusal(self.language, other, 0),
        };
        text.to_owned()
    }

    /// The fault of this field, if it has one.
    fn fault_of(&self, form: Form, name: &str) -> Option<String> {
        let fault = self.fault.filter(|fault| fault.form == form)?;
        (field_of(form, fault.code) == Some(name)).then(|| self.why(fault))
    }

    /// A form that posts. Where one came from goes along.
    pub fn form(&self, form: Form) -> Element {
        el("form", "form").attr("method", "post").attr("action", action(form))
    }

    /// A form in a section of its own, under a heading.
    pub fn section(&self, form: Form, heading: &'static str) -> Element {
        section(form_id(form), heading)
    }

    /// A line of text.
    pub fn text(&self, field: Field) -> Element {
        let value = field.value.clone();
        self.field(field, |input| input.attr("type", "text").attr("value", value))
    }

    /// A login: no capital letters, no corrections.
    pub fn login(&self, field: Field) -> Element {
        let value = field.value.clone();
        self.field(field, |input| {
            let input = input.attr("type", "text").attr("value", value);
            input.attr("autocapitalize", "none").attr("spellcheck", "false")
        })
    }

    /// A password. It never holds anything: what was typed is not sent back.
    pub fn password(&self, field: Field) -> Element {
        self.field(Field { value: String::new(), ..field }, |input| input.attr("type", "password"))
    }

    /// A new password: with advice, and a place for how strong it is.
    pub fn new_password(&self, field: Field) -> Element {
        let strength = &self.texts.strength;
        let output_id = [&field.id(), "-strength"].concat();
        let target = output_id.clone();
        let output = el("output", "strength")
            .attr("id", output_id)
            .attr("for", field.id())
            .attr("data-short", strength.short)
            .attr("data-too-weak", strength.too_weak)
            .attr("data-weak", strength.weak)
            .attr("data-fair", strength.fair)
            .attr("data-good", strength.good)
            .attr("data-strong", strength.strong);
        let field = self.field(field.hint(strength.advice), |input| {
            input
                .attr("type", "password")
                .attr("minlength", "8")
                .attr("maxlength", "200")
                .attr("data-strength", target)
        });
        field.child(output)
    }

    fn field(&self, field: Field, finish: impl FnOnce(Element) -> Element) -> Element {
        let id = field.id();
        let (hint_id, fault_id) = ([&id, "-hint"].concat(), [&id, "-fault"].concat());
        let fault = self.fault_of(field.form, field.name);
        let mut described = Vec::new();
        let mut line = el("div", "field")
            .child(el("label", "label").attr("for", id.clone()).text(field.label));
        if !field.hint.is_empty() {
            line = line.child(el("p", "hint").attr("id", hint_id.clone()).text(field.hint));
            described.push(hint_id);
        }
        let mut input = el("input", "input")
            .attr("id", id)
            .attr("name", field.name)
            .attr("autocomplete", field.autocomplete)
            .flag("required", !field.is_optional);
        if let Some(why) = fault {
            line = line.child(el("p", "fault").attr("id", fault_id.clone()).text(why));
            described.push(fault_id);
            input = input.attr("aria-invalid", "true");
        }
        if !described.is_empty() {
            input = input.attr("aria-describedby", described.join(" "));
        }
        line.child(finish(input))
    }

    /// A box to tick.
    pub fn tick(&self, form: Form, name: &'static str, label: &'static str) -> Element {
        let id = [form_id(form), "-", name].concat();
        let mut input = el("input", "box")
            .attr("type", "checkbox")
            .attr("id", id.clone())
            .attr("name", name)
            .attr("value", "yes")
            .flag("required", true);
        let mut line = el("div", "field");
        if let Some(why) = self.fault_of(form, name) {
            let fault_id = [&id, "-fault"].concat();
            line = line.child(el("p", "fault").attr("id", fault_id.clone()).text(why));
            input = input.attr("aria-invalid", "true").attr("aria-describedby", fault_id);
        }
        line.child(el("label", "tick").child(input).child(el("span", "tick-label").text(label)))
    }
}

/// A part of a page under a heading.
pub fn section(id: &'static str, heading: &'static str) -> Element {
    let heading_id = [id, "-heading"].concat();
    let title = el("h2", "heading").attr("id", heading_id.clone()).text(heading);
    el("section", "card").attr("id", id).attr("aria-labelledby", heading_id).child(title)
}

/// A quiet paragraph.
pub fn about(text: impl Into<std::borrow::Cow<'static, str>>) -> Element {
    el("p", "about").text(text)
}

/// What goes along unseen.
pub fn hidden(name: &'static str, value: impl Into<std::borrow::Cow<'static, str>>) -> Element {
    Element::new("input").attr("type", "hidden").attr("name", name).attr("value", value)
}

/// The button that a form is there for.
pub fn submit(text: &'static str) -> Element {
    el("button", "button main").attr("type", "submit").text(text)
}

/// Another button.
pub fn button(text: &'static str) -> Element {
    el("button", "button").attr("type", "submit").text(text)
}

/// A button that takes something away for good.
pub fn danger(text: &'static str) -> Element {
    el("button", "button bad").attr("type", "submit").text(text)
}

/// The search of a page: a field and its button, in one line.
pub fn search(label: &'static str, find: &'static str, query: String) -> Element {
    let input = el("input", "input")
        .attr("type", "search")
        .attr("id", "query")
        .attr("name", "query")
        .attr("value", query)
        .attr("autocomplete", "off")
        .attr("maxlength", "100");
    el("div", "field")
        .child(el("label", "label").attr("for", "query").text(label))
        .child(el("div", "search").child(input).child(submit(find)))
}
