//! What the browser knows of the network and of the person: `online`, `offline`, the tab in front,
//! the page going away and coming back.

use std::rc::Rc;

use confab_sync::Input;
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventTarget, VisibilityState};

/// Tells the engine for as long as the page lives.
pub fn listen(tell: impl Fn(Input) + 'static) {
    let tell = Rc::new(tell);
    let to = |input: Input| {
        let tell = Rc::clone(&tell);
        move || tell(input.clone())
    };
    on(&window(), "online", to(Input::Online));
    on(&window(), "offline", to(Input::Offline));
    on(&window(), "focus", to(Input::Visible));
    on(&document(), "visibilitychange", {
        let visible = to(Input::Visible);
        move || {
            if document().visibility_state() == VisibilityState::Visible {
                visible();
            }
        }
    });
    // A page that goes says so: the server then knows at once, not after a minute of silence. One
    // that comes back from the back-forward cache finds its socket gone.
    on(&window(), "pagehide", to(Input::Stop));
    on(&window(), "pageshow", to(Input::Start));
}

fn on(target: &EventTarget, name: &str, call: impl Fn() + 'static) {
    let closure = Closure::<dyn Fn()>::new(call);
    // Fails only for names that no event has.
    let _ = target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    // The page's own life is the listener's.
    closure.forget();
}
