//! Ways to break the connection, and to mend it.

use confab_sync::{Input, Status};
use leptos::prelude::*;
use stylers_macro::style_sheet;

use crate::{
    Session, WRONG_ADDRESS,
    components::{surroundings, words},
    dom::{Html, frame},
};

/// The id of what says why a button cannot be pressed.
const NOTE_ID: &str = "close-after";

/// The buttons of document 000's tests: a wrong address, a server that closes, a cut, a frame that
/// is too big, and back. `demo`: the server closes only when it runs for showing.
#[component]
pub fn Controls(demo: bool) -> Html {
    let el = frame(style_sheet!("app/src/components/lab/controls.css"));
    let session = surroundings().session;
    let words = words();
    let is_closed = move || session.status.with(|status| *status != Status::Open);
    let act = |text| el("button", "act").attr("type", "button").text(text);
    let needs_socket =
        |text| act(text).attr_live("disabled", move || is_closed().then(String::new));
    let wrong = Input::ChangeAddress(WRONG_ADDRESS.to_owned());
    let too_big = move |_| {
        let bytes = session.limits().frame_bytes as usize + 1;
        session.command(Input::SendRaw("x".repeat(bytes)));
    };
    let note =
        (!demo).then(|| el("p", "note").attr("id", NOTE_ID).text(words.lab_close_after_demo()));
    el("div", "controls")
        .attr("role", "group")
        .attr("aria-label", words.lab_try())
        .child(act(words.lab_wrong_address()).on("click", move |_| session.command(wrong.clone())))
        .child(
            act(words.lab_close_after())
                .flag("disabled", !demo)
                .attr_if("aria-describedby", (!demo).then_some(NOTE_ID))
                .on("click", move |_| change_address(session, "closeAfter=15")),
        )
        .child(needs_socket(words.lab_drop()).on("click", move |_| session.command(Input::Drop)))
        .child(needs_socket(words.lab_too_big()).on("click", too_big))
        .child(
            el("button", "act main")
                .attr("type", "button")
                .test_id("lab-reconnect")
                .on("click", move |_| change_address(session, ""))
                .text(words.reconnect()),
        )
        .children(note)
        .into()
}

fn change_address(session: Session, query: &str) {
    if let Some(address) = session.browser(|browser| browser.address(query)) {
        session.command(Input::ChangeAddress(address));
    }
}
