//! The connection's states as a picture, the present one lit.

use confab_sync::Status;
use leptos::prelude::*;
use stylers_macro::style_sheet;

use crate::components::{
    surroundings,
    websocket_status::{countdown, error_text},
    words,
};

/// Four states and the ways between them (DESIGN §3), the last error and the countdown in words.
#[component]
pub fn StateMachine() -> impl IntoView {
    let scope = style_sheet!("app/src/components/lab/state_machine.css");
    let around = surroundings();
    let (session, language) = (around.session, around.language);
    let words = words();
    let detail = move || {
        session.status.with(|status| match status {
            Status::Reconnecting { error, .. } => {
                format!("{} · {}", error_text(error), countdown(language, status, session.now()))
            }
            Status::Closed { error: Some(error), .. } => error_text(error),
            _ => String::new(),
        })
    };
    let nodes = [
        (Node::Connecting, words.status_connecting, 80, 30),
        (Node::Open, words.status_open, 320, 30),
        (Node::Reconnecting, words.status_reconnecting, 320, 130),
        (Node::Closed, words.status_closed, 80, 130),
    ]
    .map(|(node, label, x, y)| {
        let lit = move || session.status.with(Node::of) == node;
        view! { class=scope,
            <g class="node" class:lit=lit data-testid="state" data-state=node.name() data-lit=move || lit().to_string()>
                <rect class="box" x=x - 75 y=y - 20 width="150" height="40" rx="12"></rect>
                <text class="label" x=x y=y + 5>{label}</text>
            </g>
        }
    });
    view! { class=scope,
        <div class="machine">
            <svg class="picture" viewBox="0 0 400 160" role="img" aria-label=words.lab_machine>
                <path class="way" d="M155 30 H245 M320 50 V110 M300 110 V50 M245 130 H155 M80 50 V110 M100 110 V50"></path>
                <path class="head" d="M245 30 l-8 -5 v10 z M320 110 l-5 -8 h10 z M300 50 l-5 8 h10 z M155 130 l8 -5 v10 z M80 110 l-5 -8 h10 z M100 50 l-5 8 h10 z"></path>
                {nodes.into_iter().collect_view()}
            </svg>
            <p class="detail" data-testid="state-detail">{detail}</p>
        </div>
    }
}

/// The states as they are drawn.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Node {
    Connecting,
    Open,
    Reconnecting,
    Closed,
}

impl Node {
    fn of(status: &Status) -> Self {
        match status {
            Status::Connecting => Self::Connecting,
            Status::Open => Self::Open,
            Status::Reconnecting { .. } => Self::Reconnecting,
            Status::Closed { .. } => Self::Closed,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Open => "open",
            Self::Reconnecting => "reconnecting",
            Self::Closed => "closed",
        }
    }
}
