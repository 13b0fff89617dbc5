//! What strangers may write, written by chance (`bin/fuzz`).
//!
//! A [`Target`] takes any bytes at all and asserts what must hold of them: not only that nothing
//! panics, but that what was read can be written and read again, that no word is lost on its way to
//! the screen, that a log is told once and in order. libFuzzer looks for bytes that lead where none
//! have led before; those it found ([`corpus`]) are played again by every `bin/test`
//! (`tests/corpus.rs`).
//!
//! Nobody may be kept waiting either: [`TOO_LONG`] for an input of [`BYTES_MAX`].

mod choices;
pub mod corpus;
mod frames;
mod markup;
mod reducer;
mod resume;
mod room;

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The longest input: no frame is longer (DESIGN §5).
pub const BYTES_MAX: usize = 64 * 1024;

/// An input that takes so long is a hang.
pub const TOO_LONG: Duration = Duration::from_millis(50);

/// Something that reads what strangers write.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// What `bin/fuzz` and the corpus call it.
    pub name: &'static str,
    /// Panics if something that must hold of these bytes does not.
    pub check: fn(&[u8]),
}

/// All there are.
pub const TARGETS: [Target; 4] = [
    Target { name: "frames", check: frames::check },
    Target { name: "markup", check: markup::check },
    Target { name: "resume", check: resume::check },
    Target { name: "reducer", check: reducer::check },
];

impl Target {
    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        TARGETS.into_iter().find(|target| target.name == name)
    }

    /// How long these bytes take, of the processor's time: the machine does other things as well.
    pub fn time(&self, bytes: &[u8]) -> Duration {
        let begun = processor_time();
        (self.check)(bytes);
        processor_time().saturating_sub(begun)
    }
}

/// What this thread has had of the processor.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}
