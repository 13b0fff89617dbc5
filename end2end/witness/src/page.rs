//! A page: the engine of the browser and what it shows, without I/O. Whoever drives it carries its
//! steps out, brings it what it fetches, and looks at what happened; what it saw is written down.

mod compare;
mod fetched;
mod kept;
mod noted;
mod sum;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use confab_protocol::{
    DialogChange, DialogId, DialogUpdate, Epoch, Ev, MessageSend, Receipt, ServerFrame, Topic,
    UserId,
};
use confab_sync::{
    Client, ClosedReason, Delivery, DeliveryState, Effect, Event, Input, Moment, Settings, Status,
};

use self::sum::Sum;
pub use self::{fetched::Fetched, kept::Kept};
use crate::{
    ledger::Ledger,
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
    sum: Sum,
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
            sum: Sum::default(),
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
                self.sum.takes_list(&self.shown);
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
                    self.sum.opens(&self.shown);
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
                    ServerFrame::Connected(connected) if self.sum.is_as_it_was(connected) => {}
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
