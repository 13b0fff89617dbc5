//! Times of day, in the viewer's zone.
//!
//! On the server, and in the first render of the browser, which must equal the server's, times are
//! shown in UTC; right after that they change.

use confab_protocol::Timestamp;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::surroundings;
use crate::dom::Element;

/// How much of the time is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Precision {
    /// 15:56
    Minutes,
    /// 15:56:12
    Seconds,
}

/// The time of day of a moment, with the full date for whoever points at it.
pub fn time_of_day(at: Timestamp, precision: Precision) -> Element {
    let around = surroundings();
    let (local, language) = (around.is_alive, around.language.code());
    Element::new("time")
        .attr("datetime", machine_text(at))
        .attr_live("title", move || local.get().then(|| local_date(at, language)))
        .text_live(move || time_text(local, at, precision))
}

/// The time of day as text.
pub fn time_text(local: RwSignal<bool>, at: Timestamp, precision: Precision) -> String {
    match local.get() {
        true => local_text(at, precision),
        false => utc_text(at, precision),
    }
}

/// A day of the viewer's calendar, counted from 1970.
pub type Day = i64;

const DAY_MS: i64 = 86_400_000;

/// How much room a day's name has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Room {
    /// "Friday", "20 November"
    Wide,
    /// "Fri", "20 Nov"
    Narrow,
}

/// On which day something happened: the viewer's, or that of UTC before the page is alive.
pub fn day_of(at: Timestamp, is_alive: bool) -> Day {
    let behind = if is_alive { behind_utc(at) } else { 0 };
    (at.unix_ms() as i64 - behind * 60_000).div_euclid(DAY_MS)
}

/// The name of a day: "Today", "Yesterday", a weekday of the last seven, a date. Before the page is
/// alive nobody knows what day the viewer has: then the date as programs write it.
pub fn day_text(day: Day, room: Room) -> String {
    let around = surroundings();
    let Some(today) = around.today.get() else {
        return machine_text(moment(day)).chars().take("2026-11-20".len()).collect();
    };
    let (width, names) = match room {
        Room::Wide => ("long", [around.words.today(), around.words.yesterday()]),
        Room::Narrow => ("short", [""; 2]),
    };
    match today - day {
        0 if room == Room::Wide => names[0].to_owned(),
        1 if room == Room::Wide => names[1].to_owned(),
        0..7 => calendar_text(day, &[("weekday", width)]),
        // In another year the year is worth saying.
        -200..=200 => calendar_text(day, &[("day", "numeric"), ("month", width)]),
        _ => calendar_text(day, &[("day", "numeric"), ("month", width), ("year", "numeric")]),
    }
}

/// When something happened, as short as can be: a time of today, or a day.
pub fn when_text(at: Timestamp) -> String {
    let today = surroundings().today.get();
    let day = day_of(at, today.is_some());
    match today {
        Some(today) if today == day => local_text(at, Precision::Minutes),
        _ => day_text(day, Room::Narrow),
    }
}

/// Today, by the viewer's clock.
pub fn today() -> Day {
    day_of(Timestamp::from_unix_ms(js_sys::Date::now() as u64), true)
}

fn moment(day: Day) -> Timestamp {
    Timestamp::from_unix_ms((day * DAY_MS) as u64)
}

/// As the language writes it.
fn calendar_text(day: Day, parts: &[(&str, &str)]) -> String {
    let options = js_sys::Object::new();
    for (name, value) in parts.iter().chain(&[("timeZone", "UTC")]) {
        let _ = js_sys::Reflect::set(&options, &(*name).into(), &(*value).into());
    }
    let language = surroundings().language.code();
    date(moment(day)).to_locale_date_string(language, &options).into()
}

/// For programs that read the page. The browser knows how to write it and need not download it.
pub fn machine_text(at: Timestamp) -> String {
    if cfg!(target_arch = "wasm32") {
        return date(at).to_iso_string().into();
    }
    at.into()
}

fn utc_text(at: Timestamp, precision: Precision) -> String {
    clock_text(at.unix_ms() / 1000, precision)
}

fn local_text(at: Timestamp, precision: Precision) -> String {
    clock_text((at.unix_ms() / 1000).saturating_add_signed(-behind_utc(at) * 60), precision)
}

/// How many minutes the viewer's clock is behind UTC; negative in the east.
fn behind_utc(at: Timestamp) -> i64 {
    date(at).get_timezone_offset() as i64
}

fn date(at: Timestamp) -> js_sys::Date {
    js_sys::Date::new(&JsValue::from_f64(at.unix_ms() as f64))
}

fn clock_text(seconds: u64, precision: Precision) -> String {
    let parts = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60];
    let shown = match precision {
        Precision::Minutes => 2,
        Precision::Seconds => 3,
    };
    let mut text = String::with_capacity(8);
    for (index, part) in parts.into_iter().take(shown).enumerate() {
        if index > 0 {
            text.push(':');
        }
        text.extend([part / 10, part % 10].map(|digit| char::from(b'0' + digit as u8)));
    }
    text
}

fn local_date(at: Timestamp, language: &str) -> String {
    String::from(date(at).to_locale_string(language, &JsValue::UNDEFINED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_two_digits_everywhere() {
        let at = Timestamp::parse("2026-11-20T05:06:07.999Z").unwrap();
        assert_eq!(utc_text(at, Precision::Minutes), "05:06");
        assert_eq!(utc_text(at, Precision::Seconds), "05:06:07");
    }

    #[test]
    fn a_day_ends_at_midnight() {
        let day = |text| day_of(Timestamp::parse(text).unwrap(), false);
        let late = day("2026-11-20T23:59:59.999Z");
        assert_eq!(day("2026-11-20T00:00:00.000Z"), late);
        assert_eq!(day("2026-11-21T00:00:00.000Z"), late + 1);
        assert_eq!(moment(late), Timestamp::parse("2026-11-20T00:00:00.000Z").unwrap());
    }
}
