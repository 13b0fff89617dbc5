//! The open dialog: its head, its messages, the box to write in.

mod details;
mod head;
mod manage;
mod members;

use confab_protocol::{ClientId, Dialog, DialogId, MessageId, Quote, Seq};
use leptos::{
    prelude::*,
    task::{spawn_local, tick},
};
use stylers_macro::style_sheet;

use super::{
    MessageInput, MessageList,
    chat::{Chat, chat, leads_to},
    focus, surroundings, words,
};
use crate::{
    Notice, Open,
    data::{Details, Messages, Place},
    dom::{Element, Html, effect, scoped, switch},
    live::{EntryState, QueryError, Reading},
    names::person_name,
};

use details::DetailsPanel;
use head::Head;

/// What the parts of an open dialog share.
#[derive(Clone)]
pub struct Pane {
    /// Which dialog.
    pub dialog: DialogId,
    /// What the box is for.
    pub composing: RwSignal<Composing>,
    /// Its messages.
    pub messages: Reading<Messages>,
    /// Who belongs to it.
    pub details: Reading<Details>,
    /// How far we had read when it was opened, if that was less than all.
    pub read: Option<Seq>,
}

/// What the box is for.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Composing {
    /// A message.
    #[default]
    New,
    /// An answer to this.
    Reply(Quote),
    /// Other words for a message of ours.
    Edit {
        /// Which message.
        message_id: MessageId,
        /// Its words until now.
        before: String,
    },
    /// Other words for a message of ours that was refused: a new one, in its place.
    Again {
        /// The refused one.
        client_id: ClientId,
        /// Its words.
        before: String,
    },
}

impl Composing {
    /// The words that are being changed.
    pub fn before(&self) -> Option<&String> {
        match self {
            Self::Edit { before, .. } | Self::Again { before, .. } => Some(before),
            Self::New | Self::Reply(_) => None,
        }
    }
}

impl Pane {
    fn provide(dialog: DialogId, chat: Chat) -> Self {
        let live = surroundings().live;
        let read = untrack(|| {
            let read = chat.line(&dialog, |line| (line.unread > 0).then_some(line.read));
            read.flatten()
        });
        let messages = live.read::<Messages>(dialog.clone());
        begin(&dialog, chat, messages);
        let pane = Self {
            composing: RwSignal::default(),
            messages,
            details: live.read::<Details>(dialog.clone()),
            read,
            dialog,
        };
        provide_context(pane.clone());
        pane
    }
}

/// Who has not read it all begins where they stopped, and who has, at the latest; unless they were
/// led to a message. What is kept of an earlier visit may be another part.
fn begin(dialog: &DialogId, chat: Chat, messages: Reading<Messages>) {
    if chat.open.with_untracked(|open| open.at.is_some()) {
        return;
    }
    let session = surroundings().session;
    let page = session.limits().page_messages;
    let unread = |line: &Dialog| (line.begins_at(page), (line.unread > 0).then_some(line.read));
    let (at, read) = untrack(|| chat.line(dialog, unread)).unwrap_or_default();
    let is_kept = messages.data.with_untracked(|page| {
        let page = page.as_ref()?;
        let has = |read: Seq| {
            let first = page.messages.first().is_none_or(|first| first.seq.0 <= read.0 + 1);
            first && page.messages.last().is_none_or(|last| last.seq > read)
        };
        Some(read.map_or(!page.has_newer, has))
    });
    if is_kept != Some(true) {
        let latest = read.map_or(Place::Latest, |read| Place::Reaching(read.next()));
        session.windows.want(dialog, at.map_or(latest, Place::Around));
    }
    if is_kept == Some(false) {
        messages.refetch();
    }
}

/// The open dialog, from its head to the box. What is no longer ours says so and shows nothing more.
#[component]
pub fn DialogPane(
    dialog: DialogId,
    /// The name of the next message of the plain form.
    form_client_id: ClientId,
    notice: Option<Notice>,
) -> Html {
    let el = scoped(style_sheet!("app/src/components/dialog.css"));
    let words = words();
    let Some(chat) = chat() else { return Html::nothing() };
    let pane = Pane::provide(dialog, chat);
    let is_gone = is_gone(&pane, chat);
    let mut notice = notice;
    switch(
        move || is_gone.get(),
        move |is_gone| match is_gone {
            true => el("div", "gone")
                .attr("role", "alert")
                .test_id("gone")
                .child(el("h1", "why").text(words.dialog_gone()))
                .child(leads_to(
                    el("a", "home").attr("id", HOME_ID).text(words.back_to_list()),
                    Open::home(),
                ))
                .into(),
            false => parts(&pane, chat, form_client_id.clone(), notice.take()),
        },
    )
}

fn parts(pane: &Pane, chat: Chat, form_client_id: ClientId, notice: Option<Notice>) -> Html {
    let el = scoped(style_sheet!("app/src/components/dialog.css"));
    let (pane, dialog) = (pane.clone(), pane.dialog.clone());
    // Drawn only where there is no script (`@media (scripting: none)`): a browser that has scripts
    // reads the inside of a `noscript` as text, and hydration would stumble over it.
    let refresh = el("a", "refresh").attr("href", chat.latest_path()).text(words().refresh());
    vec![
        view! { <Head pane=pane.clone()/> }.into(),
        view! { <MessageList pane=pane.clone()/> }.into(),
        refresh.into(),
        view! { <MessageInput dialog form_client_id notice/> }.into(),
        view! { <DetailsPanel pane/> }.into(),
    ]
    .into()
}

/// The id of the way back from a dialog that is ours no more.
const HOME_ID: &str = "way-back";

/// Whether the dialog is ours no more: it has left our list, or the server does not let us see it.
fn is_gone(pane: &Pane, chat: Chat) -> RwSignal<bool> {
    let (around, details, dialog) = (surroundings(), pane.details, pane.dialog.clone());
    let session = around.session;
    // A page that came without it, though not because the database did not answer. The list says
    // less: what the other began and nothing was said in yet is not on it.
    let is_missing = untrack(|| {
        let has_list = chat.dialogs.data.with(Option::is_some);
        has_list && details.data.with(Option::is_none) && !around.is_alive.get()
    });
    let is_gone = RwSignal::new(is_missing);
    let mut was_there = is_missing;
    effect(move || {
        let is_there = chat.line(&dialog, |_| ()).is_some();
        let is_denied = session.denied.with(|denied| denied.contains(&dialog));
        let is_refused = details.state.with(|state| {
            matches!(state, EntryState::Failed { error: QueryError::Refused { .. } })
        });
        let now = is_denied || is_refused || was_there && !is_there;
        was_there |= is_there;
        if is_gone.get_untracked() != now {
            is_gone.set(now);
            if now {
                // Whoever was writing there goes on at the way back.
                spawn_local(async {
                    tick().await;
                    focus(HOME_ID);
                });
            }
        }
    });
    is_gone
}

/// What is shown of a message that is answered; it leads there.
pub fn quoted(quote: &Quote) -> Element {
    let el = scoped(style_sheet!("app/src/components/dialog.css"));
    let words = words();
    let text = match quote.deleted {
        true => words.message_deleted().to_owned(),
        false => crate::markup::plain(&quote.content),
    };
    let quoted = el("a", "quoted")
        .flag("data-deleted", quote.deleted)
        .test_id("quote")
        .child(el("bdi", "whom").text(person_name(words, &quote.sender_name)))
        .child(el("span", "what").attr("dir", "auto").text(text));
    match use_context::<Pane>() {
        Some(pane) => leads_to(quoted, Open { at: Some(quote.seq), ..Open::dialog(pane.dialog) }),
        None => quoted,
    }
}
