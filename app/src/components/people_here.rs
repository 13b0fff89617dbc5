//! Who is here.

use confab_protocol::Person;
use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{Surroundings, surroundings, words};
use crate::{
    Language,
    data::People,
    dom::{Element, Html, Item, frame, list, scoped},
    live::{EntryState, Reading},
    words::{Words, digits},
};

/// How many names are drawn; the rest is a number.
const SHOWN: usize = 50;

/// The id of the list, by which its button opens it.
const LIST_ID: &str = "people";
/// The id of how many there are, in words.
const COUNT_ID: &str = "people-count";

/// How many people are here, where the list beside the conversation has no room: it opens the list.
///
/// On the server: nothing yet.
#[component]
pub fn PeopleButton() -> Html {
    let el = scoped(style_sheet!("app/src/components/people_here.css"));
    let here = Here::read();
    el("button", "open")
        .attr("type", "button")
        .attr("popovertarget", LIST_ID)
        .flag_live("data-stale", move || here.is_stale())
        .attr("aria-labelledby", COUNT_ID)
        .test_id("people-open")
        .text_live(move || match here.count() {
            0 => String::new(),
            count => digits(count),
        })
        .into()
}

/// The people in the lobby, ourselves among them: several tabs are one person. Beside the
/// conversation, or over it where there is no room ([`PeopleButton`]). Once nobody vouches for it any
/// more, those who were here stay, grey, and are not counted.
///
/// On the server: nobody yet; the list comes with the connection.
#[component]
pub fn PeopleList() -> Html {
    let el = frame(style_sheet!("app/src/components/people_here.css"));
    let here = Here::read();
    let words = here.words;
    let count = move || match here.count() {
        0 => String::new(),
        count => here.language.count(&words.people_here(), count),
    };
    let more = move || match here.count().saturating_sub(SHOWN as u64) {
        0 => String::new(),
        more => here.language.count(&words.people_more(), more),
    };
    let was_counted =
        move || here.reading.data.with(|here| here.as_ref().is_some_and(|it| it.count > 0));
    let stale = move || match here.is_stale() && was_counted() {
        true => words.people_stale().to_owned(),
        false => String::new(),
    };
    let names = move || {
        here.reading.data.with(|here| {
            let listed = here.iter().flat_map(|here| &here.listed);
            listed.take(SHOWN).map(item).collect()
        })
    };
    el("aside", "people")
        .attr("id", LIST_ID)
        .attr("popover", "auto")
        .flag_live("data-stale", move || here.is_stale())
        .attr("aria-label", words.people())
        .child(el("h2", "heading").attr("id", COUNT_ID).test_id(COUNT_ID).text_live(count))
        .child(el("p", "more").test_id("people-stale").text_live(stale))
        .child(el("ul", "names").test_id("people").child(list(names)))
        .child(el("p", "more").text_live(more))
        .into()
}

/// Who is here, as the list and its button read it.
#[derive(Clone, Copy)]
struct Here {
    reading: Reading<People>,
    language: Language,
    words: &'static Words,
}

impl Here {
    fn read() -> Self {
        let Surroundings { language, words, live, .. } = surroundings();
        Self { reading: live.read::<People>(()), language, words }
    }

    /// How many; 0 as long as nobody says so, since we are here ourselves.
    #[inline(never)]
    fn count(self) -> u64 {
        if self.is_stale() {
            return 0;
        }
        self.reading.data.with(|here| here.as_ref().map_or(0, |here| here.count))
    }

    #[inline(never)]
    fn is_stale(self) -> bool {
        self.reading.state.with(|state| *state != EntryState::Fresh)
    }
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
    let (session, you) = (surroundings().session, words().you());
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
