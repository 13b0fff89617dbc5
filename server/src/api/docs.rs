//! `/api/openapi.json` and `/api/docs`: the API described, for programs and for people.
//!
//! Both are made once, from what the routes say of themselves ([`rest`](super::rest)). The page is
//! plain HTML without a script, because a renderer from elsewhere would weigh more than all of
//! Confab and want to load it from another host.

use std::{fmt::Write, sync::Arc};

use axum::{
    Router,
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use html_escape::encode_quoted_attribute;
use serde_json::Value;
use utoipa::openapi::OpenApi;

/// The page loads the site's style sheet and nothing else (CSP level 3).
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; \
     base-uri 'none'; frame-ancestors 'none'",
);

/// The two addresses; `stylesheet` is where the site's style sheet is.
pub fn routes<S: Clone + Send + Sync + 'static>(document: &OpenApi, stylesheet: &str) -> Router<S> {
    let value = serde_json::to_value(document).expect("a document holds nothing but JSON");
    let json: Arc<str> = value.to_string().into();
    let html: Arc<str> = page(&value, stylesheet).into();
    Router::new()
        .route("/api/openapi.json", get(async move || as_json(&json)))
        .route("/api/docs", get(async move || as_page(&html)))
}

fn as_json(json: &str) -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], json.to_owned()).into_response()
}

fn as_page(html: &str) -> Response {
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(html.to_owned())).into_response()
}

/// The whole page.
fn page(document: &Value, stylesheet: &str) -> String {
    let mut html =
        String::from("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    html.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    html.push_str("<meta name=\"color-scheme\" content=\"light dark\"><title>Confab API</title>");
    put(&mut html, "<link rel=\"stylesheet\" href=\"{}\"></head><body><main>", stylesheet);
    html.push_str("<h1>Confab API</h1>");
    put(&mut html, "<p>{}</p>", text(&document["info"]["description"]));
    html.push_str(
        "<p><a href=\"/api/openapi.json\">openapi.json</a> · <a href=\"/\">Confab</a></p>",
    );
    for (path, methods) in fields(&document["paths"]) {
        for (method, operation) in fields(methods) {
            operation_to(&mut html, path, method, operation);
        }
    }
    html.push_str("<h2 id=\"schemas\">Schemas</h2>");
    for (name, schema) in fields(&document["components"]["schemas"]) {
        put(&mut html, "<h3 id=\"{}\">", name);
        put(&mut html, "{}</h3>", name);
        schema_to(&mut html, schema);
    }
    html.push_str("</main></body></html>\n");
    html
}

fn operation_to(html: &mut String, path: &str, method: &str, operation: &Value) {
    put(html, "<h2 id=\"{}\">", text(&operation["operationId"]));
    put(html, "<code>{} ", &method.to_uppercase());
    put(html, "{}</code></h2>", path);
    put(html, "<p>{}</p><ul>", text(&operation["summary"]));
    for parameter in list(&operation["parameters"]) {
        put(html, "<li>{}: ", text(&parameter["in"]));
        put(html, "<code>{}</code>, ", text(&parameter["name"]));
        html.push_str(&kind(&parameter["schema"]));
        put(html, ". {}</li>", text(&parameter["description"]));
    }
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    if !body.is_null() {
        let _ = write!(html, "<li>body: {}</li>", kind(body));
    }
    for (status, answer) in fields(&operation["responses"]) {
        let data = &answer["content"]["application/json"]["schema"]["properties"]["data"];
        put(html, "<li><strong>{}</strong> ", status);
        if !data.is_null() {
            let _ = write!(html, "{}. ", kind(data));
        }
        put(html, "{}</li>", text(&answer["description"]));
    }
    html.push_str("</ul>");
}

fn schema_to(html: &mut String, schema: &Value) {
    put(html, "<p>{}</p>", text(&schema["description"]));
    if fields(&schema["properties"]).next().is_none() {
        let _ = write!(html, "<p>{}</p>", kind(schema));
        return;
    }
    html.push_str("<ul>");
    let required: Vec<&str> = list(&schema["required"]).map(text).collect();
    for (name, field) in fields(&schema["properties"]) {
        put(html, "<li><code>{}</code>: ", name);
        html.push_str(&kind(field));
        html.push_str(if required.contains(&name) { ". " } else { ", optional. " });
        put(html, "{}</li>", text(&field["description"]));
    }
    html.push_str("</ul>");
}

/// What a value is, in a few words, with a link to its schema.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        let name = encode_quoted_attribute(name);
        return format!("<a href=\"#{name}\">{name}</a>");
    }
    let either: Vec<String> = list(&schema["oneOf"]).map(kind).collect();
    if !either.is_empty() {
        return either.join(" or ");
    }
    let words: Vec<&str> = list(&schema["enum"]).map(text).collect();
    if !words.is_empty() {
        return format!("one of {}", encode_quoted_attribute(&words.join(", ")));
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(text).collect(),
        kind => vec![text(kind)],
    };
    let name = match kinds.join(" or ") {
        name if name.is_empty() => "anything".to_owned(),
        name => encode_quoted_attribute(&name).into_owned(),
    };
    match &schema["items"] {
        Value::Null => name,
        items => format!("{name} of {}", kind(items)),
    }
}

/// Appends a piece of HTML with one text in it, which stays text.
fn put(html: &mut String, frame: &str, text: &str) {
    html.push_str(&frame.replacen("{}", &encode_quoted_attribute(text), 1));
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn fields(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}
