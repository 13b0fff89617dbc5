//! `/people`: whom one may talk to.
//!
//! The list is one form: its first button searches, each line has one that begins to write, and the
//! last leads to the page of a new group. So the ticks survive a search, and Enter in a field does
//! what its page is about.

use confab_protocol::{
    UserId,
    rest::{FoundPerson, PeopleList},
};
use stylers_macro::style_sheet;

use super::standing::{
    Fault, Form,
    form::{self, Desk, Field, about, button, hidden, submit},
    found::person,
};
use crate::{
    Page,
    dom::{Element, scoped},
    names::person_name,
    words::fill,
};

/// What `/people` shows.
#[derive(Clone, Debug)]
pub struct PeoplePage {
    /// What was looked for.
    pub query: String,
    /// Who was found.
    pub found: PeopleList,
    /// Who is ticked, for a group.
    pub chosen: Vec<FoundPerson>,
    /// What is done here.
    pub step: Step,
    /// The title of the group, as far as it was typed.
    pub title: String,
    /// Why a form was refused.
    pub fault: Option<Fault>,
}

/// What is done on `/people`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// Somebody is looked for.
    Find,
    /// A group gets its title (`?group=`).
    Group,
}

/// Those who were found, or the group that some of them will be.
pub fn main(desk: &Desk, page: PeoplePage) -> Element {
    let el = scoped(style_sheet!("app/src/pages/people.css"));
    let texts = &desk.texts.people;
    match page.step {
        Step::Find => desk.main(el("main", "people"), texts.heading).child(find(desk, page)),
        Step::Group => desk.main(el("main", "people"), texts.group_title).child(group(desk, page)),
    }
}

fn find(desk: &Desk, page: PeoplePage) -> Element {
    let el = scoped(style_sheet!("app/src/pages/people.css"));
    let texts = &desk.texts.people;
    let told = told(desk, &page);
    let PeoplePage { query, found, chosen, title, .. } = page;
    let is_listed = |id: &UserId| found.people.iter().any(|person| person.id == *id);
    let is_chosen = |id: &UserId| chosen.iter().any(|person| person.id == *id);
    let mut form = form::el("form", "form")
        .attr("id", form::form_id(Form::Write))
        .attr("method", "get")
        .attr("action", Page::People.path())
        .child(form::search(texts.query, texts.find, query))
        .child(el("p", "told").attr("role", "status").text(told));
    if !title.is_empty() {
        form = form.child(hidden("title", title));
    }
    let hidden_by_the_search: Vec<_> =
        chosen.iter().filter(|person| !is_listed(&person.id)).collect();
    if !hidden_by_the_search.is_empty() {
        form = form.child(members(desk, texts.chosen, hidden_by_the_search));
    }
    if found.people.is_empty() {
        return if chosen.is_empty() { form } else { form.child(to_group(desk)) };
    }
    let lines = found.people.iter().map(|person| line(desk, person, is_chosen(&person.id)));
    form = form.child(el("ul", "list").children(lines));
    if found.has_more {
        form = form.child(about(texts.more));
    }
    form.child(to_group(desk))
}

/// How many were found, or that nobody was.
fn told(desk: &Desk, page: &PeoplePage) -> String {
    let texts = &desk.texts.people;
    let query = page.query.trim();
    match page.found.people.len() {
        0 if query.is_empty() => texts.nobody.to_owned(),
        0 => fill(texts.nobody_by_name, &[query]),
        some => desk.language.count(&texts.found, some as u64),
    }
}

fn line(desk: &Desk, found: &FoundPerson, is_chosen: bool) -> Element {
    let el = scoped(style_sheet!("app/src/pages/people.css"));
    let texts = &desk.texts.people;
    let name = person_name(desk.words, &found.username);
    let id = found.id.as_str().to_owned();
    let write = button(texts.write)
        .attr("name", "to")
        .attr("value", id)
        .attr("formmethod", "post")
        .attr("formaction", Page::People.path())
        .attr("aria-label", fill(texts.write_to, &[&name]))
        .test_id("write");
    let label = el("label", "who")
        .child(tick(found, is_chosen))
        .child(el("span", "person").children(person(desk, found)));
    el("li", "line").test_id("person").child(label).child(write)
}

/// The box that takes someone into a group.
fn tick(person: &FoundPerson, is_ticked: bool) -> Element {
    form::el("input", "box")
        .attr("type", "checkbox")
        .attr("name", "with")
        .attr("value", person.id.as_str().to_owned())
        .flag("checked", is_ticked)
}

fn to_group(desk: &Desk) -> Element {
    let el = scoped(style_sheet!("app/src/pages/people.css"));
    let texts = &desk.texts.people;
    el("div", "after")
        .child(about(texts.choose_hint))
        .child(button(texts.group).attr("name", "group").attr("value", "new").test_id("new-group"))
}

/// Those who are ticked already.
fn members<'people>(
    desk: &Desk,
    legend: &'static str,
    people: impl IntoIterator<Item = &'people FoundPerson>,
) -> Element {
    let el = scoped(style_sheet!("app/src/pages/people.css"));
    let line = |person: &FoundPerson| {
        let name = el("span", "name").attr("dir", "auto");
        let name = name.text(person_name(desk.words, &person.username));
        el("label", "member").child(tick(person, true)).child(name)
    };
    el("fieldset", "members")
        .child(el("legend", "legend").text(legend))
        .children(people.into_iter().map(line))
}

fn group(desk: &Desk, page: PeoplePage) -> Element {
    let el = scoped(style_sheet!("app/src/pages/people.css"));
    let texts = &desk.texts.people;
    let title = Field::new(Form::Group, "title", texts.group_name, "off").holding(page.title);
    let members = match page.chosen.is_empty() {
        true => about(texts.group_nobody),
        false => members(desk, texts.group_members, &page.chosen),
    };
    let more = button(texts.choose_more)
        .attr("formmethod", "get")
        .attr("formaction", Page::People.path())
        .flag("formnovalidate", true);
    let buttons =
        el("div", "buttons").child(submit(texts.group_begin).test_id("begin-group")).child(more);
    desk.form(Form::Group)
        .attr("id", form::form_id(Form::Group))
        .child(desk.text(title))
        .child(members)
        .child(buttons)
}
