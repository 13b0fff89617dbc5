//! Edits and deletions go through the same line as messages.

use super::*;

pub fn edit(id: &str, content: &str) -> MessageEdit {
    let (dialog_id, message_id) = (dialog(), MessageId::parse("m1").expect("an id"));
    MessageEdit { dialog_id, message_id, client_id: client_id(id), content: content.to_owned() }
}

pub fn delete(id: &str) -> MessageDelete {
    let (dialog_id, message_id) = (dialog(), MessageId::parse("m1").expect("an id"));
    MessageDelete { dialog_id, message_id, client_id: client_id(id) }
}

/// Our message `m1`, last changed at `ev`.
fn amended(ev: u64, content: &str) -> Message {
    Message { ev: Ev(ev), content: content.to_owned(), ..stored("me", "o", 1) }
}

fn update(ev: u64, message: Message) -> MessageUpdate {
    MessageUpdate { dialog_id: dialog(), ev: Ev(ev), message }
}

fn amended_ack(id: &str, message: Message) -> Ack {
    Ack { client_id: client_id(id), message, duplicate: false }
}

#[test]
fn edits_and_deletions_wait_in_one_line_with_messages() {
    let mut rig = Rig::connected();
    sends(&mut rig, &["a"]);
    rig.does(Input::Edit(edit("b", "x")));
    rig.does(Input::Delete(delete("c")));
    assert_eq!(rig.said(), "message:send");
    rig.hears(ack("a"));
    assert_eq!(rig.said(), "message:edit");
    rig.hears(amended_ack("b", amended(2, "x")));
    assert_eq!(rig.said(), "message:delete");
    rig.hears(amended_ack("c", amended(3, "")));
    assert_eq!(waiting(&rig), "");
}

#[test]
fn an_edit_that_is_refused_lets_the_others_pass_and_can_be_retried() {
    let mut rig = Rig::connected();
    rig.does(Input::Edit(edit("a", "x")));
    rig.does(Input::Delete(delete("b")));
    told(&mut rig);
    rig.hears(nack("a", false, None));
    assert_eq!(told(&mut rig), "a:storage_unavailable b:sent");
    rig.does(Input::Edit(edit("a", "x")));
    let posts: Vec<_> = rig.client.outbox().cloned().collect();
    assert_eq!(posts, [Post::Delete(delete("b")), Post::Edit(edit("a", "x"))]);
}

#[test]
fn an_update_that_says_so_is_as_good_as_an_ack() {
    let mut rig = Rig::connected();
    rig.does(Input::Edit(edit("a", "x")));
    told(&mut rig);
    rig.hears(update(2, amended(2, "y")));
    let elsewhere = MessageId::parse("m2").unwrap();
    rig.hears(update(3, Message { message_id: elsewhere, ..amended(3, "x") }));
    rig.hears(update(4, Message { sender_id: crate::rig::user("you"), ..amended(4, "x") }));
    assert_eq!(told(&mut rig), "");
    rig.hears(update(5, amended(5, "x")));
    assert_eq!(told(&mut rig), "a:stored");
    rig.does(Input::Delete(delete("b")));
    rig.hears(update(6, amended(6, "")));
    assert_eq!(told(&mut rig), "b:queued b:sent");
    let deleted_at = Some(Timestamp::from_unix_ms(1));
    rig.hears(update(7, Message { deleted_at, ..amended(7, "") }));
    assert_eq!(told(&mut rig), "b:stored");
}

/// Who edits to and fro makes the same state twice: an old one that comes late is no proof.
#[test]
fn an_older_state_with_the_same_words_proves_nothing() {
    let mut rig = Rig::connected();
    for (id, words, ev) in [("a", "x", 2), ("b", "y", 3)] {
        rig.does(Input::Edit(edit(id, words)));
        rig.hears(amended_ack(id, amended(ev, words)));
    }
    rig.does(Input::Edit(edit("c", "x")));
    told(&mut rig);
    rig.hears(update(2, amended(2, "x")));
    assert_eq!(told(&mut rig), "");
    assert_eq!(waiting(&rig), "c");
}

#[test]
fn the_echo_of_an_edit_does_not_prove_the_next_with_the_same_words() {
    let mut rig = Rig::connected();
    rig.does(Input::Edit(edit("a", "x")));
    rig.hears(amended_ack("a", amended(2, "x")));
    rig.does(Input::Edit(edit("b", "x")));
    rig.hears(update(2, amended(2, "x")));
    assert_eq!(waiting(&rig), "b");
}

/// The state that the second edit asks for is not the outcome before the first has had its turn.
#[test]
fn proof_of_an_edit_counts_for_the_first_in_line_alone() {
    let mut rig = Rig::connected();
    rig.does(Input::Edit(edit("a", "x")));
    rig.does(Input::Edit(edit("b", "y")));
    rig.hears(update(2, amended(2, "y")));
    assert_eq!(waiting(&rig), "a b");
}
