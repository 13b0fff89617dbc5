//! The list of dialogs, and how one gets from one to another.

use confab_protocol::{DialogId, Person};
use confab_sync::{Event, Input};
use leptos::{prelude::*, task::tick};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlElement, HtmlTextAreaElement};

use super::support::*;

#[wasm_bindgen_test]
async fn a_link_of_the_list_opens_its_dialog_and_leaves_the_list_where_it_is() {
    let tab = Tab::default();
    let root = with_bob(&tab, &[("bob", "hello")]).await;
    let list = find(&root, "dialogs").unwrap();
    assert_eq!(text(&root, "dialog-title"), "Bob d");
    let input: HtmlTextAreaElement = find(&root, "input").unwrap().unchecked_into();
    input.set_value("half a thought");
    input.dispatch_event(&web_sys::Event::new("input").unwrap()).unwrap();
    tick().await;
    let other = root.query_selector("a[href='/d/e']").unwrap().unwrap();
    other.unchecked_into::<HtmlElement>().click();
    tick().await;
    tick().await;
    assert_eq!(text(&root, "dialog-title"), "Bob e");
    assert_eq!(window().location().pathname().unwrap(), "/d/e");
    assert!(find(&root, "dialogs").unwrap().is_same_node(Some(&list)));
    assert_eq!(document().active_element().unwrap().id(), "write");
    assert!(list.text_content().unwrap().contains("Draft: half a thought"));
    assert!(tab.0.asked.borrow().contains(&"GET /api/messages/dialog/e".to_owned()));
}

/// The answer with these messages of the dialog `e`, with more on either side.
fn run(from: u64, to: u64) -> String {
    let one = |seq| {
        let message = message("bob", &format!("letter {seq}"), seq, seq);
        message.replace(r#""dialogId":"d""#, r#""dialogId":"e""#)
    };
    let messages: Vec<_> = (from..=to).map(one).collect();
    let (messages, older, newer) = (messages.join(","), from > 1, to < 40);
    format!(
        r#"{{"success":true,"data":{{"messages":[{messages}],"ev":40,"hasMore":{older},"hasNewer":{newer}}}}}"#
    )
}

#[wasm_bindgen_test]
async fn a_dialog_opens_at_what_is_new_however_few_messages_fit() {
    let tab = Tab::default();
    let root = with_bob(&tab, &[("bob", "hello")]).await;
    // Not as many as a page holds; but of the last page, there are no more than these.
    let last =
        message("bob", "letter 40", 40, 40).replace(r#""dialogId":"d""#, r#""dialogId":"e""#);
    let unread = line("e", &last, 40).replace(r#""unread":0,"read":40"#, r#""unread":40,"read":0"#);
    tab.hears(frame(&format!(
        r#"{{"type":"dialog:update","payload":{{"dialogId":"e","uev":2,"dialog":{unread}}}}}"#
    )));
    let latest = "/api/messages/dialog/e";
    *tab.0.answers.borrow_mut() =
        vec![(latest.to_owned(), run(17, 40)), (format!("{latest}?around=1"), run(1, 12))];
    let asked = || {
        let asked = tab.0.asked.borrow();
        let messages = asked.iter().filter(|asked| asked.contains("/api/messages/dialog/e"));
        messages.cloned().collect::<Vec<_>>()
    };
    let other = root.query_selector("a[href='/d/e']").unwrap().unwrap();
    other.unchecked_into::<HtmlElement>().click();
    for _ in 0..4 {
        tick().await;
    }
    assert_eq!(asked()[..2], [format!("GET {latest}"), format!("GET {latest}?around=1")]);
    let shown = text(&root, "messages");
    assert!(shown.contains("letter 1") && !shown.contains("letter 17"), "{shown}");
    assert!(find(&root, "new-divider").is_some());
}

#[wasm_bindgen_test]
async fn who_is_typing_stands_in_the_head_and_in_the_list() {
    let tab = Tab::default();
    let root = with_bob(&tab, &[("bob", "hello")]).await;
    assert_eq!(text(&root, "preview"), "hello");
    let bob: Person = confab_protocol::json::read(r#"{"id":"bob","username":"Bob"}"#).unwrap();
    let dialog_id = DialogId::parse("d").unwrap();
    tab.hears(Event::Typing { dialog_id: dialog_id.clone(), people: vec![bob] });
    tick().await;
    tick().await;
    assert_eq!(text(&root, "dialog-status"), "Bob is typing…");
    assert_eq!(text(&root, "preview"), "typing…");
    tab.hears(Event::Typing { dialog_id, people: Vec::new() });
    tick().await;
    tick().await;
    assert_eq!(text(&root, "dialog-status"), "online");
    assert_eq!(text(&root, "preview"), "hello");
}

#[wasm_bindgen_test]
async fn who_is_shown_the_door_sees_nothing_more() {
    let tab = Tab::default();
    let root = with_bob(&tab, &[("bob", "secret")]).await;
    tab.hears(frame(r#"{"type":"dialog:update","payload":{"dialogId":"d","uev":2}}"#));
    tick().await;
    tick().await;
    assert!(find(&root, "gone").is_some());
    assert!(!root.text_content().unwrap().contains("secret"));
}

#[wasm_bindgen_test]
async fn what_is_new_elsewhere_stands_in_the_list_and_in_the_title() {
    let tab = Tab::default();
    let root = with_bob(&tab, &[("bob", "hello")]).await;
    let new = message("bob", "psst", 1, 1).replace(r#""dialogId":"d""#, r#""dialogId":"e""#);
    tab.hears(frame(&format!(
        r#"{{"type":"message:new","payload":{{"dialogId":"e","ev":1,"message":{new}}}}}"#
    )));
    tick().await;
    tick().await;
    assert_eq!(text(&root, "unread"), "1");
    assert_eq!(document().title(), "(1) Bob d · Confab");
    let delivered = |input: &Input| matches!(input, Input::Delivered { dialog_id, .. } if dialog_id.as_str() == "e");
    assert!(tab.0.inputs.borrow().iter().any(delivered));
}
