//! Who belongs to a group, and who may come in.

use confab_protocol::{
    Member, Person, Role, UserId,
    rest::{FoundPerson, PeopleList},
};
use leptos::{ev, prelude::*, task::spawn_local};
use stylers_macro::style_sheet;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::{
    Pane,
    manage::{Manage, tell},
};
use crate::{
    components::{avatar::avatar, chat::target, focus, surroundings, url, words},
    data::{demand, read},
    dom::{Element, Html, Item, list, scoped},
    names::person_name,
};

/// The id of the field to find people by.
const SEARCH_ID: &str = "add-search";
/// How many of those who are found are offered.
const OFFERED: usize = 8;

/// Everyone in the group; its owner may make another the owner, or take someone out.
pub fn members(pane: &Pane, manage: &Manage) -> Html {
    let el = scoped(style_sheet!("app/src/components/dialog/details.css"));
    let (details, manage) = (pane.details, manage.clone());
    let items = move || {
        details.data.with(|details| {
            let Some(details) = details else { return Vec::new() };
            let is_owner = details.dialog.role == Role::Owner;
            details.members.iter().map(|member| item(member, is_owner, &manage)).collect()
        })
    };
    el("ul", "members").test_id("members").child(list(items)).into()
}

/// Drawn anew when a role changes, theirs or ours.
fn item(member: &Member, is_owner: bool, manage: &Manage) -> Item {
    let (member, manage) = (member.clone(), manage.clone());
    let role = if member.role == Role::Owner { "/owner" } else { "/member" };
    let ours = if is_owner { "/ours" } else { "" };
    let key = [member.id.as_str(), "/", member.username.as_str(), role, ours].concat();
    Item { key, draw: Box::new(move || row(&member, is_owner, &manage)) }
}

fn row(member: &Member, is_owner: bool, manage: &Manage) -> Element {
    let el = scoped(style_sheet!("app/src/components/dialog/details.css"));
    let words = words();
    let is_you = surroundings().session.you.with_untracked(|you| you.id == member.id);
    let name = person_name(words, &member.username);
    let act = |text: &'static str, id: &'static str, act: fn(&Manage, UserId)| {
        let (manage, id_of) = (manage.clone(), member.id.clone());
        el("button", "act")
            .attr("type", "button")
            .attr("aria-label", [text, ": ", &name].concat())
            .test_id(id)
            .text(text)
            .on("click", move |_| act(&manage, id_of.clone()))
    };
    let role = match member.role {
        Role::Owner => words.owner(),
        Role::Member if is_you => words.you(),
        Role::Member => "",
    };
    let acts = (is_owner && !is_you).then(|| {
        [
            act(words.make_owner(), "pass-on", Manage::pass_on),
            act(words.remove(), "remove", Manage::remove),
        ]
    });
    el("li", "member")
        // Whoever takes out the one before goes on here.
        .attr("tabindex", "-1")
        .test_id("member")
        .child(avatar(member.id.as_str(), &name))
        .child(el("bdi", "name").text(name.clone()))
        .child(el("span", "role").test_id("role").text_live(move || role.to_owned()))
        .children(acts.into_iter().flatten())
}

/// A field to find people by their names, and a button for each who is found.
pub fn add_members(pane: &Pane, manage: &Manage) -> Html {
    let el = scoped(style_sheet!("app/src/components/dialog/details.css"));
    let (words, found) = (words(), RwSignal::new(Vec::<Person>::new()));
    let (details, manage) = (pane.details, manage.clone());
    let failed = manage.failed;
    let search = move |event: ev::Event| {
        if let Some(field) = target(&event).and_then(|it| it.dyn_into().ok()) {
            look_for(field, found, failed);
        }
    };
    let items = move || {
        let is_in = |person: &Person| {
            details.data.with(|details| {
                let mut members = details.iter().flat_map(|details| &details.members);
                members.any(|member| member.id == person.id)
            })
        };
        let others = |found: &Vec<Person>| {
            let others = found.iter().filter(|person| !is_in(person)).take(OFFERED);
            others.map(|person| candidate(person, &manage)).collect()
        };
        found.with(others)
    };
    let field = el("input", "field")
        .attr("id", SEARCH_ID)
        .attr("type", "search")
        .attr("autocomplete", "off")
        .attr("aria-label", words.add_people())
        .attr("placeholder", words.add_people())
        .test_id("add-search")
        .on("input", search);
    vec![field.into(), el("ul", "members").child(list(items)).into()].into()
}

/// Asks the server whose name begins like this, and takes its answer if that is still the question.
fn look_for(field: HtmlInputElement, found: RwSignal<Vec<Person>>, failed: RwSignal<String>) {
    let path =
        |field: &HtmlInputElement| ["/api/people?query=", &url::escaped(&field.value())].concat();
    let (asked, around) = (path(&field), surroundings());
    let (reasons, answer) =
        (around.reasons(), demand(around.session, "GET", asked.clone(), String::new()));
    spawn_local(async move {
        let answer = answer.await;
        if asked != path(&field) {
            return;
        }
        let answer = read::<PeopleList>(answer).map(|people| {
            let person = |found: FoundPerson| Person { id: found.id, username: found.username };
            let _ = found.try_set(people.people.into_iter().map(person).collect());
        });
        tell(failed, reasons, answer.err());
    });
}

/// Somebody who may come in.
fn candidate(person: &Person, manage: &Manage) -> Item {
    let (person, manage) = (person.clone(), manage.clone());
    let key = person.id.as_str().to_owned();
    let draw = move || {
        let el = scoped(style_sheet!("app/src/components/dialog/details.css"));
        let name = person_name(words(), &person.username);
        let add = el("button", "add")
            .attr("type", "button")
            .test_id("add")
            .child(avatar(person.id.as_str(), &name))
            .child(el("bdi", "name").text(name))
            .on("click", move |_| {
                manage.add(person.id.clone());
                // The button goes as soon as they are in; the next name is written there.
                focus(SEARCH_ID);
            });
        el("li", "found").child(add)
    };
    Item { key, draw: Box::new(draw) }
}
