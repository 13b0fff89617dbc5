//! Bad input in words: refused with a code and a sentence, or stored and shown as it is.

use confab_protocol::{MessageSend, ServerFrame};
use serde_json::json;

use crate::harness::{hears, message, server};

/// Words that are refused, and the code.
fn refused() -> Vec<(String, &'static str)> {
    let owned = |text: &str| text.to_owned();
    vec![
        (owned(""), "message_empty"),
        (owned(" \t\r\n\u{3000}"), "message_empty"),
        (owned("\u{200b}\u{feff}\u{2800}"), "message_empty"),
        ("x".repeat(10_001), "message_too_long"),
        ("й".repeat(10_001), "message_too_long"),
        (owned("a\0b"), "message_control_character"),
        (owned("a\u{1b}[31mred"), "message_control_character"),
        (owned("a\u{85}b"), "message_control_character"),
        (format!("Z{}", "\u{300}".repeat(9_999)), "message_combining_marks"),
        // 64 KiB of them are too long before they are too many.
        ("\u{300}".repeat(32 * 1024), "message_too_long"),
    ]
}

#[tokio::test]
async fn by_socket_bad_words_get_a_nack_with_a_code_and_a_sentence() {
    let server = server().start().await;
    let mut anna = server.client().query("topics=").connect().await;
    for (words, code) in refused().into_iter().filter(|(words, _)| words.len() < 60_000) {
        anna.says(message("m1", &words)).await;
        let nack = hears!(anna, Nack);
        assert_eq!((nack.code.as_str(), nack.retry), (code, false), "{words:.20?}");
        assert!(nack.message.len() > 10);
    }
    assert!(!anna.sends_message("m1", "the id is still free").await.duplicate);
    assert_eq!(server.history().await.messages.len(), 1);
    server.end().await;
}

#[tokio::test]
async fn by_rest_bad_words_are_422_with_a_code_and_a_sentence() {
    let server = server().start().await;
    let cookie = server.cookie().await;
    for (words, code) in refused() {
        let answer = server.posts(&cookie, json!({ "content": words })).await;
        assert_eq!((answer.status(), answer.code().as_str()), (422, code), "{words:.20?}");
    }
    assert!(server.history().await.messages.is_empty());
    server.end().await;
}

#[tokio::test]
async fn lone_surrogates_are_refused_and_pairs_are_read() {
    let server = server().start().await;
    let mut anna = server.client().query("topics=").connect().await;
    for bad in [r"\ud800", r"\udc00", r"a\ud83dz", r"\ude00\ud83d"] {
        let text = format!(
            r#"{{"type":"message:send","payload":{{"dialogId":"lobby","clientId":"m1","content":"{bad}"}}}}"#
        );
        anna.says_text(&text).await;
        assert_eq!(anna.hears_error().await.0, "wrong_shape", "{bad}");
        anna.says_text(&format!(r#"{{"type":"{bad}"}}"#)).await;
        assert_eq!(anna.hears_error().await.0, "not_json", "{bad}");
        let answer = server.http(
            hyper::Request::post("/api/messages/dialog/lobby")
                .header("content-type", "application/json")
                .body(format!(r#"{{"content":"{bad}"}}"#))
                .unwrap(),
        );
        let answer = answer.await;
        assert_eq!((answer.status(), answer.code().as_str()), (400, "bad_request"), "{bad}");
    }
    anna.says_text(r#"{"type":"chat","payload":{"message":"\ud83d\ude00","clientId":"m1"}}"#).await;
    assert_eq!(hears!(anna, Ack).message.content, "😀");
    server.end().await;
}

#[tokio::test]
async fn what_looks_like_html_or_sql_is_stored_and_told_letter_by_letter() {
    let server = server().start().await;
    let mut anna = server.client().query("topics=dialog:lobby").connect().await;
    let texts = [
        "<script>alert(1)</script><b>&amp;</b>",
        "'); DROP TABLE messages; --",
        "\u{202e}txet desrever\u{202c}",
        "a\ttab\nand a line",
        "é ё й ї क्षि ทั้ง 👩‍👩‍👧 🇺🇦",
    ];
    for (n, text) in texts.into_iter().enumerate() {
        let ack = anna.sends_message(&format!("m{n}"), text).await;
        assert_eq!(ack.message.content, text);
    }
    let stored: Vec<_> = server.history().await.messages.into_iter().map(|m| m.content).collect();
    assert_eq!(stored, texts);
    server.end().await;
}

#[tokio::test]
async fn ten_thousand_characters_pass_however_many_bytes_they_are() {
    let server = server().start().await;
    let mut anna = server.client().query("topics=").connect().await;
    let ack = anna.sends_message("m1", &"😀".repeat(10_000)).await;
    assert_eq!(ack.message.content.chars().count(), 10_000);
    server.end().await;
}

#[tokio::test]
async fn meta_is_kept_unread_and_has_an_end() {
    let server = server().start().await;
    let cookie = server.cookie().await;
    let meta = json!({ "a": [1, null, { "b": "<i>" }] });
    let kept = server.posts(&cookie, json!({ "content": "x", "meta": meta })).await;
    assert_eq!(kept.json()["data"]["meta"], meta);
    let heavy = json!({ "content": "x", "meta": "y".repeat(100_000) });
    let refused = server.posts(&cookie, heavy).await;
    assert_eq!((refused.status(), refused.code().as_str()), (422, "message_too_long"));
    server.end().await;
}

#[tokio::test]
async fn meta_of_any_depth_leaves_the_process_alive() {
    let server = server().start().await;
    let mut anna = server.client().query("topics=").connect().await;
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let text = format!(
        r#"{{"type":"message:send","payload":{{"dialogId":"lobby","clientId":"m1","content":"x","meta":{deep}}}}}"#
    );
    anna.says_text(&text).await;
    assert_eq!(anna.hears_error().await.0, "wrong_shape");
    anna.says(MessageSend { meta: json!([[[]]]).try_into().unwrap(), ..message("m1", "x") }).await;
    assert!(matches!(anna.next().await, ServerFrame::Ack(_)));
    server.end().await;
}
