//! Requests out of the document: for every parameter and field a value that is right, at the edge, or
//! wrong.

use hyper::Method;
use rand::{RngExt, rngs::StdRng};
use serde_json::{Map, Value, json};

use super::check::resolved;
use crate::harness::PASSWORD;

/// An operation of the document.
#[derive(Clone)]
pub struct Operation {
    pub method: Method,
    /// With the names of ids in braces.
    pub path: String,
    pub described: Value,
}

/// Every operation of the document.
pub fn operations(document: &Value) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, described) in methods.as_object().unwrap() {
            let method = method.to_uppercase().parse().unwrap();
            let described = described.clone();
            all.push(Operation { method, path: path.clone(), described });
        }
    }
    all
}

/// What stands in the database, so that a guess may be right; what fits best comes first.
#[derive(Clone, Default)]
pub struct Pool {
    pub dialogs: Vec<String>,
    pub messages: Vec<String>,
    pub people: Vec<String>,
    pub tokens: Vec<String>,
    pub logins: Vec<String>,
    pub words: Vec<String>,
}

/// A request, ready to be sent.
#[derive(Debug)]
pub struct Request {
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Option<String>,
}

pub struct Generator<'a> {
    pub document: &'a Value,
    pub random: &'a mut StdRng,
    pub pool: &'a Pool,
}

/// Texts at the edges of what texts are.
const TEXTS: [&str; 24] = [
    "",
    " ",
    "a",
    "Tea?",
    "\u{200b}",
    "\u{feff}\u{2060}",
    "\u{202e}evil",
    "\0",
    "a\nb",
    "\u{7f}",
    "🫖",
    "👩‍👩‍👧‍👦",
    "e\u{301}",
    "'; DROP TABLE users; --",
    "\" OR \"1\"=\"1",
    "%",
    "_",
    "*",
    "AND OR NOT",
    "NEAR(a b)",
    "a:b",
    "<b>x</b>",
    "../../etc/passwd",
    "Guest 7",
];

/// Numbers at the edges of what numbers are, as they stand in JSON or a query.
const NUMBERS: [&str; 18] = [
    "0",
    "1",
    "2",
    "50",
    "200",
    "201",
    "1000000",
    "2147483648",
    "4294967296",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "-1",
    "1.5",
    "1e3",
    "0x10",
];

impl Generator<'_> {
    fn chance(&mut self, percent: u32) -> bool {
        self.random.random_range(0..100) < percent
    }

    fn one_of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.random.random_range(0..texts.len())]
    }

    /// A request for an operation; who is careful is mostly right in every part.
    pub fn request(&mut self, operation: &Operation, is_careful: bool) -> Request {
        let mut request = Request { path: operation.path.clone(), headers: Vec::new(), body: None };
        let mut query = Vec::new();
        for parameter in operation.described["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            let place = parameter["in"].as_str().unwrap();
            let is_required = parameter["required"] == true;
            let is_left_out = match (place, is_required) {
                ("path", _) => false,
                (_, true) => !is_careful && self.chance(3),
                (_, false) => self.chance(70),
            };
            if is_left_out {
                continue;
            }
            let about = if name == "id" { operation.path.as_str() } else { name };
            let text = self.text(about, &parameter["schema"], is_careful);
            // A head of more than a few ten thousand bytes is refused by HTTP itself (431).
            let text: String = text.chars().take(1_000).collect();
            match place {
                "path" => {
                    // An empty name or dots would be another path.
                    let text =
                        if text.trim_matches('.').is_empty() { "x".to_owned() } else { text };
                    request.path = request.path.replace(&format!("{{{name}}}"), &encoded(&text));
                }
                "query" => query.push(format!("{name}={}", encoded(&text))),
                _ => {
                    let text: String = text.chars().filter(char::is_ascii_graphic).collect();
                    request.headers.push(("idempotency-key", text));
                }
            }
        }
        if !query.is_empty() {
            request.path.push_str(&format!("?{}", query.join("&")));
        }
        let body = &operation.described["requestBody"];
        if !body.is_null() {
            let schema = &body["content"]["application/json"]["schema"];
            self.body(&mut request, schema, body["required"] == true, is_careful);
        }
        request
    }

    fn body(&mut self, request: &mut Request, schema: &Value, is_required: bool, is_careful: bool) {
        let mut kind = "application/json";
        let mut body = self.value("", schema, is_careful, 0);
        if !is_careful && self.chance(15) {
            let cut = body.chars().count() / 2;
            body = match self.random.random_range(0..6) {
                0 => String::new(),
                1 => body.chars().take(cut).collect(),
                2 => format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000)),
                3 => format!("{{\"content\":\"{}\"}}", "x".repeat(300 * 1024)),
                4 => body.replacen('{', "{\"\\ud800\":1,", 1),
                _ => {
                    kind = "text/plain";
                    body
                }
            };
        }
        if !is_required && self.chance(20) {
            return;
        }
        request.headers.push(("content-type", kind.to_owned()));
        request.body = Some(body);
    }

    /// A value of a parameter.
    fn text(&mut self, name: &str, schema: &Value, is_careful: bool) -> String {
        let json = self.value(name, schema, is_careful, 0);
        match serde_json::from_str(&json) {
            Ok(Value::String(text)) => text,
            _ => json,
        }
    }

    /// A value as JSON, for a field of this name.
    fn value(&mut self, name: &str, schema: &Value, is_careful: bool, depth: usize) -> String {
        if !is_careful && self.chance(12) {
            return self.nonsense(depth);
        }
        let schema = resolved(self.document, schema);
        if let Some(either) = schema["oneOf"].as_array() {
            let place = self.random.random_range(0..either.len());
            return self.value(name, &either[place], is_careful, depth);
        }
        if let Some(words) = schema["enum"].as_array() {
            return words[self.random.random_range(0..words.len())].to_string();
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds[self.random.random_range(0..kinds.len())].clone(),
            kind => kind.clone(),
        };
        match kind.as_str() {
            Some("object") => self.object(schema, is_careful, depth),
            Some("array") => {
                let few = if is_careful { 1..3 } else { 0..3 };
                let many = if is_careful { 1 } else { 600 };
                let count = if self.chance(90) { self.random.random_range(few) } else { many };
                let items =
                    (0..count).map(|_| self.value(name, &schema["items"], is_careful, depth));
                format!("[{}]", items.collect::<Vec<_>>().join(","))
            }
            Some("integer") => {
                let few = if is_careful { 7 } else { NUMBERS.len() };
                self.one_of(&NUMBERS[..few]).to_owned()
            }
            Some("boolean") => self.one_of(&["true", "false"]).to_owned(),
            Some("string") => Value::from(self.words(name, is_careful)).to_string(),
            Some("null") => "null".to_owned(),
            _ => self.nonsense(depth),
        }
    }

    fn object(&mut self, schema: &Value, is_careful: bool, depth: usize) -> String {
        let mut fields = Vec::new();
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, field) in schema["properties"].as_object().unwrap_or(&Map::new()) {
            let is_required = required.contains(&json!(name));
            let is_there =
                if is_required { is_careful || self.chance(95) } else { self.chance(50) };
            if is_there {
                let value = self.value(name, field, is_careful, depth + 1);
                fields.push(format!("{}:{value}", Value::from(name.as_str())));
            }
        }
        if self.chance(5) {
            fields.push(format!("\"surprise\":{}", self.nonsense(depth)));
        }
        format!("{{{}}}", fields.join(","))
    }

    /// Words for a field: those that stand in the database where it names them.
    fn words(&mut self, name: &str, is_careful: bool) -> String {
        let pool = self.pool;
        let passwords = [vec![PASSWORD.to_owned()], pool.words.clone()].concat();
        let known = match name {
            "login" => &pool.logins,
            "password" | "old" => &passwords,
            "members" | "owner" => &pool.people,
            "message" | "replyTo" => &pool.messages,
            name if name.contains("tokens") => &pool.tokens,
            name if name.contains("dialog") => &pool.dialogs,
            _ => &pool.words,
        };
        let n: u32 = self.random.random();
        if matches!(name, "login" | "name") && self.chance(50) {
            return format!("fresh-{n}");
        }
        match self.random.random_range(0..100) {
            0..65 if is_careful => known[0].clone(),
            0..92 if is_careful => known[n as usize % known.len()].clone(),
            0..40 => known[n as usize % known.len()].clone(),
            40..60 => format!("fresh-{n}"),
            60..65 => "x".repeat(10_001),
            65..70 => "🫖".repeat(200),
            70..75 => format!("e{}", "\u{301}".repeat(60)),
            _ => self.one_of(&TEXTS).to_owned(),
        }
    }

    /// Anything, whatever was asked for.
    fn nonsense(&mut self, depth: usize) -> String {
        match self.random.random_range(0..7) {
            0 => "null".to_owned(),
            1 => self.one_of(&["true", "false"]).to_owned(),
            2 => self.one_of(&NUMBERS[..17]).to_owned(),
            3 => Value::from(self.one_of(&TEXTS)).to_string(),
            4 if depth < 4 => format!("[{}]", self.nonsense(depth + 1)),
            5 if depth < 4 => format!("{{\"a\":{}}}", self.nonsense(depth + 1)),
            _ => "{}".to_owned(),
        }
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
