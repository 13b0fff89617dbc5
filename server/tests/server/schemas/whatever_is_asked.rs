//! A few thousand requests, half of them right and half of them not, by everyone there can be.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde_json::Value;

use super::{
    check::misfit,
    generate::{Generator, Operation, Pool, Request, operations},
};
use crate::harness::{Answer, PASSWORD, Person, TestServer, seed, server};

/// Requests for each operation.
const EACH: usize = 150;

/// Everyone there can be, in a fresh house.
struct Scene<'a> {
    people: Vec<(&'static str, Person<'a>)>,
    pool: Pool,
}

impl<'a> Scene<'a> {
    async fn set(server: &'a TestServer, n: usize) -> Self {
        let mut anna = server.account(&format!("anna{n}"), &format!("Anna {n}")).await;
        let mut bob = server.guest(&format!("Bob {n}")).await;
        let mut cem = server.guest(&format!("Cem {n}")).await;
        let (anna_id, bob_id) = (anna.id().await, bob.id().await);
        let group = anna.begins_group("Tea", &[&bob_id]).await.to_string();
        let pair = bob.begins_with(&anna_id).await.dialog_id.to_string();
        let mut messages = Vec::new();
        for (who, dialog) in [(0, &group), (1, &group), (1, &pair)] {
            let person = if who == 0 { &mut anna } else { &mut bob };
            let message = person.says(dialog, "Tea?").await;
            messages.push(message["messageId"].as_str().unwrap().to_owned());
        }
        let (token_id, token) = anna.makes_token("script").await;
        let mut passing = server.browser();
        passing.get("/").await;
        let unknown = "01998d2a-1234-7fff-bfff-ffffffffffff".to_owned();
        let pool = Pool {
            dialogs: vec![group.clone(), group, pair, "lobby".to_owned(), unknown.clone()],
            messages: [messages, vec![unknown.clone()]].concat(),
            people: vec![bob_id, cem.id().await, anna_id, unknown.clone()],
            tokens: vec![token_id, unknown],
            logins: vec![format!("anna{n}"), "anna0".to_owned()],
            words: ["coffee at nine", "tea", PASSWORD, "anna0", "Bob 0"]
                .map(str::to_owned)
                .to_vec(),
        };
        let people = vec![
            ("owner by token", server.script().with_token(&token)),
            ("owner", anna),
            ("member", bob),
            ("stranger", cem),
            ("passing guest", passing),
            ("nobody", server.browser()),
            ("somebody's wrong token", server.script().with_token("confab_wrong")),
        ];
        Self { people, pool }
    }
}

async fn sent(person: &mut Person<'_>, operation: &Operation, request: &Request) -> Answer {
    let head = hyper::Request::builder().method(&operation.method).uri(&request.path);
    let head = request.headers.iter().fold(head, |head, (name, value)| head.header(*name, value));
    person.sends(head, request.body.clone().unwrap_or_default()).await
}

/// What is wrong with an answer, as the document sees it.
fn fault(document: &Value, operation: &Operation, answer: &Answer) -> Option<String> {
    let status = answer.status();
    if status >= 500 {
        return Some("the fault is the server's".to_owned());
    }
    let described = &operation.described["responses"][status.to_string()];
    if described.is_null() {
        return Some("the document has no such status".to_owned());
    }
    if !answer.header("content-type").starts_with("application/json") {
        return Some("the answer is no JSON".to_owned());
    }
    let body = answer.json();
    let schema = &described["content"]["application/json"]["schema"];
    if let Some(misfit) = misfit(document, schema, &body) {
        return Some(misfit);
    }
    let code = body["code"].as_str()?;
    let is_listed = described["description"].as_str().unwrap().contains(&format!("`{code}`"));
    let is_sentence = body["error"].as_str().is_some_and(|error| error.len() > 5);
    (!is_listed || !is_sentence).then(|| format!("{code} is not listed, or without a sentence"))
}

#[tokio::test]
async fn whatever_is_asked_the_answer_is_one_that_the_document_lists() {
    let mut random = StdRng::seed_from_u64(seed());
    let server = server().unhurried().with(|settings| {
        settings.auth.tries_per_minute = 100_000;
        settings.auth.address_tries_per_minute = 100_000;
    });
    let server = server.start().await;
    let document = server.get("/api/openapi.json").await.json();
    let operations = operations(&document);
    let (mut faults, mut seen) = (Vec::new(), BTreeMap::<String, BTreeMap<u16, usize>>::new());
    for round in 0..EACH / 2 {
        let Scene { mut people, pool } = Scene::set(&server, round).await;
        let mut wishes: Vec<_> = operations.iter().chain(&operations).collect();
        wishes.shuffle(&mut random);
        for operation in wishes {
            // Half of all are careful, and half of those may do the most.
            let is_careful = random.random();
            let may_most = is_careful && random.random();
            let place = random.random_range(0..if may_most { 2 } else { people.len() });
            let (who, person) = &mut people[place];
            let mut generator = Generator { document: &document, random: &mut random, pool: &pool };
            let request = generator.request(operation, is_careful);
            let answer = sent(person, operation, &request).await;
            let name = format!("{} {}", operation.method, operation.path);
            *seen.entry(name.clone()).or_default().entry(answer.status()).or_default() += 1;
            if let Some(fault) = fault(&document, operation, &answer) {
                let body = request.body.as_deref().unwrap_or("no body");
                let body: String = body.chars().take(300).collect();
                let said: String = answer.body.chars().take(300).collect();
                let status = answer.status();
                faults.push(format!(
                    "{fault}\n  {who}: {name}\n  {} {:?} {body}\n  {status} {said}",
                    request.path, request.headers
                ));
            }
        }
    }
    for (name, statuses) in &seen {
        println!("{name}: {statuses:?}");
    }
    assert!(
        faults.is_empty(),
        "{} faults, the first are:\n{}",
        faults.len(),
        faults[..faults.len().min(12)].join("\n")
    );
    let worked = |statuses: &BTreeMap<u16, usize>| statuses.keys().any(|status| *status < 300);
    let never = seen.iter().filter(|(_, statuses)| !worked(statuses)).count();
    assert!(never <= 2, "chance may spare one or another, but {never} operations never worked");
    server.end().await;
}
