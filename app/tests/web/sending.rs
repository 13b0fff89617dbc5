//! What one sends, on its way and when it is refused.

use std::time::Duration;

use confab_app::Shared;
use confab_protocol::{DialogId, ErrorCode, ResetReason, json};
use confab_sync::{DeliveryState, Event, Input, Post, Status, Was};
use leptos::{prelude::*, task::tick};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlTextAreaElement};

use super::support::*;

#[wasm_bindgen_test]
async fn a_bubble_keeps_its_node_while_it_is_sent_and_stored() {
    let tab = Tab::default();
    let root = lobby(&tab).await;
    write_and_send(&root, "hello").await;
    let bubble = find(&root, "message").expect("the bubble is there at once");
    assert_eq!(delivery(&root).as_deref(), Some("queued"));

    assert_eq!(tab.sent().len(), 1);
    hears_of_it(&tab, DeliveryState::InFlight).await;
    assert_eq!(delivery(&root).as_deref(), Some("sending"));
    assert!(find(&root, "message").unwrap().is_same_node(Some(&bubble)));
}

#[wasm_bindgen_test]
async fn a_refusal_leaves_the_words_where_they_are() {
    let tab = Tab::default();
    let root = lobby(&tab).await;
    write_and_send(&root, "this is longer than twenty characters").await;
    assert_eq!(text(&root, "refused"), "A message has at most 20 characters.");
    let input: HtmlTextAreaElement = find(&root, "input").unwrap().unchecked_into();
    assert_eq!(input.value(), "this is longer than twenty characters");
    assert!(tab.sent().is_empty());
}

#[wasm_bindgen_test]
async fn a_message_refused_for_now_says_why_and_can_be_hurried_or_discarded() {
    let tab = Tab::default();
    let root = lobby(&tab).await;
    write_and_send(&root, "hello").await;
    let refused = DeliveryState::Waiting { code: ErrorCode::StorageUnavailable };
    hears_of_it(&tab, refused.clone()).await;
    assert_eq!(delivery(&root).as_deref(), Some("waiting"));
    assert!(text(&root, "message").contains("The server could not store the message."));
    press(&root, "Retry").await;
    assert_eq!(tab.0.inputs.borrow().last(), Some(&Input::Hurry));
    assert_eq!(document().active_element().unwrap().id(), "messages");
    hears_of_it(&tab, DeliveryState::InFlight).await;
    assert_eq!(delivery(&root).as_deref(), Some("sending"));
    hears_of_it(&tab, refused).await;
    press(&root, "Discard").await;
    assert!(find(&root, "message").is_none());
    assert_eq!(tab.sent().len(), 1, "it was never sent under another name");
}

#[wasm_bindgen_test]
async fn the_lab_shows_what_was_refused_and_a_way_on() {
    let tab = Tab::default();
    let root = page(&tab, "lab", "null").await;
    write_and_send(&root, "hello").await;
    assert!(find(&root, "event").is_none());
    let failed = DeliveryState::Failed { code: ErrorCode::Internal, message: String::new() };
    hears_of_it(&tab, failed).await;
    assert!(text(&root, "event").starts_with("❌ You: hello ("), "{}", text(&root, "event"));
    press(&root, "Retry").await;
    assert!(find(&root, "event").is_none());
    let sent = tab.sent();
    assert_eq!((sent.len(), &sent[0]), (2, &sent[1]), "the same once more");
}

#[wasm_bindgen_test]
async fn the_browser_asks_before_a_tab_goes_with_what_is_unsent() {
    let tab = Tab::default();
    let root = lobby(&tab).await;
    write_and_send(&root, "hello").await;
    assert!(window().onbeforeunload().is_some());
    hears_of_it(&tab, DeliveryState::Failed { code: ErrorCode::Internal, message: String::new() })
        .await;
    assert!(window().onbeforeunload().is_some());
    press(&root, "Discard").await;
    assert!(window().onbeforeunload().is_none());
}

#[wasm_bindgen_test]
async fn a_refused_text_is_tied_to_its_reason() {
    let root = lobby(&Tab::default()).await;
    write_and_send(&root, "this is longer than twenty characters").await;
    let input = find(&root, "input").unwrap();
    assert_eq!(input.get_attribute("aria-invalid").as_deref(), Some("true"));
    assert!(input.get_attribute("aria-describedby").unwrap().contains("input-refused"));
    write_and_send(&root, "short").await;
    assert!(!input.has_attribute("aria-invalid"));
}

#[wasm_bindgen_test]
async fn an_answer_that_was_refused_and_is_edited_answers_the_same() {
    let tab = Tab::default();
    let root = with_bob(&tab, &[("bob", "question")]).await;
    let row = find(&root, "message").unwrap();
    row.dispatch_event(&web_sys::Event::new("pointerover").unwrap()).unwrap();
    tick().await;
    find(&root, "reply").unwrap().unchecked_into::<web_sys::HtmlElement>().click();
    tick().await;
    write_and_send(&root, "answer").await;
    let code = ErrorCode::MessageTooLong;
    hears_of_it(&tab, DeliveryState::Failed { code, message: String::new() }).await;
    // What it answers is shown no more: so much has come since.
    let later = message("bob", "later", 99, 99);
    let later =
        format!(r#"{{"success":true,"data":{{"messages":[{later}],"ev":99,"hasMore":true}}}}"#);
    *tab.0.answers.borrow_mut() = vec![("/api/messages/dialog/d".to_owned(), later)];
    let dialog_id = DialogId::parse("d").unwrap();
    tab.hears(Event::DialogReset { dialog_id, why: ResetReason::TooFarBehind });
    for _ in 0..4 {
        tick().await;
    }
    assert!(!text(&root, "messages").contains("question"));
    press(&root, "Edit").await;
    write_and_send(&root, "short").await;
    let sent = tab.sent().pop().unwrap();
    assert_eq!((sent.content.as_str(), sent.reply_to.unwrap().as_str()), ("short", "m1"));
}

#[wasm_bindgen_test]
async fn an_edit_of_what_is_tried_again_or_thrown_away_meanwhile_is_a_message_of_its_own() {
    for (way, sends) in [("Retry", 2), ("Discard", 1)] {
        let tab = Tab::default();
        let root = lobby(&tab).await;
        write_and_send(&root, "hello").await;
        let failed = DeliveryState::Failed { code: ErrorCode::Internal, message: String::new() };
        hears_of_it(&tab, failed).await;
        write(&root, "a draft").await;
        press(&root, "Edit").await;
        write(&root, "hello, all").await;
        assert!(find(&root, "composing").is_some());
        press(&root, way).await;
        // The box takes up the draft that the end of the edit has made.
        tick().await;
        assert!(find(&root, "composing").is_none(), "nothing is edited any more");
        let input: HtmlTextAreaElement = find(&root, "input").unwrap().unchecked_into();
        assert_eq!(input.value(), "a draft\nhello, all", "nothing that was written is lost");
        let sent = tab.sent();
        assert_eq!((sent.len(), sent.iter().all(|send| *send == sent[0])), (sends, true), "{way}");
    }
}

#[wasm_bindgen_test]
async fn a_tab_that_sleeps_is_stood_in_for_however_far_it_had_come_until_it_is_heard_again() {
    let (tab, root) = lobby_where_another_sends().await;
    write_and_send(&root, "hello").await;
    assert!(tab.sent().is_empty(), "it is for the other to send");
    let said = tab.0.told.borrow().last().unwrap().clone();
    let step = |state: &str| said.replace(r#""state":"queued""#, &format!(r#""state":"{state}""#));
    let taken_over = || {
        let inputs = tab.0.inputs.borrow();
        let kept = inputs.iter().filter_map(|input| match input {
            Input::Restore(kept) => kept.first().map(|kept| kept.was),
            _ => None,
        });
        kept.collect::<Vec<_>>()
    };
    let lets_go = || tab.0.inputs.borrow().contains(&Input::LetGo);

    tab.passes(Duration::from_secs(9)).await;
    tab.is_told(step("sending")).await;
    assert_eq!(delivery(&root).as_deref(), Some("sending"));
    tab.passes(Duration::from_secs(1)).await;
    assert_eq!(taken_over(), [], "it has just been sent");
    tab.passes(Duration::from_secs(10)).await;
    assert_eq!(taken_over(), [Was::Sent]);

    tab.is_told(step("unconfirmed")).await;
    assert!(!lets_go(), "there is something to do");
    tab.is_told(step("stored")).await;
    assert!(lets_go(), "the other is awake, and nothing is left");
    write_and_send(&root, "and this").await;
    assert!(tab.sent().is_empty(), "for the other again");
}

#[wasm_bindgen_test]
async fn a_tab_that_waits_as_the_server_asked_it_to_is_not_stood_in_for_at_once() {
    let (tab, root) = lobby_where_another_sends().await;
    write_and_send(&root, "hello").await;
    let said = tab.0.told.borrow().last().unwrap().clone();
    let waits = r#""state":"waiting","code":"storage_unavailable""#;
    tab.is_told(said.replace(r#""state":"queued""#, waits)).await;
    assert_eq!(delivery(&root).as_deref(), Some("waiting"));
    tab.passes(Duration::from_secs(10)).await;
    let taken_over = || {
        let inputs = tab.0.inputs.borrow();
        inputs.iter().any(|input| matches!(input, Input::Restore(kept) if !kept.is_empty()))
    };
    tab.passes(Duration::from_secs(19)).await;
    assert!(!taken_over());
    tab.passes(Duration::from_secs(1)).await;
    assert!(taken_over());
}

/// The lobby in a tab beside one that sends.
async fn lobby_where_another_sends() -> (Tab, Element) {
    let tab = Tab::default();
    tab.0.another_sends.set(true);
    let root = lobby(&tab).await;
    tab.hears(Event::Status(Status::Open));
    (tab, root)
}

/// Another tab says how far a post is.
fn record(post: &Post, state: &str, ev: u64) -> String {
    let post: serde_json::Value = serde_json::from_str(&json::write(post)).unwrap();
    let at = "2026-11-20T05:06:07.000Z";
    serde_json::json!({ "post": post, "at": at, "order": 1, "state": state, "ev": ev }).to_string()
}

fn takes_over(tab: &Tab) -> bool {
    let inputs = tab.0.inputs.borrow();
    inputs.iter().any(|input| matches!(input, Input::Restore(kept) if !kept.is_empty()))
}

/// What another tab of ours has written.
fn written_elsewhere(dialog: &str) -> Post {
    let send = format!(r#"{{"dialogId":"{dialog}","clientId":"elsewhere","content":"hello"}}"#);
    Post::Send(json::read(&send).unwrap())
}

#[wasm_bindgen_test]
async fn what_another_tab_wrote_is_sent_too_if_nobody_else_does() {
    for is_recalled in [false, true] {
        let (tab, _) = lobby_where_another_sends().await;
        let text = record(&written_elsewhere("lobby"), "queued", 0);
        match is_recalled {
            true => tab.hears_tabs(Shared::Recalled { kept: vec![text], told: Vec::new() }).await,
            false => tab.is_told(text).await,
        }
        tab.passes(Duration::from_secs(9)).await;
        assert!(!takes_over(&tab));
        tab.passes(Duration::from_secs(1)).await;
        assert!(takes_over(&tab));
    }
}

#[wasm_bindgen_test]
async fn what_was_thrown_away_while_the_outbox_was_read_stays_so() {
    let (tab, _) = lobby_where_another_sends().await;
    let kept = record(&written_elsewhere("lobby"), "queued", 0);
    let told = kept.replace(r#""state":"queued""#, r#""state":"discarded""#);
    let said = tab.0.told.borrow().len();
    tab.hears_tabs(Shared::Recalled { kept: vec![kept], told: vec![told] }).await;
    assert_eq!(tab.outbox(), 0);
    assert_eq!(tab.0.told.borrow().len(), said, "nobody is told of it any more");
    tab.passes(Duration::from_secs(10)).await;
    assert!(!takes_over(&tab));
}

#[wasm_bindgen_test]
async fn a_tab_that_is_heard_to_try_again_and_again_is_awake() {
    let (tab, _) = lobby_where_another_sends().await;
    let post = written_elsewhere("lobby");
    for _ in 0..5 {
        tab.is_told(record(&post, "sending", 0)).await;
        tab.is_told(record(&post, "waiting", 0)).await;
        tab.passes(Duration::from_secs(16)).await;
    }
    assert!(!takes_over(&tab), "it tries as often as it should");
}

#[wasm_bindgen_test]
async fn what_another_tab_has_changed_stays_so_until_the_page_has_come_as_far() {
    let tab = Tab::default();
    tab.0.another_sends.set(true);
    let root = with_bob(&tab, &[("anna", "before")]).await;
    tab.hears(Event::Status(Status::Open));
    let edit = r#"{"dialogId":"d","messageId":"m1","clientId":"elsewhere","content":"after"}"#;
    let post = Post::Edit(json::read(edit).unwrap());
    for state in ["queued", "sending", "stored"] {
        tab.is_told(record(&post, state, 2)).await;
        assert!(text(&root, "message").contains("after"), "{state}");
    }
    tab.hears(change("message:update", 2, &message("anna", "after", 1, 2)));
    tick().await;
    tab.hears(change("message:update", 3, &message("anna", "and again", 1, 3)));
    tick().await;
    assert!(text(&root, "message").contains("and again"));
    assert_eq!(tab.outbox(), 0);
}

#[wasm_bindgen_test]
async fn what_was_written_in_a_dialog_that_is_not_open_here_is_forgotten_once_it_is_stored() {
    let tab = Tab::default();
    tab.0.another_sends.set(true);
    with_bob(&tab, &[]).await;
    for (dialog, left) in [("e", 0), ("d", 1)] {
        tab.is_told(record(&written_elsewhere(dialog), "queued", 0)).await;
        assert_eq!(tab.outbox(), 1);
        tab.is_told(record(&written_elsewhere(dialog), "stored", 1)).await;
        assert_eq!(tab.outbox(), left, "{dialog}");
    }
}
