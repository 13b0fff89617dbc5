//! How much one answer may hold.

use confab_protocol::Message;

/// How much JSON one answer may hold. It must fit into the queue of a socket that has other things
/// waiting (`gateway.queue_bytes_max`): fifty messages of 10,000 emoji are two megabytes, and whoever
/// was sent them at once would be too slow for them, again and again.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// What a message weighs besides its words: ids, names of fields, the author's name. The same is
/// reckoned for what it quotes, and for a line of the log that holds no message.
const MESSAGE_BYTES: usize = 700;

/// What is left of an answer.
pub(super) struct Room(usize);

impl Default for Room {
    fn default() -> Self {
        Self(ANSWER_BYTES_MAX)
    }
}

impl Room {
    /// A part of it, to be filled for itself.
    pub fn half() -> Self {
        Self(ANSWER_BYTES_MAX / 2)
    }

    /// Takes room for a message, if there is as much.
    pub fn takes(&mut self, message: &Message) -> bool {
        let meta = if message.meta.is_null() { 0 } else { message.meta.to_string().len() };
        let quote =
            message.quote.as_ref().map_or(0, |quote| MESSAGE_BYTES + weight(&quote.content));
        self.take(MESSAGE_BYTES + weight(&message.content) + meta + quote)
    }

    /// Takes room for a line of the log without a message.
    pub fn takes_line(&mut self) -> bool {
        self.take(MESSAGE_BYTES)
    }

    fn take(&mut self, bytes: usize) -> bool {
        let left = self.0.checked_sub(bytes);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
}

/// Bytes of a text in JSON.
fn weight(text: &str) -> usize {
    let escaped = |byte: &u8| matches!(byte, b'"' | b'\\' | b'\n' | b'\t');
    text.len() + text.bytes().filter(escaped).count()
}
