//! Who is here.

use leptos::prelude::*;
use stylers_macro::style_sheet;

use super::{surroundings, words};
use crate::data::People;

/// How many names are drawn; the rest is a number.
const SHOWN: usize = 50;

/// The people in the lobby, ourselves among them: several tabs are one person.
///
/// On the server: nobody yet; the list comes with the connection.
#[component]
pub fn PeopleList() -> impl IntoView {
    let scope = style_sheet!("app/src/components/people_here.css");
    let around = surroundings();
    let (session, language) = (around.session, around.language);
    let reading = around.live.read::<People>(());
    let count = Memo::new(move |_| reading.data.with(|here| here.as_ref().map_or(0, |here| here.count)));
    let shown = move || {
        let listed = |here: &crate::data::PeopleHere| here.listed.iter().take(SHOWN).cloned().collect();
        reading.data.with(|here| here.as_ref().map(listed).unwrap_or_else(Vec::new))
    };
    let more = move || count.get().saturating_sub(shown().len() as u64);
    view! { class=scope,
        <aside class="people" aria-label=words().people>
            <h2 class="heading" data-testid="people-count">{move || language.count(&words().people_here, count.get())}</h2>
            <ul class="names" data-testid="people">
                <For each=shown key=|person| (person.id.clone(), person.username.clone()) let(person)>
                    {
                        let id = person.id.clone();
                        let is_you = move || session.you.with(|you| you.id == id);
                        view! { class=scope,
                            <li class="person">
                                <span class="dot" aria-hidden="true"></span>
                                <bdi class="name">{person.username.as_str().to_owned()}</bdi>
                                <span class="you">{move || is_you().then_some(words().you)}</span>
                            </li>
                        }
                    }
                </For>
            </ul>
            <Show when=move || { more() > 0 }>
                <p class="more">{move || language.count(&words().people_more, more())}</p>
            </Show>
        </aside>
    }
}
