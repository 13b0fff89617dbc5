//! Requests as no person sends them, made from the API's own description: whatever comes, the answer
//! is one that the description promises, of the shape that it promises, and never our fault.

use std::collections::BTreeSet;

use hyper::Method;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Map, Value, json};

use crate::harness::{Person, server};

/// Requests of each kind. Enough that a run of a few seconds meets every word of [`STRANGE`] often.
const REQUESTS: usize = 40;

/// Words that break what is not careful.
const STRANGE: [&str; 14] = [
    "",
    " ",
    "lobby",
    "x",
    "\0",
    "\u{200b}",
    "\u{202e}",
    "😀",
    "e\u{301}\u{301}\u{301}",
    "' OR 1=1 --",
    "\"*NEAR(",
    "<script>",
    "01998d2a-1234-7fff-bfff-ffffffffffff",
    "-1",
];

/// A source of strange things that draws the same ones in every run.
struct Strange {
    random: StdRng,
    document: Value,
}

impl Strange {
    fn below(&mut self, end: usize) -> usize {
        self.random.random_range(0..end)
    }

    fn word(&mut self) -> String {
        match self.below(STRANGE.len() + 2) {
            n if n < STRANGE.len() => STRANGE[n].to_owned(),
            n if n == STRANGE.len() => "x".repeat(64),
            _ => "й".repeat(10_001),
        }
    }

    fn number(&mut self) -> Value {
        let numbers = [json!(0), json!(1), json!(-1), json!(200), json!(1.5), json!(1e300)];
        match self.below(numbers.len() + 2) {
            n if n < numbers.len() => numbers[n].clone(),
            n if n == numbers.len() => json!(u64::MAX),
            _ => json!(i64::MAX),
        }
    }

    /// Something that mostly fits a schema.
    fn value(&mut self, schema: &Value) -> Value {
        let schema = resolved(&self.document, schema).clone();
        if self.below(12) == 0 {
            let strange = [Value::Null, json!([]), json!({}), json!(true), json!([[[]]])];
            return strange[self.below(strange.len())].clone();
        }
        if let Some(words) = schema["enum"].as_array() {
            return words[self.below(words.len())].clone();
        }
        if let Some(either) = schema["oneOf"].as_array() {
            let one = &either[self.below(either.len())];
            return self.value(one);
        }
        if let Some(fields) = schema["properties"].as_object() {
            let mut object = Map::new();
            for (name, field) in fields {
                if self.below(10) > 1 {
                    object.insert(name.clone(), self.value(field));
                }
            }
            return Value::Object(object);
        }
        let kinds = kinds(&schema);
        match kinds[self.below(kinds.len())].as_str() {
            "integer" | "number" => self.number(),
            "boolean" => json!(self.below(2) == 0),
            "array" => {
                let count = [0, 1, 2, 600][self.below(4)];
                (0..count).map(|_| self.value(&schema["items"])).collect()
            }
            "null" => Value::Null,
            _ => json!(self.word()),
        }
    }

    /// The address of an operation, with ids and a query.
    fn address(&mut self, path: &str, operation: &Value) -> String {
        let (mut path, mut query) = (path.to_owned(), Vec::new());
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            let value = match self.value(&parameter["schema"]) {
                Value::String(word) => word,
                other => other.to_string(),
            };
            let value = encoded(&value);
            match parameter["in"].as_str().unwrap() {
                "path" => {
                    let id = if value.is_empty() { "lobby" } else { &value };
                    path = path.replace(&format!("{{{name}}}"), id);
                }
                "query" if self.below(3) > 0 => query.push(format!("{name}={value}")),
                _ => {}
            }
        }
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }
}

/// Where a reference leads.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(path) => resolved(document, document.pointer(&path[1..]).unwrap()),
        None => schema,
    }
}

fn kinds(schema: &Value) -> Vec<String> {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(|kind| kind.as_str().unwrap().to_owned()).collect(),
        kind => vec![kind.as_str().unwrap_or("string").to_owned()],
    }
}

fn encoded(text: &str) -> String {
    // An address of a few kilobytes is enough.
    text.bytes().take(3000).map(|byte| format!("%{byte:02X}")).collect()
}

/// What of a value does not fit its schema.
fn misfit(document: &Value, schema: &Value, value: &Value) -> Option<String> {
    let schema = resolved(document, schema);
    if let Some(either) = schema["oneOf"].as_array() {
        let fits = either.iter().any(|schema| misfit(document, schema, value).is_none());
        return (!fits).then(|| format!("{value} is none of {schema}"));
    }
    if let Some(words) = schema["enum"].as_array() {
        return (!words.contains(value)).then(|| format!("{value} is no word of {schema}"));
    }
    if schema["type"].is_null() {
        return None;
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !kinds(schema).iter().any(|known| known == kind) {
        return Some(format!("{value} is no {}", schema["type"]));
    }
    let lacking = schema["required"].as_array().into_iter().flatten();
    let lacking = lacking.filter(|name| value.get(name.as_str().unwrap()).is_none());
    if let Some(name) = lacking.into_iter().next() {
        return Some(format!("{value} lacks {name}"));
    }
    let items = value.as_array().into_iter().flatten();
    let fields = value.as_object().into_iter().flatten();
    let unknown = fields.clone().find(|(name, _)| {
        schema["properties"].is_object() && schema["properties"].get(name.as_str()).is_none()
    });
    if let Some((name, _)) = unknown {
        return Some(format!("{name} is not in {schema}"));
    }
    items
        .map(|item| misfit(document, &schema["items"], item))
        .chain(fields.map(|(name, field)| misfit(document, &schema["properties"][name], field)))
        .find_map(|found| found)
}

/// What is wrong with an answer.
fn broken_promise(
    document: &Value,
    operation: &Value,
    answer: &crate::harness::Answer,
) -> Option<String> {
    let status = answer.status();
    if status >= 500 {
        return Some("it is our fault".to_owned());
    }
    let promised = &operation["responses"][status.to_string()];
    if promised.is_null() {
        return Some(format!("nobody promised {status}"));
    }
    let value = answer.json();
    if (value["success"] == true) != (status < 300) {
        return Some("body and status say two things".to_owned());
    }
    let code = value["code"].as_str().map(|code| format!("`{code}`"));
    let described = promised["description"].as_str().unwrap();
    if let Some(code) = code.filter(|code| !described.contains(code)) {
        return Some(format!("nobody promised {code}"));
    }
    misfit(document, &promised["content"]["application/json"]["schema"], &value)
}

#[tokio::test]
async fn whatever_comes_the_answer_is_one_that_was_promised() {
    let server = server().unhurried().with(|s| s.http.body_bytes_max = 64 * 1024).start().await;
    let document = server.get("/api/openapi.json").await.json();
    let mut strange = Strange { random: StdRng::seed_from_u64(3), document: document.clone() };
    let mut statuses = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let word = operation["operationId"].as_str().unwrap().replace('_', "-");
            let word: String = word.chars().take(40).collect();
            let account = server.account(&word, &word).await;
            let mut people: [Person<'_>; 3] = [account, server.browser(), server.script()];
            people[1].post("/api/auth/guest", json!({})).await;
            for n in 0..REQUESTS {
                let address = strange.address(path, operation);
                let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
                let body = (!schema.is_null()).then(|| strange.value(schema));
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                let answer = people[n % 3].asks(method.clone(), &address, body.clone()).await;
                statuses.insert(answer.status());
                if let Some(why) = broken_promise(&document, operation, &answer) {
                    let body = body.unwrap_or_default().to_string();
                    panic!(
                        "{method} {address:.200} {body:.400}\n{} {:.400}\n{why}",
                        answer.status(),
                        answer.body
                    );
                }
            }
        }
    }
    for status in [200, 201, 400, 401, 403, 404, 409, 413, 422] {
        assert!(statuses.contains(&status), "nothing was answered {status}: {statuses:?}");
    }
    server.end().await;
}
