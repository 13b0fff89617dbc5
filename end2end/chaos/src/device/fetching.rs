//! What a device fetches, and asks for again until it has it.

use std::time::Duration;

use tokio::time::sleep;
use witness::{page::Fetched, requests::Answer, shown::What};

use super::{Device, Happening, moment};
use crate::people::asks;

/// How long one waits before asking again what could not be had.
const AGAIN: Duration = Duration::from_millis(500);

impl Device {
    pub(super) fn ask(&self, what: What) {
        let (address, heard) = (self.seat.address, self.heard.clone());
        let (path, cookie) = (what.path(), self.seat.person.cookie.clone());
        tokio::spawn(async move {
            while !heard.is_closed() {
                match asks(address, Some(&cookie), "GET", &path, String::new()).await {
                    Some(answer) if answer.status < 500 => {
                        let _ = heard.send(Happening::Answer(what, answer));
                        return;
                    }
                    _ => sleep(AGAIN).await,
                }
            }
        });
    }

    pub(super) fn answered(&mut self, what: What, answer: &Answer) {
        let (fetched, random) = (Fetched::of(&what, answer), self.dice.fraction());
        if fetched.is_none() {
            self.is_wrong("not to be had", format!("{what:?}: {answer:?}"));
        }
        let dialog = what.dialog().cloned();
        self.page.takes(what, fetched, moment(), random);
        self.carry_on();
        if let Some(dialog) = dialog {
            self.sheds(&dialog);
        }
    }
}
