//! Times of day, in the viewer's zone.

use confab_protocol::Timestamp;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::surroundings;

/// Whether the page may use the viewer's time zone.
///
/// On the server, and in the first render of the browser, which must equal the server's, times are
/// shown in UTC; right after that they change.
#[derive(Clone, Copy)]
pub struct LocalTime(pub RwSignal<bool>);

/// How much of the time is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Precision {
    /// 15:56
    Minutes,
    /// 15:56:12
    Seconds,
}

/// The time of day of a moment, with the full date for whoever points at it.
#[component]
pub fn TimeOfDay(at: Timestamp, precision: Precision) -> impl IntoView {
    let local = surroundings().local_time.0;
    let text = move || if local.get() { local_text(at, precision) } else { utc_text(at, precision) };
    let full = move || local.get().then(|| local_date(at));
    view! { <time datetime=at.to_string() title=full>{text}</time> }
}

/// The time of day as text.
pub fn time_text(at: Timestamp, precision: Precision) -> String {
    match surroundings().local_time.0.get() {
        true => local_text(at, precision),
        false => utc_text(at, precision),
    }
}

fn utc_text(at: Timestamp, precision: Precision) -> String {
    let seconds = at.unix_ms() / 1000;
    clock_text([seconds / 3600 % 24, seconds / 60 % 60, seconds % 60], precision)
}

fn local_text(at: Timestamp, precision: Precision) -> String {
    let date = js_sys::Date::new(&JsValue::from_f64(at.unix_ms() as f64));
    let parts = [date.get_hours(), date.get_minutes(), date.get_seconds()];
    clock_text(parts.map(u64::from), precision)
}

fn clock_text([hours, minutes, seconds]: [u64; 3], precision: Precision) -> String {
    match precision {
        Precision::Minutes => format!("{hours:02}:{minutes:02}"),
        Precision::Seconds => format!("{hours:02}:{minutes:02}:{seconds:02}"),
    }
}

fn local_date(at: Timestamp) -> String {
    let date = js_sys::Date::new(&JsValue::from_f64(at.unix_ms() as f64));
    let language = JsValue::from_str(surroundings().language.code());
    String::from(date.to_locale_string("default", &language))
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
