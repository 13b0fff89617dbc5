//! The three ways in, and what stands in them.

use hyper::Request;

use super::{OTHER, PASSWORD, anna, refused, sent, tag};
use crate::harness::{Browser, server};

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
            refused(&answer, status, &["could not read this"], path);
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
