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

#[cfg(test)]
mod tests {
    use confab_protocol::{DialogId, Ev, MessageKind, Meta, Quote, Seq, Timestamp, Username};

    use super::*;

    /// A message in which everything is that could weigh something.
    fn message(content: &str) -> Message {
        let id = |text: &str| text.to_owned();
        let mut message = Message {
            message_id: id("0199-m").try_into().unwrap(),
            dialog_id: DialogId::lobby(),
            seq: Seq(7),
            ev: Ev(7),
            sender_id: id("0199-u").try_into().unwrap(),
            sender_name: Username::parse("Ганна").unwrap(),
            client_id: id("0199-c").try_into().unwrap(),
            content: content.to_owned(),
            kind: MessageKind::Text,
            meta: Meta::parse(r#"{"mood":1}"#).unwrap(),
            reply_to: None,
            quote: None,
            created_at: Timestamp::from_unix_ms(0),
            edited_at: None,
            deleted_at: None,
        };
        message.quote = Some(Quote::of(&message));
        message
    }

    #[test]
    fn a_message_weighs_its_words_its_meta_and_what_it_quotes() {
        let said = message("a\n\"b\"");
        let (words, meta) = (5 + 3, 10);
        let bytes = MESSAGE_BYTES + words + meta + MESSAGE_BYTES + words;
        assert!(Room(bytes).takes(&said) && !Room(bytes - 1).takes(&said));
        let plain = Message { quote: None, meta: Meta::default(), ..said };
        let bytes = MESSAGE_BYTES + words;
        assert!(Room(bytes).takes(&plain) && !Room(bytes - 1).takes(&plain));
    }

    /// Else an answer would be larger than was reckoned.
    #[test]
    fn no_message_is_heavier_than_it_is_reckoned() {
        for content in ["", "\"\\\n\t", &"😀".repeat(999)] {
            let said = message(content);
            let mut room = Room::default();
            assert!(room.takes(&said));
            let bytes = serde_json::to_string(&said).unwrap().len();
            assert!(ANSWER_BYTES_MAX - room.0 >= bytes);
        }
    }

    #[test]
    fn an_answer_takes_lines_until_it_is_full() {
        let mut room = Room(2 * MESSAGE_BYTES);
        assert_eq!([(); 3].map(|()| room.takes_line()), [true, true, false]);
        assert_eq!(Room::half().0 * 2, Room::default().0);
    }
}
