//! The rules that both sides follow by the same function, so that a screen is what a fetch would be.

use confab_protocol::{rest::MessagesPage, *};

use crate::examples::{direct, id, message, person};

fn gone() -> Person {
    Person { username: Username::deleted(), ..person() }
}

fn other() -> UserId {
    id("01998d2a-other")
}

#[test]
fn a_list_shows_the_beginning_of_the_words_and_nothing_else_of_them() {
    let content = "ї".repeat(Message::PREVIEW_CHARACTERS + 1);
    let whole = Message { content, ..message() };
    let expected = Message {
        content: "ї".repeat(Message::PREVIEW_CHARACTERS),
        meta: Meta::default(),
        quote: None,
        ..message()
    };
    assert_eq!(whole.preview(), expected);
}

#[test]
fn a_reply_quotes_what_two_lines_hold() {
    let content = "ї".repeat(Quote::CHARACTERS + 1);
    let said = Message { content, deleted_at: None, ..message() };
    let quote = Quote::of(&said);
    assert_eq!(quote.content, "ї".repeat(Quote::CHARACTERS));
    assert_eq!((&quote.message_id, quote.seq), (&said.message_id, said.seq));
    assert_eq!((&quote.sender_id, &quote.sender_name), (&said.sender_id, &said.sender_name));
    assert!(!quote.deleted && Quote::of(&message()).deleted);
}

#[test]
fn who_is_renamed_has_said_it_under_the_old_name() {
    let mut said = message();
    said.follow(&Person { username: Username::parse("Ганна").unwrap(), ..person() });
    assert_eq!(said, message());
}

#[test]
fn what_one_said_is_nobodys_once_they_are_gone() {
    let mut said = message();
    said.quote.as_mut().unwrap().sender_id = other();
    said.follow(&gone());
    assert_eq!(said.sender_name, Username::deleted());
    assert_eq!(said.quote.unwrap().sender_name, person().username, "another said that");
}

#[test]
fn what_is_quoted_of_one_is_nobodys_once_they_are_gone() {
    let mut said = Message { sender_id: other(), ..message() };
    said.follow(&gone());
    assert_eq!(said.sender_name, person().username, "another said that");
    assert_eq!(said.quote.unwrap().sender_name, Username::deleted());
}

#[test]
fn one_begins_to_read_where_one_stopped_if_the_last_page_does_not_reach_there() {
    let last_message = Some(Message { seq: Seq(100), ..message() });
    let line = Dialog { last_message, unread: 50, read: Seq(50), ..direct() };
    assert_eq!(line.begins_at(49), Some(Seq(51)));
    assert_eq!(line.begins_at(50), None, "the page reaches back to it");
    assert_eq!(line.begins_at(51), None);
    assert_eq!(Dialog { unread: 0, ..line.clone() }.begins_at(49), None, "nothing waits");
    assert_eq!(Dialog { last_message: None, ..line }.begins_at(49), None, "nobody spoke");
}

#[test]
fn a_page_reaches_its_first_message_and_the_beginning_if_nothing_is_older() {
    let first = Message { seq: Seq(7), ..message() };
    let page = MessagesPage { messages: vec![first], ev: Ev(9), has_more: true, has_newer: false };
    assert!(!page.reaches(Seq(6)) && page.reaches(Seq(7)) && page.reaches(Seq(8)));
    assert!(MessagesPage { has_more: false, ..page.clone() }.reaches(Seq(1)));
    assert!(MessagesPage { messages: Vec::new(), ..page }.reaches(Seq(1)), "nothing is left out");
}

#[test]
fn numbers_follow_each_other_and_read_as_numbers() {
    assert_eq!((Seq(7).next(), Ev(9).next()), (Seq(8), Ev(10)));
    assert_eq!((Seq(7).to_string(), Ev(9).to_string()), ("7".to_owned(), "9".to_owned()));
}

#[test]
fn a_refusal_reads_as_it_is_written_on_the_wire() {
    assert_eq!(ErrorCode::NotJson.to_string(), ErrorCode::NotJson.as_str());
}

#[test]
fn a_bad_frame_tells_its_type_as_far_as_it_could_be_read() {
    let kind = |text| ClientFrame::decode(text).unwrap_err().kind().map(str::to_owned);
    assert_eq!(kind("?"), None);
    assert_eq!(kind(r#"{"type":"dance"}"#).as_deref(), Some("dance"));
    assert_eq!(kind(r#"{"type":"chat"}"#).as_deref(), Some("chat"));
}
