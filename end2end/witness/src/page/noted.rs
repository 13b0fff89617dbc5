//! What a page writes down: all that it has heard, what was stored of what it said, and what must not
//! be.

use confab_protocol::{
    DialogId, DialogUpdate, Disconnected, Epoch, Ev, Joined, Receipt, ServerFrame,
};
use confab_sync::{Delivery, DeliveryState};

use super::{Page, Reader};

impl Page {
    /// Nothing that is shown of a dialog may have gone back.
    pub(super) fn looks(&mut self, dialog: &DialogId) {
        // What stood there before a backup took the database's place may stay until that is heard.
        let book = self.reader.ledger.open();
        let is_past = match &self.epoch {
            Some(epoch) => book.past.contains(epoch),
            None => !book.past.is_empty(),
        };
        drop(book);
        let is_past = is_past || self.older.iter().any(|what| what.dialog() == Some(dialog));
        if let Some(story) = self.seen.looks(dialog, &self.shown).filter(|_| !is_past) {
            self.is_wrong("back", &story);
        }
    }

    pub(super) fn delivers(&mut self, Delivery { client_id, state }: &Delivery) {
        match state {
            DeliveryState::Stored(message) => {
                self.shown.stored(message, &self.reader.user);
                self.reader.ledger.open().is_acked(client_id.clone(), message);
            }
            DeliveryState::Failed { .. } => {
                self.reader.ledger.open().refused.insert(client_id.clone());
            }
            _ => {}
        }
    }

    pub(super) fn sees(&mut self, frame: &ServerFrame) {
        match frame {
            ServerFrame::ConnectionEstablished(established) => {
                self.told.clear();
                self.lives_in(&established.epoch);
            }
            ServerFrame::Connected(connected) => {
                let here = connected.connected_user_list.iter();
                self.here = here.map(|person| person.id.clone()).collect();
            }
            ServerFrame::Joined(Joined(person)) => drop(self.here.insert(person.id.clone())),
            ServerFrame::Disconnected(Disconnected(person)) => drop(self.here.remove(&person.id)),
            ServerFrame::DialogUpdate(DialogUpdate { dialog_id, dialog: None, .. }) => {
                self.told.remove(dialog_id);
            }
            ServerFrame::MessageNew(new) => self.sees_news(&new.dialog_id, new.ev),
            ServerFrame::MessageUpdate(new) => self.sees_news(&new.dialog_id, new.ev),
            ServerFrame::DialogChanged(told) => self.sees_news(&told.dialog_id, told.event.ev),
            ServerFrame::DialogSync(sync) => {
                sync.events.iter().for_each(|event| self.was_told(&sync.dialog_id, event.ev));
            }
            ServerFrame::Receipt(receipt) => self.sees_receipt(receipt),
            _ => {}
        }
    }

    fn lives_in(&mut self, epoch: &Epoch) {
        let mut book = self.reader.ledger.open();
        if !book.past.contains(epoch) {
            book.epoch = Some(epoch.clone());
        }
        if !book.past.is_empty() && self.epoch.as_ref() != Some(epoch) {
            self.older = self.shown.of_dialogs();
        }
        self.epoch = Some(epoch.clone());
    }

    /// A socket tells what happens without a hole, as long as one belongs to the dialog: what it has no
    /// room for, it closes for. Only what a sick disk stored in secret is told to nobody.
    fn sees_news(&mut self, dialog: &DialogId, ev: Ev) {
        self.was_told(dialog, ev);
        let before = self.told.get(dialog).map_or(ev, |before| (*before).max(ev));
        let last = self.told.insert(dialog.clone(), before).unwrap_or(ev);
        let mut book = self.reader.ledger.open();
        book.live.insert((self.reader.user.clone(), dialog.clone(), ev));
        let Reader { number, user, .. } = &self.reader;
        let missed = (last.0 + 1..ev.0).map(|ev| (*number, user.clone(), dialog.clone(), Ev(ev)));
        book.missed.extend(missed);
    }

    pub(super) fn was_told(&self, dialog: &DialogId, ev: Ev) {
        let heard = (self.reader.user.clone(), dialog.clone(), ev);
        self.reader.ledger.open().heard.insert(heard);
    }

    /// Receipts only grow, and nobody has seen what is not there.
    fn sees_receipt(&self, receipt: &Receipt) {
        if receipt.read > receipt.delivered {
            self.is_wrong("receipt", &format!("{receipt:?}"));
        }
        let key = (self.reader.number, receipt.dialog_id.clone(), receipt.user_id.clone());
        let now = (receipt.delivered, receipt.read);
        let before = self.reader.ledger.open().receipts.insert(key, now).unwrap_or_default();
        if now.0 < before.0 || now.1 < before.1 {
            self.is_wrong("receipt", &format!("{receipt:?} after {before:?}"));
        }
    }

    pub(super) fn is_wrong(&self, count: &'static str, story: &str) {
        let story = format!("device{}: {story}", self.reader.number);
        self.reader.ledger.open().wrong.push((count, story));
    }
}

#[cfg(test)]
mod tests {
    use confab_protocol::{UserId, json};
    use confab_sync::Moment;

    use super::*;
    use crate::{ledger::Ledger, page::Fetched, shown::What};

    fn page() -> Page {
        let user = UserId::parse("anna").unwrap();
        let reader = Reader { number: 0, user, ledger: Ledger::default() };
        Page::new(reader, "ws://here/ws".to_owned(), None)
    }

    fn backs(page: &Page) -> usize {
        page.reader.ledger.open().wrong.iter().filter(|(count, _)| *count == "back").count()
    }

    fn lives_in(page: &mut Page, epoch: &str) {
        page.lives_in(&Epoch::parse(epoch).unwrap());
    }

    /// The dialog as it is fetched when Bob has read so much.
    fn fetches(page: &mut Page, read: u64) {
        let details = format!(
            r#"{{"dialog":{{"dialogId":"d","kind":"group","title":"D","role":"member","members":2,
            "lastMessage":null,"lastActivityAt":"2026-01-01T00:00:00.000Z","unread":0,"read":0,
            "muted":false,"ev":1}},"members":[
            {{"id":"bob","username":"Bob","role":"member","delivered":{read},"read":{read}}}]}}"#
        );
        let details = Fetched::Details(Box::new(json::read(&details).unwrap()));
        let what = What::Details(DialogId::parse("d").unwrap());
        page.fetches(what.clone());
        assert!(page.takes(what, Some(details), Moment(0), 0.5));
    }

    #[test]
    fn what_is_fetched_before_the_first_socket_goes_back_only_if_a_backup_came_between() {
        let mut page = page();
        fetches(&mut page, 5);
        lives_in(&mut page, "first");
        fetches(&mut page, 4);
        assert_eq!(backs(&page), 1, "no backup did that");

        let mut late = page_of_the_same_book(&page);
        fetches(&mut late, 4);
        page.reader.ledger.open().keep_only(|_, _, _| Some(Ev(9)));
        lives_in(&mut late, "second");
        fetches(&mut late, 3);
        assert_eq!(backs(&page), 1, "it was of the life before");
        fetches(&mut late, 2);
        assert_eq!(backs(&page), 2, "this was not");
    }

    #[test]
    fn what_stays_shown_into_another_life_goes_back_once() {
        let mut page = page();
        lives_in(&mut page, "first");
        fetches(&mut page, 5);
        page.reader.ledger.open().keep_only(|_, _, _| Some(Ev(9)));
        fetches(&mut page, 4);
        lives_in(&mut page, "second");
        fetches(&mut page, 3);
        assert_eq!(backs(&page), 0);
        lives_in(&mut page, "second");
        fetches(&mut page, 2);
        assert_eq!(backs(&page), 1, "a socket of the same life is no excuse");
    }

    fn page_of_the_same_book(page: &Page) -> Page {
        Page::new(page.reader.clone(), "ws://here/ws".to_owned(), None)
    }
}
