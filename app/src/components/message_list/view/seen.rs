//! What of a dialog counts as read.
//!
//! How far somebody has read is one number, and it says that everything before it has been seen. So
//! what is on the screen counts only if what lies before it has been there too: not what was jumped
//! over, not what the window never held. Who goes to the latest message on purpose has done with all
//! of it.

use std::cell::Cell;

use confab_protocol::{Dialog, Seq, rest::MessagesPage};
use confab_sync::{Input, reduce};
use leptos::prelude::*;
use web_sys::{Element, HtmlElement};

use super::{super::geometry::partition, HIDDEN_PIXELS, Kept, View};
use crate::components::message_list::timeline::Line;

/// How somebody came to where they are.
#[derive(Debug, Default)]
pub(super) struct Past {
    /// They were led there, past what is new, and have not gone back to it.
    pub is_led: Cell<bool>,
    /// They have gone to the latest message on purpose.
    pub is_done: Cell<bool>,
}

impl View {
    /// Tells that we have seen what is on the screen of a page that is seen and in use.
    pub(super) fn mark_seen(self) {
        let (Some(chat), Some(kept), Some(list)) = (self.chat, self.kept.get(), self.list.get())
        else {
            return;
        };
        let is_void = self.session.windows.is_void(&kept.dialog);
        // A narrow screen may show the list of dialogs instead.
        if is_void || !self.is_in_front() || list.client_height() == 0 {
            return;
        }
        let Some((first, last)) = self.on_screen(&kept, &list) else { return };
        let dialog_id = kept.dialog.clone();
        let found = self.page(|page| {
            let look = |line: &Dialog| {
                if first.0 <= line.read.0 + 1 {
                    kept.past.is_led.set(false);
                }
                (skips(line, page, &kept.past), is_news(line, last))
            };
            untrack(|| chat.line(&dialog_id, look)).map(|found| (found, page.has_newer))
        });
        let Some(((skips, is_news), has_newer)) = found.flatten() else { return };
        if self.skips.get_untracked() != skips {
            self.skips.set(skips);
        }
        if is_news && !skips {
            // On the way to the latest, what is passed counts, and one is not there yet.
            kept.past.is_done.set(has_newer && kept.past.is_done.get());
            let dialog = dialog_id.clone();
            chat.dialogs.update(move |list| reduce::read_here(list, &dialog, last));
            self.session.command(Input::Read { dialog_id, seq: last });
        }
    }

    /// Whether somebody looks at the page.
    pub(super) fn is_in_front(self) -> bool {
        self.chat.is_none_or(|chat| chat.is_front.get_untracked())
    }

    /// The first message that is new to us, if one is.
    pub(super) fn first_unread(self) -> Option<Element> {
        let (chat, kept) = (self.chat?, self.kept.get()?);
        let read = |line: &Dialog| (line.unread > 0).then_some(line.read);
        let read = untrack(|| chat.line(&kept.dialog, read)).flatten()?;
        let is_new = |line: &ArcRwSignal<Line>| {
            line.with_untracked(|line| {
                line.message().is_some_and(|row| !row.is_mine && row.seq > Some(read))
            })
        };
        let place = kept.lines.borrow().iter().position(is_new);
        self.row_at(place?)
    }

    /// The first and the last stored message on the screen.
    pub(super) fn on_screen(self, kept: &Kept, list: &HtmlElement) -> Option<(Seq, Seq)> {
        let area = list.get_bounding_client_rect();
        let lines = kept.lines.borrow();
        let rows = self.rows.get()?.children();
        let ending_by = |edge: f64| {
            let ends = |place| {
                rows.item(place).is_some_and(|row| row.get_bounding_client_rect().bottom() <= edge)
            };
            partition(rows.length(), ends) as usize
        };
        let seq = |line: &ArcRwSignal<Line>| line.with_untracked(|line| line.message()?.seq);
        let last =
            lines.iter().take(ending_by(area.bottom() + HIDDEN_PIXELS)).rev().find_map(seq)?;
        let first = lines.iter().skip(ending_by(area.top())).find_map(seq);
        Some((first.map_or(last, |first| first.min(last)), last))
    }
}

/// Whether what is seen here leaves something new unseen before it.
fn skips(line: &Dialog, page: &MessagesPage, past: &Past) -> bool {
    let follows = page.reaches(line.read.next()) && !past.is_led.get();
    let is_done = past.is_done.get() && !page.has_newer;
    line.unread > 0 && !follows && !is_done
}

/// Whether the dialog's line does not say yet that everything up to this message is read.
fn is_news(line: &Dialog, seq: Seq) -> bool {
    let last = line.last_message.as_ref().map(|last| last.seq);
    line.read < seq || line.unread > 0 && last.is_none_or(|last| seq >= last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use confab_protocol::json;

    const MESSAGE: &str = r#"{"messageId":"m","dialogId":"d","seq":SEQ,"ev":1,"senderId":"b",
        "senderName":"B","clientId":"c","content":"x","createdAt":"2026-11-20T05:06:07.000Z"}"#;

    /// A dialog of 200 messages, read so far.
    fn line(read: u64, unread: u64) -> Dialog {
        let text = format!(
            r#"{{"dialogId":"d","kind":"group","title":"Tea","role":"member","members":2,
            "lastActivityAt":"2026-11-20T05:06:07.000Z","unread":{unread},"read":{read},
            "muted":false,"ev":1,"lastMessage":{}}}"#,
            MESSAGE.replace("SEQ", "200")
        );
        json::read(&text).expect("a dialog")
    }

    /// Whether a window that begins at `first` leaves something unseen before it.
    fn skips_at(read: u64, first: u64, has_newer: bool, [is_led, is_done]: [bool; 2]) -> bool {
        let page = format!(
            r#"{{"messages":[{}],"ev":1,"hasMore":true,"hasNewer":{has_newer}}}"#,
            MESSAGE.replace("SEQ", &first.to_string())
        );
        let page = json::read(&page).expect("a page");
        let past = Past { is_led: Cell::new(is_led), is_done: Cell::new(is_done) };
        skips(&line(read, 200 - read), &page, &past)
    }

    #[test]
    fn what_is_seen_counts_when_nothing_new_lies_before_it() {
        let [came, led, done] = [[false, false], [true, false], [true, true]];
        assert!(!skips_at(100, 76, true, came), "the window reaches back");
        assert!(!skips_at(100, 101, true, came), "just so");
        assert!(skips_at(100, 102, true, came), "something lies between");
        assert!(skips_at(100, 151, false, came), "also at the end");
        assert!(skips_at(100, 76, true, led), "led past it");
        assert!(skips_at(100, 151, true, done), "on the way to the latest");
        assert!(!skips_at(100, 151, false, done), "gone to the latest on purpose");
        assert!(!skips_at(200, 151, false, led), "nothing is new");
    }

    #[test]
    fn what_the_line_knows_is_no_news() {
        assert!(is_news(&line(100, 100), Seq(101)));
        assert!(!is_news(&line(100, 100), Seq(100)));
        assert!(is_news(&line(200, 1), Seq(200)), "it still counts one");
        assert!(!is_news(&line(200, 0), Seq(200)));
    }

    #[test]
    fn reading_begins_at_the_first_unread_beyond_a_page() {
        assert_eq!(line(100, 100).begins_at(50), Some(Seq(101)));
        assert_eq!(line(149, 51).begins_at(50), Some(Seq(150)));
        assert_eq!(line(150, 50).begins_at(50), None);
        assert_eq!(line(0, 0).begins_at(50), None);
    }
}
