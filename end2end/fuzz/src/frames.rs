//! The text of a frame, as the server and the browser read it.
//!
//! What can be read can be written, and read again as the same. The two halves of the codec agree on
//! what JSON is. A text that cannot be read gets a sentence that says why, however odd it is.

use confab_protocol::{ClientFrame, FrameError, ServerFrame, json::Json};
use serde::de::IgnoredAny;

/// As long as the type of a frame is when it is said back to who sent it.
const KIND_CHARACTERS: usize = 64;

pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    match ClientFrame::decode(text) {
        Ok(frame) => {
            let written = frame.encode();
            let read = ClientFrame::decode(&written).expect("what was written can be read");
            assert_eq!(read, frame, "{written}");
            assert_eq!(read.encode(), written);
        }
        Err(error) => explains(&error),
    }
    match ServerFrame::decode(text) {
        Ok(frame) => {
            let written = frame.encode();
            let read = ServerFrame::decode(&written).expect("what was written can be read");
            assert_eq!(read, frame, "{written}");
            assert_eq!(read.encode(), written);
        }
        Err(error) => explains(&error),
    }
    agree_on_json(text);
}

fn explains(error: &FrameError) {
    assert!(!error.to_string().is_empty());
    let kind = error.kind().unwrap_or_default();
    assert!(kind.chars().count() <= KIND_CHARACTERS, "{kind}");
}

/// Two ways of serde stand around ours: the stricter one does not take numbers beyond its own, and the
/// laxer one looks no number up and counts no depth.
fn agree_on_json(text: &str) {
    let lean = Json::parse(text).is_ok();
    let strict = serde_json::from_str::<serde_json::Value>(text).is_ok();
    let lax = serde_json::from_str::<IgnoredAny>(text).is_ok();
    assert!(!strict || lean, "serde alone reads it");
    assert!(!lean || lax, "we alone read it");
}
