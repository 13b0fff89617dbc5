//! Who may do what by REST: one table, every route of the API, every standing that a person can have
//! towards a group. A route without a row fails.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

use hyper::Method;
use serde_json::{Value, json};

use crate::harness::{PASSWORD, Person, TestServer, server};

/// How someone stands towards a group, in the order of the columns.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// Began it, and wrote its only message.
    Owner,
    /// Was taken in.
    Member,
    /// Was taken in and out again.
    Removed,
    /// Has an account and nothing to do with it.
    Stranger,
    /// Came in as a guest.
    Guest,
    /// Was a member until their session ended; their browser does not know.
    SignedOut,
    /// Has no credentials at all.
    Nobody,
}

use Standing::*;

/// Route, body, and the status for each standing. In bodies, `$fred` is a member, `$eve` is none,
/// `$new` is a word that nobody has used.
const TABLE: [(&str, &str, [u16; 7]); 33] = [
    ("POST /api/auth/guest", "{}", [200; 7]),
    (
        "POST /api/auth/register",
        r#"{"login":"$new","name":"$new","password":"tea at eleven"}"#,
        [201; 7],
    ),
    ("POST /api/auth/login", r#"{"login":"$new","password":"tea at eleven"}"#, [401; 7]),
    ("POST /api/auth/logout", "{}", [200; 7]),
    ("POST /api/auth/strength", r#"{"password":"x"}"#, [200; 7]),
    ("GET /api/me", "", [200, 200, 200, 200, 200, 401, 401]),
    ("PATCH /api/me", r#"{"name":"$new"}"#, [200, 200, 200, 200, 200, 401, 401]),
    ("DELETE /api/me", r#"{"password":"tea at eleven"}"#, [200, 200, 200, 200, 200, 401, 401]),
    (
        "POST /api/me/password",
        r#"{"old":"tea at eleven","new":"coffee at nine"}"#,
        [200, 200, 200, 200, 403, 401, 401],
    ),
    ("GET /api/me/tokens", "", [200, 200, 200, 200, 403, 401, 401]),
    ("POST /api/me/tokens", r#"{"name":"x"}"#, [201, 201, 201, 201, 403, 401, 401]),
    ("DELETE /api/me/tokens/{id}", "", [404, 404, 404, 404, 403, 401, 401]),
    ("GET /api/people", "", [200, 200, 200, 200, 200, 401, 401]),
    ("GET /api/search?query=hidden", "", [200, 200, 200, 200, 200, 401, 401]),
    ("GET /api/dialogs", "", [200, 200, 200, 200, 200, 401, 401]),
    (
        "POST /api/dialogs",
        r#"{"kind":"direct","members":["$eve"]}"#,
        [201, 201, 201, 201, 201, 401, 401],
    ),
    ("GET /api/dialogs/{id}", "", [200, 200, 403, 403, 403, 401, 401]),
    ("PATCH /api/dialogs/{id}", r#"{"title":"x"}"#, [200, 403, 403, 403, 403, 401, 401]),
    ("DELETE /api/dialogs/{id}", "", [200, 403, 403, 403, 403, 401, 401]),
    ("POST /api/dialogs/{id}/read", r#"{"seq":1}"#, [200, 200, 403, 403, 403, 401, 401]),
    ("POST /api/dialogs/{id}/delivered", r#"{"seq":1}"#, [200, 200, 403, 403, 403, 401, 401]),
    (
        "POST /api/dialogs/{id}/members",
        r#"{"members":["$eve"]}"#,
        [200, 403, 403, 403, 403, 401, 401],
    ),
    (
        "DELETE /api/dialogs/{id}/members",
        r#"{"members":["$fred"]}"#,
        [200, 403, 403, 403, 403, 401, 401],
    ),
    ("POST /api/dialogs/{id}/leave", "", [200, 200, 403, 403, 403, 401, 401]),
    ("GET /api/messages/dialog/{id}", "", [200, 200, 403, 403, 403, 401, 401]),
    ("GET /api/messages/dialog/lobby", "", [200, 200, 200, 200, 200, 401, 200]),
    ("POST /api/messages/dialog/{id}", r#"{"content":"x"}"#, [201, 201, 403, 403, 403, 401, 401]),
    ("POST /api/messages/dialog/lobby", r#"{"content":"x"}"#, [201, 201, 201, 201, 201, 401, 201]),
    ("GET /api/messages/dialog/{id}/events?after=0", "", [200, 200, 403, 403, 403, 401, 401]),
    ("GET /api/messages/dialog/lobby/events?after=0", "", [200, 200, 200, 200, 200, 401, 200]),
    (
        "PATCH /api/messages/dialog/{id}/{message}",
        r#"{"content":"x"}"#,
        [200, 403, 403, 403, 403, 401, 401],
    ),
    ("DELETE /api/messages/dialog/{id}/{message}", "", [200, 403, 403, 403, 403, 401, 401]),
    ("GET /api/dialogs/lobby", "", [200, 200, 200, 200, 200, 401, 200]),
];

/// A word that no other test person has.
fn new_word() -> String {
    static LAST: AtomicU32 = AtomicU32::new(0);
    format!("somebody{}", LAST.fetch_add(1, Relaxed))
}

async fn someone(server: &TestServer) -> Person<'_> {
    let word = new_word();
    server.account(&word, &word).await
}

/// A group with everyone in it who is to be, and someone who stands towards it as wished.
pub struct Scene<'a> {
    pub person: Person<'a>,
    pub group: String,
    pub message: String,
    fred: String,
    eve: String,
}

impl<'a> Scene<'a> {
    pub async fn of(server: &'a TestServer, standing: Standing) -> Self {
        let (mut owner, mut person) = (someone(server).await, someone(server).await);
        let fred = someone(server).await.id().await;
        let eve = someone(server).await.id().await;
        let members = json!([person.id().await, fred]);
        let begun = json!({ "kind": "group", "title": "Tea", "members": members });
        let begun = owner.post("/api/dialogs", begun).await.json();
        let group = begun["data"]["dialogId"].as_str().unwrap().to_owned();
        let message =
            owner.says(&group, "hidden words").await["messageId"].as_str().unwrap().to_owned();
        let person = match standing {
            Owner => owner,
            Member => person,
            Removed => {
                let members = Some(json!({ "members": [person.id().await] }));
                let gone = owner.delete(&format!("/api/dialogs/{group}/members"), members).await;
                assert_eq!(gone.status(), 200);
                person
            }
            Stranger => someone(server).await,
            Guest => {
                let mut guest = server.browser();
                guest.post("/api/auth/guest", json!({})).await;
                guest
            }
            SignedOut => {
                let kept = person.copy();
                person.post("/api/auth/logout", json!({})).await;
                kept
            }
            Nobody => server.browser(),
        };
        Self { person, group, message, fred, eve }
    }

    /// What a row of a table means here.
    pub fn filled(&self, text: &str) -> String {
        let text = text.replace("{id}", &self.group).replace("{message}", &self.message);
        let text = text.replace("$fred", &self.fred).replace("$eve", &self.eve);
        text.replace("$new", &new_word())
    }

    /// Asks as a row of the table says.
    async fn asks(mut self, route: &str, body: &str) -> (u16, Value) {
        let route = self.filled(route);
        let (method, path) = route.split_once(' ').unwrap();
        let body = self.filled(body);
        let body = (!body.is_empty()).then(|| serde_json::from_str(&body).unwrap());
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = self.person.asks(method, path, body).await;
        (answer.status(), answer.json())
    }
}

/// Goes through one column of the table.
async fn every_route_answers(standing: Standing) {
    let server = server().unhurried().start().await;
    for (route, body, statuses) in TABLE {
        let scene = Scene::of(&server, standing).await;
        let (status, answer) = scene.asks(route, body).await;
        assert_eq!(status, statuses[standing as usize], "{standing:?}: {route} {answer}");
        let is_outside = matches!(standing, Removed | Stranger | Guest);
        if is_outside && status == 403 && !route.contains("/api/me") {
            assert_eq!(answer["code"], "unknown_dialog", "{standing:?}: {route} {answer}");
        }
        let told = answer.to_string().contains("hidden words");
        assert!(!told || matches!(standing, Owner | Member), "{standing:?}: {route} {answer}");
    }
    server.end().await;
}

macro_rules! columns {
    ($($name:ident: $standing:ident;)*) => {$(
        #[tokio::test]
        async fn $name() {
            every_route_answers($standing).await;
        }
    )*};
}

columns! {
    what_an_owner_may: Owner;
    what_a_member_may: Member;
    what_someone_removed_may: Removed;
    what_a_stranger_may: Stranger;
    what_a_guest_may: Guest;
    what_someone_signed_out_may: SignedOut;
    what_nobody_may: Nobody;
}

#[tokio::test]
async fn every_route_of_the_api_has_a_row() {
    let server = server().start().await;
    let document = server.get("/api/openapi.json").await.json();
    let mut routes = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let methods = methods.as_object().unwrap().keys();
        routes.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    let rows = TABLE.map(|(route, ..)| route.split('?').next().unwrap().replace("/lobby", "/{id}"));
    let rows: BTreeSet<_> = rows.into_iter().collect();
    assert_eq!(rows, routes);
    assert!(PASSWORD == "tea at eleven", "as the table has it");
    server.end().await;
}
