//! The one way to write a time: RFC 3339 in UTC with milliseconds, `2026-11-20T15:56:12.345Z`.
//!
//! Calendar and text are done by hand, because the browser downloads them; a test holds them
//! against a crate that is made for it. The calendar is that of Howard Hinnant's *chrono-compatible
//! low-level date algorithms*: years that begin in March have their leap day at the end.

use std::fmt;

use thiserror::Error;

use crate::json::{Fit, FromJson, Json, ToJson, Writer};

/// The text is not an RFC 3339 time in UTC.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("a time is written as RFC 3339 in UTC, like 2026-11-20T15:56:12.345Z")]
pub struct InvalidTimestamp;

/// The last moment that four digits of a year can say; a later one is written as this.
const LAST_MS: u64 = 253_402_300_799_999;

const DAY_MS: u64 = 86_400_000;

/// Days from the first of March of year 0 to the first of January 1970.
const EPOCH_DAYS: u64 = 719_468;

/// A time without its numbers.
const FORM: &[u8; 24] = b"0000-00-00T00:00:00.000Z";

/// Where the digits of year, month, day, hour, minute, second and millisecond stand in
/// `2026-11-20T15:56:12.345Z`, and how many they are.
const PLACES: [(usize, usize); 7] = [(0, 4), (5, 2), (8, 2), (11, 2), (14, 2), (17, 2), (20, 3)];

/// A wall-clock moment to show to people; never to wait by. Milliseconds since 1970 in UTC.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize, serde::Serialize),
    serde(try_from = "String", into = "String")
)]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(value_type = String, format = DateTime, example = "2026-11-20T15:56:12.345Z")
)]
pub struct Timestamp(u64);

impl Timestamp {
    /// A moment from milliseconds since 1970 in UTC.
    pub const fn from_unix_ms(unix_ms: u64) -> Self {
        Self(unix_ms)
    }

    /// Milliseconds since 1970 in UTC.
    pub const fn unix_ms(self) -> u64 {
        self.0
    }

    /// Reads `2026-11-20T15:56:12.345Z`.
    ///
    /// # Errors
    ///
    /// [`InvalidTimestamp`] for anything else, and for times before 1970.
    pub fn parse(text: &str) -> Result<Self, InvalidTimestamp> {
        Self::read(text).ok_or(InvalidTimestamp)
    }

    fn read(text: &str) -> Option<Self> {
        if text.len() != FORM.len() {
            return None;
        }
        let (mut numbers, mut place) = ([0; 7], 0);
        for (byte, sign) in text.bytes().zip(*FORM) {
            match (byte, sign) {
                (b'0'..=b'9', b'0') => {
                    let number = numbers.get_mut(place)?;
                    *number = *number * 10 + u64::from(byte - b'0');
                }
                _ if byte == sign => place += 1,
                _ => return None,
            }
        }
        let [year, month, day, hour, minute, second, milliseconds] = numbers;
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let days = days(year, month, day)?;
        let of_day = ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
        Some(Self(days * DAY_MS + of_day))
    }

    /// The time as text, without the detour over a formatter.
    fn text(self) -> String {
        let ms = self.0.min(LAST_MS);
        let (of_day, (year, month, day)) = (ms % DAY_MS, date(ms / DAY_MS));
        let seconds = of_day / 1000;
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let mut text = *FORM;
        let numbers = [year, month, day, hour, minute, second, of_day % 1000];
        for ((at, digits), mut number) in PLACES.into_iter().zip(numbers) {
            for digit in text.iter_mut().skip(at).take(digits).rev() {
                *digit = b'0' + (number % 10) as u8;
                number /= 10;
            }
        }
        text.into_iter().map(char::from).collect()
    }
}

/// Days since 1970; nothing for a date that no calendar has, or before.
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    if !(1..=12).contains(&month) || day == 0 {
        return None;
    }
    let year_from_march = if month > 2 { year } else { year.checked_sub(1)? };
    let (era, of_era) = (year_from_march / 400, year_from_march % 400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    let days = days.checked_sub(EPOCH_DAYS)?;
    // A thirtieth of February would be a day of March.
    (date(days) == (year, month, day)).then_some(days)
}

/// Year, month and day of a day since 1970.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + EPOCH_DAYS;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next_year) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + next_year, month, day)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text())
    }
}

impl FromJson for Timestamp {
    fn from_json(json: &Json<'_>, fit: &mut Fit) -> Self {
        Self::read(json.text(fit)).unwrap_or_else(|| {
            fit.misfit();
            Self(0)
        })
    }
}

impl ToJson for Timestamp {
    fn write_json(&self, writer: &mut Writer) {
        writer.string(&self.text());
    }
}

impl TryFrom<String> for Timestamp {
    type Error = InvalidTimestamp;
    fn try_from(text: String) -> Result<Self, InvalidTimestamp> {
        Self::parse(&text)
    }
}

impl From<Timestamp> for String {
    fn from(timestamp: Timestamp) -> String {
        timestamp.text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::{Duration, SystemTime};

    /// What the crate that is made for it says.
    fn reference(text: &str) -> Option<Timestamp> {
        let time = humantime::parse_rfc3339(text).ok()?;
        let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        u64::try_from(since.as_millis()).ok().map(Timestamp)
    }

    fn reference_text(unix_ms: u64) -> String {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(unix_ms);
        humantime::format_rfc3339_millis(time).to_string()
    }

    #[test]
    fn a_time_survives_the_wire() {
        let time = Timestamp::from_unix_ms(1_795_190_172_345);
        assert_eq!(time.unix_ms(), 1_795_190_172_345);
        assert_eq!(time.to_string(), "2026-11-20T15:56:12.345Z");
        assert_eq!(Timestamp::parse("2026-11-20T15:56:12.345Z"), Ok(time));
    }

    #[test]
    fn what_no_clock_says_is_refused() {
        for text in [
            "yesterday",
            "",
            "Z",
            "1969-12-31T23:59:59.000Z",
            "2026-02-29T00:00:00.000Z",
            "2100-02-29T00:00:00.000Z",
            "2026-00-01T00:00:00.000Z",
            "2026-13-01T00:00:00.000Z",
            "2026-01-00T00:00:00.000Z",
            "2026-03-00T00:00:00.000Z",
            "2026-04-31T00:00:00.000Z",
            "2026-01-01T24:00:00.000Z",
            "2026-01-01T00:60:00.000Z",
            "2026-01-01 00:00:00.000Z",
            "2026-01-01T00:00:00.000",
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00.1234Z",
            "2026-01-01T00:00:00.00xZ",
            "2026-01-01T00:00:00,000Z",
            "+026-01-01T00:00:00.000Z",
            "0000-01-01T00:00:00.000Z",
        ] {
            assert_eq!(Timestamp::parse(text), Err(InvalidTimestamp), "{text}");
        }
    }

    #[test]
    fn every_day_of_four_hundred_years_reads_as_it_is_written() {
        // The calendar repeats after that.
        for day in 0..=146_097 {
            let time = Timestamp(day * DAY_MS + day % DAY_MS);
            assert_eq!(Timestamp::parse(&time.to_string()), Ok(time));
        }
    }

    #[test]
    fn a_time_beyond_four_digits_of_a_year_is_written_as_the_last() {
        assert_eq!(Timestamp(u64::MAX).to_string(), "9999-12-31T23:59:59.999Z");
    }

    proptest! {
        #[test]
        fn texts_are_those_of_humantime(unix_ms in 0..=LAST_MS) {
            prop_assert_eq!(Timestamp(unix_ms).to_string(), reference_text(unix_ms));
        }

        #[test]
        fn times_are_those_of_humantime(
            text in "(19[67]|20[012]|9[89]9)[0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-5][0-9]\\.[0-9]{3}Z"
        ) {
            prop_assert_eq!(Timestamp::parse(&text).ok(), reference(&text));
        }

        #[test]
        fn no_text_is_too_strange(text in any::<String>()) {
            let _ = Timestamp::parse(&text);
        }
    }
}
