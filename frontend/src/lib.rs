//! Confab in the browser: the entry point of the WASM.
//!
//! [`hydrate`] reads what the server wrote into the page, makes a [`Tab`](tab::Tab), and hands both
//! to the app. The tab gives the engine (`confab_sync`) what it has none of: a socket
//! ([`socket`]), two clocks, chance, one timer, and the browser's word that the network or the
//! person is back ([`signals`]); a storage that outlives it ([`storage`]) for what is not sent, which
//! it shares with other tabs ([`tabs`]), and for what has been seen ([`timelines`]); and the live cache
//! a way to fetch ([`fetch`]).
//!
//! Deliberately absent: what a frame means.

mod fetch;
mod hydration;
mod signals;
mod socket;
mod storage;
mod tab;
mod tabs;
mod timelines;
mod timer;

use std::rc::Rc;

use confab_app::{App, Bootstrap, BrowserHandle, live::Live};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use tab::Tab;

/// A third of the size of the standard library's allocator, and faster on this target.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// Called by the page's script when the WASM is there.
#[wasm_bindgen]
pub fn hydrate() {
    // Says in development what broke; a release has no room for the words.
    #[cfg(debug_assertions)]
    std::panic::set_hook(Box::new(|info| web_sys::console::error_1(&info.to_string().into())));
    let bootstrap = document()
        .get_element_by_id(Bootstrap::ELEMENT_ID)
        .and_then(|element| element.first_child()?.node_value())
        .and_then(|text| Bootstrap::from_script(&text));
    let Some(bootstrap) = bootstrap else {
        // Without it the page stays what the server made of it, and its form still posts.
        web_sys::console::error_1(&"the page has no bootstrap".into());
        return;
    };
    let tab = Tab::new(&bootstrap);
    hydration::hydrate_body(move || {
        provide_context(Live::new(Rc::new(tab.clone())));
        provide_context(BrowserHandle::new(Rc::new(tab)));
        view! { <App bootstrap/> }
    });
}
