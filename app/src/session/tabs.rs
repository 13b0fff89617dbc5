//! One outbox of all tabs that a person has open in this browser.
//!
//! A post is kept by the browser as soon as it is written, and shown in every tab. One tab at a time
//! sends: of those whose socket is open, the one that holds the lock. It says at each step how far a
//! post is. A tab whose socket breaks lets the lock go, as does one that is closed, and whoever holds it
//! next takes over everything that has no proof yet. That may send a post a second time: harmless,
//! because the server knows its `clientId`.
//!
//! A tab that holds the lock and does nothing, because it was put to sleep, holds up nobody for long,
//! however far it had come with a post and whoever wrote it: each tab that could send listens for who
//! does, and if it hears nothing it stands in. It steps back once another tab is heard to send and
//! nothing is left to do.
//!
//! What the browser does not keep, because its storage is full, forbidden or slow, is left in the
//! tab's own storage, as drafts are: it survives a reload and goes with the tab. Where tabs cannot
//! agree (no Web Locks: older browsers, and plain HTTP), each sends what it knows.

use std::time::Duration;

use confab_protocol::{ClientId, json};
use confab_sync::{Input, Kept, Status, Was};
use leptos::prelude::*;

use super::{
    OUTBOX, Outgoing, OutgoingState, Session,
    record::{Record, Word},
};

/// How long whoever sends may be silent while we could send. More than an answer may take: a tab that
/// sends is about to say so. Twice as long if something was refused for now, which is how long a tab
/// that sends may have to wait.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a tab hears from the browser of the outbox that it shares with others.
#[derive(Clone, Debug, PartialEq)]
pub enum Shared {
    /// Everything that is kept, once; nothing if nothing can be.
    Recalled {
        /// What is kept.
        kept: Vec<String>,
        /// What other tabs said while it was being read.
        told: Vec<String>,
    },
    /// What was to be kept under this name is.
    IsKept(String),
    /// Another tab says this.
    Told(String),
    /// This tab sends from now on, until it does not want to any more.
    MaySend,
}

impl Session {
    /// Takes in what the other tabs and the browser's storage have to say.
    pub fn hear_tabs(&self, shared: Shared) {
        match shared {
            Shared::Recalled { kept, told } => self.recalled(&kept, &told),
            Shared::IsKept(name) => self.change_outbox(&mut |outbox| {
                let kept = outbox.iter_mut().find(|out| out.client_id().as_str() == name);
                kept.into_iter().for_each(|out| out.is_kept = true);
            }),
            Shared::Told(text) => self.told(&text),
            Shared::MaySend => self.sends_all(false),
        }
        self.listens_for_sender();
    }

    fn sends_all(&self, stands_in: bool) {
        self.sends.set(true);
        self.stands_in.set(stands_in);
        let kept = self.posts().iter().filter_map(kept).collect();
        self.command(Input::Restore(kept));
    }

    /// Whether this tab wants to be the one who sends: for as long as its socket is open.
    pub(super) fn wants_to_send(&self, wants: bool) {
        if !wants {
            self.lets_go();
        }
        self.browser(|browser| browser.wants_to_send(wants));
        self.listens_for_sender();
    }

    fn lets_go(&self) {
        if self.sends.get_untracked() {
            self.sends.set(false);
            self.command(Input::LetGo);
        }
    }

    /// Sends after all, if nobody is heard to by and by.
    pub(super) fn listens_for_sender(&self) {
        let Some(first) = self.could_send().filter(|_| !self.listens.get_untracked()) else {
            return;
        };
        self.listens.set(true);
        let (session, heard) = (*self, self.sender_heard.get_untracked());
        let look = move || {
            session.listens.set(false);
            let is_silent = session.sender_heard.get_untracked() == heard;
            match is_silent && session.could_send().as_ref() == Some(&first) {
                true => session.sends_all(true),
                false => session.listens_for_sender(),
            }
        };
        let is_refused = |out: &Outgoing| matches!(out.state, OutgoingState::Waiting(_));
        let is_longer = self.posts().iter().any(is_refused);
        let patience = if is_longer { PATIENCE * 2 } else { PATIENCE };
        self.browser(|browser| browser.after(patience, Box::new(look)));
    }

    /// What we would send first, if we were to.
    fn could_send(&self) -> Option<ClientId> {
        let is_open = self.status.with_untracked(|status| *status == Status::Open);
        if !is_open || self.sends.get_untracked() {
            return None;
        }
        let posts = self.posts();
        let first = posts.iter().find(|out| out.state.is_under_way())?;
        Some(first.client_id().clone())
    }

    /// Another tab sends. Nobody needs a second one who has nothing left to do.
    fn hears_sender(&self) {
        self.sender_heard.update(|heard| *heard += 1);
        let is_done = !self.posts().iter().any(|out| out.state.is_under_way());
        if is_done && self.stands_in.get_untracked() {
            self.lets_go();
        }
    }

    /// Does as the person asked, if it is us who sends; else whoever does hears it by [`Session::share`].
    pub(super) fn command_sender(&self, input: Input) {
        if self.sends.get_untracked() {
            self.command(input);
        }
    }

    /// Keeps a post of the outbox as it is now, and tells the other tabs of it.
    pub(super) fn share(&self, client_id: &ClientId) {
        if let Some(outgoing) = self.outgoing(client_id) {
            self.share_record(&Record::of(&outgoing));
        }
    }

    /// Tells first: who finds nothing kept any more has been told why.
    pub(super) fn share_record(&self, record: &Record) {
        let text = record.text();
        let is_over = matches!(record.word, Word::Stored | Word::Discarded);
        self.browser(|browser| {
            browser.tell_tabs(&text);
            browser.keep(record.post.client_id().as_str(), (!is_over).then_some(text));
        });
    }

    /// What was said meanwhile is newer than what is kept, and than what we know of a post.
    fn recalled(&self, kept: &[String], told: &[String]) {
        for text in kept {
            if let Ok(record) = json::read::<Record>(text) {
                self.take_up(record.recalled());
            }
        }
        told.iter().for_each(|text| self.told(text));
        for outgoing in self.posts().iter().filter(|out| !out.is_kept) {
            self.share_record(&Record::of(outgoing));
        }
    }

    /// Puts it into its place in the line, unless it is there.
    pub(super) fn take_up(&self, outgoing: Outgoing) {
        self.change_outbox(&mut |outbox| {
            if !outbox.iter().any(|out| out.client_id() == outgoing.client_id()) {
                let place = outbox.iter().position(|out| out.order > outgoing.order);
                outbox.insert(place.unwrap_or(outbox.len()), outgoing.clone());
            }
        });
    }

    /// Another tab says how far a post is: of its own, or because it is the one who sends. Who sends
    /// knows better how far it is.
    fn told(&self, text: &str) {
        let Ok(record) = json::read::<Record>(text) else { return };
        let client_id = record.post.client_id().clone();
        // The other words are those of who writes.
        let is_sent = !matches!(record.word, Word::Queued | Word::Discarded);
        match (record.word, self.state_of(&client_id)) {
            (Word::Discarded, _) => {
                self.forget(&client_id);
                // We may have kept it a moment ago, behind the word.
                self.browser(|browser| browser.keep(client_id.as_str(), None));
                self.command_sender(Input::Discard { client_id });
            }
            (Word::Stored, Some(_)) => self.comes_to(&client_id, OutgoingState::Stored, record.ev),
            (_, Some(OutgoingState::Stored)) | (Word::Stored, None) => {}
            (Word::Queued, before) => self.is_asked_for(record, before),
            (_, None) => {
                let outgoing = record.outgoing();
                self.command_sender(Input::Restore(kept(&outgoing).into_iter().collect()));
                self.take_up(outgoing);
            }
            _ if self.sends.get_untracked() => {}
            (_, Some(_)) => self.comes_to(&client_id, record.outgoing().state, None),
        }
        if is_sent {
            self.hears_sender();
        }
    }

    /// Another tab has written a post, or retries one.
    fn is_asked_for(&self, record: Record, before: Option<OutgoingState>) {
        let (client_id, post) = (record.post.client_id().clone(), record.post.clone());
        match before {
            None | Some(OutgoingState::Failed(_)) => {
                self.forget(&client_id);
                self.take_up(record.outgoing());
                self.command_sender(post.into());
            }
            Some(OutgoingState::Waiting(_)) => {
                self.comes_to(&client_id, OutgoingState::Queued, None);
                self.command_sender(Input::Hurry);
            }
            Some(_) => {}
        }
    }

    /// How far a post is, if we know it.
    fn state_of(&self, client_id: &ClientId) -> Option<OutgoingState> {
        self.outgoing(client_id).map(|out| out.state)
    }

    /// What the browser does not keep yet, for the next life of this tab.
    pub(super) fn remember_unkept(&self) {
        let posts = self.posts();
        let unkept = posts.iter().filter(|out| !out.is_kept && out.is_unsent()).map(Record::of);
        self.remember(OUTBOX, &json::write(&unkept.collect::<Vec<Record>>()));
    }
}

/// What a tab that begins to send is handed of a post.
fn kept(outgoing: &Outgoing) -> Option<Kept> {
    let was = match outgoing.state {
        OutgoingState::Stored => return None,
        OutgoingState::Queued | OutgoingState::Waiting(_) => Was::Queued,
        OutgoingState::InFlight | OutgoingState::Unconfirmed => Was::Sent,
        OutgoingState::Failed(code) => Was::Refused(code),
    };
    Some(Kept { post: outgoing.post.clone(), was })
}
