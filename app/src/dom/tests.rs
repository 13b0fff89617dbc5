//! Pages in a real browser: what the server wrote is taken as it stands, and lists keep their rows.

use leptos::{
    mount::mount_to,
    prelude::*,
    tachys::{hydration::Cursor, view::PositionState},
    task::tick,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{DomParser, HtmlElement, SupportedType};

use super::*;

wasm_bindgen_test_configure!(run_in_browser);

fn root() -> HtmlElement {
    let root = document().create_element("div").unwrap();
    document().body().unwrap().append_child(&root).unwrap();
    root.unchecked_into()
}

/// Draws a page anew.
fn draws(html: impl FnOnce() -> Html + 'static) -> HtmlElement {
    let root = root();
    mount_to(root.clone(), html).forget();
    root
}

/// What the browser's parser makes of a page that the server wrote.
fn parsed(html: Html) -> HtmlElement {
    let mut text = String::from("<div>");
    write::page(html, &mut text);
    let document = DomParser::new().unwrap().parse_from_string(&text, SupportedType::TextHtml);
    let page = document.unwrap().body().unwrap().first_element_child().unwrap();
    root().append_child(&page).unwrap();
    page.unchecked_into()
}

/// A list of letters, each a row of its own.
fn letters(letters: RwSignal<String>) -> Html {
    let row = |letter: char| Item {
        key: letter.to_string(),
        draw: Box::new(move || Element::new("b").text(letter.to_string())),
    };
    Element::new("p").child(list(move || letters.get().chars().map(row).collect())).into()
}

fn nodes(root: &HtmlElement) -> Vec<web_sys::Element> {
    let rows = root.query_selector_all("b").unwrap();
    (0..rows.length()).map(|place| rows.get(place).unwrap().unchecked_into()).collect()
}

#[wasm_bindgen_test]
async fn a_list_shows_its_rows_in_order_and_each_keeps_its_node() {
    let shown = RwSignal::new("abcd".to_owned());
    let root = draws(move || letters(shown));
    for now in
        ["abcd", "abxcd", "xabcd", "dxabc", "bd", "db", "", "qwerty", "ytrewq", "wert", "abcd"]
    {
        let before = nodes(&root);
        shown.set(now.to_owned());
        tick().await;
        assert_eq!(root.text_content().unwrap(), now);
        let after = nodes(&root);
        for node in &before {
            let stays = now.contains(&node.text_content().unwrap());
            let found = after.iter().any(|other| other.is_same_node(Some(node)));
            assert_eq!(found, stays, "{:?} on the way to {now}", node.text_content());
        }
    }
}

#[wasm_bindgen_test]
async fn a_page_is_taken_as_the_server_wrote_it_and_lives_on() {
    let (name, is_big) = (RwSignal::new(String::new()), RwSignal::new(false));
    let shown = RwSignal::new("ab".to_owned());
    let page = move || -> Html {
        Element::new("main")
            .attr("title", "stays")
            .flag_live("data-big", move || is_big.get())
            .text("Hello, ")
            .text_live(move || name.get())
            .text("!")
            .child(when(move || is_big.get(), || Element::new("i").text("big").into()))
            .child(letters(shown))
            .into()
    };
    // Makes the executor, too.
    let drawn = draws(page);
    let owner = Owner::new();
    let root = owner.with(|| parsed(page()));
    let main = root.query_selector("main").unwrap().unwrap();
    let rows = nodes(&root);
    let state = owner.with(|| {
        let cursor = Cursor::new(root.clone().unchecked_into());
        page().hydrate::<true>(&cursor, &PositionState::default())
    });
    for (text, big) in [("", false), ("Anna", true), ("Bob", false)] {
        name.set(text.to_owned());
        is_big.set(big);
        shown.set(if big { "abc" } else { "ab" }.to_owned());
        tick().await;
        let expected = format!("Hello, {text}!{}", if big { "bigabc" } else { "ab" });
        for page in [&root, &drawn] {
            assert_eq!(page.text_content().unwrap(), expected);
            let main = page.query_selector("main").unwrap().unwrap();
            assert_eq!(main.has_attribute("data-big"), big);
            assert_eq!(main.get_attribute("title").as_deref(), Some("stays"));
        }
        assert!(root.query_selector("main").unwrap().unwrap().is_same_node(Some(&main)));
        assert!(nodes(&root).iter().zip(&rows).all(|(now, then)| now.is_same_node(Some(then))));
    }
    drop((state, owner));
}

#[wasm_bindgen_test]
async fn what_has_gone_hears_and_does_nothing() {
    let (is_there, heard, seen) = (RwSignal::new(true), RwSignal::new(0), RwSignal::new(0));
    let button = move || -> Html {
        let text = move || {
            seen.update_untracked(|times| *times += 1);
            heard.get().to_string()
        };
        let hear = move |_| heard.update(|times| *times += 1);
        Element::new("b").on("click", hear).text_live(text).into()
    };
    // One inside of the other: the inner one ends with the outer one, not a moment later.
    let root = draws(move || when(move || is_there.get(), move || when(|| true, button)));
    let button: HtmlElement = nodes(&root)[0].clone().unchecked_into();
    button.click();
    tick().await;
    assert_eq!((heard.get_untracked(), seen.get_untracked()), (1, 2));
    is_there.set(false);
    heard.set(5);
    tick().await;
    button.click();
    tick().await;
    assert_eq!((nodes(&root).len(), heard.get_untracked(), seen.get_untracked()), (0, 5, 2));
}

fn focus(element: &web_sys::Element) {
    element.unchecked_ref::<HtmlElement>().focus().unwrap();
}

#[wasm_bindgen_test]
async fn who_was_in_a_row_that_goes_is_in_the_one_at_its_place() {
    let shown = RwSignal::new("abcd".to_owned());
    let root = draws(move || letters_to_go_to(shown));
    focus(&nodes(&root)[1]);
    for (now, there) in [("acd", "c"), ("ad", "d"), ("a", "a"), ("", "")] {
        shown.set(now.to_owned());
        tick().await;
        assert_eq!(focused(&root), there, "{now}");
    }
}

#[wasm_bindgen_test]
async fn who_was_in_a_row_that_goes_when_others_come_is_at_its_place_too() {
    let shown = RwSignal::new("abcd".to_owned());
    let root = draws(move || letters_to_go_to(shown));
    focus(&nodes(&root)[1]);
    let turns = [("xacd", "c"), ("zyxad", "d"), ("zyxab", "b"), ("wzyxa", "a"), ("qe", "q")];
    for (now, there) in turns {
        shown.set(now.to_owned());
        tick().await;
        assert_eq!(focused(&root), there, "{now}");
    }
}

/// A list of letters that take the focus.
fn letters_to_go_to(letters: RwSignal<String>) -> Html {
    let row = |letter: char| Item {
        key: letter.to_string(),
        draw: Box::new(move || Element::new("b").attr("tabindex", "-1").text(letter.to_string())),
    };
    let rows = list(move || letters.get().chars().map(row).collect());
    Element::new("p").attr("tabindex", "-1").child(rows).into()
}

/// What the focus is on, in here.
fn focused(root: &HtmlElement) -> String {
    let active = document().active_element().unwrap();
    assert!(root.contains(Some(&active)));
    active.text_content().unwrap()
}

#[wasm_bindgen_test]
async fn who_was_in_a_piece_that_is_made_anew_is_in_what_is_around_it() {
    let shown = RwSignal::new(1);
    let root = draws(move || {
        let button = |_: &i32| Element::new("button").into();
        Element::new("p").attr("tabindex", "-1").child(switch(move || shown.get(), button)).into()
    });
    focus(&root.query_selector("button").unwrap().unwrap());
    shown.set(2);
    tick().await;
    assert_eq!(document().active_element().unwrap().tag_name(), "P");
    // Who was elsewhere stays there.
    focus(&root.query_selector("button").unwrap().unwrap());
    let other = draws(|| Element::new("button").into());
    focus(&other.first_element_child().unwrap());
    shown.set(3);
    tick().await;
    assert!(other.contains(document().active_element().as_deref()));
}
