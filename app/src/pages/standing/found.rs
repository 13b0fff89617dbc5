//! What was found, on a page that the server alone writes: someone and whether they are there, and
//! when something was.

use confab_protocol::{PresenceState, Timestamp, rest::FoundPerson};
use stylers_macro::style_sheet;

use super::form::Desk;
use crate::{
    dom::{Element, scoped},
    names::person_name,
};

/// How much of a time is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Precision {
    /// 2026-11-20
    Day,
    /// 2026-11-20 15:56
    Minute,
}

/// Makes elements of this sheet.
pub fn el(tag: &'static str, class: &'static str) -> Element {
    scoped(style_sheet!("app/src/pages/standing/found.css"))(tag, class)
}

/// A moment, in UTC and saying so. The page's script puts it into the viewer's zone.
pub fn time(at: Timestamp, precision: Precision) -> Element {
    let machine = String::from(at);
    let (day, rest) = machine.split_once('T').unwrap_or((&machine, ""));
    let minute = rest.get(..5).unwrap_or_default();
    let (shown, word) = match precision {
        Precision::Day => (day.to_owned(), "day"),
        Precision::Minute => ([day, " ", minute, " UTC"].concat(), "minute"),
    };
    el("time", "time").attr("datetime", machine.clone()).attr("data-precision", word).text(shown)
}

/// Someone's name, and whether they are there: as a light, and in words.
pub fn person(desk: &Desk, person: &FoundPerson) -> [Element; 2] {
    let name = person_name(desk.words, &person.username);
    [el("span", "name").attr("dir", "auto").text(name), presence(desk, person)]
}

fn presence(desk: &Desk, person: &FoundPerson) -> Element {
    let texts = &desk.texts.presence;
    let (state, word) = match person.presence.state {
        PresenceState::Online => ("online", texts.online),
        PresenceState::Away => ("away", texts.away),
        PresenceState::Offline => ("offline", texts.offline),
    };
    let line = el("span", "presence").attr("data-state", state);
    match (person.presence.state, person.presence.last_seen_at) {
        (PresenceState::Offline, Some(at)) => {
            let (before, after) = texts.last_seen.split_once("{}").unwrap_or_default();
            let line = line.text(before).child(time(at, Precision::Minute));
            if after.is_empty() { line } else { line.text(after) }
        }
        _ => line.text(word),
    }
}
