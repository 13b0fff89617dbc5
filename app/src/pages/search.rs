//! `/search`: people, dialogs, and what was said.

use confab_protocol::{
    Dialog, DialogId, DialogKind, Seq,
    rest::{Found, FoundMessage, FoundPerson},
};
use stylers_macro::style_sheet;

use super::standing::{
    form::{self, Desk, hidden},
    found::{Precision, person, time},
};
use crate::{
    Page,
    dom::{Element, scoped},
    names::{dialog_name, person_name},
    words::{digits, fill},
};

/// What `/search` shows.
#[derive(Clone, Debug)]
pub struct SearchPage {
    /// What was looked for.
    pub query: String,
    /// What there is of it.
    pub outcome: Outcome,
}

/// What became of a search.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Nothing was looked for yet.
    NotAsked,
    /// This was found.
    Found(Box<Found>),
    /// The database did not answer.
    Unavailable,
}

/// The search and what it found, each a way to the place.
pub fn main(desk: &Desk, page: SearchPage) -> Element {
    let el = scoped(style_sheet!("app/src/pages/search.css"));
    let texts = &desk.texts.search;
    let told = told(desk, &page);
    let form = form::el("form", "form")
        .attr("method", "get")
        .attr("action", Page::Search.path())
        .attr("role", "search")
        .child(form::search(texts.query, texts.find, page.query));
    let mut main = desk
        .main(el("main", "search"), texts.heading)
        .child(form)
        .child(el("p", "told").attr("role", "status").test_id("told").text(told));
    if let Outcome::Found(found) = page.outcome {
        let Found { people, dialogs, messages } = *found;
        let people = people.iter().map(|person| person_line(desk, person)).collect();
        let dialogs = dialogs.iter().map(|dialog| dialog_line(desk, dialog)).collect();
        let messages = messages.iter().map(|message| message_line(desk, message)).collect();
        main = main
            .children(part("found-people", texts.people, people))
            .children(part("found-dialogs", texts.dialogs, dialogs))
            .children(part("found-messages", texts.messages, messages));
    }
    main
}

/// How much was found, or why nothing was.
fn told(desk: &Desk, page: &SearchPage) -> String {
    let texts = &desk.texts.search;
    let Outcome::Found(found) = &page.outcome else {
        let is_asked = matches!(page.outcome, Outcome::Unavailable);
        return if is_asked { texts.unavailable } else { texts.about }.to_owned();
    };
    match found.people.len() + found.dialogs.len() + found.messages.len() {
        0 => fill(texts.nothing, &[page.query.trim()]),
        some => desk.language.count(&texts.found, some as u64),
    }
}

/// One kind of what was found; nothing if there is none of it.
fn part(id: &'static str, heading: &'static str, lines: Vec<Element>) -> Option<Element> {
    let el = scoped(style_sheet!("app/src/pages/search.css"));
    if lines.is_empty() {
        return None;
    }
    Some(form::section(id, heading).child(el("ul", "list").children(lines)))
}

fn person_line(desk: &Desk, found: &FoundPerson) -> Element {
    let el = scoped(style_sheet!("app/src/pages/search.css"));
    let name = person_name(desk.words, &found.username);
    let write = form::button(desk.texts.people.write)
        .attr("aria-label", fill(desk.texts.people.write_to, &[&name]));
    let form = el("form", "write")
        .attr("method", "post")
        .attr("action", Page::People.path())
        .child(hidden("to", found.id.as_str().to_owned()))
        .child(write);
    el("li", "line")
        .test_id("found-person")
        .child(el("span", "what").children(person(desk, found)))
        .child(form)
}

fn dialog_line(desk: &Desk, dialog: &Dialog) -> Element {
    let el = scoped(style_sheet!("app/src/pages/search.css"));
    let name = el("span", "name").attr("dir", "auto").text(dialog_name(desk.words, dialog));
    let about = match dialog.kind {
        DialogKind::Group => {
            let members = desk.language.count(&desk.texts.search.members, dialog.members);
            el("span", "about").text(members)
        }
        _ => el("span", "about").child(time(dialog.last_activity_at, Precision::Minute)),
    };
    let link = el("a", "link").attr("href", place(&dialog.dialog_id, None));
    el("li", "line").test_id("found-dialog").child(link.child(name).child(about))
}

fn message_line(desk: &Desk, message: &FoundMessage) -> Element {
    let el = scoped(style_sheet!("app/src/pages/search.css"));
    let name = message.dialog_name.clone().unwrap_or_else(|| desk.words.lobby().to_owned());
    let head = el("span", "head")
        .child(
            el("span", "name")
                .attr("dir", "auto")
                .text(person_name(desk.words, &message.sender_name)),
        )
        .child(el("span", "about").attr("dir", "auto").text(name))
        .child(el("span", "about").child(time(message.created_at, Precision::Minute)));
    let words = message.pieces.iter().map(|piece| {
        let tag = if piece.hit { "mark" } else { "span" };
        el(tag, "piece").text(piece.text.clone())
    });
    let link = el("a", "link").attr("href", place(&message.dialog_id, Some(message.seq)));
    el("li", "line")
        .test_id("found-message")
        .child(link.child(head).child(el("span", "words").attr("dir", "auto").children(words)))
}

/// The address of a dialog, or of a place in it.
fn place(dialog: &DialogId, seq: Option<Seq>) -> String {
    let dialog = ["/d/", dialog.as_str()].concat();
    match seq.map(|seq| digits(seq.0)) {
        Some(seq) => [&dialog, "?at=", &seq, "#m", &seq].concat(),
        None => dialog,
    }
}
