//! What is too much. The server enforces these numbers and tells them to every client in
//! `connection_established`, so that a client refuses early and with the same words.

use crate::json::wire;

wire! {
    /// The limits in force on this server (DESIGN §5).
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct Limits {
        /// Longest frame from a client, in bytes; more is closed with 1009.
        "frameBytes" => frame_bytes: u32,
        /// Longest message, in Unicode characters.
        "messageCharacters" => message_characters: u32,
        /// Frames one socket may send in a second; more is closed with 4029.
        "framesPerSecond" => frames_per_second: u32,
        /// Messages one person may send in a second, on average; more gets `nack` and `afterMs`.
        "sendsPerSecond" => sends_per_second: u32,
        /// Messages one person may send at once before `sends_per_second` counts.
        "sendsBurst" => sends_burst: u32,
        /// Messages in one page of history.
        "pageMessages" => page_messages: u32,
        /// Changes a client may be behind and still be told them one by one; more is `dialog:reset`.
        "catchUpEvents" => catch_up_events: u32,
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frame_bytes: 64 * 1024,
            message_characters: 10_000,
            frames_per_second: 50,
            sends_per_second: 10,
            sends_burst: 30,
            page_messages: 50,
            catch_up_events: 300,
        }
    }
}
