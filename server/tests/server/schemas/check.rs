//! Whether a value is what a schema says: the part of JSON Schema (2020-12) that the document uses.
//! Stricter in one thing: a field that the schema does not name is a mistake.

use serde_json::Value;

/// What is wrong with a value, and where; nothing if it fits.
pub fn misfit(document: &Value, schema: &Value, value: &Value) -> Option<String> {
    misfit_at(document, schema, value, "")
}

/// The schema itself, wherever it stands.
pub fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(path) => {
            let found = document.pointer(path.trim_start_matches('#'));
            resolved(document, found.unwrap_or_else(|| panic!("{path} leads nowhere")))
        }
        None => schema,
    }
}

/// The words by which this check knows a schema; another one would be passed over in silence.
const KNOWN: [&str; 15] = [
    "$ref",
    "default",
    "description",
    "enum",
    "example",
    "format",
    "items",
    "maxLength",
    "minLength",
    "minimum",
    "oneOf",
    "pattern",
    "properties",
    "required",
    "type",
];

fn misfit_at(document: &Value, schema: &Value, value: &Value, place: &str) -> Option<String> {
    let schema = resolved(document, schema);
    let unknown = schema.as_object().unwrap().keys().find(|word| !KNOWN.contains(&word.as_str()));
    assert_eq!(unknown, None, "the check does not know this word of {schema}");
    let wrong = |why: String| Some(format!("{place}: {why}: {value}"));
    if let Some(either) = schema["oneOf"].as_array() {
        let misfits = either.iter().map(|schema| misfit_at(document, schema, value, place));
        let misfits: Vec<_> = misfits.collect();
        return match misfits.iter().filter(|misfit| misfit.is_none()).count() {
            1 => None,
            0 => misfits.into_iter().flatten().next(),
            _ => wrong("fits more than one of several".to_owned()),
        };
    }
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(value)
    {
        return wrong(format!("is none of {words:?}"));
    }
    let kinds = match &schema["type"] {
        Value::Null => return None,
        Value::Array(kinds) => kinds.clone(),
        kind => vec![kind.clone()],
    };
    if !kinds.iter().any(|kind| is_of_kind(value, kind.as_str().unwrap())) {
        return wrong(format!("is none of {kinds:?}"));
    }
    match value {
        Value::Object(fields) => {
            let required = schema["required"].as_array().into_iter().flatten();
            for name in required.filter_map(Value::as_str) {
                if !fields.contains_key(name) {
                    return wrong(format!("lacks {name}"));
                }
            }
            fields.iter().find_map(|(name, value)| match &schema["properties"][name] {
                Value::Null => wrong(format!("has {name}, which is not described")),
                field => misfit_at(document, field, value, &format!("{place}/{name}")),
            })
        }
        Value::Array(items) => items
            .iter()
            .find_map(|item| misfit_at(document, &schema["items"], item, &format!("{place}/*"))),
        Value::String(text) => {
            let length = text.chars().count() as u64;
            let fits = length >= schema["minLength"].as_u64().unwrap_or(0)
                && length <= schema["maxLength"].as_u64().unwrap_or(u64::MAX)
                && is_of_pattern(text, schema["pattern"].as_str());
            (!fits).then(|| format!("{place}: has another form: {value}"))
        }
        Value::Number(number) => {
            let least = schema["minimum"].as_f64().unwrap_or(f64::MIN);
            let fits = number.as_f64().unwrap() >= least;
            (!fits).then(|| format!("{place}: is less than {least}: {value}"))
        }
        Value::Null | Value::Bool(_) => None,
    }
}

fn is_of_kind(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        other => panic!("the check does not know the type {other}"),
    }
}

fn is_of_pattern(text: &str, pattern: Option<&str>) -> bool {
    match pattern {
        None => true,
        Some("^[A-Za-z0-9_-]+$") => {
            !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
        }
        Some(other) => panic!("the check does not know the pattern {other}"),
    }
}

#[test]
fn the_check_finds_what_does_not_fit() {
    use serde_json::json;
    let document =
        json!({ "schemas": { "Id": { "type": "string", "minLength": 1, "maxLength": 3 } } });
    let id = json!({ "$ref": "#/schemas/Id" });
    let schema = json!({
        "type": "object",
        "properties": {
            "id": id,
            "n": { "type": ["integer", "null"], "minimum": 0 },
            "kind": { "type": "string", "enum": ["a", "b"] },
            "peer": { "oneOf": [id, { "type": "null" }] },
            "list": { "type": "array", "items": id },
        },
        "required": ["id"],
    });
    for good in [
        json!({ "id": "x" }),
        json!({ "id": "x", "n": null, "kind": "a", "peer": null, "list": ["y"] }),
        json!({ "id": "x", "n": 1, "peer": "z", "list": [] }),
    ] {
        assert_eq!(misfit(&document, &schema, &good), None, "{good}");
    }
    for bad in [
        json!({}),
        json!({ "id": "" }),
        json!({ "id": "long" }),
        json!({ "id": 1 }),
        json!({ "id": "x", "n": -1 }),
        json!({ "id": "x", "n": 1.5 }),
        json!({ "id": "x", "kind": "c" }),
        json!({ "id": "x", "peer": 1 }),
        json!({ "id": "x", "list": [null] }),
        json!({ "id": "x", "more": 1 }),
        json!([]),
    ] {
        assert!(misfit(&document, &schema, &bad).is_some(), "{bad}");
    }
}
