//! What the browser knows of the network and of the person: `online`, `offline`, the tab in front,
//! the page going away and coming back, and whether anyone is at it.

use confab_sync::Input;
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventTarget, VisibilityState};

/// Tells the engine for as long as the page lives.
pub fn listen(mut tell: impl FnMut(Input) + 'static) {
    let hear = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        tell(input(&event.type_()));
    });
    let on = |target: &EventTarget, name: &str| {
        // Fails only for names that no event has.
        let _ = target.add_event_listener_with_callback(name, hear.as_ref().unchecked_ref());
    };
    for name in ["online", "offline", "focus", "pagehide", "pageshow"] {
        on(&window(), name);
    }
    for name in ["visibilitychange", "pointerdown", "pointermove", "keydown"] {
        on(&document(), name);
    }
    // The page's own life is the listener's.
    hear.forget();
}

fn input(event: &str) -> Input {
    match event {
        "online" => Input::Online,
        "offline" => Input::Offline,
        "focus" => Input::Visible,
        // A page that goes says so: the server then knows at once, not after a minute of silence.
        // One that comes back from the back-forward cache finds its socket gone.
        "pagehide" => Input::Stop,
        "pageshow" => Input::Start,
        "visibilitychange" if is_visible() => Input::Visible,
        "visibilitychange" => Input::Hidden,
        _ => Input::Touched,
    }
}

fn is_visible() -> bool {
    document().visibility_state() == VisibilityState::Visible
}
