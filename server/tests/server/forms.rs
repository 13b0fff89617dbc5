//! The pages of the server alone and their forms, as a browser without JavaScript uses them: what
//! works is answered by 303, what is refused by the page it was asked on, with the status of the
//! refusal, what was typed, and no password.

mod around;
mod coming_in;
mod people;
mod settings;

use crate::harness::{Answer, Browser, TestServer};

const PASSWORD: &str = "tea at eleven, perhaps";
const OTHER: &str = "coffee at four, surely";

/// Where the browser is sent.
fn sent(answer: &Answer) -> (u16, &str) {
    (answer.status(), answer.header("location"))
}

/// Asserts that a form was refused on a page, with this status, and that the page says these words.
fn refused(answer: &Answer, status: u16, says: &[&str], about: &str) {
    assert_eq!(answer.status(), status, "{about}: {}", answer.body);
    assert!(answer.header("content-type").starts_with("text/html"), "{about}");
    assert!(answer.body.contains("<title>Error: "), "{about}");
    assert!(answer.body.contains("role=\"alert\""), "{about}");
    for words in says {
        assert!(answer.body.contains(words), "{about}: {words} in {}", answer.body);
    }
}

/// The tag of the element with this id.
fn tag<'page>(page: &'page str, id: &str) -> &'page str {
    let mut tags = page.split('<').filter_map(|tag| tag.split('>').next());
    let id = format!(" id=\"{id}\"");
    tags.find(|tag| tag.contains(&id)).unwrap_or_else(|| panic!("no{id} in {page}"))
}

async fn anna(server: &TestServer) -> Browser<'_> {
    let mut anna = Browser::new(server);
    anna.registers("anna@example.org", "Anna", PASSWORD).await;
    anna
}

async fn bob(server: &TestServer) -> Browser<'_> {
    let mut bob = Browser::new(server);
    bob.registers("79777777777", "Bob", OTHER).await;
    bob
}
