//! The way to anywhere: a field, and what is found for it.

use confab_protocol::{
    Dialog, DialogKind, UserId, json,
    rest::{Found, FoundMessage, FoundPerson, NewDialog},
};
use leptos::{
    ev,
    prelude::*,
    task::{spawn_local, tick},
};
use std::{sync::Arc, time::Duration};
use stylers_macro::style_sheet;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, KeyboardEvent};

use super::{
    Reasons,
    avatar::avatar,
    chat::{Chat, chat, is_plain, leads_to, target},
    modal::{self, goes_when_left},
    surroundings,
    time::when_text,
    url, words,
};
use crate::{
    Open, Page, Session,
    data::{demand, read},
    dom::{Element, Html, frame, scoped, switch},
    names::{dialog_name, person_name},
    words::{Words, fill},
};

/// The id of the window.
const PALETTE_ID: &str = "palette";
/// The id of its field.
const FIELD_ID: &str = "palette-field";

/// A line of what is found.
const RESULT: &str = "#palette a";

/// How long to wait for the next letter before asking the server.
const PAUSE: Duration = Duration::from_millis(150);

/// How many dialogs are offered before anything is looked for.
const OFFERED: usize = 8;

/// Opens the palette, where there is JavaScript; otherwise the link leads to the page for it.
pub fn opens_palette<const FRAME: bool>(link: Element<FRAME>) -> Element<FRAME> {
    link.on("click", |event| {
        if is_plain(&event) {
            event.prevent_default();
            open_palette();
        }
    })
}

/// Opens the palette with what was looked for last, to be written over.
pub fn open_palette() {
    modal::open(PALETTE_ID);
    if let Some(field) = document().get_element_by_id(FIELD_ID) {
        field.unchecked_into::<HtmlInputElement>().select();
    }
}

/// A field to find dialogs, people and messages by; the arrows go through what is found, and Enter
/// opens it. How much is found is said aloud, or why nothing is; what it is, is there to be gone through.
///
/// On the server: closed and empty.
#[component]
pub fn Palette() -> Html {
    let el = frame(style_sheet!("app/src/components/palette.css"));
    let words = words();
    let Some(chat) = chat() else { return Html::nothing() };
    let search = Search::default();
    let results = switch(
        move || {
            let place = |found: &Arc<Found>| Arc::as_ptr(found).addr();
            (search.query.get(), search.found.with(|found| found.as_ref().map(place)))
        },
        move |(query, _)| match search.found.get_untracked() {
            Some(found) if !query.is_empty() => results(search, &found),
            _ => offered(words, chat, query),
        },
    );
    let field = el("input", "field")
        .attr("id", FIELD_ID)
        .attr("type", "search")
        .attr("autocomplete", "off")
        .attr("aria-label", words.search())
        .attr("placeholder", words.search_for())
        .test_id("palette-field")
        .on("input", move |event| search.typed(&event));
    let told = el("p", "told")
        .attr("role", "status")
        .test_id("palette-told")
        .text_live(move || search.told.get());
    let inside = el("div", "inside")
        .on("keydown", |event| moved(&event))
        .child(field)
        .child(told)
        .child(el("div", "results").child(results));
    let window = el("dialog", "palette")
        .attr("id", PALETTE_ID)
        .attr("aria-label", words.search())
        .test_id("palette")
        .child(inside);
    goes_when_left(window).into()
}

/// A search; copies are the same.
#[derive(Clone, Copy, Default)]
struct Search {
    query: RwSignal<String>,
    /// What was found, if anything was looked for.
    found: RwSignal<Option<Arc<Found>>>,
    /// How much that is, or what went wrong.
    told: RwSignal<String>,
}

impl Search {
    /// Another letter: the server is asked once no more come.
    fn typed(self, event: &ev::Event) {
        let field = target(event).and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
        let Some(text) = field.map(|field| field.value().trim().to_owned()) else { return };
        self.query.set(text.clone());
        let around = surroundings();
        let (session, reasons) = (around.session, around.reasons());
        let look = move || {
            if self.query.with_untracked(|query| *query == text) {
                self.ask(session, reasons);
            }
        };
        session.browser(|browser| browser.after(PAUSE, Box::new(look)));
    }

    /// Asks the server, and shows its answer if that is still the question.
    fn ask(self, session: Session, reasons: Reasons) {
        let asked = self.query.get_untracked();
        if asked.is_empty() {
            self.told.set(String::new());
            return self.found.set(None);
        }
        let path = ["/api/search?query=", &url::escaped(&asked)].concat();
        let answer = demand(session, "GET", path, String::new());
        spawn_local(async move {
            let answer = read::<Found>(answer.await);
            if self.query.with_untracked(|query| *query != asked) {
                return;
            }
            self.told.set(match &answer {
                Ok(found) => reasons.found(count(found)),
                Err(error) => reasons.trouble(error),
            });
            let chosen = chosen();
            self.found.set(answer.ok().map(Arc::new));
            if let Some(chosen) = chosen {
                tick().await;
                choose(&chosen);
            }
        });
    }

    /// Opens the dialog with a person, a new one if there is none.
    fn write_to(self, person: UserId) {
        let Some(chat) = chat() else { return };
        let new = NewDialog { kind: DialogKind::Direct, members: vec![person], title: None };
        let around = surroundings();
        let (path, reasons) = ("/api/dialogs".to_owned(), around.reasons());
        let answer = demand(around.session, "POST", path, json::write(&new));
        spawn_local(async move {
            match read::<Dialog>(answer.await) {
                Ok(dialog) => {
                    chat.dialogs.refetch();
                    modal::close(PALETTE_ID);
                    chat.go(Open::dialog(dialog.dialog_id));
                }
                Err(error) => self.told.set(reasons.trouble(&error)),
            }
        });
    }
}

fn count(found: &Found) -> usize {
    found.dialogs.len() + found.people.len() + found.messages.len()
}

/// The latest dialogs, or those whose name begins so.
fn offered(words: &'static Words, chat: Chat, query: &str) -> Html {
    let lines = chat.dialogs.data.with_untracked(|list| {
        let dialogs = list.iter().flat_map(|list| &list.dialogs);
        let fits = |dialog: &&Dialog| begins(&dialog_name(words, dialog), query);
        dialogs.filter(fits).take(OFFERED).map(|dialog| to_dialog(words, dialog)).collect()
    });
    group("", lines)
}

/// Whether a name begins so, by the letters that have no case to speak of, or have it in ASCII.
fn begins(name: &str, query: &str) -> bool {
    let mut name = name.chars();
    query.chars().all(|letter| name.next().is_some_and(|c| c.eq_ignore_ascii_case(&letter)))
}

fn results(search: Search, found: &Found) -> Html {
    let words = words();
    let dialogs = found.dialogs.iter().map(|dialog| to_dialog(words, dialog)).collect();
    let people = found.people.iter().map(|person| to_person(words, search, person)).collect();
    let messages = found.messages.iter().map(|message| to_message(words, message)).collect();
    vec![
        group(words.dialogs(), dialogs),
        group(words.people(), people),
        group(words.messages(), messages),
    ]
    .into()
}

fn group(heading: &'static str, lines: Vec<Element>) -> Html {
    let el = scoped(style_sheet!("app/src/components/palette.css"));
    if lines.is_empty() {
        return Html::nothing();
    }
    let lines = lines.into_iter().map(|line| el("li", "row").child(line));
    let heading = (!heading.is_empty()).then(|| el("h3", "heading").text(heading));
    el("section", "group").children(heading).child(el("ul", "rows").children(lines)).into()
}

/// A line that closes the palette when it is followed.
fn line(link: Element) -> Element {
    link.test_id("result").on("click", |event| {
        if is_plain(&event) {
            modal::close(PALETTE_ID);
        }
    })
}

fn to_dialog(words: &Words, dialog: &Dialog) -> Element {
    let el = scoped(style_sheet!("app/src/components/palette.css"));
    let name = dialog_name(words, dialog);
    let id = dialog.peer.as_ref().map_or(dialog.dialog_id.as_str(), |peer| peer.id.as_str());
    let link = el("a", "result").child(avatar(id, &name)).child(el("bdi", "name").text(name));
    leads_to(line(link), Open::dialog(dialog.dialog_id.clone()))
}

fn to_person(words: &Words, search: Search, person: &FoundPerson) -> Element {
    let el = scoped(style_sheet!("app/src/components/palette.css"));
    let (id, name) = (person.id.clone(), person_name(words, &person.username));
    let write = move |event: ev::Event| {
        if is_plain(&event) {
            event.prevent_default();
            search.write_to(id.clone());
        }
    };
    el("a", "result")
        .attr("href", [Page::People.path(), "?query=", &url::escaped(&name)].concat())
        .test_id("result")
        .child(avatar(person.id.as_str(), &name))
        .child(el("bdi", "name").text(name))
        .on("click", write)
}

fn to_message(words: &Words, message: &FoundMessage) -> Element {
    let el = scoped(style_sheet!("app/src/components/palette.css"));
    let place = message.dialog_name.clone().unwrap_or_else(|| words.lobby().to_owned());
    let sender = person_name(words, &message.sender_name);
    let pieces = message.pieces.iter().map(|piece| match piece.hit {
        true => Html::from(el("mark", "hit").text(piece.text.clone())),
        false => piece.text.clone().into(),
    });
    let link = el("a", "result said")
        .child(el("bdi", "name").text(fill(words.said_in(), &[&sender, &place])))
        .child(el("span", "when").text(when_text(message.created_at)))
        .child(el("span", "what").attr("dir", "auto").children(pieces));
    leads_to(line(link), Open { at: Some(message.seq), ..Open::dialog(message.dialog_id.clone()) })
}

/// Where the line leads that the arrows have gone to, if they have.
fn chosen() -> Option<String> {
    let active = document().active_element()?;
    active.closest(RESULT).ok()??.get_attribute("href")
}

/// Goes on to the line that leads there in what is found now, or back to the field: who has chosen
/// must not be led elsewhere by an answer that comes a moment later.
fn choose(chosen: &str) {
    let same = document().query_selector(&[RESULT, "[href=\"", chosen, "\"]"].concat());
    let field = || document().get_element_by_id(FIELD_ID);
    if let Some(next) = same.ok().flatten().or_else(field) {
        let _ = next.unchecked_into::<HtmlElement>().focus();
    }
}

/// The arrows go through what is found; Enter in the field follows the first.
fn moved(event: &ev::Event) {
    let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
    let (Some(window), Some(active)) =
        (document().get_element_by_id(PALETTE_ID), document().active_element())
    else {
        return;
    };
    let Ok(found) = window.query_selector_all("a") else { return };
    let at = |place: u32| found.item(place).map(|node| node.unchecked_into::<HtmlElement>());
    let here = (0..found.length())
        .find(|place| at(*place).is_some_and(|link| link.is_same_node(Some(&active))));
    let next = match (key.key().as_str(), here) {
        _ if key.is_composing() => return,
        ("ArrowDown", None) => at(0),
        ("ArrowDown", Some(here)) => at(here + 1),
        ("ArrowUp", Some(0)) => {
            document().get_element_by_id(FIELD_ID).map(|field| field.unchecked_into())
        }
        ("ArrowUp", Some(here)) => at(here - 1),
        ("Enter", None) => {
            key.prevent_default();
            return at(0).iter().for_each(|link| link.click());
        }
        _ => return,
    };
    key.prevent_default();
    if let Some(next) = next {
        let _ = next.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_begins_as_it_is_written_in_any_case_of_ascii() {
        assert!(begins("Anna", "an") && begins("Anna", "") && begins("Ганна", "Ган"));
        assert!(!begins("Anna", "nn") && !begins("An", "Anna"));
    }
}
