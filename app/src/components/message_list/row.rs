//! One bubble.

use confab_protocol::ClientId;
use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::timeline::Row;
use crate::{
    components::{TimeOfDay, surroundings, time::Precision, words},
    session::OutgoingState,
};

/// Who said what and when; ours with how far they are, and with **Retry** when they failed.
#[component]
pub fn MessageRow(row: Memo<Option<Row>>) -> impl IntoView {
    let scope = style_sheet!("app/src/components/message_list/row.css");
    // A row that leaves the list is asked once more before its view is gone.
    let is = move |look: fn(&Row) -> bool| row.with(|row| row.as_ref().is_some_and(look));
    let author = move || row.with(|row| row.as_ref().map(name).unwrap_or_default());
    let content = move || row.with(|row| row.as_ref().map(|row| row.content.clone()));
    let at = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.at)));
    let state = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| (row.is_mine, row.state, row.client_id.clone()))));
    view! { class=scope,
        <li class="row" class:mine=move || is(|row| row.is_mine) class:continues=move || is(|row| row.continues)
            class:failed=move || is(|row| matches!(row.state, OutgoingState::Failed(_))) data-testid="message">
            <article class="bubble">
                <header class="head"><bdi class="author" data-testid="author">{author}</bdi></header>
                <p class="content" dir="auto" data-testid="content">{content}</p>
                <footer class="foot">
                    {move || at.get().map(|at| view! { <TimeOfDay at precision=Precision::Minutes/> })}
                    {move || match state.get() {
                        Some((true, state, client_id)) => Some(view! { <Delivery state client_id/> }),
                        _ => None,
                    }}
                </footer>
            </article>
        </li>
    }
}

fn name(row: &Row) -> String {
    if row.is_mine { words().you.to_owned() } else { row.author.clone() }
}

/// How far a message of ours is: a sign for the eye, words for the ear, and a way on if it failed.
#[component]
fn Delivery(state: OutgoingState, client_id: ClientId) -> impl IntoView {
    let scope = style_sheet!("app/src/components/message_list/row.css");
    let around = surroundings();
    let (session, language) = (around.session, around.language);
    let words = words();
    let (sign, name, text) = match state {
        OutgoingState::Queued => ("◷", "queued", words.delivery_queued),
        OutgoingState::InFlight => ("◷", "sending", words.delivery_sending),
        OutgoingState::Stored => ("✓", "stored", words.delivery_stored),
        OutgoingState::Failed(_) => ("!", "failed", words.delivery_failed),
    };
    let failed = match state {
        OutgoingState::Failed(code) => {
            let limit = session.limits().message_characters.into();
            let why = words.refusal(language, code, limit);
            let again = client_id.clone();
            Some(view! { class=scope,
                <span class="why">{why}</span>
                <button class="act" type="button" on:click=move |_| session.retry(&again)>{words.retry}</button>
                <button class="act" type="button" on:click=move |_| session.discard(&client_id)>{words.discard}</button>
            })
        }
        _ => None,
    };
    view! { class=scope,
        <span class="delivery" class:bad=failed.is_some() role="img" aria-label=text title=text
            data-testid="delivery" data-state=name>{sign}</span>
        {failed}
    }
}
