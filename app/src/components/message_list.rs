//! The messages of a dialog, as far as they are loaded, and ours that are still on their way.

mod row;
mod timeline;

use std::collections::HashMap;

use confab_protocol::DialogId;
use leptos::{html, prelude::*};
use stylers_macro::style_sheet;

use super::{surroundings, words};
use crate::{data::Messages, live::EntryState};

use row::MessageRow;
use timeline::{Row, RowKey, rows};

/// How near to its end the list must be to stay there when something new comes, in CSS pixels:
/// about two lines, so that a slip of the finger does not count as reading back.
const STICKY_PIXELS: i32 = 100;

/// Who said what, oldest first, in the one order of the log. Ours that are not stored yet stand
/// last and say so. The list keeps to its end, unless someone is reading back: then a button tells
/// how many are new.
///
/// On the server: the last page, and the list is scrolled by `#latest`.
#[component]
pub fn MessageList(dialog: DialogId) -> impl IntoView {
    let scope = style_sheet!("app/src/components/message_list.css");
    let around = surroundings();
    let (session, language) = (around.session, around.language);
    let reading = around.live.read::<Messages>(dialog);
    let all = Memo::new(move |_| {
        let you = session.you.with(|you| you.clone());
        reading.data.with(|page| {
            let stored = page.as_ref().map(|page| &page.messages[..]).unwrap_or_default();
            session.outbox.with(|outbox| Rows::new(rows(stored, outbox, &you)))
        })
    });
    let (list, follow) = (NodeRef::<html::Div>::new(), Follow::new());
    follow.watch(list, all);

    let state = move || {
        let (is_empty, has_page) = (all.with(|all| all.order.is_empty()), reading.data.with(Option::is_some));
        match reading.state.get() {
            EntryState::Failed { .. } => words().history_failed,
            EntryState::Loading if !has_page => words().loading,
            EntryState::Stale { .. } => words().stale,
            _ if is_empty => words().no_messages,
            _ => "",
        }
    };
    let failed = move || reading.state.with(|state| matches!(state, EntryState::Failed { .. }));
    view! { class=scope,
        <div class="frame">
            <div class="message-list" node_ref=list tabindex="0" role="log" aria-label=words().messages
                id="messages" data-testid="messages" on:scroll=move |_| follow.scrolled(list)>
                <ol class="rows">
                    <For each=move || all.with(|all| all.order.clone()) key=RowKey::clone let(key)>
                        <MessageRow row=Memo::new(move |_| all.with(|all| all.by_key.get(&key).cloned()))/>
                    </For>
                </ol>
                <p class="state" data-testid="messages-state">{state}</p>
                <Show when=failed>
                    <button class="again" type="button" on:click=move |_| reading.refetch()>{words().try_again}</button>
                </Show>
                <div id="latest"></div>
            </div>
            <Show when=move || { follow.unseen.get() > 0 }>
                <button class="latest" type="button" data-testid="new-messages" on:click=move |_| follow.to_end(list)>
                    {move || language.count(&words().new_messages, follow.unseen.get())}
                </button>
            </Show>
        </div>
    }
}

/// The rows, and where to find each.
#[derive(Clone, Debug, Default, PartialEq)]
struct Rows {
    order: Vec<RowKey>,
    by_key: HashMap<RowKey, Row>,
}

impl Rows {
    fn new(rows: Vec<Row>) -> Self {
        let order = rows.iter().map(|row| row.key.clone()).collect();
        Self { order, by_key: rows.into_iter().map(|row| (row.key.clone(), row)).collect() }
    }
}

/// Whether the list keeps to its end, and what came while it did not.
#[derive(Clone, Copy)]
struct Follow {
    at_end: StoredValue<bool>,
    unseen: RwSignal<u64>,
}

impl Follow {
    fn new() -> Self {
        Self { at_end: StoredValue::new(true), unseen: RwSignal::new(0) }
    }

    /// After each change: keeps to the end, or counts what is new.
    fn watch(self, list: NodeRef<html::Div>, rows: Memo<Rows>) {
        Effect::new(move |before: Option<(usize, Option<RowKey>)>| {
            let now = rows.with(|rows| (rows.order.len(), rows.order.last().cloned()));
            let (count, last) = before.unwrap_or_default();
            let came = now.0.saturating_sub(count) as u64;
            let ours = rows.with(|rows| {
                let last = rows.order.last().and_then(|key| rows.by_key.get(key));
                last.is_some_and(|row| row.is_mine)
            });
            if now.1 != last {
                if self.at_end.get_value() || ours || count == 0 {
                    self.to_end(list);
                } else {
                    self.unseen.update(|unseen| *unseen += came);
                }
            }
            now
        });
    }

    fn scrolled(self, list: NodeRef<html::Div>) {
        let Some(list) = list.get_untracked() else { return };
        let left = list.scroll_height() - list.scroll_top() - list.client_height();
        self.at_end.set_value(left <= STICKY_PIXELS);
        if left <= STICKY_PIXELS && self.unseen.get_untracked() > 0 {
            self.unseen.set(0);
        }
    }

    fn to_end(self, list: NodeRef<html::Div>) {
        self.at_end.set_value(true);
        self.unseen.set(0);
        // The rows are in the page only when the effects of this change are done.
        let scroll = move || {
            if let Some(list) = list.get_untracked() {
                list.set_scroll_top(list.scroll_height());
            }
        };
        // Fails only where there is no window, and then there is nothing to scroll.
        let _ = request_animation_frame(scroll);
    }
}
