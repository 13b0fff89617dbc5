//! A verb is the same at both doors: what is answered, what is stored and what the others hear.

use confab_protocol::{DialogId, ServerFrame};
use serde_json::{Value, json};

use super::Three;
use crate::harness::{Client, Person, server};

/// Something to be done, at either door.
struct Verb {
    frame: &'static str,
    /// Method and path, `{dialog}` and `{message}` left open.
    rest: (&'static str, &'static str),
    body: Value,
}

fn verb(frame: &'static str, method: &'static str, path: &'static str, body: Value) -> Verb {
    Verb { frame, rest: (method, path), body }
}

fn verbs() -> Vec<Verb> {
    let (all, one) = ("/api/messages/dialog/{dialog}", "/api/messages/dialog/{dialog}/{message}");
    let (got, read) = ("/api/dialogs/{dialog}/delivered", "/api/dialogs/{dialog}/read");
    vec![
        verb("message:send", "POST", all, json!({ "clientId": "m1", "content": " Tea? " })),
        verb("message:send", "POST", all, json!({ "clientId": "m1", "content": "Tea?" })),
        verb("message:send", "POST", all, json!({ "clientId": "m1", "content": "Coffee?" })),
        verb("message:send", "POST", all, json!({ "clientId": "m2", "content": "\u{7}" })),
        verb(
            "message:send",
            "POST",
            all,
            json!({ "clientId": "m3", "content": "So", "replyTo": "{message}", "meta": { "a": 1 } }),
        ),
        verb(
            "message:send",
            "POST",
            all,
            json!({ "clientId": "m4", "content": "So", "replyTo": "elsewhere" }),
        ),
        verb("message:edit", "PATCH", one, json!({ "content": "Green tea?" })),
        verb("message:edit", "PATCH", one, json!({ "content": " Green tea? " })),
        verb("message:edit", "PATCH", one, json!({ "content": "" })),
        verb("message:delivered", "POST", got, json!({ "seq": 1 })),
        verb("message:read", "POST", read, json!({ "seq": 99 })),
        verb("message:delete", "DELETE", one, json!({})),
        verb("message:delete", "DELETE", one, json!({})),
        verb("message:edit", "PATCH", one, json!({ "content": "too late" })),
    ]
}

/// What became of it: the code of a refusal, or the message, and whether it was there before.
type Outcome = Result<Value, String>;

struct Here<'a> {
    dialog: &'a DialogId,
    message: String,
}

impl Here<'_> {
    fn filled(&self, text: &str) -> String {
        text.replace("{dialog}", self.dialog.as_str()).replace("{message}", &self.message)
    }

    async fn by_rest(&self, person: &mut Person<'_>, verb: &Verb) -> Outcome {
        let body = serde_json::from_str(&self.filled(&verb.body.to_string())).unwrap();
        let path = self.filled(verb.rest.1);
        let answer = person.asks(verb.rest.0.parse().unwrap(), &path, Some(body)).await;
        match answer.status() {
            200 | 201 => Ok(answer.json()["data"].clone()),
            _ => Err(answer.code()),
        }
    }

    async fn by_frame(&self, client: &mut Client, verb: &Verb, n: usize) -> Outcome {
        let mut payload: Value =
            serde_json::from_str(&self.filled(&verb.body.to_string())).unwrap();
        payload["dialogId"] = json!(self.dialog);
        payload["messageId"] = json!(self.message);
        if payload["clientId"].is_null() {
            payload["clientId"] = json!(format!("change-{n}"));
        }
        client.says_text(&json!({ "type": verb.frame, "payload": payload }).to_string()).await;
        let is_silent = matches!(verb.frame, "message:delivered" | "message:read");
        if is_silent {
            client.heard_nothing().await;
            return Ok(Value::Null);
        }
        match client.next().await {
            ServerFrame::Ack(ack) => Ok(serde_json::to_value(ack.message).unwrap()),
            ServerFrame::Nack(nack) => Err(nack.code.to_string()),
            other => panic!("{other:?}"),
        }
    }
}

/// The same text for the same story in two dialogs.
fn told_alike(text: &str, here: &Here<'_>, ids: &[String]) -> String {
    let mut text = text.replace(here.dialog.as_str(), "<dialog>");
    for id in ids {
        text = text.replace(id.as_str(), "<message>");
    }
    text
}

#[tokio::test]
async fn rest_and_the_socket_do_the_same() {
    let server = server().unhurried().start().await;
    let Three { mut anna, bob, ids, group, .. } = Three::meet(&server).await;
    let other = anna.begins_group("Tea", &[&ids[1], &ids[2]]).await;
    server.has_told_all().await;
    let mut stories = Vec::new();
    for dialog in [&group, &other] {
        let mut listener = bob.listens("dialogs").await;
        let mut socket = anna.listens("").await;
        let mut here = Here { dialog, message: "none".to_owned() };
        let (mut story, mut message_ids) = (Vec::new(), Vec::new());
        for (n, verb) in verbs().iter().enumerate() {
            let mut verb_here = Verb { body: verb.body.clone(), ..*verb };
            if let Some(id) = verb.body["clientId"].as_str() {
                // Names of messages are unique for each author, not for each dialog.
                verb_here.body["clientId"] = json!(format!("{id}-{}", dialog == &group));
            }
            let outcome = match dialog == &group {
                true => here.by_rest(&mut anna, &verb_here).await,
                false => here.by_frame(&mut socket, &verb_here, n).await,
            };
            if let Ok(Value::Object(message)) = &outcome {
                let id = message["messageId"].as_str().unwrap().to_owned();
                if here.message == "none" {
                    here.message = id.clone();
                }
                message_ids.push(id);
            }
            story.push(format!("{} {outcome:?}", verb.frame));
        }
        server.has_told_all().await;
        story.extend(everything_heard(&mut listener).await);
        let story = told_alike(&story.join("\n"), &here, &message_ids);
        stories.push(story.replace("-true", "").replace("-false", ""));
    }
    assert_eq!(stories[0], stories[1]);
    let count = |words: &str| stories[0].matches(words).count();
    assert_eq!(count("\"type\":\"message:new\""), 2, "{}", stories[0]);
    assert_eq!(count("\"type\":\"message:update\""), 2, "{}", stories[0]);
    server.end().await;
}

/// The frames that wait to be heard.
async fn everything_heard(client: &mut Client) -> Vec<String> {
    client.says(confab_protocol::Ping { n: 7 }).await;
    let mut heard = Vec::new();
    loop {
        let text = client.next_text().await;
        if text.contains("\"type\":\"pong\"") {
            return heard;
        }
        heard.push(text);
    }
}
