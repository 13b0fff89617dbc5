//! The box to write in.

use confab_protocol::{ClientId, DialogId, Refusal};
use confab_sync::{Input, Status};
use leptos::{ev, prelude::*};
use stylers_macro::style_sheet;
use wasm_bindgen::JsCast;
use web_sys::{HtmlTextAreaElement, KeyboardEvent};

use super::{
    WRITE_ID,
    chat::{Chat, chat},
    dialog::{Composing, Pane, quoted},
    focus, surroundings, words,
};
use crate::{
    Notice,
    dom::{Element, Html, Node, effect, scoped, switch},
    words::Words,
};

/// From how many characters before the limit on the count is shown.
const COUNT_FROM: usize = 500;

/// A text that grows with what is written, and **Send**. Enter sends, Shift+Enter starts a line,
/// and neither does anything while an input method composes. What is typed survives a reload, and
/// a refusal leaves it where it is. What is answered or edited stands above it until it is sent or
/// Escape is pressed; ↑ in an empty box edits our last message.
///
/// On the server: a plain form that posts; with what was refused still in it.
#[component]
pub fn MessageInput(dialog: DialogId, form_client_id: ClientId, notice: Option<Notice>) -> Html {
    let el = scoped(style_sheet!("app/src/components/message_input.css"));
    let words = words();
    let pane = use_context::<Pane>();
    let writing = Writing::new(notice.as_ref(), pane.as_ref());
    let first = notice.map(|notice| notice.draft).unwrap_or_default();
    keep_draft(dialog.clone(), writing);
    compose(writing, dialog.clone());
    writes_anew(writing, dialog.clone());
    // A page of its own posts to itself.
    let action = chat().map_or_else(|| "/".to_owned(), Chat::latest_path);
    let hidden = Element::new("input")
        .attr("type", "hidden")
        .attr("name", "clientId")
        .attr_of("value", || form_client_id.as_str().to_owned());
    let label = move || if writing.is_editing() { words.save() } else { words.send() }.to_owned();
    let send = el("button", "send").attr("type", "submit").test_id("send").text_live(label);
    let refusal = el("p", "refused")
        .attr("id", "input-refused")
        .attr("role", "alert")
        .test_id("refused")
        .text_live(move || writing.refused.get());
    let there = dialog.clone();
    let submit = move |event: ev::Event| {
        event.prevent_default();
        writing.submit(&there);
    };
    el("form", "message-input")
        .attr("method", "post")
        .attr("action", action)
        .on("submit", submit)
        .child(hidden)
        .child(switch(
            move || writing.composing.get(),
            move |composing| above(words, writing, composing),
        ))
        .child(el("div", "line").child(field(writing, dialog, pane, first)).child(send))
        .child(refusal)
        .child(below(writing))
        .into()
}

/// The box itself.
fn field(writing: Writing, dialog: DialogId, pane: Option<Pane>, first: String) -> Element {
    let el = scoped(style_sheet!("app/src/components/message_input.css"));
    let (words, there) = (words(), dialog.clone());
    let Writing { text, refused, node, .. } = writing;
    let keydown = move |event: ev::Event| {
        let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
        let is_taken = if is_plain_enter(key) {
            writing.submit(&dialog);
            true
        } else {
            is_plain(key, "Escape") && writing.gives_up()
                || is_plain(key, "ArrowUp") && writing.edits_last(pane.as_ref())
        };
        if is_taken {
            event.prevent_default();
        }
    };
    let input = el("textarea", "text")
        .node(node)
        .attr("id", WRITE_ID)
        .attr("name", "message")
        .attr("rows", "1")
        .attr("dir", "auto")
        .attr("aria-label", words.message())
        .attr_live("aria-invalid", move || {
            refused.with(|why| (!why.is_empty()).then(|| "true".to_owned()))
        })
        .attr("aria-describedby", "input-refused input-hint")
        .attr("placeholder", words.write_message())
        .test_id("input")
        .flag("required", true)
        .initial(first)
        .value_live(move || text.get())
        .on("input", move |_| writing.written(&there))
        .on("keydown", keydown);
    // The copy in the attribute gives the box its height.
    el("div", "grow").attr_live("data-text", move || Some(text.get())).child(input)
}

/// What the keys do, or that nothing goes out now; and near the limit, how near.
fn below(writing: Writing) -> Element {
    let el = scoped(style_sheet!("app/src/components/message_input.css"));
    let (around, words) = (surroundings(), words());
    let (session, language) = (around.session, around.language);
    let limit = session.limits().message_characters as usize;
    let hint = move || {
        let waits = |status: &Status| {
            matches!(
                status,
                Status::Reconnecting { attempt: 1.., .. } | Status::Closed { error: Some(_), .. }
            )
        };
        let text =
            if session.status.with(waits) { words.offline_hint() } else { words.keys_hint() };
        text.to_owned()
    };
    let count = move || {
        let characters = writing.text.with(|text| text.chars().count());
        if characters > limit {
            language.count(&words.characters_over(), (characters - limit) as u64)
        } else if characters + COUNT_FROM > limit {
            language.count(&words.characters_left(), (limit - characters) as u64)
        } else {
            String::new()
        }
    };
    el("p", "hint")
        .attr("id", "input-hint")
        .child(el("span", "keys").text_live(hint))
        .child(el("span", "count").text_live(count))
}

/// What is answered or edited, and a way out of it.
fn above(words: &'static Words, writing: Writing, composing: &Composing) -> Html {
    let el = scoped(style_sheet!("app/src/components/message_input.css"));
    let about = match composing {
        Composing::New => return Html::nothing(),
        Composing::Reply(quote) => quoted(quote),
        Composing::Edit { before, .. } | Composing::Again { before, .. } => el("span", "before")
            .child(el("strong", "what").text(words.editing()))
            .child(el("span", "words").text(before.clone())),
    };
    let cancel = el("button", "cancel")
        .attr("type", "button")
        .attr("aria-label", words.cancel())
        .attr("title", words.cancel())
        .test_id("composing-cancel")
        .on("click", move |_| {
            writing.gives_up();
            focus(WRITE_ID);
        })
        .text("✕");
    el("div", "above")
        .test_id("composing")
        .child(el("div", "about").child(about))
        .child(cancel)
        .into()
}

/// What is being written; copies share it.
#[derive(Clone, Copy)]
struct Writing {
    text: RwSignal<String>,
    /// Why it was not taken; empty if it was.
    refused: RwSignal<String>,
    composing: RwSignal<Composing>,
    node: Node,
}

impl Writing {
    /// With what the plain form was refused with, if it was.
    fn new(notice: Option<&Notice>, pane: Option<&Pane>) -> Self {
        let why = |notice: &Notice| surroundings().reasons().refusal(notice.code);
        Self {
            text: RwSignal::new(notice.map(|notice| notice.draft.clone()).unwrap_or_default()),
            refused: RwSignal::new(notice.map(why).unwrap_or_default()),
            composing: pane.map_or_else(RwSignal::default, |pane| pane.composing),
            node: Node::new(),
        }
    }

    /// Enter, or the button.
    fn submit(self, dialog: &DialogId) {
        let around = surroundings();
        match self.send(dialog.clone()) {
            Ok(()) => {
                self.composing.set(Composing::New);
                self.text.set(around.session.draft_of(dialog));
                self.refused.set(String::new());
            }
            // A key hit once too often is not worth a word.
            Err(Refusal::MessageEmpty) if self.text.with_untracked(String::is_empty) => {}
            Err(refusal) => self.refused.set(around.reasons().refusal(refusal.code())),
        }
        focus(WRITE_ID);
    }

    /// Another letter.
    fn written(self, dialog: &DialogId) {
        let (written, dialog_id) = (written(self.node).unwrap_or_default(), dialog.clone());
        surroundings().session.command(match written.is_empty() || self.is_edit() {
            true => Input::TypingEnded { dialog_id },
            false => Input::Typed { dialog_id },
        });
        self.text.set(written);
    }

    fn is_edit(self) -> bool {
        self.composing.with_untracked(|composing| composing.before().is_some())
    }

    fn is_editing(self) -> bool {
        self.composing.with(|composing| matches!(composing, Composing::Edit { .. }))
    }

    fn send(self, dialog: DialogId) -> Result<(), Refusal> {
        let (session, text) = (surroundings().session, self.text.get_untracked());
        let ended = Input::TypingEnded { dialog_id: dialog.clone() };
        match self.composing.get_untracked() {
            Composing::Edit { before, .. } if before == text => {}
            Composing::Edit { message_id, .. } => session.edit(dialog, message_id, &text)?,
            Composing::Again { client_id, before, .. } if before == text => {
                session.retry(&client_id)
            }
            Composing::Again { client_id, .. } => {
                session.send(dialog, &text, session.answered_by(&client_id))?;
                session.discard(&client_id);
            }
            composing => {
                let reply_to = match composing {
                    Composing::Reply(quote) => Some(quote.message_id),
                    _ => None,
                };
                session.send(dialog.clone(), &text, reply_to)?;
                session.keep_draft(&dialog, "");
            }
        }
        session.command(ended);
        Ok(())
    }

    /// Back to a message; whether there was anything to go back from.
    fn gives_up(self) -> bool {
        let is_new = self.composing.with_untracked(|composing| *composing == Composing::New);
        if !is_new {
            self.composing.set(Composing::New);
            self.refused.set(String::new());
        }
        !is_new
    }

    /// Takes up our last message, if the box is empty; whether it did.
    fn edits_last(self, pane: Option<&Pane>) -> bool {
        let is_free = self.text.with_untracked(String::is_empty) && !self.is_edit();
        let Some(pane) = pane.filter(|_| is_free) else { return false };
        let you = surroundings().session.you;
        let last = pane.messages.data.with_untracked(|page| {
            let messages = page.iter().flat_map(|page| page.messages.iter().rev());
            let is_ours = |message: &&confab_protocol::Message| {
                message.deleted_at.is_none()
                    && you.with_untracked(|you| you.id == message.sender_id)
            };
            messages.filter(is_ours).map(|m| (m.message_id.clone(), m.content.clone())).next()
        });
        let Some((message_id, before)) = last else { return false };
        self.composing.set(Composing::Edit { message_id, before });
        true
    }
}

/// Enter alone, and not the one that ends a composition.
fn is_plain_enter(event: &KeyboardEvent) -> bool {
    is_plain(event, "Enter") && !event.shift_key()
}

/// What input methods call their keys (UI Events §7.3.1).
const KEY_OF_COMPOSITION: u32 = 229;

/// A key that means itself, and nothing to an input method.
fn is_plain(event: &KeyboardEvent, key: &str) -> bool {
    // Safari says that a composition has ended before the key that ended it; its number tells.
    let composes = event.is_composing() || event.key_code() == KEY_OF_COMPOSITION;
    event.key() == key && !composes && !event.alt_key()
}

/// What stands in the box.
fn written(node: Node) -> Option<String> {
    node.get().map(|node| node.unchecked_into::<HtmlTextAreaElement>().value())
}

/// Takes up what was written before the page came alive, or else the draft of this dialog, and keeps
/// what is written from then on. The words of an edit are no draft.
fn keep_draft(dialog: DialogId, writing: Writing) {
    let session = surroundings().session;
    let there = dialog.clone();
    let mut is_first = true;
    effect(move || {
        let text = writing.text;
        if std::mem::take(&mut is_first) {
            let written = written(writing.node).filter(|text| !text.is_empty());
            let draft = written.unwrap_or_else(|| session.draft_of(&dialog));
            if !draft.is_empty() {
                text.set(draft);
            }
        }
        let text = text.read();
        if !writing.is_edit() {
            session.keep_draft(&dialog, &text);
        }
    });
    on_cleanup(move || session.command(Input::TypingEnded { dialog_id: there }));
}

/// Whoever answers or edits writes; the words of an edit take the place of the draft until it ends.
fn compose(writing: Writing, dialog: DialogId) {
    let session = surroundings().session;
    let mut was_edit = false;
    let mut is_first = true;
    effect(move || {
        let composing = writing.composing.get();
        let is_edit = composing.before().is_some();
        if let Some(before) = composing.before() {
            writing.text.set(before.clone());
        } else if was_edit {
            writing.text.set(session.draft_of(&dialog));
        }
        was_edit = is_edit;
        if !std::mem::take(&mut is_first) && composing != Composing::New {
            focus(WRITE_ID);
        }
    });
}

/// Who edits a refused message that is tried again meanwhile, or thrown away, writes a new one.
fn writes_anew(writing: Writing, dialog: DialogId) {
    let session = surroundings().session;
    effect(move || {
        let Composing::Again { client_id, before } = writing.composing.get() else { return };
        if session.is_refused(&client_id) {
            return;
        }
        let mut draft = session.draft_of(&dialog);
        let text = writing.text.get_untracked();
        if text != before {
            if !draft.is_empty() {
                draft.push('\n');
            }
            draft.push_str(&text);
        }
        session.keep_draft(&dialog, &draft);
        writing.composing.set(Composing::New);
    });
}
