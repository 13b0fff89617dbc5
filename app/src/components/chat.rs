//! Where one is in the chat: which dialog is open, and how one gets to another.
//!
//! Links stay links. Where there is JavaScript, a plain click on one changes what is open instead of
//! the page: the address follows through `history`, the list stays, and only the dialog is another.
//! Whatever else a click means (another tab, another window) is the browser's.
//!
//! On the server: the dialog that the page was asked for.

use confab_protocol::{Dialog, DialogId, Seq};
use leptos::{
    ev,
    prelude::*,
    task::{spawn_local, tick},
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, MouseEvent};

use super::{MESSAGES_ID, WRITE_ID, dialog_list::DIALOGS_ID, focus, surroundings};
use crate::{
    Open,
    data::{Dialogs, Place, Typing},
    dom::{Element, effect},
    live::Reading,
    names::{dialog_name, page_title},
    words::digits,
};

/// What the chat page's parts share; copies are the same.
#[derive(Clone, Copy)]
pub struct Chat {
    /// What is open.
    pub open: RwSignal<Open>,
    /// The message to be shown next, until it is.
    pub jump: RwSignal<Option<Seq>>,
    /// Our dialogs.
    pub dialogs: Reading<Dialogs>,
    /// Who is typing.
    pub typing: Reading<Typing>,
    /// Whether the page is seen and has the focus.
    pub is_front: RwSignal<bool>,
}

impl Chat {
    /// The chat, at what the page was asked for; given to all below.
    pub fn provide(open: Open) -> Self {
        let live = surroundings().live;
        let chat = Self {
            jump: RwSignal::new(open.at),
            open: RwSignal::new(open),
            dialogs: live.read::<Dialogs>(()),
            typing: live.read::<Typing>(()),
            is_front: RwSignal::new(false),
        };
        provide_context(chat);
        chat.keep_title();
        chat
    }

    /// Opens a dialog, and puts its address into the history.
    pub fn go(self, open: Open) {
        if self.open.with_untracked(|before| *before != open)
            && let Ok(history) = window().history()
        {
            let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&open.path()));
        }
        self.show(open);
    }

    /// Opens what the address says: somebody went back or forth.
    pub fn follow_address(self) {
        let location = window().location();
        let (path, query) = (location.pathname(), location.search());
        match Open::from_address(&path.unwrap_or_default(), &query.unwrap_or_default()) {
            Some(open) => self.show(open),
            None => drop(location.reload()),
        }
    }

    fn show(self, open: Open) {
        let at = open.at;
        let before = self.open.with_untracked(|before| before.dialog.clone());
        if before != open.dialog {
            let session = surroundings().session;
            session.turns_to_another();
            if let Some(at) = at {
                session.windows.want(&open.dialog, Place::Around(at));
            }
        }
        self.open.set(open);
        self.jump.set(at);
        if at.is_none() {
            focus_dialog(before);
        }
    }

    /// The address of what is open, at its end: where the plain form posts to.
    pub fn latest_path(self) -> String {
        self.open.with_untracked(|open| Open { at: None, ..open.clone() }.path())
    }

    /// The line of a dialog in our list, if it has one.
    pub fn line<T>(self, dialog: &DialogId, look: impl FnOnce(&Dialog) -> T) -> Option<T> {
        self.dialogs.data.with(|list| {
            let dialogs = &list.as_ref()?.dialogs;
            dialogs.iter().find(|line| line.dialog_id == *dialog).map(look)
        })
    }

    /// The dialog so many lines below the open one.
    pub fn step(self, by: isize) {
        let open = self.open.with_untracked(|open| open.dialog.clone());
        let next = self.dialogs.data.with_untracked(|list| {
            let dialogs = &list.as_ref()?.dialogs;
            let place = dialogs.iter().position(|line| line.dialog_id == open)?;
            let next = place.checked_add_signed(by)?;
            dialogs.get(next).map(|line| line.dialog_id.clone())
        });
        if let Some(next) = next {
            self.go(Open::dialog(next));
        }
    }

    /// "(3) Anna · Confab".
    fn keep_title(self) {
        let words = surroundings().words;
        effect(move || {
            let name = self.open.with(|open| {
                let name = self.line(&open.dialog, |line| dialog_name(words, line));
                name.unwrap_or_else(|| {
                    let is_lobby = open.dialog == DialogId::lobby();
                    if is_lobby { words.lobby() } else { words.dialogs() }.to_owned()
                })
            });
            let unread = self.dialogs.data.with(|list| {
                let lines = list.iter().flat_map(|list| &list.dialogs);
                lines.filter(|line| !line.muted).map(|line| line.unread).sum::<u64>()
            });
            let mut title = String::new();
            if unread > 0 {
                title.extend(["(", &digits(unread), ") "]);
            }
            title.push_str(&page_title(words, &name));
            document().set_title(&title);
        });
    }
}

/// The chat that this is a part of, if it is.
pub fn chat() -> Option<Chat> {
    use_context()
}

/// The address of a dialog, or of a message of it: without JavaScript by the message's id.
pub fn address(open: &Open) -> String {
    let mut address = open.path();
    if let Some(at) = open.at {
        address.push_str("#m");
        address.push_str(&digits(at.0));
    }
    address
}

/// An element that leads to a dialog, or to a message of it.
pub fn leads_to(link: Element, open: Open) -> Element {
    let chat = chat();
    link.attr("href", address(&open)).on("click", move |event| {
        if let Some(chat) = chat
            && is_plain(&event)
        {
            event.prevent_default();
            chat.go(open.clone());
        }
    })
}

/// A click that means nothing but to follow the link.
pub fn is_plain(event: &ev::Event) -> bool {
    event.dyn_ref::<MouseEvent>().is_some_and(|click| {
        let is_modified =
            click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key();
        click.button() == 0 && !is_modified
    })
}

/// Leads the focus into the dialog that has just been opened: to the box, or, where that would bring
/// up a keyboard over half of the screen, to the messages. Where the list is what was opened, it goes
/// to the line of the dialog that was open before.
fn focus_dialog(before: DialogId) {
    spawn_local(async move {
        tick().await;
        let coarse = window().match_media("(pointer: coarse)").ok().flatten();
        let is_coarse = coarse.is_some_and(|query| query.matches());
        let id = if is_coarse { MESSAGES_ID } else { WRITE_ID };
        focus(id);
        if document().active_element().is_none_or(|active| active.id() != id) {
            focus_line(&before);
        }
    });
}

/// Leads the focus to the line of this dialog, or to the first of the list if that has left it.
fn focus_line(dialog: &DialogId) {
    let Some(list) = document().get_element_by_id(DIALOGS_ID) else { return };
    let line = |what: &str| list.query_selector(what).ok().flatten();
    let link = ["a[href='/d/", dialog.as_str(), "']"].concat();
    if let Some(line) = line(&link).or_else(|| line("a")) {
        let _ = line.unchecked_into::<HtmlElement>().focus();
    }
}

/// What an event happened to, if it is an element.
pub fn target(event: &ev::Event) -> Option<HtmlElement> {
    event.target()?.dyn_into().ok()
}
