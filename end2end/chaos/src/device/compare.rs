//! Whether a device shows what is true.

use std::net::SocketAddr;

use confab_protocol::rest::{DialogList, MessagesPage};
use witness::{requests::Answer, shown::What};

use super::{Device, fetching::path};
use crate::people::asks;

impl Device {
    /// What differs between what is shown and a fresh fetch; what is not settled differs, too.
    pub(super) async fn compare(&mut self, server: SocketAddr) -> Option<String> {
        if self.greeted.is_none() {
            return Some(format!("not connected: {:?}", self.engine.status()));
        }
        if let Some(post) = self.engine.outbox().next() {
            return Some(format!("unsent: {}", post.client_id()));
        }
        if self.shown.waits() {
            return Some("something is being fetched".to_owned());
        }
        let cookie = self.seat.person.cookie.as_str();
        let fresh = asks(server, Some(cookie), "GET", &path(&What::List), String::new()).await;
        let Some(mut fresh) = fresh.as_ref().and_then(Answer::data::<DialogList>) else {
            return Some(format!("the list cannot be had: {fresh:?}"));
        };
        let Some(mut shown) = self.shown.list.clone() else {
            return Some("the list is not shown".to_owned());
        };
        for list in [&mut fresh, &mut shown] {
            list.dialogs.iter_mut().for_each(|dialog| dialog.presence = None);
        }
        if fresh != shown {
            return Some(format!("the list is {shown:?} and should be {fresh:?}"));
        }
        for dialog in &fresh.dialogs {
            let what = What::Messages(dialog.dialog_id.clone());
            let page = asks(server, Some(cookie), "GET", &path(&what), String::new()).await;
            let Some(page) = page.as_ref().and_then(Answer::data::<MessagesPage>) else {
                return Some(format!("{what:?} cannot be had"));
            };
            let Some(shown) = self.shown.pages.get(&dialog.dialog_id) else {
                return Some(format!("{what:?} is not shown"));
            };
            let both = shown.messages.len().min(page.messages.len());
            let tail = |page: &MessagesPage| page.messages[page.messages.len() - both..].to_vec();
            if shown.ev != page.ev || tail(shown) != tail(&page) {
                let (shown_at, fresh_at) = (shown.ev.0, page.ev.0);
                return Some(format!("{what:?} is at {shown_at} and should be at {fresh_at}"));
            }
        }
        None
    }
}
