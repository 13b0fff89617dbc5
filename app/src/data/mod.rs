//! What the screens read live: one endpoint each.

mod events;
mod messages;
mod people;
mod pulse;

pub use events::{LabEvent, LabEvents, LabLine};
pub use messages::Messages;
pub use people::People;
pub use pulse::{LastPulse, Pulse};
