//! What the list of messages shows, and how little of it a change draws anew.

use std::{cell::RefCell, rc::Rc};

use confab_sync::Input;
use leptos::{prelude::*, task::tick};
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{
    Element, HtmlElement, HtmlTextAreaElement, MutationObserver, MutationObserverInit,
    MutationRecord,
};

use super::support::*;

/// Counts the rows that change under it.
struct RowsDrawn {
    observer: MutationObserver,
    records: Rc<RefCell<Vec<MutationRecord>>>,
    list: Element,
    _keep: Closure<dyn FnMut(js_sys::Array)>,
}

impl RowsDrawn {
    fn watch(root: &Element) -> Self {
        let list = root.query_selector("[data-testid=messages] ol").unwrap().unwrap();
        let records = Rc::<RefCell<Vec<MutationRecord>>>::default();
        let kept = records.clone();
        let keep = Closure::<dyn FnMut(_)>::new(move |records: js_sys::Array| {
            kept.borrow_mut().extend(records.iter().map(JsCast::unchecked_into));
        });
        let observer = MutationObserver::new(keep.as_ref().unchecked_ref()).unwrap();
        let what = MutationObserverInit::new();
        what.set_subtree(true);
        what.set_child_list(true);
        what.set_attributes(true);
        what.set_character_data(true);
        observer.observe_with_options(&list, &what).unwrap();
        Self { observer, records, list, _keep: keep }
    }

    /// How many rows came, and how many of those that stay were touched, since the last look.
    fn count(&self) -> (usize, usize) {
        let (mut came, mut touched) = (Vec::new(), Vec::new());
        let mut records = self.records.take();
        records.extend(self.observer.take_records().iter().map(|it| it.unchecked_into()));
        let knows = |rows: &[web_sys::Node], row: &web_sys::Node| {
            rows.iter().any(|known| known.is_same_node(Some(row)))
        };
        for record in records {
            let target = record.target().unwrap();
            if target.is_same_node(Some(&self.list)) {
                let added = record.added_nodes();
                came.extend((0..added.length()).map(|place| added.item(place).unwrap()));
                continue;
            }
            let row = match target.dyn_ref::<Element>() {
                Some(element) => element.closest("li").unwrap(),
                None => target.parent_element().and_then(|parent| parent.closest("li").unwrap()),
            };
            let row: web_sys::Node = row.expect("all is in rows").unchecked_into();
            if !knows(&came, &row) && !knows(&touched, &row) {
                touched.push(row);
            }
        }
        (came.len(), touched.len())
    }
}

const FIFTY: [(&str, &str); 50] = [("bob", "hello"); 50];

#[wasm_bindgen_test]
async fn one_message_draws_one_row_and_touches_no_other() {
    let tab = Tab::default();
    let root = with_bob(&tab, &FIFTY).await;
    let drawn = RowsDrawn::watch(&root);
    tab.hears(change("message:new", 51, &message("bob", "news", 51, 51)));
    tick().await;
    assert_eq!(root.query_selector_all("[data-testid=message]").unwrap().length(), 51);
    assert_eq!(drawn.count(), (1, 0));
    tab.hears(change("message:update", 52, &message("bob", "better news", 20, 52)));
    tick().await;
    assert_eq!(drawn.count(), (0, 1));
    assert!(root.text_content().unwrap().contains("better news"));
}

#[wasm_bindgen_test]
async fn a_receipt_draws_the_messages_that_it_reaches_and_no_other() {
    let tab = Tab::default();
    let root = with_bob(&tab, &[("anna", "one"), ("anna", "two"), ("anna", "three")]).await;
    let drawn = RowsDrawn::watch(&root);
    tab.hears(frame(
        r#"{"type":"receipt","payload":{"dialogId":"d","userId":"bob","delivered":2,"read":1}}"#,
    ));
    tick().await;
    assert_eq!(drawn.count(), (0, 2));
    let states = root.query_selector_all("[data-testid=delivery]").unwrap();
    let state = |place| {
        let sign: Element = states.item(place).unwrap().unchecked_into();
        sign.get_attribute("data-state").unwrap()
    };
    assert_eq!([state(0), state(1), state(2)], ["read", "delivered", "stored"]);
}

#[wasm_bindgen_test]
async fn marks_become_views_and_links_lead_only_where_they_may() {
    let said = "*so* <b>no</b> https://a.example and javascript:alert(1)";
    let root = with_bob(&Tab::default(), &[("bob", said)]).await;
    let content = find(&root, "content").unwrap();
    assert_eq!(content.text_content().unwrap(), said.replace('*', ""));
    assert_eq!(content.query_selector_all("b").unwrap().length(), 0);
    assert_eq!(content.query_selector("strong").unwrap().unwrap().text_content().unwrap(), "so");
    let links = content.query_selector_all("a").unwrap();
    assert_eq!(links.length(), 1);
    let link: Element = links.item(0).unwrap().unchecked_into();
    assert_eq!(link.get_attribute("href").unwrap(), "https://a.example");
    assert_eq!(link.get_attribute("rel").unwrap(), "noopener noreferrer nofollow");
}

#[wasm_bindgen_test]
async fn an_answer_says_what_it_answers_and_an_edit_gives_the_draft_back() {
    let tab = Tab::default();
    let root = with_bob(&tab, &[("bob", "question"), ("anna", "answr")]).await;
    let rows = root.query_selector_all("[data-testid=message]").unwrap();
    let point = |place| {
        let row: Element = rows.item(place).unwrap().unchecked_into();
        row.dispatch_event(&web_sys::Event::new("pointerover").unwrap()).unwrap();
    };
    let click = |id| find(&root, id).unwrap().unchecked_into::<HtmlElement>().click();
    point(0);
    tick().await;
    assert!(find(&root, "edit").is_none(), "it is another's");
    click("reply");
    tick().await;
    write_and_send(&root, "answer").await;
    assert_eq!(tab.sent().last().unwrap().reply_to.as_ref().unwrap().as_str(), "m1");
    assert!(find(&root, "composing").is_none());

    let input: HtmlTextAreaElement = find(&root, "input").unwrap().unchecked_into();
    input.set_value("draft");
    input.dispatch_event(&web_sys::Event::new("input").unwrap()).unwrap();
    point(1);
    tick().await;
    click("edit");
    tick().await;
    assert_eq!(input.value(), "answr");
    write_and_send(&root, "answered").await;
    assert_eq!(input.value(), "draft");
    assert!(text(&root, "messages").contains("answered"));
    let edits = |input: &Input| matches!(input, Input::Edit(edit) if edit.content == "answered");
    assert!(tab.0.inputs.borrow().iter().any(edits));
}

#[wasm_bindgen_test]
async fn what_is_taken_back_is_asked_for_twice() {
    let tab = Tab::default();
    let root = with_bob(&tab, &[("anna", "oops")]).await;
    find(&root, "message")
        .unwrap()
        .dispatch_event(&web_sys::Event::new("pointerover").unwrap())
        .unwrap();
    tick().await;
    let delete = || find(&root, "delete").unwrap().unchecked_into::<HtmlElement>().click();
    delete();
    tick().await;
    assert_eq!(text(&root, "delete"), "Delete for everyone?");
    let deletes = || tab.0.inputs.borrow().iter().any(|input| matches!(input, Input::Delete(_)));
    assert!(!deletes());
    delete();
    tick().await;
    assert!(deletes());
    assert_eq!(text(&root, "deleted"), "Message deleted");
    assert_eq!(document().active_element().unwrap().id(), "messages");
}
