//! What one sends, on its way and when it is refused.

use confab_protocol::ErrorCode;
use confab_sync::{DeliveryState, Input};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlTextAreaElement;

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
    assert!(matches!(tab.0.inputs.borrow().last(), Some(Input::Retry { .. })));
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
