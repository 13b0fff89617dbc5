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

/// For programs that read the page. The browser knows how to write it and need not download it.
fn machine_text(at: Timestamp) -> String {
    if cfg!(target_arch = "wasm32") {
        return date(at).to_iso_string().into();
    }
    at.into()
}

fn utc_text(at: Timestamp, precision: Precision) -> String {
    clock_text(at.unix_ms() / 1000, precision)
}

fn local_text(at: Timestamp, precision: Precision) -> String {
    // In minutes, and negative in the east.
    let behind = date(at).get_timezone_offset() as i64;
    clock_text((at.unix_ms() / 1000).saturating_add_signed(-behind * 60), precision)
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
}
