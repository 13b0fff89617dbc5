//! The box to write in.

use confab_protocol::{ClientId, DialogId, Refusal};
use confab_sync::Status;
use leptos::{ev, html, prelude::*};
use stylers_macro::style_sheet;

use super::{surroundings, words};
use crate::Notice;

/// From how many characters before the limit on the count is shown.
const COUNT_FROM: usize = 500;

/// A text that grows with what is written, and **Send**. Enter sends, Shift+Enter starts a line,
/// and neither does anything while an input method composes. What is typed survives a reload, and
/// a refusal leaves it where it is.
///
/// On the server: a plain form that posts; with what was refused still in it.
#[component]
pub fn MessageInput(dialog: DialogId, form_client_id: ClientId, notice: Option<Notice>) -> impl IntoView {
    let scope = style_sheet!("app/src/components/message_input.css");
    let around = surroundings();
    let (session, language) = (around.session, around.language);
    let words = words();
    let limit = session.limits().message_characters;
    let first = notice.as_ref().map(|notice| notice.draft.clone()).unwrap_or_default();
    let text = RwSignal::new(first.clone());
    let refused = RwSignal::new(notice.map(|notice| words.refusal(language, notice.code, limit.into())));
    let input = NodeRef::<html::Textarea>::new();
    let key = format!("draft:{dialog}");

    keep_draft(key, text);
    let send = move || {
        match session.send(dialog.clone(), &text.get_untracked()) {
            Ok(()) => {
                text.set(String::new());
                refused.set(None);
            }
            // A key hit once too often is not worth a word.
            Err(Refusal::MessageEmpty) if text.with_untracked(String::is_empty) => {}
            Err(refusal) => refused.set(Some(words.refusal(language, refusal.code(), limit.into()))),
        }
        if let Some(input) = input.get_untracked() {
            let _ = input.focus();
        }
    };
    let send = StoredValue::new_local(send);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        send.with_value(|send| send());
    };
    let keydown = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            send.with_value(|send| send());
        }
    };
    let count = move || {
        let limit = limit as usize;
        let characters = text.with(|text| text.chars().count());
        match characters {
            n if n > limit => language.count(&words.characters_over, (n - limit) as u64),
            n if n + COUNT_FROM > limit => language.count(&words.characters_left, (limit - n) as u64),
            _ => String::new(),
        }
    };
    let hint = move || {
        let offline = session.status.with(|status| {
            matches!(status, Status::Reconnecting { attempt: 1.., .. } | Status::Closed { error: Some(_), .. })
        });
        if offline { words.offline_hint } else { words.keys_hint }
    };
    view! { class=scope,
        <form class="message-input" method="post" action="/" on:submit=submit>
            <input type="hidden" name="clientId" value=form_client_id.as_str().to_owned()/>
            <div class="line">
                <div class="grow" data-text=move || text.get()>
                    <textarea class="text" name="message" rows="1" dir="auto" node_ref=input required
                        aria-label=words.message placeholder=words.write_message aria-describedby="input-hint"
                        data-testid="input" prop:value=move || text.get()
                        on:input=move |event| text.set(event_target_value(&event)) on:keydown=keydown>{first}</textarea>
                </div>
                <button class="send" type="submit" data-testid="send">{words.send}</button>
            </div>
            <p class="refused" role="alert" data-testid="refused">{move || refused.get()}</p>
            <p class="hint" id="input-hint"><span class="keys">{hint}</span><span class="count">{count}</span></p>
        </form>
    }
}

/// Takes up the draft of the last life of this page, and keeps this one's.
fn keep_draft(key: String, text: RwSignal<String>) {
    let session = surroundings().session;
    Effect::new(move |was: Option<()>| {
        if was.is_none() && text.with_untracked(String::is_empty) {
            let kept = session.browser(|browser| browser.recall(&key)).flatten();
            if let Some(kept) = kept.filter(|kept| !kept.is_empty()) {
                text.set(kept);
            }
        }
        text.with(|text| session.browser(|browser| browser.remember(&key, text)));
    });
}
