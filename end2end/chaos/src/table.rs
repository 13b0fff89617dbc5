//! What came of a scenario: counts, and which of them are not as they must be.

use std::{fmt, time::Duration};

/// The counts of a scenario.
#[derive(Debug)]
pub struct Table {
    title: &'static str,
    rows: Vec<Row>,
    stories: Vec<String>,
}

#[derive(Debug)]
struct Row {
    name: String,
    value: String,
    /// What it must be, and whether it is.
    bound: Option<(String, bool)>,
}

impl Table {
    /// An empty one.
    pub fn new(title: &'static str) -> Self {
        Self { title, rows: Vec::new(), stories: Vec::new() }
    }

    /// Something worth knowing.
    pub fn tells(&mut self, name: impl Into<String>, value: impl fmt::Display) {
        self.rows.push(Row { name: name.into(), value: value.to_string(), bound: None });
    }

    /// Something that must be so.
    pub fn holds(
        &mut self,
        name: impl Into<String>,
        value: impl fmt::Display,
        bound: impl Into<String>,
        is_met: bool,
    ) {
        let bound = Some((bound.into(), is_met));
        self.rows.push(Row { name: name.into(), value: value.to_string(), bound });
    }

    /// Something of which there must be none.
    pub fn is_none(&mut self, name: impl Into<String>, count: usize) {
        self.holds(name, count, "0", count == 0);
    }

    /// What exactly was wrong.
    pub fn story(&mut self, story: impl Into<String>) {
        self.stories.push(story.into());
    }

    /// Whether everything is as it must be.
    pub fn is_well(&self) -> bool {
        self.rows.iter().all(|row| row.bound.as_ref().is_none_or(|(_, is_met)| *is_met))
    }
}

/// Stories told of one table; more would bury the table.
const STORIES_TOLD: usize = 12;

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", self.title)?;
        for Row { name, value, bound } in &self.rows {
            let bound = match bound {
                None => String::new(),
                Some((bound, true)) => format!("ok      must be {bound}"),
                Some((bound, false)) => format!("FAILED  must be {bound}"),
            };
            let line = format!("  {name:<44} {value:>24}  {bound}");
            writeln!(formatter, "{}", line.trim_end())?;
        }
        for story in self.stories.iter().take(STORIES_TOLD) {
            writeln!(formatter, "    {story}")?;
        }
        if self.stories.len() > STORIES_TOLD {
            writeln!(formatter, "    and {} more", self.stories.len() - STORIES_TOLD)?;
        }
        Ok(())
    }
}

/// Times, to be told by their order.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// One more.
    pub fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// That which so many of a thousand do not exceed; nothing of nothing.
    pub fn per_mille(&self, so_many: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let place = (sorted.len() * so_many).div_ceil(1000).saturating_sub(1);
        sorted.get(place).copied().unwrap_or_default()
    }
}

impl Extend<Duration> for Times {
    fn extend<T: IntoIterator<Item = Duration>>(&mut self, times: T) {
        self.0.extend(times);
    }
}

impl fmt::Display for Times {
    /// p50, p99 and the longest.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [half, most, all] = [500, 990, 1000].map(|part| seconds(self.per_mille(part)));
        write!(formatter, "{half} / {most} / {all}")
    }
}

/// A time as people read it.
pub fn seconds(time: Duration) -> String {
    match time.as_secs_f64() {
        short if short < 1.0 => format!("{:.0} ms", short * 1000.0),
        long => format!("{long:.2} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_times_is_found_by_their_order() {
        let mut times = Times::default();
        assert_eq!(times.per_mille(990), Duration::ZERO);
        times.extend((1..=200).rev().map(Duration::from_millis));
        assert_eq!(times.per_mille(500), Duration::from_millis(100));
        assert_eq!(times.per_mille(990), Duration::from_millis(198));
        assert_eq!(times.to_string(), "100 ms / 198 ms / 200 ms");
    }

    #[test]
    fn one_that_is_not_met_fails_the_table() {
        let mut table = Table::new("kills");
        table.tells("acked", 5);
        table.is_none("lost", 0);
        assert!(table.is_well());
        table.is_none("doubled", 1);
        assert!(!table.is_well() && table.to_string().contains("FAILED"));
    }
}
