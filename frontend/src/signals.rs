//! What the browser knows of the network and of the person: `online`, `offline`, the tab in front,
//! the page going away and coming back.

use confab_sync::Input;
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventTarget, VisibilityState};

/// Tells the engine for as long as the page lives.
pub fn listen(mut tell: impl FnMut(Input) + 'static) {
    let hear = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        if let Some(input) = input(&event.type_()) {
            tell(input);
        }
    });
    let on = |target: &EventTarget, name: &str| {
        // Fails only for names that no event has.
        let _ = target.add_event_listener_with_callback(name, hear.as_ref().unchecked_ref());
    };
    for name in ["online", "offline", "focus", "pagehide", "pageshow"] {
        on(&window(), name);
    }
    on(&document(), "visibilitychange");
    // The page's own life is the listener's.
    hear.forget();
}

fn input(event: &str) -> Option<Input> {
    Some(match event {
        "online" => Input::Online,
        "offline" => Input::Offline,
        "focus" => Input::Visible,
        // A page that goes says so: the server then knows at once, not after a minute of silence.
        // One that comes back from the back-forward cache finds its socket gone.
        "pagehide" => Input::Stop,
        "pageshow" => Input::Start,
        _ if document().visibility_state() == VisibilityState::Visible => Input::Visible,
        _ => return None,
    })
}
