//! The pages in every language and state, as the server writes them.

use confab_protocol::{
    Dialog, DialogId, DialogKind, Ev, Person, Presence, PresenceState, Role, Seq, Timestamp,
    TokenId, UserId, Username,
    rest::{Found, FoundMessage, FoundPerson, Me, PeopleList, Piece, Token},
};
use leptos::prelude::*;

use super::*;
use crate::{App, Bootstrap, Open};

const EVIL: &str = "\"><script>alert(1)</script>";

fn me(login: Option<&str>) -> Me {
    let username = Username::parse("Anna & Co").unwrap();
    Me { id: UserId::parse("anna").unwrap(), username, login: login.map(str::to_owned) }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn found_person(id: &str, state: PresenceState, last_seen_at: Option<Timestamp>) -> FoundPerson {
    FoundPerson {
        id: UserId::parse(id).unwrap(),
        username: Username::parse(&format!("{id} <b>")).unwrap(),
        presence: Presence { state, last_seen_at },
    }
}

fn people() -> Vec<FoundPerson> {
    vec![
        found_person("bob", PresenceState::Online, None),
        found_person("eve", PresenceState::Away, None),
        found_person("ivan", PresenceState::Offline, Some(at("2026-11-20T15:56:12.000Z"))),
        found_person("nina", PresenceState::Offline, None),
    ]
}

fn login_page(you: Option<Me>, fault: Option<Fault>) -> LoginPage {
    let (login, name) = (EVIL.to_owned(), "Typed Name".to_owned());
    LoginPage { to: "/d/1?at=2&x".to_owned(), guests: true, you, login, name, fault }
}

fn settings_page(login: Option<&str>) -> SettingsPage {
    let token = |id: &str, last_used_at| Token {
        id: TokenId::parse(id).unwrap(),
        name: EVIL.to_owned(),
        created_at: at("2026-11-19T10:00:00.000Z"),
        last_used_at,
    };
    SettingsPage {
        you: me(login),
        tokens: vec![token("t1", None), token("t2", Some(at("2026-11-20T15:56:12.000Z")))],
        secret: None,
        done: None,
        typed: EVIL.to_owned(),
        fault: None,
    }
}

fn people_page() -> PeoplePage {
    PeoplePage {
        query: "b".to_owned(),
        found: PeopleList { people: people(), has_more: true },
        chosen: Vec::new(),
        step: Step::Find,
        title: String::new(),
        fault: None,
    }
}

fn search_page() -> SearchPage {
    let dialog = |id: &str, kind, title: Option<&str>| Dialog {
        dialog_id: DialogId::parse(id).unwrap(),
        kind,
        title: title.map(str::to_owned),
        peer: (kind == DialogKind::Direct)
            .then(|| Person { id: UserId::parse("bob").unwrap(), username: Username::deleted() }),
        presence: None,
        role: Role::Member,
        members: 5,
        last_message: None,
        last_activity_at: at("2026-11-20T15:56:12.000Z"),
        unread: 0,
        read: Seq(0),
        muted: false,
        ev: Ev(0),
    };
    let piece = |text: &str, hit| Piece { text: text.to_owned(), hit };
    let message = FoundMessage {
        dialog_id: DialogId::lobby(),
        dialog_name: None,
        message_id: confab_protocol::MessageId::parse("m").unwrap(),
        seq: Seq(42),
        sender_name: Username::parse("Bob").unwrap(),
        created_at: at("2026-11-20T15:56:12.000Z"),
        pieces: vec![piece("a <i>", false), piece("tea", true), piece(" & cake", false)],
    };
    let found = Found {
        people: people(),
        dialogs: vec![
            dialog("g", DialogKind::Group, Some(EVIL)),
            dialog("d", DialogKind::Direct, None),
        ],
        messages: vec![message],
    };
    SearchPage { query: "tea".to_owned(), outcome: Outcome::Found(Box::new(found)) }
}

fn fault(form: Form, code: ErrorCode) -> Option<Fault> {
    Some(Fault { form, code, after: Some(Duration::from_millis(20_500)) })
}

/// Every page in every state, with a name for it.
fn states() -> Vec<(String, Standing)> {
    let mut states = Vec::new();
    let mut add = |name: String, page| states.push((name, page));
    for (name, you) in [("nobody", None), ("guest", Some(None)), ("account", Some(Some("anna")))] {
        let you = you.map(me);
        add(format!("login of {name}"), Standing::Login(login_page(you.clone(), None)));
    }
    for form in [Form::SignIn, Form::Register, Form::Guest] {
        for code in [
            ErrorCode::NameTaken,
            ErrorCode::LoginInvalid,
            ErrorCode::PasswordInvalid,
            ErrorCode::WrongCredentials,
            ErrorCode::TooManyTries,
            ErrorCode::StorageUnavailable,
        ] {
            let page = login_page(None, fault(form, code));
            add(format!("login, {form:?} refused for {code}"), Standing::Login(page));
        }
    }
    for login in [None, Some("anna")] {
        for done in [None, Some(Done::Name), Some(Done::Token)] {
            let secret = (done == Some(Done::Token)).then(|| "s3cr3t".to_owned());
            let page = SettingsPage { done, secret, ..settings_page(login) };
            add(format!("settings of {login:?} after {done:?}"), Standing::Settings(page.into()));
        }
        for (form, code) in [
            (Form::Name, ErrorCode::NameInvalid),
            (Form::Password, ErrorCode::PasswordInvalid),
            (Form::Password, ErrorCode::WrongCredentials),
            (Form::Tokens, ErrorCode::NameInvalid),
            (
                Form::Delete,
                if login.is_some() { ErrorCode::WrongCredentials } else { ErrorCode::BadRequest },
            ),
            (Form::SignOut, ErrorCode::StorageUnavailable),
        ] {
            if login.is_none() && matches!(form, Form::Password | Form::Tokens) {
                continue;
            }
            let page = SettingsPage { fault: fault(form, code), ..settings_page(login) };
            add(format!("settings, {form:?} refused for {code}"), Standing::Settings(page.into()));
        }
    }
    let nobody = || PeopleList { people: Vec::new(), has_more: false };
    let chosen = || people().split_off(2);
    let find = people_page;
    let group = || PeoplePage { step: Step::Group, title: EVIL.to_owned(), ..people_page() };
    for (name, page) in [
        ("people", find()),
        ("no people", PeoplePage { found: nobody(), ..find() }),
        ("people, some ticked", PeoplePage { chosen: chosen(), title: EVIL.to_owned(), ..find() }),
        ("no people, some ticked", PeoplePage { found: nobody(), chosen: chosen(), ..find() }),
        (
            "people, refused",
            PeoplePage { fault: fault(Form::Write, ErrorCode::UnknownPerson), ..find() },
        ),
        (
            "a group of nobody",
            PeoplePage { fault: fault(Form::Group, ErrorCode::MembersInvalid), ..group() },
        ),
        (
            "a group",
            PeoplePage {
                chosen: chosen(),
                fault: fault(Form::Group, ErrorCode::TitleInvalid),
                ..group()
            },
        ),
    ] {
        add(name.to_owned(), Standing::People(page));
    }
    for (name, outcome) in [
        ("found", search_page().outcome),
        ("not asked", Outcome::NotAsked),
        ("unavailable", Outcome::Unavailable),
        (
            "nothing found",
            Outcome::Found(Box::new(Found { people: vec![], dialogs: vec![], messages: vec![] })),
        ),
    ] {
        add(name.to_owned(), Standing::Search(SearchPage { outcome, ..search_page() }));
    }
    states
}

fn bootstrap(page: Page, language: Language) -> Bootstrap {
    let script = r#"{"page": "login", "language": "en", "words": [],
        "open": {"dialog": "lobby", "is_home": true},
        "you": {"id": "anna", "username": "Anna"}, "epoch": "e", "history": null,
        "limits": {"frameBytes": 65536, "messageCharacters": 20, "framesPerSecond": 50,
            "sendsPerSecond": 10, "sendsBurst": 30, "pageMessages": 50, "catchUpEvents": 300},
        "client": {"ws_host": "", "ws_path": "/ws", "ping_interval": 30000,
            "silence_max": 35000, "first_retry": 300, "retry_delays": [1000]},
        "demo": false, "notice": null, "form_client_id": "form"}"#;
    let bootstrap = Bootstrap::from_script(script).expect("a bootstrap");
    Bootstrap { page, language, open: Open::home(), ..bootstrap }
}

/// The page as the server writes it.
fn written(page: Standing, language: Language) -> String {
    let bootstrap = bootstrap(page.page(), language);
    Owner::new().with(|| {
        provide_context(page);
        view! { <App bootstrap/> }.to_html()
    })
}

/// The values of an attribute, in order.
fn values<'html>(html: &'html str, attribute: &str) -> Vec<&'html str> {
    let begins = format!(" {attribute}=\"");
    html.split(&begins).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// The tags of elements with this name, without what is in them.
fn tags<'html>(html: &'html str, name: &str) -> Vec<&'html str> {
    let begins = format!("<{name} ");
    html.split(&begins).skip(1).filter_map(|rest| rest.split('>').next()).collect()
}

#[test]
fn every_page_is_whole_in_every_language_and_state() {
    for language in Language::ALL {
        for (name, page) in states() {
            let html = written(page, language);
            let name = format!("{name} in {language:?}");
            let ids = values(&html, "id");
            for (place, id) in ids.iter().enumerate() {
                assert!(!ids[..place].contains(id), "{name}: two of {id}");
            }
            for reference in ["for", "aria-describedby", "aria-labelledby", "data-strength"] {
                for id in values(&html, reference).iter().flat_map(|value| value.split(' ')) {
                    assert!(
                        ids.contains(&id),
                        "{name}: {reference} names {id}, which is not there"
                    );
                }
            }
            for target in values(&html, "href").iter().filter_map(|href| href.strip_prefix('#')) {
                assert!(ids.contains(&target), "{name}: a link to #{target}");
            }
            assert!(!html.contains("{}"), "{name}: a place that nothing fills in {html}");
            assert!(!html.contains("<script>") && !html.contains("<b>"), "{name}: {html}");
            assert_eq!(html.matches("<h1").count(), 1, "{name}");
            assert_eq!(html.matches("<main").count(), 1, "{name}");
        }
    }
}

#[test]
fn every_field_has_a_label_and_no_password_is_ever_written() {
    for (name, page) in states() {
        let html = written(page, Language::En);
        let labelled = values(&html, "for");
        for input in tags(&html, "input") {
            let input = format!(" {input}");
            let kind = values(&input, "type")[0];
            match kind {
                "hidden" => {}
                "checkbox" => assert!(values(&input, "name") != [""], "{name}: {input}"),
                _ if input.contains(" hidden=\"\"") => {}
                _ => assert!(labelled.contains(&values(&input, "id")[0]), "{name}: {input}"),
            }
            if kind == "password" {
                assert_eq!(values(&input, "value"), [""; 0], "{name}");
                let autocomplete = values(&input, "autocomplete")[0];
                assert!(["current-password", "new-password"].contains(&autocomplete), "{name}");
            }
        }
    }
}

#[test]
fn a_refusal_is_told_at_the_top_and_beside_its_field() {
    for language in Language::ALL {
        let refused =
            |form, code| written(Standing::Login(login_page(None, fault(form, code))), language);
        let why = language.standing().faults.login_taken;
        let html = refused(Form::Register, ErrorCode::LoginTaken);
        assert_eq!(html.matches(why).count(), 2, "{html}");
        assert!(html.contains("role=\"alert\"") && html.contains("href=\"#register-login\""));
        let inputs = tags(&html, "input");
        let field = inputs.iter().find(|input| input.contains("id=\"register-login\"")).unwrap();
        assert!(field.contains("aria-invalid=\"true\""), "{field}");
        assert!(field.contains("aria-describedby=\"register-login-hint register-login-fault\""));
        assert_eq!(html.matches("aria-invalid").count(), 1, "no other field is to blame");
        let wait = language.count(&language.standing().faults.too_many_tries, 21);
        let html = refused(Form::SignIn, ErrorCode::TooManyTries);
        assert!(html.contains(&wait) && !html.contains("aria-invalid"), "{html}");
    }
}

#[test]
fn what_was_typed_stays_in_the_form_that_was_refused_and_in_no_other() {
    let html = written(
        Standing::Login(login_page(None, fault(Form::Register, ErrorCode::LoginTaken))),
        Language::En,
    );
    assert_eq!(html.matches("value=\"Typed Name\"").count(), 1, "{html}");
    assert_eq!(html.matches("&quot;&gt;&lt;script&gt;").count(), 1, "{html}");
    let fresh = written(Standing::Login(login_page(None, None)), Language::En);
    assert!(!fresh.contains("Typed Name") && !fresh.contains("script"), "{fresh}");
}

#[test]
fn each_who_looks_at_the_login_finds_the_doors_they_may_use() {
    let doors = |page| {
        let html = written(Standing::Login(page), Language::En);
        ["/login", "/guest", "/register"]
            .map(|action| html.contains(&format!("action=\"{action}\"")))
    };
    let page = |you| login_page(you, None);
    assert_eq!(doors(page(None)), [true, true, true]);
    assert_eq!(doors(LoginPage { guests: false, ..page(None) }), [true, false, true]);
    assert_eq!(doors(page(Some(me(None)))), [true, true, true], "a guest who only looked in");
    let is_in = |login| LoginPage { guests: false, ..page(Some(me(login))) };
    assert_eq!(doors(is_in(None)), [true, false, true], "a guest may keep the account");
    assert_eq!(doors(is_in(Some("anna"))), [true, false, false]);
}

#[test]
fn a_guest_is_asked_for_no_password_and_has_no_tokens() {
    let settings = |login| written(Standing::Settings(settings_page(login).into()), Language::En);
    let (guest, account) = (settings(None), settings(Some("anna")));
    assert!(guest.contains("name=\"sure\"") && !guest.contains("type=\"password\""), "{guest}");
    assert!(guest.contains("href=\"/login?to=%2Fsettings%3Fdone%3Daccount#register\""));
    assert!(!guest.contains("/settings/tokens") && !guest.contains("name=\"everywhere\""));
    assert!(account.contains("name=\"everywhere\"") && account.contains("/settings/tokens/remove"));
    assert!(!account.contains("name=\"sure\""));
}

#[test]
fn a_tick_survives_a_search_that_does_not_find_the_person() {
    let chosen = vec![people().remove(0), found_person("zoe", PresenceState::Online, None)];
    let html = written(Standing::People(PeoplePage { chosen, ..people_page() }), Language::En);
    for (id, ticked) in [("bob", true), ("zoe", true), ("eve", false)] {
        let inputs = tags(&html, "input");
        let boxes: Vec<_> = inputs
            .iter()
            .filter(|input| input.contains("name=\"with\"") && input.contains(&format!("\"{id}\"")))
            .collect();
        assert_eq!(boxes.len(), 1, "{id}");
        assert_eq!(boxes[0].contains("checked"), ticked, "{id}");
    }
}

#[test]
fn presence_is_said_in_words_and_times_say_their_zone() {
    let html = written(Standing::People(people_page()), Language::En);
    for words in [">online<", ">away<", ">offline<", "last seen <time", ">2026-11-20 15:56 UTC<"] {
        assert!(html.contains(words), "{words} in {html}");
    }
}

#[test]
fn what_was_found_is_marked_and_leads_to_its_place() {
    let html = written(Standing::Search(search_page()), Language::En);
    assert!(html.contains(">tea</mark>") && html.contains("a &lt;i&gt;"), "{html}");
    for href in ["/d/lobby?at=42#m42", "/d/g", "/d/d"] {
        assert!(html.contains(&format!("href=\"{href}\"")), "{href} in {html}");
    }
    assert!(
        html.contains("5 members") && html.contains("Deleted user") && html.contains(">Lobby<")
    );
}

#[test]
fn the_title_says_first_that_something_went_wrong() {
    let page = Standing::Login(login_page(None, fault(Form::SignIn, ErrorCode::WrongCredentials)));
    assert_eq!(page.title(Language::En, "Sign in · Confab"), "Error: Sign in · Confab");
    let page = Standing::Login(login_page(None, None));
    assert_eq!(page.title(Language::En, "Sign in · Confab"), "Sign in · Confab");
}

#[test]
fn what_was_done_is_read_from_the_address_it_was_written_to() {
    for done in [Done::Name, Done::Account, Done::Password, Done::Token, Done::TokenRemoved] {
        let path = done.path();
        let word = path.strip_prefix("/settings?done=").unwrap();
        assert_eq!(Done::from_word(word), Some(done));
    }
    assert_eq!(Done::from_word("else"), None);
}
