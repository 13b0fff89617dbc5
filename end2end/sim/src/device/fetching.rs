//! What a device fetches, and asks for again until it has it.

use std::time::Duration;

use confab_protocol::{
    DialogId,
    rest::{DialogDetails, DialogList, MessagesPage},
};
use confab_sync::Input;
use tokio::time::sleep;

use super::{Device, Happening};
use witness::{requests::Answer, shown::What};

/// How long one waits before asking again what could not be had.
const AGAIN: Duration = Duration::from_secs(1);

impl Device {
    pub(super) fn fetch(&mut self, what: What) {
        if self.shown.wants(what.clone()) {
            self.ask(what, Duration::ZERO);
        }
    }

    fn ask(&self, what: What, after: Duration) {
        let (asker, heard, life) = (self.seat.asker.clone(), self.heard.clone(), self.life);
        let path = path(&what);
        tokio::spawn(async move {
            sleep(after).await;
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
        let you = self.seat.user.clone();
        if self.shown.refuses(&what) {
            return self.fetch(what);
        }
        match &what {
            What::List => match answer.data::<DialogList>() {
                Some(list) => {
                    let dialogs: Vec<_> =
                        list.dialogs.iter().map(|dialog| dialog.dialog_id.clone()).collect();
                    if !self.shown.takes_list(list, &you) {
                        self.fetch(What::List);
                    }
                    for dialog_id in dialogs {
                        if !self.shown.pages.contains_key(&dialog_id)
                            && self.shown.wants(What::Messages(dialog_id.clone()))
                        {
                            self.tell(Input::Join { dialog_id: dialog_id.clone(), after: None });
                            self.ask(What::Messages(dialog_id.clone()), Duration::ZERO);
                            self.fetch(What::Details(dialog_id));
                        }
                    }
                }
                None => self.shown.gives_up(&what),
            },
            What::Messages(dialog_id) => match answer.data::<MessagesPage>() {
                Some(page) => {
                    let at = page.ev;
                    self.sees_page(dialog_id, &page);
                    if self.shown.takes_page(dialog_id, page) {
                        self.tell(Input::Loaded { dialog_id: dialog_id.clone(), at });
                    }
                }
                None => self.shown.gives_up(&what),
            },
            What::Details(_) => match answer.data::<DialogDetails>() {
                Some(details) => {
                    if !self.shown.takes_details(details, &you) {
                        self.fetch(what);
                    }
                }
                None => self.shown.gives_up(&what),
            },
        }
    }

    fn sees_page(&self, dialog: &DialogId, page: &MessagesPage) {
        let mut book = self.seat.ledger.open();
        for message in &page.messages {
            book.shown.insert((dialog.clone(), message.seq, message.message_id.clone()));
        }
    }
}

pub(super) fn path(what: &What) -> String {
    match what {
        What::List => "/api/dialogs".to_owned(),
        What::Details(dialog) => ["/api/dialogs/", dialog.as_str()].concat(),
        What::Messages(dialog) => ["/api/messages/dialog/", dialog.as_str(), "?limit=100"].concat(),
    }
}
