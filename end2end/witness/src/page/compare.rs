//! Whether a page has come to rest, and whether what it shows then is the truth.

use confab_protocol::rest::MessagesPage;

use super::{Fetched, Page};
use crate::shown::What;

impl Page {
    /// What is not settled yet; nothing, if all is.
    pub fn waits(&self) -> Option<String> {
        if !self.engine.has_open_socket() {
            return Some(format!("no socket: {:?}", self.engine.status()));
        }
        if let Some(post) = self.engine.outbox().next() {
            return Some(format!("unsent: {}", post.client_id()));
        }
        self.shown.waits().then(|| "something is being fetched".to_owned())
    }

    /// How what is shown differs from a fresh fetch. Who is here is not in any log.
    pub fn differs(&self, what: &What, fresh: Fetched) -> Option<String> {
        match (what, fresh) {
            (What::List, Fetched::List(mut fresh)) => {
                let Some(mut shown) = self.shown.list.clone() else {
                    return Some("the list is not shown".to_owned());
                };
                for list in [&mut fresh, &mut shown] {
                    list.dialogs.iter_mut().for_each(|dialog| dialog.presence = None);
                }
                (fresh != shown).then(|| format!("the list is {shown:?}\n and should be {fresh:?}"))
            }
            (What::Messages(dialog), Fetched::Messages(fresh)) => {
                let Some(shown) = self.shown.pages.get(dialog) else {
                    return Some(format!("{what:?} is not shown"));
                };
                let (count, all) = (shown.messages.len(), fresh.messages.len());
                let is_short = count < all && !shown.has_more;
                let is_long = count > all && !fresh.has_more;
                if is_short || is_long || shown.has_newer {
                    return Some(format!("{what:?} shows {count} messages, and should {all}"));
                }
                let both = count.min(all);
                let tail =
                    |page: &MessagesPage| page.messages[page.messages.len() - both..].to_vec();
                let mut pairs = tail(shown).into_iter().zip(tail(&fresh));
                let other = pairs.find(|(shown, fresh)| shown != fresh);
                (shown.ev != fresh.ev || other.is_some()).then(|| {
                    let (shown, fresh) = (shown.ev.0, fresh.ev.0);
                    format!("{what:?} is at {shown} and should be at {fresh}: {other:?}")
                })
            }
            (What::Details(dialog), Fetched::Details(mut fresh)) => {
                let Some(mut shown) = self.shown.details.get(dialog).cloned() else {
                    return Some(format!("{what:?} is not shown"));
                };
                (fresh.dialog.presence, shown.dialog.presence) = (None, None);
                (*fresh != shown)
                    .then(|| format!("{what:?} is {shown:?}\n and should be {fresh:?}"))
            }
            (what, fresh) => Some(format!("{what:?} was asked for, and is {fresh:?}")),
        }
    }
}
