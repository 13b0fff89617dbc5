//! Who may open these pages and post their forms, and what the pages bring with them.

use hyper::Request;

use super::{anna, sent};
use crate::harness::{Browser, server};

#[tokio::test]
async fn nobody_is_sent_to_the_login_and_back_from_there() {
    let server = server().start().await;
    for (path, to) in [
        ("/settings", "/settings"),
        ("/people", "/people"),
        ("/search?query=tea", "/search?query=tea"),
    ] {
        let mut nobody = Browser::new(&server);
        let answer = nobody.opens(path).await;
        let (status, way) = sent(&answer);
        assert_eq!(status, 303, "{path}");
        assert!(way.starts_with("/login?to="), "{path}: {way}");
        let login = nobody.opens(way).await;
        assert!(login.body.contains(&format!("name=\"to\" value=\"{to}\"")), "{path}");
    }
    for path in [
        "/settings/name",
        "/settings/password",
        "/settings/tokens",
        "/settings/tokens/remove",
        "/settings/delete",
        "/people",
        "/groups",
    ] {
        let mut nobody = Browser::new(&server);
        let fields = [("name", "x"), ("id", "x"), ("to", "x"), ("title", "x"), ("with", "x")];
        let (status, way) = {
            let answer = nobody.posts(path, &fields).await;
            (answer.status(), answer.header("location").to_owned())
        };
        assert_eq!(status, 303, "{path}");
        assert!(way.starts_with("/login?to="), "{path}: {way}");
    }
    assert_eq!(sent(&Browser::new(&server).posts("/logout", &[]).await), (303, "/login"));
    server.end().await;
}

#[tokio::test]
async fn a_page_of_another_site_may_post_no_form() {
    let server = server().start().await;
    let anna = anna(&server).await;
    for path in [
        "/login",
        "/register",
        "/guest",
        "/logout",
        "/settings/name",
        "/settings/password",
        "/settings/tokens",
        "/settings/tokens/remove",
        "/settings/delete",
        "/people",
        "/groups",
    ] {
        let request = Request::post(path)
            .header("origin", "https://evil.example")
            .header("cookie", anna.cookies())
            .header("content-type", "application/x-www-form-urlencoded")
            .body("name=Eve".to_owned());
        let answer = server.http(request.unwrap()).await;
        assert_eq!(
            (answer.status(), answer.code().as_str()),
            (403, "origin_not_allowed"),
            "{path}"
        );
    }
    server.end().await;
}

#[tokio::test]
async fn the_address_of_a_form_leads_to_its_page() {
    let server = server().start().await;
    for (form, page) in [
        ("/register", "/login"),
        ("/guest", "/login"),
        ("/logout", "/settings"),
        ("/settings/name", "/settings"),
        ("/settings/password", "/settings"),
        ("/settings/tokens", "/settings"),
        ("/settings/tokens/remove", "/settings"),
        ("/settings/delete", "/settings"),
        ("/groups", "/people"),
    ] {
        assert_eq!(sent(&server.get(form).await), (303, page), "{form}");
    }
    server.end().await;
}

#[tokio::test]
async fn these_pages_bring_their_sheets_and_script_and_others_download_neither() {
    let server = server().start().await;
    let mut anna = anna(&server).await;
    for path in ["/login", "/settings", "/people", "/search"] {
        let page = anna.opens(path).await;
        let (_, sheet) = page.body.split_once("<style nonce=\"").expect("a sheet in the page");
        let (nonce, sheet) = sheet.split_once("\">").unwrap();
        let (sheet, _) = sheet.split_once("</style>").unwrap();
        assert!(sheet.contains(".card."), "{path}: {sheet}");
        let script = format!("<script type=\"module\" nonce=\"{nonce}\">");
        assert!(page.body.contains(&script), "{path}");
        let policy = page.header("content-security-policy");
        assert!(policy.contains(&format!("'nonce-{nonce}'")), "{path}: {policy}");
        assert_eq!(page.header("cache-control"), "private, no-store", "{path}");
    }
    let home = anna.opens("/").await;
    assert!(!home.body.contains("<style") && !home.body.contains("data-strength"));
    server.end().await;
}

#[tokio::test]
async fn a_language_is_chosen_on_any_page_and_shows_it_again() {
    let server = server().start().await;
    let home = format!("http://{}", server.address);
    for (from, to) in [
        (format!("{home}/login?to=/lab"), "/login?to=/lab"),
        (format!("{home}/search?query=a+b"), "/search?query=a+b"),
        (format!("{home}/lab"), "/lab"),
        ("http://evil.example/lab".to_owned(), "/"),
        (format!("{home}//evil.example"), "/"),
        (String::new(), "/"),
    ] {
        let request = Request::get("/language/uk").header("referer", &from).body(String::new());
        let answer = server.http(request.unwrap()).await;
        assert_eq!(sent(&answer), (303, to), "{from}");
    }
    let mut nobody = Browser::new(&server);
    nobody.opens("/language/uk").await;
    assert!(nobody.opens("/login").await.body.contains("Ласкаво просимо"));
    server.end().await;
}

#[tokio::test]
async fn a_form_that_was_gone_back_to_sends_other_words_as_another_message() {
    let server = server().start().await;
    let mut anna = anna(&server).await;
    for words in ["Tea?", "Tea?", "Coffee?"] {
        let answer = anna.posts("/", &[("message", words), ("clientId", "m1")]).await;
        assert_eq!(sent(&answer), (303, "/#latest"), "{words}");
    }
    let said = server.history().await.messages.into_iter().map(|message| message.content);
    assert_eq!(said.collect::<Vec<_>>(), ["Tea?", "Coffee?"]);
    server.end().await;
}
