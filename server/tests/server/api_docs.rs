//! The API's description: every route is in it, and it promises no route that is not there.

use std::collections::BTreeSet;

use hyper::Request;
use serde_json::Value;

use crate::harness::{TestServer, server};

async fn document(server: &TestServer) -> Value {
    let answer = server.get("/api/openapi.json").await;
    assert_eq!((answer.status(), answer.header("content-type")), (200, "application/json"));
    answer.json()
}

/// The methods that an address says it knows.
async fn known_methods(server: &TestServer, path: &str) -> BTreeSet<String> {
    let request = Request::builder().method("PROPFIND").uri(path).body(String::new());
    let answer = server.http(request.unwrap()).await;
    assert_eq!((answer.status(), answer.code().as_str()), (405, "bad_request"), "{path}");
    let allow = answer.header("allow").split(',').map(|method| method.trim().to_lowercase());
    allow.filter(|method| method != "head").collect()
}

#[tokio::test]
async fn every_method_of_every_path_is_described_and_every_described_one_is_there() {
    let server = server().start().await;
    let document = document(&server).await;
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() > 15, "{paths:?}");
    for (path, methods) in paths {
        let described: BTreeSet<_> = methods.as_object().unwrap().keys().cloned().collect();
        let real = path.replace("{id}", "some-id").replace("{message}", "some-message");
        assert!(!real.contains('{'), "{path} has an id that this test does not know");
        assert_eq!(known_methods(&server, &real).await, described, "{path}");
    }
    server.end().await;
}

#[test]
fn a_route_below_api_is_made_only_together_with_its_description() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api");
    let mut files = vec![folder];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        // What describes the others does not describe itself.
        let is_docs = path.ends_with("docs.rs");
        let text = std::fs::read_to_string(&path).unwrap();
        let routed = text.split(".route(").skip(1).filter(|rest| {
            rest.trim_start().starts_with("\"/api")
                || rest.trim_start().starts_with("path, handler") && !path.ends_with("rest/mod.rs")
        });
        assert!(is_docs || routed.count() == 0, "{} has a route of its own", path.display());
    }
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), value.as_str()) {
                    ("$ref", Some(path)) => drop(found.insert(path.to_owned())),
                    _ => references(value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_reference_of_the_document_leads_somewhere() {
    let server = server().start().await;
    let document = document(&server).await;
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 20, "{found:?}");
    for path in found {
        let pointer = path.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{path}");
    }
    let ids: Vec<_> = document["paths"].as_object().unwrap().values().collect();
    let ids = ids.into_iter().flat_map(|methods| methods.as_object().unwrap().values());
    let ids: Vec<_> = ids.map(|operation| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
    server.end().await;
}

#[tokio::test]
async fn the_document_names_fields_and_words_as_they_travel() {
    let server = server().start().await;
    let document = document(&server).await;
    let schemas = &document["components"]["schemas"];
    let message = &schemas["Message"]["properties"];
    for field in ["messageId", "dialogId", "seq", "createdAt", "editedAt", "type"] {
        assert!(message[field].is_object(), "{field} in {message}");
    }
    assert_eq!(schemas["DialogKind"]["enum"], serde_json::json!(["lobby", "direct", "group"]));
    let required = schemas["Me"]["required"].to_string();
    assert_eq!(required, r#"["id","username"]"#, "a guest has no login");
    let refused = &document["paths"]["/api/auth/login"]["post"]["responses"]["429"];
    assert!(refused["description"].as_str().unwrap().contains("too_many_tries"), "{refused}");
    server.end().await;
}

#[tokio::test]
async fn people_read_it_as_a_page_without_scripts() {
    let server = server().start().await;
    let page = server.get("/api/docs").await;
    assert_eq!(page.status(), 200);
    assert!(page.header("content-type").starts_with("text/html"));
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{policy}");
    assert!(!page.body.contains("<script") && !page.body.contains("://"), "nothing from elsewhere");
    let document = document(&server).await;
    for path in document["paths"].as_object().unwrap().keys() {
        assert!(page.body.contains(&format!(" {path}</code>")), "{path}");
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(page.body.contains(&format!("<h3 id=\"{name}\">")), "{name}");
    }
    server.end().await;
}
