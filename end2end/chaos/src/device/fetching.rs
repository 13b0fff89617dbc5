//! What a device fetches, and asks for again until it has it.

use std::time::Duration;

use confab_protocol::{
    Ev,
    rest::{DialogList, MessagesPage},
};
use confab_sync::Input;
use tokio::time::sleep;
use witness::{requests::Answer, shown::What};

use super::{Device, Happening};
use crate::people::asks;

/// How long one waits before asking again what could not be had.
const AGAIN: Duration = Duration::from_millis(500);

impl Device {
    pub(super) fn fetch(&mut self, what: What) {
        if self.shown.wants(what.clone()) {
            self.ask(what);
        }
    }

    fn ask(&self, what: What) {
        let (address, heard) = (self.seat.address, self.heard.clone());
        let (path, cookie) = (path(&what), self.seat.person.cookie.clone());
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
        let you = self.seat.person.id.clone();
        match &what {
            What::List => match answer.data::<DialogList>() {
                Some(list) => {
                    let dialogs: Vec<_> =
                        list.dialogs.iter().map(|dialog| dialog.dialog_id.clone()).collect();
                    if !self.shown.takes_list(list, &you) {
                        self.fetch(What::List);
                    }
                    for dialog_id in dialogs {
                        if !self.joined.contains_key(&dialog_id) {
                            self.joined.insert(dialog_id.clone(), Ev(0));
                            self.tell(Input::Join { dialog_id: dialog_id.clone(), after: None });
                            self.fetch(What::Messages(dialog_id));
                        }
                    }
                }
                None => self.cannot_have(&what, answer),
            },
            What::Messages(dialog_id) => match answer.data::<MessagesPage>() {
                Some(page) => {
                    let at = page.ev;
                    let mut book = self.seat.ledger.open();
                    for message in &page.messages {
                        let shown = (dialog_id.clone(), message.seq, message.message_id.clone());
                        book.shown.insert(shown);
                    }
                    drop(book);
                    if self.shown.takes_page(dialog_id, page) {
                        self.tell(Input::Loaded { dialog_id: dialog_id.clone(), at });
                        self.goes_on(dialog_id);
                    }
                }
                None => self.cannot_have(&what, answer),
            },
            What::Details(_) => {}
        }
    }

    fn cannot_have(&mut self, what: &What, answer: &Answer) {
        self.is_wrong("not to be had", format!("{what:?}: {answer:?}"));
        self.shown.gives_up(what);
    }
}

pub(super) fn path(what: &What) -> String {
    match what {
        What::List => "/api/dialogs".to_owned(),
        What::Details(dialog) => ["/api/dialogs/", dialog.as_str()].concat(),
        What::Messages(dialog) => ["/api/messages/dialog/", dialog.as_str(), "?limit=100"].concat(),
    }
}
