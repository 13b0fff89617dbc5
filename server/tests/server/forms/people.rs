//! People who are found, dialogs that are begun, and what was said.

use super::{anna, bob, refused, sent, tag};
use crate::harness::{Browser, server};

/// The id of the person with this name, from the button that begins to write to them.
async fn id_of(browser: &mut Browser<'_>, name: &str) -> String {
    let page = browser.opens(&format!("/people?query={name}")).await;
    assert_eq!(page.status(), 200);
    let button = page.body.split('<').find(|tag| tag.contains(&format!("\"Write to {name}\"")));
    let button = button.unwrap_or_else(|| panic!("no {name} in {}", page.body));
    button.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn who_is_found_can_be_written_to_and_there_is_one_dialog_for_both() {
    let server = server().start().await;
    let (mut anna, mut bob) = (anna(&server).await, bob(&server).await);
    let (to_bob, to_anna) = (id_of(&mut anna, "Bob").await, id_of(&mut bob, "Anna").await);
    let first = anna.posts("/people", &[("to", &to_bob)]).await;
    assert_eq!(first.status(), 303);
    let dialog = first.header("location").to_owned();
    assert!(dialog.starts_with("/d/"), "{dialog}");
    assert_eq!(sent(&bob.posts("/people", &[("to", &to_anna)]).await), (303, dialog.as_str()));
    assert_eq!(anna.opens(&dialog).await.status(), 200);
    for nobody in ["", "no id", "0199-nobody"] {
        let answer = anna.posts("/people", &[("to", nobody), ("query", "Bo")]).await;
        refused(&answer, 404, &["not here any more", "value=\"Bo\"", ">Bob<"], nobody);
    }
    server.end().await;
}

#[tokio::test]
async fn who_answers_by_a_form_has_read_the_page_before_it() {
    let server = server().start().await;
    let (mut anna, mut bob) = (anna(&server).await, bob(&server).await);
    let to_bob = id_of(&mut anna, "Bob").await;
    let begun = anna.posts("/people", &[("to", &to_bob)]).await;
    let dialog = begun.header("location").to_owned();
    let api = dialog.replace("/d/", "/api/dialogs/");
    for words in ["Tea?", "Or coffee?"] {
        anna.posts(&dialog, &[("message", words)]).await;
    }
    let unread = async |of: &mut Browser<'_>| {
        of.opens(&api).await.json()["data"]["dialog"]["unread"].as_u64()
    };
    assert_eq!(unread(&mut bob).await, Some(2));
    bob.posts(&dialog, &[("message", "Tea.")]).await;
    assert_eq!((unread(&mut bob).await, unread(&mut anna).await), (Some(0), Some(1)));
    server.end().await;
}

#[tokio::test]
async fn a_page_begins_with_what_is_new_however_few_messages_fit() {
    let server = server().unhurried().start().await;
    let (mut anna, mut bob) = (anna(&server).await, bob(&server).await);
    let to_bob = id_of(&mut anna, "Bob").await;
    let begun = anna.posts("/people", &[("to", &to_bob)]).await;
    let dialog = begun.header("location").to_owned();
    anna.posts(&dialog, &[("message", "before all that")]).await;
    bob.posts(&dialog, &[("message", "read")]).await;
    // Not as many as a page holds, and more than fits into one. The list shows how they begin.
    for n in 1..=40 {
        let words = format!("{} letter {n}.", "x".repeat(9_980));
        assert_eq!(anna.posts(&dialog, &[("message", &words)]).await.status(), 303);
    }
    let page = bob.opens(&dialog).await.body;
    for shown in ["before all that", " letter 1.", " letter 2."] {
        assert!(page.contains(shown), "{shown}");
    }
    assert!(!page.contains(" letter 40."));
    bob.posts(&dialog, &[("message", "I have read it")]).await;
    let page = bob.opens(&dialog).await.body;
    assert!(page.contains(" letter 40.") && !page.contains(" letter 1."), "and then at the end");
    server.end().await;
}

#[tokio::test]
async fn a_group_is_begun_with_who_is_ticked() {
    let server = server().start().await;
    let (mut anna, mut bob) = (anna(&server).await, bob(&server).await);
    let with = id_of(&mut anna, "Bob").await;
    // The tick survives a search that does not find the person.
    let page = anna.opens(&format!("/people?query=nobody&with={with}&with={with}")).await;
    assert_eq!(page.body.matches(&format!("value=\"{with}\" checked")).count(), 1, "{}", page.body);
    let page = anna.opens(&format!("/people?with={with}&group=new")).await;
    assert!(page.body.contains("action=\"/groups\"") && page.body.contains(">Bob<"));
    for (title, others, status, says) in [
        ("", vec![with.as_str()], 422, "1 to 100 visible"),
        ("Tea", vec![], 422, "Choose at least one person"),
        ("Tea", vec!["0199-nobody"], 404, "not here any more"),
    ] {
        let mut fields = vec![("title", title)];
        fields.extend(others.iter().map(|id| ("with", *id)));
        let answer = anna.posts("/groups", &fields).await;
        refused(&answer, status, &[says], says);
        assert!(tag(&answer.body, "group-title").contains(&format!("value=\"{title}\"")), "{says}");
        if others.contains(&with.as_str()) {
            assert!(answer.body.contains(&format!("value=\"{with}\" checked")), "{}", answer.body);
        }
    }
    let answer = anna.posts("/groups", &[("title", "Tea <b>"), ("with", &with)]).await;
    assert_eq!(answer.status(), 303);
    let dialog = answer.header("location").to_owned();
    let page = bob.opens(&dialog).await;
    assert_eq!(page.status(), 200);
    assert!(page.body.contains("Tea &lt;b&gt;") && !page.body.contains("Tea <b>"));
    server.end().await;
}

#[tokio::test]
async fn a_search_marks_what_it_found_and_leads_there() {
    let server = server().start().await;
    let (mut anna, _bob) = (anna(&server).await, bob(&server).await);
    anna.posts("/", &[("message", "Is there <tea> for Bob?")]).await;
    let page = anna.opens("/search?query=tea").await;
    assert_eq!(page.status(), 200);
    assert!(page.body.contains(">tea</mark>"), "{}", page.body);
    assert!(page.body.contains("href=\"/d/lobby?at=1#m1\""), "{}", page.body);
    assert!(!page.body.contains("<tea>"));
    let page = anna.opens("/search?query=bob").await;
    assert!(page.body.contains("\"Write to Bob\"") && page.body.contains("2 results"));
    for (query, says) in [
        ("nothing+like+this", "Nothing was found for “nothing like this”."),
        ("", "Finds people, your dialogs, and words in messages."),
        ("%22+OR+*+NEAR%28", "Nothing was found for “\" OR * NEAR(”."),
    ] {
        let page = anna.opens(&format!("/search?query={query}")).await;
        assert_eq!(page.status(), 200, "{query}");
        assert!(page.body.contains(says), "{says} in {}", page.body);
    }
    server.end().await;
}

#[tokio::test]
async fn a_search_finds_nothing_of_what_others_say_to_each_other() {
    let server = server().start().await;
    let (mut anna, mut bob) = (anna(&server).await, bob(&server).await);
    let with = id_of(&mut anna, "Bob").await;
    let dialog = anna.posts("/people", &[("to", &with)]).await.header("location").to_owned();
    let said = anna.posts(&dialog, &[("message", "a secret between two")]).await;
    assert_eq!(said.status(), 303);
    assert!(bob.opens("/search?query=secret").await.body.contains(">secret</mark>"));
    let mut eve = Browser::new(&server);
    eve.registers("eve", "Eve", "whatever one may think").await;
    assert!(eve.opens("/search?query=secret").await.body.contains("Nothing was found"));
    server.end().await;
}
