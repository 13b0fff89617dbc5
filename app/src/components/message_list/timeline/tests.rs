//! What is worked out of a log, an outbox and receipts.

use super::*;
use confab_protocol::{
    ErrorCode, Ev, MessageDelete, MessageEdit, MessageKind, MessageSend, Meta, Role,
};

fn person(name: &str) -> Person {
    Person { id: UserId::parse(name).unwrap(), username: Username::parse(name).unwrap() }
}

fn message_id(client_id: &str) -> MessageId {
    MessageId::parse(["m-", client_id].concat()).unwrap()
}

fn stored(sender: &str, client_id: &str, seq: u64, minute: u64) -> Message {
    Message {
        message_id: message_id(client_id),
        dialog_id: DialogId::lobby(),
        seq: Seq(seq),
        ev: Ev(seq),
        sender_id: person(sender).id,
        sender_name: person(sender).username,
        client_id: ClientId::parse(client_id).unwrap(),
        content: client_id.to_owned(),
        kind: MessageKind::Text,
        meta: Meta::default(),
        reply_to: None,
        quote: None,
        created_at: Timestamp::from_unix_ms(minute * 60_000),
        edited_at: None,
        deleted_at: None,
    }
}

fn outgoing(post: Post, state: OutgoingState) -> Outgoing {
    Outgoing { post, at: Timestamp::from_unix_ms(0), order: 0, state, ev: None, is_kept: true }
}

fn send(client_id: &str) -> Post {
    Post::Send(MessageSend {
        dialog_id: DialogId::lobby(),
        client_id: ClientId::parse(client_id).unwrap(),
        content: client_id.to_owned(),
        kind: MessageKind::Text,
        meta: Meta::default(),
        reply_to: None,
    })
}

fn edit(of: &str, content: &str) -> Post {
    Post::Edit(MessageEdit {
        dialog_id: DialogId::lobby(),
        message_id: message_id(of),
        client_id: ClientId::parse("edit").unwrap(),
        content: content.to_owned(),
    })
}

fn delete(of: &str) -> Post {
    Post::Delete(MessageDelete {
        dialog_id: DialogId::lobby(),
        message_id: message_id(of),
        client_id: ClientId::parse("delete").unwrap(),
    })
}

fn member(name: &str, delivered: u64, read: u64) -> Member {
    let Person { id, username } = person(name);
    Member { id, username, role: Role::Member, delivered: Seq(delivered), read: Seq(read) }
}

/// A dialog as somebody sees it.
struct View {
    page: MessagesPage,
    outbox: Vec<Outgoing>,
    you: Person,
    members: Vec<Member>,
    read: Option<Seq>,
}

impl View {
    fn of(you: &str, messages: Vec<Message>) -> Self {
        let page = MessagesPage { messages, ev: Ev(9), has_more: false, has_newer: false };
        Self { page, outbox: Vec::new(), you: person(you), members: Vec::new(), read: None }
    }

    fn with(mut self, post: Post, state: OutgoingState) -> Self {
        self.outbox.push(outgoing(post, state));
        self
    }

    fn lines(&self) -> Vec<Line> {
        let timeline = Timeline {
            dialog: &DialogId::lobby(),
            page: Some(&self.page),
            outbox: &self.outbox,
            you: &self.you,
            members: &self.members,
            read: self.read,
            day_of: &|at| at.unix_ms() as i64 / 86_400_000,
        };
        timeline.lines()
    }

    fn rows(&self) -> Vec<Row> {
        self.lines().iter().filter_map(|line| line.message().cloned()).collect()
    }

    /// The lines, in a word each.
    fn shown(&self) -> Vec<String> {
        let word = |line: &Line| match line {
            Line::Day(day) => format!("day {day}"),
            Line::New => "new".to_owned(),
            Line::Message(row) => row.content().to_owned(),
        };
        self.lines().iter().map(word).collect()
    }
}

const DAY: u64 = 24 * 60;

#[test]
fn a_message_that_is_stored_is_shown_once_and_keeps_its_key() {
    let before = View::of("anna", vec![]).with(send("a"), OutgoingState::InFlight).rows();
    let after = View::of("anna", vec![stored("anna", "a", 1, 1)])
        .with(send("a"), OutgoingState::InFlight)
        .rows();
    assert_eq!((after.len(), after[0].state), (1, OutgoingState::Stored));
    assert_eq!(before[0].key, after[0].key);
}

#[test]
fn what_the_log_holds_elsewhere_does_not_stand_below_what_came_after_it() {
    let told = |ev| {
        let mut view = View::of("anna", vec![stored("bob", "b", 60, 60)])
            .with(send("a"), OutgoingState::Stored);
        view.outbox[0].ev = ev;
        view.rows().len()
    };
    assert_eq!(told(Some(Ev(9))), 1, "the page has come further, and begins behind it");
    assert_eq!(told(Some(Ev(10))), 2, "its change is still to come");
    assert_eq!(told(None), 2, "nobody has said where it is");
}

#[test]
fn the_same_client_id_of_another_person_is_another_message() {
    let view =
        View::of("anna", vec![stored("bob", "a", 1, 1)]).with(send("a"), OutgoingState::Queued);
    let states: Vec<_> = view.rows().iter().map(|row| row.state).collect();
    assert_eq!(states, [OutgoingState::Stored, OutgoingState::Queued]);
}

#[test]
fn what_is_not_stored_stands_last_in_the_order_it_was_written() {
    let failed = OutgoingState::Failed(ErrorCode::StorageUnavailable);
    let view = View::of("anna", vec![stored("bob", "a", 1, 9)])
        .with(send("b"), failed)
        .with(send("c"), OutgoingState::Queued);
    assert_eq!(view.shown(), ["day 0", "a", "b", "c"]);
}

#[test]
fn what_goes_to_another_dialog_stays_there() {
    let view = View::of("anna", vec![]).with(send("b"), OutgoingState::Queued);
    let kitchen = DialogId::parse("kitchen").unwrap();
    let lines = Timeline {
        dialog: &kitchen,
        page: None,
        outbox: &view.outbox,
        you: &view.you,
        members: &[],
        read: None,
        day_of: &|_| 0,
    };
    assert_eq!(lines.lines(), []);
}

#[test]
fn one_author_within_five_minutes_has_one_name() {
    let view = View::of(
        "zoe",
        vec![
            stored("anna", "a", 1, 0),
            stored("anna", "b", 2, 5),
            stored("anna", "c", 3, 11),
            stored("bob", "d", 4, 11),
        ],
    );
    let continues: Vec<bool> = view.rows().iter().map(|row| row.continues).collect();
    assert_eq!(continues, [false, true, false, false]);
}

#[test]
fn a_day_begins_with_its_name_and_so_does_a_group() {
    let view = View::of(
        "zoe",
        vec![
            stored("anna", "a", 1, DAY - 1),
            stored("anna", "b", 2, DAY),
            stored("anna", "c", 3, DAY + 1),
            stored("anna", "d", 4, 3 * DAY),
        ],
    );
    assert_eq!(view.shown(), ["day 0", "a", "day 1", "b", "c", "day 3", "d"]);
    assert_eq!(
        view.rows()[1..=2].iter().map(|row| row.continues).collect::<Vec<_>>(),
        [false, true]
    );
}

#[test]
fn what_is_new_begins_with_the_first_unread_of_another() {
    let messages = vec![
        stored("anna", "a", 1, 0),
        stored("zoe", "b", 2, 1),
        stored("anna", "c", 3, 2),
        stored("anna", "d", 4, DAY),
    ];
    let mut view = View::of("zoe", messages);
    view.read = Some(Seq(1));
    assert_eq!(view.shown(), ["day 0", "a", "b", "new", "c", "day 1", "d"]);
    assert!(!view.rows()[2].continues);
    view.read = Some(Seq(3));
    assert_eq!(view.shown(), ["day 0", "a", "b", "c", "day 1", "new", "d"]);
    view.read = Some(Seq(4));
    assert_eq!(view.shown(), ["day 0", "a", "b", "c", "day 1", "d"]);
}

#[test]
fn nothing_is_called_the_first_new_one_before_it_is_known_to_be() {
    let mut view = View::of("zoe", vec![stored("anna", "x", 50, 0)]);
    (view.read, view.page.has_more) = (Some(Seq(10)), true);
    assert_eq!(view.shown(), ["day 0", "x"]);
    view.read = Some(Seq(49));
    assert_eq!(view.shown(), ["day 0", "new", "x"]);
}

#[test]
fn only_what_others_have_got_and_seen_is_said_of_ours() {
    let messages = ["a", "b", "c"].into_iter().zip(1..);
    let messages = messages.map(|(name, seq)| stored("anna", name, seq, seq)).collect();
    let mut view = View::of("anna", messages);
    view.members = vec![member("anna", 3, 3), member("bob", 2, 1), member("zoe", 1, 0)];
    let reach: Vec<_> = view.rows().iter().filter_map(|row| row.reach).collect();
    let expected = [(2, 1), (1, 0), (0, 0)];
    let people = reach[0].people;
    assert_eq!(reach, expected.map(|(delivered, read)| Reach { delivered, read, of: 2, people }));
    view.members[1].username = person("robert").username;
    let renamed = view.rows().iter().find_map(|row| row.reach).unwrap();
    assert_eq!(renamed, Reach { people: renamed.people, ..reach[0] });
    assert_ne!(renamed.people, people, "the row is another, so its readers are named anew");
    view.you = person("bob");
    assert!(view.rows().iter().all(|row| row.reach.is_none()));
}

#[test]
fn a_change_on_its_way_is_shown_and_said_to_be_on_its_way() {
    let log = || vec![stored("anna", "a", 1, 1)];
    let row = |post, state| View::of("anna", log()).with(post, state).rows().remove(0);
    let edited = row(edit("a", "better"), OutgoingState::Queued);
    assert_eq!((edited.content(), edited.state), ("better", OutgoingState::Queued));
    assert!(edited.is_edited);
    assert_eq!(row(delete("a"), OutgoingState::InFlight).body, Body::Deleted);
    let refused = row(delete("a"), OutgoingState::Failed(ErrorCode::NotYourMessage));
    assert_eq!(refused.body, Body::Words("a".to_owned()));
    assert_eq!(refused.post.as_str(), "delete");
    let other = View::of("anna", log()).with(edit("b", "x"), OutgoingState::Queued).rows();
    assert_eq!(other[0].content(), "a");
}

#[test]
fn an_answer_on_its_way_shows_what_it_answers() {
    let Post::Send(mut answer) = send("b") else { unreachable!() };
    answer.reply_to = Some(message_id("a"));
    let view = View::of("anna", vec![stored("bob", "a", 7, 1)])
        .with(Post::Send(answer), OutgoingState::Queued);
    let quote = view.rows()[1].quote.clone().unwrap();
    assert_eq!((quote.seq, quote.content.as_str()), (Seq(7), "a"));
}

#[test]
fn a_deleted_message_leaves_a_trace_without_words() {
    let mut message = stored("bob", "a", 1, 1);
    message.content = String::new();
    message.deleted_at = Some(message.created_at);
    message.edited_at = Some(message.created_at);
    let row = View::of("anna", vec![message]).rows().remove(0);
    assert_eq!((row.body, row.is_edited), (Body::Deleted, false));
}
