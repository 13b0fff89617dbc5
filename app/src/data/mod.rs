//! What the screens read live: one endpoint each.

mod events;
mod messages;
mod people;
mod pulse;

pub use events::{LabEvent, LabEvents};
pub use messages::Messages;
pub use people::{People, PeopleHere};
pub use pulse::Pulse;
