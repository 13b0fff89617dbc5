//! Whether a device shows what is true.

use std::collections::BTreeSet;

use super::Device;
use witness::{page::Fetched, shown::What};

impl Device {
    /// What differs between what is shown and a fresh fetch; what is not settled differs, too.
    pub(super) async fn compare(&mut self) -> Option<String> {
        if let Some(why) = self.page.waits() {
            return Some(why);
        }
        // Everyone has a page open by now.
        let everyone: BTreeSet<_> = self.seat.everyone.iter().cloned().collect();
        if self.page.here != everyone {
            return Some(format!("shows as here {:?} of {everyone:?}", self.page.here));
        }
        let mut whats = vec![What::List];
        while let Some(what) = whats.pop() {
            let answer = self.seat.asker.ask("GET", &what.path(), String::new()).await;
            let Some(fresh) = answer.and_then(|answer| Fetched::of(&what, &answer)) else {
                return Some(format!("{what:?} cannot be had"));
            };
            whats.extend(fresh.leads_to());
            if let Some(why) = self.page.differs(&what, fresh) {
                return Some(why);
            }
        }
        None
    }
}
