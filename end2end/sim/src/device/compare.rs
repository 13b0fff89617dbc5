//! Whether a device shows what is true.

use confab_protocol::rest::{DialogDetails, DialogList, MessagesPage};

use super::{Device, fetching::path};
use witness::shown::What;

impl Device {
    /// What differs between what is shown and a fresh fetch; what is not settled differs, too.
    pub(super) async fn compare(&mut self) -> Option<String> {
        if !self.engine.has_open_socket() {
            return Some(format!("no socket: {:?}", self.engine.status()));
        }
        if let Some(post) = self.engine.outbox().next() {
            return Some(format!("unsent: {}", post.client_id()));
        }
        if self.shown.waits() {
            return Some("something is being fetched".to_owned());
        }
        let fresh = self.seat.asker.ask("GET", &path(&What::List), String::new()).await;
        let Some(mut fresh) = fresh.and_then(|answer| answer.data::<DialogList>()) else {
            return Some("the list cannot be had".to_owned());
        };
        let Some(mut shown) = self.shown.list.clone() else {
            return Some("the list is not shown".to_owned());
        };
        for list in [&mut fresh, &mut shown] {
            list.dialogs.iter_mut().for_each(|dialog| dialog.presence = None);
        }
        if fresh != shown {
            return Some(format!("the list is {shown:?}\n and should be {fresh:?}"));
        }
        for dialog in &fresh.dialogs {
            let what = What::Messages(dialog.dialog_id.clone());
            let answer = self.seat.asker.ask("GET", &path(&what), String::new()).await;
            let Some(page) = answer.and_then(|answer| answer.data::<MessagesPage>()) else {
                return Some(format!("{what:?} cannot be had"));
            };
            let Some(shown) = self.shown.pages.get(&dialog.dialog_id) else {
                return Some(format!("{what:?} is not shown"));
            };
            let both = shown.messages.len().min(page.messages.len());
            let tail = |page: &MessagesPage| page.messages[page.messages.len() - both..].to_vec();
            if shown.ev != page.ev || tail(shown) != tail(&page) {
                let (shown_at, fresh_at) = (shown.ev.0, page.ev.0);
                let mut pairs = tail(shown).into_iter().zip(tail(&page));
                let other = pairs.find(|(shown, fresh)| shown != fresh);
                return Some(format!(
                    "{what:?} is at {shown_at} and should be at {fresh_at}: {other:?}"
                ));
            }
            let what = What::Details(dialog.dialog_id.clone());
            let answer = self.seat.asker.ask("GET", &path(&what), String::new()).await;
            let Some(mut fresh) = answer.and_then(|answer| answer.data::<DialogDetails>()) else {
                return Some(format!("{what:?} cannot be had"));
            };
            let Some(mut shown) = self.shown.details.get(&dialog.dialog_id).cloned() else {
                return Some(format!("{what:?} is not shown"));
            };
            fresh.dialog.presence = None;
            shown.dialog.presence = None;
            if fresh != shown {
                return Some(format!("{what:?} is {shown:?}\n and should be {fresh:?}"));
            }
        }
        None
    }
}
