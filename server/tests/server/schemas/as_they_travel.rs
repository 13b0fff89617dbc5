//! One answer of every operation, byte by byte, as the server sends it; ids and secrets are numbered
//! in the order in which they appear, and the clock stands still.

use std::collections::{BTreeMap, BTreeSet};

use hyper::Method;
use serde_json::{Value, json};

use super::generate::operations;
use crate::harness::{Answer, PASSWORD, Person, server};

/// What was asked and answered, in order.
#[derive(Default)]
struct Story {
    lines: Vec<String>,
    /// Operations with the statuses that were seen.
    seen: BTreeSet<(String, u16)>,
    names: BTreeMap<String, String>,
}

impl Story {
    /// Asks, and writes it down. The route is the path as the document has it.
    async fn tell(
        &mut self,
        person: &mut Person<'_>,
        route: &str,
        ids: &[(&str, &str)],
        body: Value,
    ) -> Value {
        let (method, path) = route.split_once(' ').unwrap();
        let mut real = path.to_owned();
        for (name, id) in ids {
            real = real.replace(&format!("{{{name}}}"), id);
        }
        let method: Method = method.parse().unwrap();
        let given = (!body.is_null()).then(|| body.clone());
        let answer = person.asks(method, &real, given).await;
        self.write(route, &body, &answer);
        let described = route.split('?').next().unwrap().replace("/lobby", "/{id}");
        self.seen.insert((described, answer.status()));
        answer.json()["data"].clone()
    }

    fn write(&mut self, route: &str, body: &Value, answer: &Answer) {
        let asked = if body.is_null() { String::new() } else { format!(" {body}") };
        let told = serde_json::to_string_pretty(&answer.json()).unwrap();
        let text = format!("{route}{asked}\n{} {told}\n", answer.status());
        let text = self.without_names(&text);
        self.lines.push(text);
    }

    /// Every id and secret by its number.
    fn without_names(&mut self, text: &str) -> String {
        let is_name = |word: &&str| {
            word.starts_with("confab_") || word.len() == 36 && word.matches('-').count() == 4
        };
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
        let found: Vec<_> = words.filter(is_name).map(str::to_owned).collect();
        let mut text = text.to_owned();
        for name in found {
            let kind = if name.starts_with("confab_") { "secret" } else { "id" };
            let number = self.names.len() + 1;
            let short =
                self.names.entry(name.clone()).or_insert_with(|| format!("{kind}-{number}"));
            text = text.replace(&name, short);
        }
        text
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[tokio::test]
async fn every_answer_looks_like_this() {
    let server = server().unhurried().start().await;
    let document = server.get("/api/openapi.json").await.json();
    let mut story = Story::default();
    let (mut anna, mut bob) = (server.browser(), server.browser());
    let none = json!(null);
    let all = "/api/messages/dialog/{id}";
    let one = "/api/messages/dialog/{id}/{message}";

    let draft = json!({ "password": PASSWORD });
    story.tell(&mut anna, "POST /api/auth/strength", &[], draft).await;
    let body = json!({ "login": "79111111111", "name": "Anna", "password": PASSWORD });
    story.tell(&mut anna, "POST /api/auth/register", &[], body).await;
    story.tell(&mut bob, "POST /api/auth/guest", &[], json!({ "name": "Bob" })).await;
    let me = story.tell(&mut bob, "GET /api/me", &[], none.clone()).await;
    let bob_id = text(&me["id"]).to_owned();
    story.tell(&mut bob, "PATCH /api/me", &[], json!({ "name": "Bob B." })).await;

    let body = json!({ "kind": "group", "title": "Tea", "members": [bob_id] });
    let group = story.tell(&mut anna, "POST /api/dialogs", &[], body).await;
    let group = text(&group["dialogId"]).to_owned();
    let id = [("id", group.as_str())];
    let body = json!({ "content": "Tea?", "clientId": "c-1", "meta": { "mood": 1 } });
    let first = story.tell(&mut anna, &format!("POST {all}"), &id, body.clone()).await;
    story.tell(&mut anna, &format!("POST {all}"), &id, body).await;
    let first = text(&first["messageId"]).to_owned();
    let ids = [("id", group.as_str()), ("message", first.as_str())];
    let body = json!({ "content": "*Green*, please", "clientId": "c-2", "replyTo": first });
    let second = story.tell(&mut bob, &format!("POST {all}"), &id, body).await;
    let body = json!({ "content": "Coffee?" });
    story.tell(&mut anna, &format!("PATCH {one}"), &ids, body).await;
    let reply = [("id", group.as_str()), ("message", text(&second["messageId"]))];
    story.tell(&mut bob, "POST /api/dialogs/{id}/delivered", &id, json!({ "seq": 2 })).await;
    story.tell(&mut anna, "POST /api/dialogs/{id}/read", &id, json!({ "seq": 2 })).await;
    story.tell(&mut bob, "GET /api/search?query=coffee", &[], none.clone()).await;
    story.tell(&mut bob, &format!("DELETE {one}"), &reply, none.clone()).await;
    story.tell(&mut anna, &format!("GET {all}"), &id, none.clone()).await;

    let body = json!({ "title": "Coffee", "muted": true });
    story.tell(&mut anna, "PATCH /api/dialogs/{id}", &id, body).await;
    let cem = server.guest("Cem").await.id().await;
    let body = json!({ "members": [cem] });
    story.tell(&mut anna, "POST /api/dialogs/{id}/members", &id, body.clone()).await;
    story.tell(&mut anna, "DELETE /api/dialogs/{id}/members", &id, body).await;
    story.tell(&mut anna, &format!("GET {all}/events?after=0"), &id, none.clone()).await;
    story.tell(&mut anna, &format!("GET {all}/events?after=99"), &id, none.clone()).await;
    story.tell(&mut anna, "GET /api/dialogs/{id}", &id, none.clone()).await;
    let body = json!({ "kind": "direct", "members": [bob_id] });
    for _ in 0..2 {
        story.tell(&mut anna, "POST /api/dialogs", &[], body.clone()).await;
    }
    story.tell(&mut anna, "GET /api/dialogs", &[], none.clone()).await;
    story.tell(&mut anna, "GET /api/people?query=b", &[], none.clone()).await;
    story.tell(&mut bob, "POST /api/dialogs/{id}/leave", &id, none.clone()).await;
    story.tell(&mut anna, "DELETE /api/dialogs/{id}", &id, none.clone()).await;

    let made = story.tell(&mut anna, "POST /api/me/tokens", &[], json!({ "name": "script" })).await;
    story.tell(&mut anna, "GET /api/me/tokens", &[], none.clone()).await;
    let token = [("id", text(&made["token"]["id"]))];
    story.tell(&mut anna, "DELETE /api/me/tokens/{id}", &token, none.clone()).await;
    let body = json!({ "old": PASSWORD, "new": "coffee at nine" });
    story.tell(&mut anna, "POST /api/me/password", &[], body).await;
    let body = json!({ "login": "79111111111", "password": "coffee at nine" });
    story.tell(&mut anna, "POST /api/auth/login", &[], body).await;
    story.tell(&mut anna, "POST /api/auth/logout", &[], json!({ "everywhere": true })).await;
    story.tell(&mut bob, "DELETE /api/me", &[], none.clone()).await;
    // A refusal has one shape; with and without a time after which to come back.
    story.tell(&mut bob, "GET /api/me", &[], none).await;

    let missing: Vec<_> = operations(&document)
        .into_iter()
        .flat_map(|operation| {
            let name = format!("{} {}", operation.method, operation.path);
            let promised = operation.described["responses"].as_object().unwrap().keys();
            let promised = promised.filter_map(|status| status.parse::<u16>().ok());
            promised.filter(|status| *status < 300).map(|s| (name.clone(), s)).collect::<Vec<_>>()
        })
        .filter(|promised| !story.seen.contains(promised))
        .collect();
    assert_eq!(missing, [], "promised, and not in this story");
    insta::assert_snapshot!(story.lines.join("\n"));
    server.end().await;
}
