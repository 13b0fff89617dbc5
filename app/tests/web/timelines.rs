//! What the browser keeps of dialogs, and what becomes of it.

use std::time::Duration;

use confab_protocol::{DialogId, Ev, ServerFrame};
use confab_sync::{Event, Input, Status};
use leptos::task::tick;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

use super::support::*;

/// Longer than a change may wait to be kept (`PATIENCE` in `app/src/session/timelines.rs`).
const MOMENT: Duration = Duration::from_secs(2);

/// A timeline of the dialog `d`, as it is kept.
fn kept(epoch: &str, said: &[&str]) -> String {
    let messages: Vec<String> =
        said.iter().zip(1..).map(|(text, seq)| message("bob", text, seq, seq)).collect();
    format!(
        r#"{{"epoch":"{epoch}","at":"2026-11-20T05:06:07.000Z","page":{{"messages":[{}],"ev":{},"hasMore":false}}}}"#,
        messages.join(","),
        said.len()
    )
}

/// A tab that keeps this of the dialog `d`.
fn keeps(text: String) -> Tab {
    let tab = Tab::default();
    tab.0.timelines.borrow_mut().insert("anna/d".to_owned(), text);
    tab
}

fn is_kept(tab: &Tab, name: &str, text: &str) -> bool {
    tab.0.timelines.borrow().get(name).is_some_and(|kept| kept.contains(text))
}

/// The page of the lobby, from which the dialog `d` is opened.
async fn opens_d(tab: &Tab) -> Element {
    let list = format!(r#"{{"dialogs":[{}],"uev":1}}"#, line("d", "null", 0));
    let came = Came {
        page: "chat",
        open: "lobby",
        list,
        details: "null".to_owned(),
        history: NO_MESSAGES.to_owned(),
    };
    let root = shows(tab, came).await;
    tab.hears(Event::Status(Status::Open));
    find(&root, "dialog").unwrap().unchecked_into::<HtmlElement>().click();
    for _ in 0..4 {
        tick().await;
    }
    root
}

fn asked_for_messages(tab: &Tab) -> bool {
    tab.0.asked.borrow().iter().any(|asked| asked.starts_with("GET /api/messages/dialog/d"))
}

fn loaded(tab: &Tab) -> Vec<Ev> {
    let loaded = |input: &Input| match input {
        Input::Loaded { dialog_id, at } if dialog_id.as_str() == "d" => Some(*at),
        _ => None,
    };
    tab.0.inputs.borrow().iter().filter_map(loaded).collect()
}

fn caught_up(at: u64) -> Event {
    Event::DialogCaughtUp { dialog_id: DialogId::parse("d").unwrap(), at: Ev(at) }
}

#[wasm_bindgen_test]
async fn what_is_kept_is_shown_without_being_fetched_and_not_believed_before_it_has_caught_up() {
    let tab = keeps(kept("e", &["one", "two"]));
    let root = opens_d(&tab).await;
    assert_eq!(root.query_selector_all("[data-testid=message]").unwrap().length(), 2);
    assert!(!asked_for_messages(&tab));
    assert_eq!(loaded(&tab), [Ev(2)], "the engine asks for what came after it");
    tab.passes(Duration::from_secs(5)).await;
    let banner = text(&root, "stale");
    assert!(banner.starts_with("Last updated ") && banner.ends_with(", updating…"), "{banner}");
    tab.hears(change("message:update", 3, &message("bob", "one, changed", 1, 3)));
    tab.hears(caught_up(3));
    tick().await;
    assert_eq!(
        (text(&root, "content"), text(&root, "stale")),
        ("one, changed".to_owned(), String::new())
    );
    tab.passes(MOMENT).await;
    assert!(is_kept(&tab, "anna/d", r#""ev":3"#) && is_kept(&tab, "anna/d", "one, changed"));
    assert!(!asked_for_messages(&tab));
}

#[wasm_bindgen_test]
async fn what_was_kept_in_another_life_of_the_database_is_fetched() {
    let tab = keeps(kept("another", &["a phantom"]));
    let root = opens_d(&tab).await;
    assert!(find(&root, "message").is_none());
    assert!(asked_for_messages(&tab));
}

#[wasm_bindgen_test]
async fn the_newer_of_what_came_with_the_page_and_what_was_kept_is_shown() {
    let tab = keeps(kept("e", &["one", "two", "three"]));
    let root = with_bob(&tab, &[("bob", "one"), ("bob", "two")]).await;
    for _ in 0..4 {
        tick().await;
    }
    assert_eq!(root.query_selector_all("[data-testid=message]").unwrap().length(), 3);
    assert_eq!(loaded(&tab), [Ev(2), Ev(3)]);

    let tab = keeps(kept("e", &["one"]));
    let root = with_bob(&tab, &[("bob", "one"), ("bob", "two")]).await;
    for _ in 0..4 {
        tick().await;
    }
    assert_eq!(root.query_selector_all("[data-testid=message]").unwrap().length(), 2);
    assert_eq!(loaded(&tab), [Ev(2)]);
    tab.passes(MOMENT).await;
    assert!(is_kept(&tab, "anna/d", "two"));
}

#[wasm_bindgen_test]
async fn nothing_is_kept_of_what_is_void() {
    let tab = Tab::default();
    with_bob(&tab, &[("bob", "one")]).await;
    tab.hears(Event::DialogReset {
        dialog_id: DialogId::parse("d").unwrap(),
        why: confab_protocol::ResetReason::OtherEpoch,
    });
    tab.passes(MOMENT).await;
    assert!(tab.0.timelines.borrow().is_empty());
}

#[wasm_bindgen_test]
async fn what_is_ours_no_more_is_forgotten() {
    let tab = keeps(kept("e", &["one"]));
    with_bob(&tab, &[("bob", "one")]).await;
    tab.passes(MOMENT).await;
    assert!(is_kept(&tab, "anna/d", "one"));
    tab.hears(Event::DialogDenied { dialog_id: DialogId::parse("d").unwrap() });
    tab.passes(MOMENT).await;
    assert!(tab.0.timelines.borrow().is_empty(), "refused");

    tab.0.timelines.borrow_mut().insert("anna/x".to_owned(), kept("e", &["one"]));
    tab.hears(frame(
        r#"{"type":"dialog:update","payload":{"dialogId":"x","uev":2,"dialog":null}}"#,
    ));
    assert!(tab.0.timelines.borrow().is_empty(), "taken out");
}

#[wasm_bindgen_test]
async fn what_others_keep_and_what_another_database_told_is_forgotten() {
    let tab = keeps(kept("e", &["one"]));
    tab.0.timelines.borrow_mut().insert("zoe/d".to_owned(), kept("e", &["one"]));
    with_bob(&tab, &[("bob", "one")]).await;
    assert!(is_kept(&tab, "anna/d", "one") && !is_kept(&tab, "zoe/d", ""));
    let here = |epoch: &str| {
        let frame = format!(
            r#"{{"type":"connection_established","payload":{{"connectionId":"c","userId":"anna",
            "epoch":"{epoch}","pingInterval":1,"limits":{{"frameBytes":65536,"messageCharacters":20,
            "framesPerSecond":50,"sendsPerSecond":10,"sendsBurst":30,"pageMessages":50,
            "catchUpEvents":300}}}}}}"#
        );
        Event::Frame(ServerFrame::decode(&frame).expect("a frame"))
    };
    tab.hears(here("e"));
    assert!(is_kept(&tab, "anna/d", "one"));
    tab.hears(here("another"));
    assert!(tab.0.timelines.borrow().is_empty());
}
