//! What all that is shown comes to: by this one sum a page knows that nothing has happened between
//! what was fetched and its first socket (`confab_app`, freshness).

use confab_protocol::{Connected, Digest};
use confab_sync::reduce;

use crate::shown::Shown;

/// The sum of a page.
#[derive(Default)]
pub(super) struct Sum {
    /// When the first socket was opened, if all was there: unless the server says another sum, it need
    /// not be fetched anew.
    came_to: Option<Digest>,
    /// Whether a socket was opened.
    has_opened: bool,
    /// Whether all that is shown was read behind the list, as a page that comes from the server is: what
    /// changes meanwhile, the list does not know.
    is_in_order: bool,
}

impl Sum {
    /// The list has come, and is about to be shown.
    pub(super) fn takes_list(&mut self, shown: &Shown) {
        self.is_in_order = !shown.wants_any_details();
    }

    /// A socket is opened.
    pub(super) fn opens(&mut self, shown: &Shown) {
        let is_first = !std::mem::replace(&mut self.has_opened, true);
        self.came_to = is_first.then(|| self.comes_to(shown)).flatten();
    }

    /// Whether nothing has happened between what was fetched and the first socket.
    pub(super) fn is_as_it_was(&mut self, connected: &Connected) -> bool {
        let came_to = self.came_to.take();
        came_to.is_some() && came_to == connected.digest
    }

    fn comes_to(&self, shown: &Shown) -> Option<Digest> {
        let list = shown.list.as_ref().filter(|_| self.is_in_order && !shown.waits())?;
        let details = shown.details.values();
        let mut digests = details.map(|details| reduce::digest(list, details));
        let first = digests.next()?;
        let receipts =
            digests.map(|digest| digest.receipts).fold(first.receipts, u64::saturating_add);
        let has_all = shown.pages.keys().all(|dialog| shown.details.contains_key(dialog));
        has_all.then_some(Digest { receipts, ..first })
    }
}
