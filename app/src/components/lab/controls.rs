//! Ways to break the connection, and to mend it.

use confab_sync::{Input, Status};
use leptos::prelude::*;
use stylers_macro::style_sheet;

use crate::{
    Session, WRONG_ADDRESS,
    components::{surroundings, words},
};

/// Bytes of the frame that is too big: more than any limit the server may set.
const TOO_BIG_BYTES: usize = 1_100_000;

/// The buttons of document 000's tests: a wrong address, a server that closes, a cut, a frame that
/// is too big, and back. `demo`: the server closes only when it runs for showing.
#[component]
pub fn Controls(demo: bool) -> impl IntoView {
    let scope = style_sheet!("app/src/components/lab/controls.css");
    let session = surroundings().session;
    let words = words();
    let too_big = move |_| {
        let bytes = (session.limits().frame_bytes as usize + 1).min(TOO_BIG_BYTES);
        session.command(Input::SendRaw("x".repeat(bytes)));
    };
    let is_open = move || session.status.with(|status| *status == Status::Open);
    view! { class=scope,
        <div class="controls" role="group" aria-label=words.lab_try>
            <button class="act" type="button"
                on:click=move |_| session.command(Input::ChangeAddress(WRONG_ADDRESS.to_owned()))>{words.lab_wrong_address}</button>
            <button class="act" type="button" disabled=!demo title=(!demo).then_some(words.lab_close_after_demo)
                on:click=move |_| change_address(session, "closeAfter=15")>{words.lab_close_after}</button>
            <button class="act" type="button" disabled=move || !is_open()
                on:click=move |_| session.command(Input::Drop)>{words.lab_drop}</button>
            <button class="act" type="button" disabled=move || !is_open() on:click=too_big>{words.lab_too_big}</button>
            <button class="act main" type="button" data-testid="lab-reconnect"
                on:click=move |_| change_address(session, "")>{words.reconnect}</button>
        </div>
    }
}

fn change_address(session: Session, query: &str) {
    if let Some(address) = session.browser(|browser| browser.address(query)) {
        session.command(Input::ChangeAddress(address));
    }
}
