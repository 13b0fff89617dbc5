//! What a device fetches, and asks for again until it has it.

use std::time::Duration;

use tokio::time::sleep;
use witness::{page::Fetched, requests::Answer, shown::What};

use super::{Device, Happening, now};

/// How long one waits before asking again what could not be had.
const AGAIN: Duration = Duration::from_secs(1);

impl Device {
    pub(super) fn ask(&self, what: What) {
        let (asker, heard, life) = (self.seat.asker.clone(), self.heard.clone(), self.life);
        let path = what.path();
        tokio::spawn(async move {
            loop {
                match asker.ask("GET", &path, String::new()).await {
                    Some(answer) if answer.status < 500 => {
                        let _ = heard.send(Happening::Answer(life, what, answer));
                        return;
                    }
                    _ => sleep(AGAIN).await,
                }
            }
        });
    }

    pub(super) fn answered(&mut self, what: What, answer: &Answer) {
        self.note(&format!("has {what:?}: {}", answer.status));
        let (fetched, random) = (Fetched::of(&what, answer), self.dice.fraction());
        let is_shown = self.page.takes(what, fetched, now(), random);
        self.carry_on();
        // What does not fit to what was kept is for the socket to say.
        if self.page.is_loaded() || !is_shown {
            self.starts();
        }
    }
}
