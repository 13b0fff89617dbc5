//! Stands in for the crate of this name (`[patch.crates-io]` in the workspace's manifest).
//!
//! Leptos always brings `server_fn`, and that brings `wasm-streams` to stream the bodies of server
//! functions. Confab has no server functions: it speaks through its socket. But `wasm-streams`
//! exports its types to JavaScript, and what is exported is never left out: three classes, the
//! closures behind them and much of `js-sys` came with every page, 5.7 KB of brotli out of the 90
//! that a first load may be (docs/decisions/005-no-streams.md).
//!
//! Here are the four calls that `server_fn` compiles against. Who begins to use server functions
//! that stream finds out at once, and takes the patch away.

use futures::stream::{self, Stream};
use wasm_bindgen::JsValue;

const ABSENT: &str =
    "Confab has no server functions that stream: see docs/decisions/005-no-streams.md";

/// A stream of the browser that nobody reads.
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// Would make a stream of the browser from one of Rust.
    ///
    /// # Panics
    ///
    /// Always.
    pub fn from_stream<S>(_: S) -> Self
    where
        S: Stream<Item = Result<JsValue, JsValue>> + 'static,
    {
        panic!("{ABSENT}")
    }

    /// Takes a stream of the browser.
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// Gives the stream of the browser back.
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// A stream of Rust that says why it cannot be read.
    pub fn into_stream(self) -> impl Stream<Item = Result<JsValue, JsValue>> {
        stream::iter([Err(JsValue::from_str(ABSENT))])
    }
}
