//! A page: the engine of the browser and what it shows, without I/O. Whoever drives it carries its
//! steps out, brings it what it fetches, and looks at what happened; what it saw is written down.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

#[cfg(feature = "plants")]
use confab_protocol::plants::{Plant, is_planted};
use confab_protocol::{
    Connected, DialogChange, DialogId, DialogUpdate, Digest, Disconnected, Epoch, Ev, Joined,
    MessageSend, Receipt, ServerFrame, Topic, UserId,
    rest::{DialogDetails, DialogList, MessagesPage},
};
use confab_sync::{
    Client, ClosedReason, Delivery, DeliveryState, Effect, Event, Input, Moment, Settings, Status,
    reduce,
};

use crate::{
    ledger::Ledger,
    requests::Answer,
    seen::Seen,
    shown::{Shown, What},
};

/// What comes next; in order.
#[derive(Debug)]
pub enum Step {
    /// To be carried out.
    Effect(Effect),
    /// To be fetched, and brought to [`Page::takes`].
    Fetch(What),
    /// It happened. What is shown has taken it in already.
    Event(Box<Event>),
}

/// Whose page it is.
#[derive(Clone)]
pub struct Reader {
    /// Number of the device.
    pub number: usize,
    /// Whose device it is.
    pub user: UserId,
    /// Where what is seen is written.
    pub ledger: Ledger,
}

/// What was fetched.
#[derive(Clone, Debug)]
pub enum Fetched {
    /// The dialogs of the person.
    List(DialogList),
    /// The latest messages of a dialog.
    Messages(MessagesPage),
    /// Who belongs to a dialog.
    Details(Box<DialogDetails>),
}

impl Fetched {
    /// What is to be looked at as well, once this was.
    pub fn leads_to(&self) -> Vec<What> {
        let Self::List(list) = self else { return Vec::new() };
        let dialogs = list.dialogs.iter().map(|line| &line.dialog_id);
        let both = |id: &DialogId| [What::Details(id.clone()), What::Messages(id.clone())];
        dialogs.flat_map(both).collect()
    }

    /// What an answer holds; nothing, if it says no.
    pub fn of(what: &What, answer: &Answer) -> Option<Self> {
        match what {
            What::List => answer.data().map(Self::List),
            What::Messages(_) => answer.data().map(Self::Messages),
            What::Details(_) => answer.data().map(|details| Self::Details(Box::new(details))),
        }
    }
}

/// What a browser keeps of a page for the next one: of which life of the database it is, and each
/// dialog with its position.
pub struct Kept {
    epoch: Epoch,
    pages: BTreeMap<DialogId, MessagesPage>,
}

impl Kept {
    /// Of which life it is, and nothing more: as a page that comes from the server says.
    #[must_use]
    pub fn without_pages(self) -> Self {
        Self { pages: BTreeMap::new(), ..self }
    }
}

#[cfg(feature = "plants")]
impl Kept {
    /// With the position ahead of what is kept, if that is planted.
    fn planted(mut self) -> Self {
        if is_planted(Plant::PositionKeptAhead) {
            self.pages.values_mut().for_each(|page| page.ev.0 += 1);
        }
        self
    }
}

/// A page.
pub struct Page {
    /// The engine.
    pub engine: Client,
    /// What is shown.
    pub shown: Shown,
    /// Who is here, as far as the socket has told.
    pub here: BTreeSet<UserId>,
    /// The life of the database that the last socket was of, or what was kept.
    epoch: Option<Epoch>,
    /// What all that is shown came to when the first socket was opened, if all was there: unless the
    /// server says another sum, it need not be fetched anew.
    came_to: Option<Digest>,
    /// Whether a socket was opened.
    has_opened: bool,
    /// Whether all that is shown was read behind the list, as a page that comes from the server is: what
    /// changes meanwhile, the list does not know.
    is_in_order: bool,
    /// Fetched before that life was heard of, and after a backup took a database's place: perhaps of an
    /// earlier one, until it is fetched anew.
    older: BTreeSet<What>,
    seen: Seen,
    reader: Reader,
    steps: VecDeque<Step>,
    /// The last change of each dialog that the socket has told as it happened.
    told: BTreeMap<DialogId, Ev>,
}

impl Page {
    /// A page that opens its sockets at this address, and begins with what was kept.
    pub fn new(reader: Reader, url: String, kept: Option<Kept>) -> Self {
        let (mut shown, owner) = (Shown::default(), Some(reader.user.clone()));
        let epoch = kept.map(|kept| {
            shown.pages = kept.pages;
            kept.epoch
        });
        let settings = Settings { owner, epoch: epoch.clone(), ..Settings::default() };
        let mut page = Self {
            engine: Client::new(settings, url, Vec::<Topic>::new()),
            shown,
            here: BTreeSet::new(),
            epoch,
            came_to: None,
            has_opened: false,
            is_in_order: false,
            older: BTreeSet::new(),
            seen: Seen::default(),
            reader,
            steps: VecDeque::new(),
            told: BTreeMap::new(),
        };
        page.begins();
        page
    }

    /// The list is fetched, and what was missed of what was kept will be asked for.
    fn begins(&mut self) {
        self.fetches(What::List);
        for (dialog_id, page) in self.shown.pages.clone() {
            let dialog = dialog_id.clone();
            let join = Input::Join { dialog_id, after: Some(page.ev) };
            self.looks(&dialog);
            // Nobody listens yet, so there is nothing to be by chance.
            self.handle(join, Moment(0), 0.5);
        }
    }

    /// What a browser keeps of it, if it knows of which life of the database it is.
    pub fn kept(&self) -> Option<Kept> {
        let kept = Kept { epoch: self.epoch.clone()?, pages: self.shown.pages.clone() };
        #[cfg(feature = "plants")]
        let kept = kept.planted();
        Some(kept)
    }

    /// Whether all is there that a page is opened with.
    pub fn is_loaded(&self) -> bool {
        self.shown.list.is_some() && !self.shown.waits()
    }

    /// Whether it waits for its person to press **Reconnect**.
    pub fn has_given_up(&self) -> bool {
        let gave_up = ClosedReason::GaveUp;
        matches!(self.engine.status(), Status::Closed { reason, .. } if *reason == gave_up)
    }

    /// The person says something.
    pub fn says(&mut self, send: MessageSend, now: Moment, random: f64) {
        let said = (send.dialog_id.clone(), send.client_id.clone());
        self.reader.ledger.open().said.entry(self.reader.number).or_default().push(said);
        self.handle(Input::Send(send), now, random);
    }

    /// Something happens to it.
    pub fn handle(&mut self, input: Input, now: Moment, random: f64) {
        self.engine.handle(input, now, random);
        self.drain(now, random);
    }

    /// The moment of [`Client::poll_timeout`] has come.
    pub fn handle_timeout(&mut self, now: Moment, random: f64) {
        self.engine.handle_timeout(now, random);
        self.drain(now, random);
    }

    /// What comes next.
    pub fn poll(&mut self) -> Option<Step> {
        self.steps.pop_front()
    }

    /// Fetches something, unless it is being fetched.
    pub fn fetches(&mut self, what: What) {
        if self.shown.wants(what.clone()) {
            self.steps.push_back(Step::Fetch(what));
        }
    }

    /// An answer has come; nothing, if it is no. Whether it is shown now.
    pub fn takes(
        &mut self,
        what: What,
        fetched: Option<Fetched>,
        now: Moment,
        random: f64,
    ) -> bool {
        if self.shown.refuses(&what) {
            self.fetches(what);
            return false;
        }
        let dialog = what.dialog().cloned();
        let is_shown = self.shows(what.clone(), fetched, now, random);
        dialog.into_iter().for_each(|dialog| self.looks(&dialog));
        if is_shown {
            self.older.remove(&what);
        }
        is_shown
    }

    fn shows(&mut self, what: What, fetched: Option<Fetched>, now: Moment, random: f64) -> bool {
        match (&what, fetched) {
            (What::List, Some(Fetched::List(list))) => {
                self.is_in_order = !self.shown.wants_any_details();
                let fits = self.shown.takes_list(list, &self.reader.user);
                if !fits {
                    self.fetches(What::List);
                }
                for dialog_id in self.listed() {
                    if !self.shown.pages.contains_key(&dialog_id) {
                        self.opens(dialog_id, now, random);
                    } else if !self.shown.details.contains_key(&dialog_id) {
                        self.fetches(What::Details(dialog_id));
                    }
                }
                fits
            }
            (What::Messages(dialog_id), Some(Fetched::Messages(page))) => {
                let (dialog_id, at) = (dialog_id.clone(), page.ev);
                let mut book = self.reader.ledger.open();
                for message in &page.messages {
                    book.shows(message);
                    book.heard.insert((self.reader.user.clone(), dialog_id.clone(), message.ev));
                }
                drop(book);
                let is_shown = self.shown.takes_page(&dialog_id, page);
                if is_shown {
                    self.handle(Input::Loaded { dialog_id, at }, now, random);
                }
                is_shown
            }
            (What::Details(_), Some(Fetched::Details(details))) => {
                let fits = self.shown.takes_details(*details, &self.reader.user);
                if !fits {
                    self.fetches(what);
                }
                fits
            }
            _ => {
                self.shown.gives_up(&what);
                false
            }
        }
    }

    fn drain(&mut self, now: Moment, random: f64) {
        loop {
            if let Some(effect) = self.engine.poll_effect() {
                if let Effect::Open { .. } = effect {
                    let is_first = !std::mem::replace(&mut self.has_opened, true);
                    self.came_to = self.comes_to().filter(|_| is_first);
                }
                self.steps.push_back(Step::Effect(effect));
            } else if let Some(event) = self.engine.poll_event() {
                let may_list = matches!(&event, Event::Frame(ServerFrame::DialogUpdate(_)));
                let before = may_list.then(|| self.listed());
                self.hears(&event);
                self.steps.push_back(Step::Event(Box::new(event)));
                let new = before.map(|before| &self.listed() - &before).unwrap_or_default();
                new.into_iter().for_each(|dialog| self.opens(dialog, now, random));
            } else {
                return;
            }
        }
    }

    /// The dialogs that are on the list. Each of them is opened.
    fn listed(&self) -> BTreeSet<DialogId> {
        let lines = self.shown.list.iter().flat_map(|list| &list.dialogs);
        lines.map(|line| line.dialog_id.clone()).collect()
    }

    fn opens(&mut self, dialog_id: DialogId, now: Moment, random: f64) {
        if self.shown.wants(What::Messages(dialog_id.clone())) {
            self.steps.push_back(Step::Fetch(What::Messages(dialog_id.clone())));
            self.fetches(What::Details(dialog_id.clone()));
            self.handle(Input::Join { dialog_id, after: None }, now, random);
        }
    }

    fn hears(&mut self, event: &Event) {
        let you = self.reader.user.clone();
        let lost = match event {
            Event::Frame(frame) => {
                self.sees(frame);
                match frame {
                    ServerFrame::Connected(connected) if self.is_as_it_was(connected) => {}
                    ServerFrame::Connected(_) => self.comes_back(),
                    ServerFrame::Invalidate(_) => self.doubts_all(),
                    _ => {}
                }
                self.shown.frame(frame, &you)
            }
            Event::Dialog { dialog_id, event } => {
                self.was_told(dialog_id, event.ev);
                match &event.change {
                    DialogChange::MessageNew(message) => self.reader.ledger.open().shows(message),
                    DialogChange::MessageUpdate(message) => {
                        self.reader.ledger.open().is_worded(message);
                    }
                    _ => {}
                }
                let (keeps_pace, lost) = self.shown.told(dialog_id, event, &you);
                if !keeps_pace {
                    self.is_wrong("gap", &format!("the page of {dialog_id} at {}", event.ev.0));
                }
                lost
            }
            Event::DialogCaughtUp { dialog_id, at } => {
                self.shown.caught_up(dialog_id.clone(), *at, &you)
            }
            Event::DialogReset { dialog_id, .. } => {
                self.forgets(dialog_id);
                vec![What::Messages(dialog_id.clone()), What::Details(dialog_id.clone())]
            }
            Event::DialogDenied { dialog_id } => {
                self.forgets(dialog_id);
                self.shown.gives_up(&What::Messages(dialog_id.clone()));
                self.shown.gives_up(&What::Details(dialog_id.clone()));
                Vec::new()
            }
            Event::Outbox(delivery) => {
                self.delivers(delivery);
                Vec::new()
            }
            Event::Unreadable(text) => {
                self.is_wrong("unreadable", text);
                Vec::new()
            }
            Event::Status(_) | Event::Typing { .. } | Event::RoundTrip(_) => Vec::new(),
        };
        lost.into_iter().for_each(|what| self.fetches(what));
        if let Some(dialog) = touched(event) {
            self.looks(dialog);
        }
    }

    fn forgets(&mut self, dialog: &DialogId) {
        self.shown.forgets(dialog);
        self.older.retain(|what| what.dialog() != Some(dialog));
    }

    /// Nothing that is shown of a dialog may have gone back.
    fn looks(&mut self, dialog: &DialogId) {
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

    fn delivers(&mut self, Delivery { client_id, state }: &Delivery) {
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

    fn sees(&mut self, frame: &ServerFrame) {
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

    fn was_told(&self, dialog: &DialogId, ev: Ev) {
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

    fn is_wrong(&self, count: &'static str, story: &str) {
        let story = format!("device{}: {story}", self.reader.number);
        self.reader.ledger.open().wrong.push((count, story));
    }

    /// What all that is shown comes to, if all is there (`confab_app`, freshness).
    fn comes_to(&self) -> Option<Digest> {
        let list = self.shown.list.as_ref().filter(|_| self.is_in_order && self.is_loaded())?;
        let details = self.shown.details.values();
        let mut digests = details.map(|details| reduce::digest(list, details));
        let first = digests.next()?;
        let receipts =
            digests.map(|digest| digest.receipts).fold(first.receipts, u64::saturating_add);
        let has_all = self.shown.pages.keys().all(|dialog| self.shown.details.contains_key(dialog));
        has_all.then_some(Digest { receipts, ..first })
    }

    /// Whether nothing has happened between what was fetched and the first socket.
    fn is_as_it_was(&mut self, connected: &Connected) -> bool {
        let came_to = self.came_to.take();
        came_to.is_some() && came_to == connected.digest
    }

    /// What is not in the log was not heard meanwhile, and what is being fetched was perhaps read
    /// before that.
    fn comes_back(&mut self) {
        self.shown.doubts_what_is_in_no_log();
        self.fetches(What::List);
        let open: Vec<_> = self.shown.details.keys().cloned().collect();
        open.into_iter().for_each(|dialog| self.fetches(What::Details(dialog)));
    }

    /// The server may have stored what it could tell nobody. Whichever tags it names, they are all that
    /// a page shows.
    fn doubts_all(&mut self) {
        let open: Vec<_> = self.shown.pages.keys().cloned().collect();
        for dialog in open {
            self.shown.doubts(What::Messages(dialog.clone()));
            self.fetches(What::Messages(dialog));
        }
        self.comes_back();
    }

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
}

/// Of which dialog something else may be shown now.
fn touched(event: &Event) -> Option<&DialogId> {
    match event {
        Event::Dialog { dialog_id, .. }
        | Event::DialogCaughtUp { dialog_id, .. }
        | Event::DialogReset { dialog_id, .. }
        | Event::DialogDenied { dialog_id }
        | Event::Frame(
            ServerFrame::DialogUpdate(DialogUpdate { dialog_id, .. })
            | ServerFrame::Receipt(Receipt { dialog_id, .. }),
        ) => Some(dialog_id),
        Event::Outbox(Delivery { state: DeliveryState::Stored(message), .. }) => {
            Some(&message.dialog_id)
        }
        _ => None,
    }
}

impl Page {
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

#[cfg(test)]
mod tests {
    use confab_protocol::json;

    use super::*;

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
