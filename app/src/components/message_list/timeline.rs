//! What the list shows, worked out from the log and the outbox: plain values, no signals.

use confab_protocol::{ClientId, Message, Person, Timestamp, UserId};

use crate::session::{Outgoing, OutgoingState};

/// Messages of one author within this time stand together under one name.
const TOGETHER_MS: u64 = 5 * 60 * 1000;

/// What never changes about a message, from the moment it is written: its author and their name
/// for it. A bubble keeps its node, its focus and its place when it is stored.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct RowKey(UserId, ClientId);

impl RowKey {
    /// The author's name for the message, to retry it by.
    pub fn client_id(&self) -> &ClientId {
        &self.1
    }

    /// The key as text.
    pub fn text(&self) -> String {
        // No id holds a slash, so no two keys read the same.
        [self.0.as_str(), "/", self.1.as_str()].concat()
    }
}

/// One bubble.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its key.
    pub key: RowKey,
    /// The author's name.
    pub author: String,
    /// Whether we wrote it.
    pub is_mine: bool,
    /// The words.
    pub content: String,
    /// When it was stored; until then, when it was written.
    pub at: Timestamp,
    /// How far it is. Messages from the log are stored.
    pub state: OutgoingState,
    /// Whether it stands under the name of the one before it.
    pub continues: bool,
}

/// The log's messages in its order, then ours that it does not hold yet.
pub fn rows(stored: &[Message], outbox: &[Outgoing], you: &Person) -> Vec<Row> {
    let mut rows: Vec<Row> = stored.iter().map(|message| from_log(message, you)).collect();
    let unsent = outbox.iter().filter(|outgoing| {
        let is_it = |message: &Message| {
            message.sender_id == you.id && message.client_id == outgoing.send.client_id
        };
        !stored.iter().rev().any(is_it)
    });
    rows.extend(unsent.map(|outgoing| from_outbox(outgoing, you)));
    for index in 1..rows.len() {
        rows[index].continues = stands_with(&rows[index - 1], &rows[index]);
    }
    rows
}

fn from_log(message: &Message, you: &Person) -> Row {
    Row {
        key: RowKey(message.sender_id.clone(), message.client_id.clone()),
        author: message.sender_name.as_str().to_owned(),
        is_mine: message.sender_id == you.id,
        content: message.content.clone(),
        at: message.created_at,
        state: OutgoingState::Stored,
        continues: false,
    }
}

fn from_outbox(outgoing: &Outgoing, you: &Person) -> Row {
    Row {
        key: RowKey(you.id.clone(), outgoing.send.client_id.clone()),
        author: you.username.as_str().to_owned(),
        is_mine: true,
        content: outgoing.send.content.clone(),
        at: outgoing.at,
        state: outgoing.state,
        continues: false,
    }
}

fn stands_with(before: &Row, row: &Row) -> bool {
    before.key.0 == row.key.0 && row.at.unix_ms().abs_diff(before.at.unix_ms()) <= TOGETHER_MS
}

#[cfg(test)]
mod tests {
    use super::*;
    use confab_protocol::{
        DialogId, ErrorCode, MessageId, MessageKind, MessageSend, Seq, Username,
    };

    fn person(name: &str) -> Person {
        Person { id: UserId::parse(name).unwrap(), username: Username::parse(name).unwrap() }
    }

    fn stored(sender: &str, client_id: &str, minute: u64) -> Message {
        Message {
            message_id: MessageId::parse(format!("m-{client_id}")).unwrap(),
            dialog_id: DialogId::lobby(),
            seq: Seq(1),
            sender_id: person(sender).id,
            sender_name: person(sender).username,
            client_id: ClientId::parse(client_id).unwrap(),
            content: client_id.to_owned(),
            kind: MessageKind::Text,
            meta: confab_protocol::Meta::default(),
            reply_to: None,
            created_at: Timestamp::from_unix_ms(minute * 60_000),
        }
    }

    fn outgoing(client_id: &str, state: OutgoingState) -> Outgoing {
        let send = MessageSend {
            dialog_id: DialogId::lobby(),
            client_id: ClientId::parse(client_id).unwrap(),
            content: client_id.to_owned(),
            kind: MessageKind::Text,
            meta: confab_protocol::Meta::default(),
            reply_to: None,
        };
        Outgoing { send, at: Timestamp::from_unix_ms(0), state }
    }

    fn shown(rows: &[Row]) -> Vec<(&str, OutgoingState)> {
        rows.iter().map(|row| (row.content.as_str(), row.state)).collect()
    }

    #[test]
    fn a_message_that_is_stored_is_shown_once_and_keeps_its_key() {
        let outbox = [outgoing("a", OutgoingState::InFlight)];
        let before = rows(&[], &outbox, &person("anna"));
        let after = rows(&[stored("anna", "a", 1)], &outbox, &person("anna"));
        assert_eq!(shown(&after), [("a", OutgoingState::Stored)]);
        assert_eq!(before[0].key, after[0].key);
    }

    #[test]
    fn the_same_client_id_of_another_person_is_another_message() {
        let outbox = [outgoing("a", OutgoingState::Queued)];
        let rows = rows(&[stored("bob", "a", 1)], &outbox, &person("anna"));
        assert_eq!(shown(&rows), [("a", OutgoingState::Stored), ("a", OutgoingState::Queued)]);
    }

    #[test]
    fn what_is_not_stored_stands_last_in_the_order_it_was_written() {
        let failed = OutgoingState::Failed(ErrorCode::StorageUnavailable);
        let outbox = [outgoing("b", failed), outgoing("c", OutgoingState::Queued)];
        let rows = rows(&[stored("bob", "a", 9)], &outbox, &person("anna"));
        assert_eq!(shown(&rows).iter().map(|row| row.0).collect::<String>(), "abc");
    }

    #[test]
    fn one_author_within_five_minutes_has_one_name() {
        let log = [
            stored("anna", "a", 0),
            stored("anna", "b", 5),
            stored("anna", "c", 11),
            stored("bob", "d", 11),
        ];
        let continues: Vec<bool> =
            rows(&log, &[], &person("zoe")).iter().map(|row| row.continues).collect();
        assert_eq!(continues, [false, true, false, false]);
    }
}
