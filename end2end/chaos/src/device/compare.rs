//! Whether a device shows what is true.

use std::net::SocketAddr;

use witness::{page::Fetched, shown::What};

use super::Device;
use crate::people::asks;

impl Device {
    /// What differs between what is shown and a fresh fetch; what is not settled differs, too.
    pub(super) async fn compare(&mut self, server: SocketAddr) -> Option<String> {
        if self.greeted.is_none() {
            return Some(format!("not connected: {:?}", self.page.engine.status()));
        }
        if let Some(why) = self.page.waits() {
            return Some(why);
        }
        let cookie = self.seat.person.cookie.as_str();
        let mut whats = vec![What::List];
        while let Some(what) = whats.pop() {
            let answer = asks(server, Some(cookie), "GET", &what.path(), String::new()).await;
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
