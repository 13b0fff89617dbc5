//! The page that the server rendered comes alive.
//!
//! Leptos' own `hydrate_body` also prepares for what a server may stream behind the page: resources,
//! errors, chunks that are late. Confab streams nothing, so its root has no shared context, and what
//! would read one is not downloaded.

use any_spawner::Executor;
use leptos::{
    IntoView,
    prelude::{Owner, RenderHtml},
    tachys::{dom::body, hydration::Cursor, view::PositionState},
};
use wasm_bindgen::JsCast;

/// Hydrates the `<body>` with this view. Both live as long as the page.
pub fn hydrate_body<V: IntoView>(view: impl FnOnce() -> V) {
    // Fails only when it has been done before.
    let _ = Executor::init_wasm_bindgen();
    let owner = Owner::new_root(None);
    let state = owner.with(|| {
        let body = Cursor::new(body().unchecked_into());
        view().into_view().hydrate::<true>(&body, &PositionState::default())
    });
    std::mem::forget((owner, state));
}
