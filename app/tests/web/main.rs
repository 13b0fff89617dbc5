//! Components in a real browser, with an engine that the test plays itself.
#![cfg(target_arch = "wasm32")]

mod connection;
mod dialogs;
mod languages;
mod messages;
mod sending;
mod support;
mod timelines;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);
