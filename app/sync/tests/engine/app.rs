//! What a page shows: a live cache as `app` has one, in miniature. It fetches, and lets what it
//! fetched follow the events by the reducers; a fetch is answered late, from a moment before, and
//! what was heard meanwhile is put on top.

use confab_protocol::{
    ClientId, DialogEvent, DialogId, Ev, Message, ServerFrame,
    rest::{DialogDetails, DialogList, MessagesPage},
};
use confab_sync::{
    Delivery, DeliveryState, Event, Input,
    reduce::{
        Listed, add_newer, add_older, apply_event, apply_event_to_list, apply_receipt,
        apply_to_details, apply_to_list, apply_update, holds, merge_message,
    },
};

use crate::{
    rig::{dialog, user},
    server::Server,
};

/// What may be fetched.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum What {
    /// The latest messages, so many.
    Latest(usize),
    /// So many messages around a place, to jump there.
    Around(usize, usize),
    Older(usize),
    Newer(usize),
    Details,
    List,
}

#[derive(Debug)]
enum Answer {
    Page(MessagesPage),
    Details(Box<DialogDetails>),
    List(DialogList),
}

#[derive(Clone, Debug)]
enum Heard {
    Told(DialogId, DialogEvent),
    Frame(ServerFrame),
    Stored(Message),
}

#[derive(Debug)]
struct Request {
    what: What,
    /// What the server read; it may read as late as it answers.
    read: Option<Answer>,
    heard: Vec<Heard>,
}

#[derive(Default)]
pub struct App {
    pub page: Option<MessagesPage>,
    pub details: Option<DialogDetails>,
    pub list: Option<DialogList>,
    /// Messages of ours that the page may not hold yet, with the change that stored them.
    outgoing: Vec<(ClientId, Option<Ev>)>,
    requests: Vec<Request>,
}

impl App {
    /// Fetches; nothing if the same is on its way. Scrolling waits while another page is to take the
    /// place of this one, and who jumps has scrolled in vain (`app/src/data/windows.rs`).
    pub fn asks(&mut self, what: What, reads_now: bool, server: &Server) {
        let jumps = |what| matches!(what, What::Latest(_) | What::Around(..));
        let scrolls = |what| matches!(what, What::Older(_) | What::Newer(_));
        if scrolls(what) && self.requests.iter().any(|request| jumps(request.what)) {
            return;
        }
        self.requests.retain(|request| !(jumps(what) && scrolls(request.what)));
        let same = |request: &Request| {
            std::mem::discriminant(&request.what) == std::mem::discriminant(&what)
        };
        if !self.requests.iter().any(same) {
            let read = reads_now.then(|| self.read(what, server)).flatten();
            self.requests.push(Request { what, read, heard: Vec::new() });
        }
    }

    /// The socket is another: what it was not told was not heard.
    pub fn reconnected(&mut self, server: &Server) {
        self.requests.retain(|request| !matches!(request.what, What::Details | What::List));
        self.asks(What::List, false, server);
        self.asks(What::Details, false, server);
    }

    /// One of the requests is answered; what the engine is to know of it.
    pub fn is_answered(&mut self, pick: usize, server: &Server) -> Option<Input> {
        if self.requests.is_empty() {
            return None;
        }
        let Request { what, read, heard } = self.requests.remove(pick % self.requests.len());
        let answer = read.or_else(|| self.read(what, server))?;
        match answer {
            Answer::Page(fetched) => {
                let loaded = self.takes_page(what, fetched, &heard, server);
                self.prune();
                loaded
            }
            Answer::Details(details) => {
                self.takes_details(*details, &heard, server);
                None
            }
            Answer::List(list) => {
                self.takes_list(list, &heard, server);
                None
            }
        }
    }

    pub fn waits(&self) -> bool {
        !self.requests.is_empty()
    }

    fn read(&self, what: What, server: &Server) -> Option<Answer> {
        let room = &server.rooms[0];
        let count = room.messages.len();
        if what != What::List && !room.has("me") {
            return None;
        }
        let (from, most) = match what {
            What::Details => return Some(Answer::Details(Box::new(room.details()))),
            What::List => return Some(Answer::List(server.list())),
            What::Latest(most) => (count.saturating_sub(most), most),
            What::Around(seq, most) => ((seq % count.max(1)).saturating_sub(most / 2), most),
            What::Older(most) => {
                let first = self.page.as_ref()?.messages.first()?.seq.0 as usize - 1;
                (first.saturating_sub(most), most.min(first))
            }
            What::Newer(most) => (self.page.as_ref()?.messages.last()?.seq.0 as usize, most),
        };
        Some(Answer::Page(server.page(from, most)))
    }

    fn takes_page(
        &mut self,
        what: What,
        mut fetched: MessagesPage,
        heard: &[Heard],
        server: &Server,
    ) -> Option<Input> {
        let (page, told) = (self.page.as_mut(), told(heard));
        let fits = match (page, what) {
            (None, What::Older(_) | What::Newer(_) | What::Around(..)) => return None,
            (Some(page), What::Older(_)) => add_older(page, fetched, &told),
            (Some(page), What::Newer(_)) => add_newer(page, fetched, &told),
            (page, _) => {
                heard.iter().for_each(|heard| page_hears(&mut fetched, heard));
                // The page keeps pace with the engine, which tells what comes after its position.
                let is_behind = page.is_some_and(|page| fetched.ev < page.ev);
                let at = fetched.ev;
                if !is_behind {
                    self.page = Some(fetched);
                    self.requests
                        .retain(|request| !matches!(request.what, What::Older(_) | What::Newer(_)));
                    let loads = matches!(what, What::Latest(_));
                    return loads.then_some(Input::Loaded { dialog_id: dialog(), at });
                }
                false
            }
        };
        if !fits {
            self.asks(what, false, server);
        }
        None
    }

    fn takes_details(&mut self, mut details: DialogDetails, heard: &[Heard], server: &Server) {
        let fits = heard.iter().all(|heard| details_hear(&mut details, heard) != Listed::Gap);
        let is_behind = self.page.as_ref().is_some_and(|page| page.ev > details.dialog.ev);
        if fits && !is_behind {
            self.details = Some(details);
        } else {
            self.asks(What::Details, false, server);
        }
    }

    fn takes_list(&mut self, mut list: DialogList, heard: &[Heard], server: &Server) {
        if heard.iter().all(|heard| list_hears(&mut list, heard) == Listed::Known) {
            self.list = Some(list);
        } else {
            self.asks(What::List, false, server);
        }
    }

    /// The engine has something to tell.
    pub fn hears(&mut self, event: &Event, server: &Server) {
        match event {
            Event::Frame(frame) => self.takes(Heard::Frame(frame.clone()), server),
            Event::Dialog { dialog_id, event } => {
                if let Some(page) = &mut self.page {
                    assert_eq!(apply_event(page, event), Listed::Known, "it keeps pace");
                }
                self.takes(Heard::Told(dialog_id.clone(), event.clone()), server);
            }
            Event::DialogReset { .. } => {
                self.asks(What::Latest(4), false, server);
                self.asks(What::Details, false, server);
            }
            Event::DialogDenied { .. } => {
                (self.page, self.details) = (None, None);
                self.requests.retain(|request| request.what == What::List);
            }
            Event::Outbox(Delivery { client_id, state }) => self.delivers(client_id, state, server),
            _ => {}
        }
        self.prune();
    }

    fn delivers(&mut self, client_id: &ClientId, state: &DeliveryState, server: &Server) {
        let known = self.outgoing.iter_mut().find(|(id, _)| id == client_id);
        match (state, known) {
            (DeliveryState::Queued, None) => self.outgoing.push((client_id.clone(), None)),
            (DeliveryState::Stored(message), Some((_, stored_by))) => {
                *stored_by = Some(message.ev);
                if let Some(page) = &mut self.page {
                    merge_message(page, message);
                }
                self.takes(Heard::Stored(message.clone()), server);
            }
            _ => {}
        }
    }

    fn takes(&mut self, heard: Heard, server: &Server) {
        for request in &mut self.requests {
            request.heard.push(heard.clone());
        }
        if let Some(list) = &mut self.list
            && list_hears(list, &heard) != Listed::Known
        {
            self.asks(What::List, false, server);
            self.asks(What::Details, false, server);
        }
        let Some(details) = &mut self.details else { return };
        if details_hear(details, &heard) == Listed::Gap {
            self.asks(What::Details, false, server);
        }
    }

    /// What the page has come to is in it, or elsewhere in the dialog: it needs no other bubble.
    fn prune(&mut self) {
        if let Some(page) = &self.page {
            self.outgoing.retain(|(_, stored_by)| stored_by.is_none_or(|ev| ev > page.ev));
        }
    }

    /// Bubbles beside the page.
    pub fn beside(&self) -> Vec<&ClientId> {
        let is_held = |id| self.page.as_ref().is_some_and(|page| holds(page, &user("me"), id));
        self.outgoing.iter().map(|(id, _)| id).filter(|id| !is_held(id)).collect()
    }
}

fn told(heard: &[Heard]) -> Vec<DialogEvent> {
    let told = heard.iter().filter_map(|heard| match heard {
        Heard::Told(_, event) => Some(event.clone()),
        Heard::Frame(_) | Heard::Stored(_) => None,
    });
    told.collect()
}

fn page_hears(page: &mut MessagesPage, heard: &Heard) {
    match heard {
        Heard::Told(_, event) => {
            let _ = apply_event(page, event);
        }
        Heard::Stored(message) => {
            let _ = merge_message(page, message);
        }
        Heard::Frame(_) => {}
    }
}

fn details_hear(details: &mut DialogDetails, heard: &Heard) -> Listed {
    match heard {
        Heard::Told(_, event) => apply_to_details(details, event, &user("me")),
        Heard::Frame(ServerFrame::Receipt(receipt)) => match apply_receipt(details, receipt) {
            Listed::Known => Listed::Known,
            _ => Listed::Gap,
        },
        Heard::Frame(ServerFrame::DialogUpdate(update)) => apply_update(details, update),
        Heard::Frame(_) | Heard::Stored(_) => Listed::Known,
    }
}

fn list_hears(list: &mut DialogList, heard: &Heard) -> Listed {
    match heard {
        Heard::Told(dialog_id, event) => apply_event_to_list(list, dialog_id, event, &user("me")),
        Heard::Frame(frame) => apply_to_list(list, frame, &user("me")),
        Heard::Stored(_) => Listed::Known,
    }
}
