//! Every frame, both ways, as it was on the wire.

use leptos::prelude::*;
use stylers_macro::style_sheet;

use crate::{
    Direction,
    components::{TimeOfDay, surroundings, time::Precision, words},
};

/// The last frames, newest first.
#[component]
pub fn FrameLog() -> impl IntoView {
    let scope = style_sheet!("app/src/components/lab/frame_log.css");
    let frames = surroundings().session.frames;
    let newest_first = move || frames.with(|frames| frames.iter().rev().cloned().collect::<Vec<_>>());
    view! { class=scope,
        <div class="bar">
            <span class="none">{move || frames.with(|frames| frames.is_empty()).then_some(words().lab_no_frames)}</span>
            <button class="clear" type="button" on:click=move |_| frames.update(|frames| frames.clear())>{words().lab_clear}</button>
        </div>
        <ol class="frames" aria-label=words().lab_frames tabindex="0" data-testid="frames">
            <For each=newest_first key=|frame| frame.number let(frame)>
                {
                    let is_sent = frame.direction == Direction::Sent;
                    let (sign, name) = if is_sent { ("↑", words().lab_sent) } else { ("↓", words().lab_received) };
                    view! { class=scope,
                        <li class="frame-line" class:sent=is_sent data-testid="frame" data-direction=if is_sent { "sent" } else { "received" }>
                            <span class="way" role="img" aria-label=name>{sign}</span>
                            <span class="when"><TimeOfDay at=frame.at precision=Precision::Seconds/></span>
                            <code class="json">{frame.text}</code>
                        </li>
                    }
                }
            </For>
        </ol>
    }
}
