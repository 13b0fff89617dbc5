//! The pages of the server alone and their forms, as a browser without JavaScript uses them: what
//! works is answered by 303, what is refused by the page it was asked on, with the status of the
//! refusal, what was typed, and no password.

use hyper::Request;

use crate::harness::{Answer, Browser, TestServer, server};

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
    let tags = page.split('<').filter_map(|tag| tag.split('>').next());
    let id = format!(" id=\"{id}\"");
    tags.filter(|tag| tag.contains(&id)).next().unwrap_or_else(|| panic!("no{id} in {page}"))
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

// ---- coming in ----

#[tokio::test]
async fn every_way_in_leads_back_to_where_one_came_from() {
    let server = server().start().await;
    let to = ("to", "/d/lobby?at=2");
    let mut anna = Browser::new(&server);
    let fields = [("login", "anna"), ("name", "Anna"), ("password", PASSWORD), to];
    assert_eq!(sent(&anna.posts("/register", &fields).await), (303, "/d/lobby?at=2"));
    assert!(anna.opens("/settings").await.body.contains("value=\"Anna\""));

    let mut phone = Browser::new(&server);
    let page = phone.opens("/login?to=/d/lobby?at=2").await;
    assert!(page.body.contains("name=\"to\" value=\"/d/lobby?at=2\""), "{}", page.body);
    assert!(!phone.keeps("confab_guest"), "nobody becomes a guest by looking at the way in");
    let fields = [("login", "ANNA"), ("password", PASSWORD), to];
    assert_eq!(sent(&phone.posts("/login", &fields).await), (303, "/d/lobby?at=2"));
    assert!(phone.opens("/settings").await.body.contains("value=\"Anna\""));

    let mut guest = Browser::new(&server);
    assert_eq!(sent(&guest.posts("/guest", &[("name", "Gast"), to]).await), (303, "/d/lobby?at=2"));
    assert!(guest.opens("/settings").await.body.contains("value=\"Gast\""));
    let mut guest = Browser::new(&server);
    assert_eq!(sent(&guest.posts("/guest", &[("name", "  ")]).await), (303, "/"), "one click");
    assert!(guest.opens("/settings").await.body.contains("value=\"Guest "));
    server.end().await;
}

#[tokio::test]
async fn the_way_back_is_never_another_site() {
    let server = server().start().await;
    for evil in ["https://evil.example/", "//evil.example", "/\\evil.example", "\t//evil.example"] {
        let mut guest = Browser::new(&server);
        assert_eq!(sent(&guest.posts("/guest", &[("to", evil)]).await), (303, "/"), "{evil}");
    }
    server.end().await;
}

#[tokio::test]
async fn a_guest_who_keeps_the_account_stays_the_same_person() {
    let server = server().start().await;
    let mut guest = Browser::new(&server);
    guest.posts("/guest", &[("name", "Gast")]).await;
    guest.posts("/", &[("message", "from a guest")]).await;
    let before = server.history().await.messages[0].sender_id.clone();
    let page = guest.opens("/login?to=/settings?done=account").await;
    assert!(page.body.contains("You are here as Gast."), "{}", page.body);
    let keep = [
        ("login", "gast"),
        ("name", "Gast"),
        ("password", PASSWORD),
        ("to", "/settings?done=account"),
    ];
    let answer = guest.posts("/register", &keep).await;
    assert_eq!(sent(&answer), (303, "/settings?done=account"));
    let settings = guest.opens("/settings?done=account").await;
    assert!(settings.body.contains("The account is yours."), "{}", settings.body);
    guest.posts("/", &[("message", "from the same")]).await;
    assert_eq!(server.history().await.messages[1].sender_id, before);
    server.end().await;
}

#[tokio::test]
async fn whatever_is_wrong_with_a_way_in_its_page_says_it_beside_the_field() {
    let server = server().with(|settings| settings.auth.address_tries_per_minute = 1000);
    let server = server.start().await;
    let _anna = anna(&server).await;
    let long = "x".repeat(41);
    for (path, login, name, password, status, says, field) in [
        (
            "/register",
            "Anna@Example.org",
            "Eve",
            PASSWORD,
            409,
            "signs in with this login",
            "register-login",
        ),
        ("/register", "eve", " ANNA ", PASSWORD, 409, "has this name already", "register-name"),
        ("/register", "eve", "\u{200b}", PASSWORD, 422, "1 to 40 visible", "register-name"),
        ("/register", "eve", &long, PASSWORD, 422, "1 to 40 visible", "register-name"),
        ("/register", "e", "Eve", PASSWORD, 422, "3 to 100 letters", "register-login"),
        ("/register", "eve", "Eve", "sh0rt!", 422, "8 to 200 characters", "register-password"),
        ("/register", "eve", "Eve", "iloveyou", 422, "8 to 200 characters", "register-password"),
        ("/guest", "", "anna", "", 409, "has this name already", "guest-name"),
        (
            "/login",
            "anna@example.org",
            "",
            OTHER,
            401,
            "or the password is wrong",
            "sign-in-password",
        ),
        ("/login", "nobody", "", PASSWORD, 401, "or the password is wrong", "sign-in-password"),
    ] {
        let mut eve = Browser::new(&server);
        let fields = [("login", login), ("name", name), ("password", password), ("to", "/lab")];
        let answer = eve.posts(path, &fields).await;
        let about = format!("{path} {login} {name} {password}");
        refused(&answer, status, &[says, "value=\"/lab\""], &about);
        let input = tag(&answer.body, field);
        assert!(input.contains("aria-invalid=\"true\""), "{about}: {input}");
        assert!(input.contains(&format!("{field}-fault")), "{about}: {input}");
        let form = field.rsplit_once('-').unwrap().0;
        for (name, typed) in [("login", login), ("name", name)] {
            if !typed.is_empty() && (path == "/register" || name != "name" && path == "/login") {
                let input = tag(&answer.body, &format!("{form}-{name}"));
                assert!(input.contains(&format!("value=\"{typed}\"")), "{about}: {input}");
            }
        }
        assert!(!eve.keeps("confab_session"), "{about}");
    }
    server.end().await;
}

#[tokio::test]
async fn a_form_that_cannot_be_read_is_answered_by_its_page() {
    let server = server().start().await;
    for (kind, body, status) in [
        ("text/plain", "login=x".to_owned(), 415),
        ("application/x-www-form-urlencoded", format!("login={}", "x".repeat(300 * 1024)), 413),
    ] {
        for path in ["/login", "/register", "/guest"] {
            let request = Request::post(path).header("content-type", kind).body(body.clone());
            let answer = server.http(request.unwrap()).await;
            refused(&answer, status, &["did not accept this (bad_request)"], path);
        }
    }
    server.end().await;
}

#[tokio::test]
async fn who_tries_too_often_hears_how_long_to_wait() {
    let server = server().start().await;
    let mut eve = Browser::new(&server);
    let guess = [("login", "anna"), ("password", "a guess like any other")];
    for _ in 0..5 {
        assert_eq!(eve.posts("/login", &guess).await.status(), 401);
    }
    let answer = eve.posts("/login", &guess).await;
    refused(&answer, 429, &["Too many tries. Try again in 12 seconds."], "the sixth try");
    assert_eq!(answer.header("retry-after"), "12");
    server.end().await;
}

#[tokio::test]
async fn where_there_are_no_guests_there_is_no_door_for_them() {
    let server = server().with(|settings| settings.auth.guests = false).start().await;
    let mut nobody = Browser::new(&server);
    let page = nobody.opens("/login").await;
    assert_eq!(page.status(), 200);
    assert!(page.body.contains("action=\"/login\"") && page.body.contains("action=\"/register\""));
    assert!(!page.body.contains("action=\"/guest\""), "{}", page.body);
    refused(&nobody.posts("/guest", &[]).await, 401, &["Sign in first."], "a guest");
    assert!(!nobody.keeps("confab_guest") && !nobody.keeps("confab_session"));
    server.end().await;
}

// ---- being somebody ----

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

// ---- settings ----

#[tokio::test]
async fn another_name_is_saved_and_a_taken_one_is_not() {
    let server = server().start().await;
    let (mut anna, _bob) = (anna(&server).await, bob(&server).await);
    let answer = anna.posts("/settings/name", &[("name", "Anna Maria")]).await;
    assert_eq!(sent(&answer), (303, "/settings?done=name"));
    let page = anna.opens("/settings?done=name").await;
    assert!(
        page.body.contains("Your name is saved.") && page.body.contains("value=\"Anna Maria\"")
    );
    let answer = anna.posts("/settings/name", &[("name", "BOB")]).await;
    refused(&answer, 409, &["has this name already", "value=\"BOB\""], "a taken name");
    let answer = anna.posts("/settings/name", &[("name", " ")]).await;
    refused(&answer, 422, &["1 to 40 visible"], "no name");
    assert!(anna.opens("/settings").await.body.contains("value=\"Anna Maria\""));
    server.end().await;
}

#[tokio::test]
async fn another_password_signs_the_other_devices_out() {
    let server = server().start().await;
    let (mut anna, mut phone) = (anna(&server).await, Browser::new(&server));
    phone.posts("/login", &[("login", "anna@example.org"), ("password", PASSWORD)]).await;
    let answer = anna.posts("/settings/password", &[("old", "not this one"), ("new", OTHER)]).await;
    refused(&answer, 401, &["The password is wrong."], "a wrong password");
    assert!(tag(&answer.body, "password-old").contains("aria-invalid"));
    let answer = anna.posts("/settings/password", &[("old", PASSWORD), ("new", "sh0rt!")]).await;
    refused(&answer, 422, &["8 to 200 characters"], "a short password");
    assert!(tag(&answer.body, "password-new").contains("aria-invalid"));
    assert_eq!(phone.opens("/settings").await.status(), 200, "nothing has changed");
    let answer = anna.posts("/settings/password", &[("old", PASSWORD), ("new", OTHER)]).await;
    assert_eq!(sent(&answer), (303, "/settings?done=password"));
    assert!(anna.opens("/settings?done=password").await.body.contains("Your password is changed."));
    assert_eq!(phone.opens("/settings").await.status(), 303);
    let answer = phone.posts("/login", &[("login", "anna@example.org"), ("password", OTHER)]).await;
    assert_eq!(sent(&answer), (303, "/"));
    server.end().await;
}

#[tokio::test]
async fn a_token_is_told_once_and_is_good_until_it_is_removed() {
    let server = server().start().await;
    let mut anna = anna(&server).await;
    let answer = anna.posts("/settings/tokens", &[("name", "door bell")]).await;
    assert_eq!(sent(&answer), (303, "/settings?done=token"));
    assert!(!answer.body.contains("confab_"), "{}", answer.body);
    let page = anna.opens("/settings?done=token").await;
    let secret = tag(&page.body, "secret").split("value=\"").nth(1).unwrap();
    let secret = secret.split('"').next().unwrap().to_owned();
    let again = anna.opens("/settings?done=token").await;
    assert!(again.body.contains("door bell") && !again.body.contains(&secret), "{}", again.body);
    let me = || async {
        let request = Request::get("/api/me").header("authorization", format!("Bearer {secret}"));
        server.http(request.body(String::new()).unwrap()).await
    };
    assert_eq!(me().await.json()["data"]["username"], "Anna");
    let id = page.body.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let _bob = {
        let mut bob = bob(&server).await;
        bob.posts("/settings/tokens/remove", &[("id", id)]).await;
        assert_eq!(me().await.status(), 200, "another's token stays");
    };
    for _ in 0..2 {
        let answer = anna.posts("/settings/tokens/remove", &[("id", id)]).await;
        assert_eq!(sent(&answer), (303, "/settings?done=token-removed"));
    }
    assert_eq!(me().await.status(), 401);
    let answer = anna.posts("/settings/tokens", &[("name", " ")]).await;
    refused(&answer, 422, &["1 to 100 characters"], "a token for nothing");
    let answer = anna.posts("/settings/tokens/remove", &[("id", "no id")]).await;
    refused(&answer, 400, &["(bad_request)"], "no token");
    server.end().await;
}

#[tokio::test]
async fn a_guest_has_no_tokens_and_no_password() {
    let server = server().start().await;
    let mut guest = Browser::new(&server);
    guest.posts("/guest", &[]).await;
    let fields = [("name", "x"), ("old", PASSWORD), ("new", OTHER)];
    for path in ["/settings/tokens", "/settings/password"] {
        let answer = guest.posts(path, &fields).await;
        refused(&answer, 403, &["Keep your account first."], path);
    }
    server.end().await;
}

#[tokio::test]
async fn signing_out_ends_this_session_or_all() {
    let server = server().start().await;
    let (mut anna, mut phone) = (anna(&server).await, Browser::new(&server));
    let sign_in = [("login", "anna@example.org"), ("password", PASSWORD)];
    phone.posts("/login", &sign_in).await;
    assert_eq!(sent(&anna.posts("/logout", &[]).await), (303, "/login"));
    assert_eq!(anna.opens("/settings").await.status(), 303);
    assert_eq!(phone.opens("/settings").await.status(), 200);
    anna.posts("/login", &sign_in).await;
    assert_eq!(sent(&anna.posts("/logout", &[("everywhere", "true")]).await), (303, "/login"));
    assert_eq!(phone.opens("/settings").await.status(), 303);
    server.end().await;
}

#[tokio::test]
async fn an_account_is_deleted_by_its_password_alone_and_its_messages_stay() {
    let server = server().start().await;
    let mut anna = anna(&server).await;
    anna.posts("/", &[("message", "this stays")]).await;
    let answer = anna.posts("/settings/delete", &[("password", OTHER)]).await;
    refused(&answer, 401, &["The password is wrong."], "a wrong password");
    assert!(tag(&answer.body, "delete-password").contains("aria-invalid"));
    let answer = anna.posts("/settings/delete", &[("password", PASSWORD)]).await;
    assert_eq!(sent(&answer), (303, "/login"));
    assert_eq!(anna.opens("/settings").await.status(), 303);
    let sign_in = [("login", "anna@example.org"), ("password", PASSWORD)];
    assert_eq!(anna.posts("/login", &sign_in).await.status(), 401);
    let messages = server.history().await.messages;
    assert_eq!(messages[0].content, "this stays");
    assert!(messages[0].sender_name.is_deleted());
    server.end().await;
}

#[tokio::test]
async fn a_guest_is_deleted_who_is_sure() {
    let server = server().start().await;
    let mut guest = Browser::new(&server);
    guest.posts("/guest", &[("name", "Gast")]).await;
    let answer = guest.posts("/settings/delete", &[]).await;
    refused(&answer, 400, &["Tick the box if you are sure."], "not sure");
    assert!(tag(&answer.body, "delete-sure").contains("aria-invalid"));
    assert_eq!(sent(&guest.posts("/settings/delete", &[("sure", "yes")]).await), (303, "/login"));
    assert_eq!(guest.opens("/settings").await.status(), 303);
    server.end().await;
}

// ---- people ----

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

// ---- search ----

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

// ---- around them ----

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
