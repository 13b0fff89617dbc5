//! The parts of the connection lab.

mod controls;
mod event_list;
mod frame_log;
mod round_trips;
mod state_machine;
mod topic_boxes;

pub use controls::Controls;
pub use event_list::EventList;
pub use frame_log::FrameLog;
pub use round_trips::RoundTrips;
pub use state_machine::StateMachine;
pub use topic_boxes::TopicBoxes;
