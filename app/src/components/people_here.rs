//! Who is here.

use confab_protocol::Person;
use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{surroundings, words};
use crate::{
    data::People,
    dom::{Element, Html, Item, list, scoped},
};

/// How many names are drawn; the rest is a number.
const SHOWN: usize = 50;

/// The people in the lobby, ourselves among them: several tabs are one person.
///
/// On the server: nobody yet; the list comes with the connection.
#[component]
pub fn PeopleList() -> Html {
    let el = scoped(style_sheet!("app/src/components/people_here.css"));
    let around = surroundings();
    let (language, words) = (around.language, words());
    let reading = around.live.read::<People>(());
    let count = move || reading.data.with(|here| here.as_ref().map_or(0, |here| here.count));
    let more = move || match count().saturating_sub(SHOWN as u64) {
        0 => String::new(),
        more => language.count(&words.people_more, more),
    };
    let names = move || {
        reading.data.with(|here| {
            let listed = here.iter().flat_map(|here| &here.listed);
            listed.take(SHOWN).map(item).collect()
        })
    };
    el("aside", "people")
        .attr("aria-label", words.people)
        .child(
            el("h2", "heading")
                .test_id("people-count")
                .text_live(move || language.count(&words.people_here, count())),
        )
        .child(el("ul", "names").test_id("people").child(list(names)))
        .child(el("p", "more").text_live(more))
        .into()
}

/// A person under another name is drawn anew.
fn item(person: &Person) -> Item {
    let mut key = person.id.as_str().to_owned();
    key.push('/');
    key.push_str(person.username.as_str());
    let person = person.clone();
    Item { key, draw: Box::new(move || name(person)) }
}

fn name(person: Person) -> Element {
    let el = scoped(style_sheet!("app/src/components/people_here.css"));
    let (session, you) = (surroundings().session, words().you);
    let name = person.username.as_str().to_owned();
    let is_you = move || session.you.with(|you| you.id == person.id);
    el("li", "person")
        .child(el("span", "dot").attr("aria-hidden", "true"))
        .child(el("bdi", "name").text(name))
        .child(el("span", "you").text_live(move || match is_you() {
            true => you.to_owned(),
            false => String::new(),
        }))
}
