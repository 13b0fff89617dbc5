//! What a device went through lately, for who asks why it came too late.

use std::{collections::VecDeque, fmt};

use tokio::time::Instant;

use super::BEGAN;

/// How much of it is kept.
const LINES: usize = 24;

/// The last things that befell a device, and when.
#[derive(Debug, Default)]
pub struct Diary(VecDeque<String>);

impl Diary {
    /// One thing more.
    pub fn notes(&mut self, what: impl fmt::Debug) {
        if self.0.len() == LINES {
            self.0.pop_front();
        }
        self.0.push_back(format!("{} {what:?}", second(Instant::now())));
    }
}

impl fmt::Display for Diary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|line| write!(formatter, "\n      {line}"))
    }
}

/// A moment, in seconds since the devices began.
pub fn second(moment: Instant) -> String {
    format!("{:.3}", (moment - *BEGAN).as_secs_f64())
}
