//! What was committed is told to those who may know and want to: encoded once, in commit order. When
//! the database works again, pages are told to fetch what they may have failed to read (document
//! 004).

use std::time::Duration;

#[cfg(feature = "plants")]
use confab_protocol::plants::{Plant, is_planted};
use confab_protocol::{
    ChatMessage, DialogChange, DialogChanged, DialogEvent, DialogId, DialogUpdate, Invalidate,
    Message, MessageNew, MessageUpdate, Person, Receipt, ServerFrame, Topic, UserId,
};
use tokio::sync::mpsc;
use tracing::warn;

use super::{Audience, Encoded, Hub};
use crate::store::{Change, News, Readers};

/// How long after a question that got no answer it is asked again.
const ASKED_AGAIN: Duration = Duration::from_secs(1);

/// The tag of every dialog's messages, as the live cache of the pages knows it.
const MESSAGES: &str = "messages";
/// The tag of the list of dialogs.
pub(super) const DIALOGS: &str = "dialogs";

impl Hub {
    /// Tells all news until the store has ended.
    pub(super) async fn fan_out(self, mut news: mpsc::Receiver<News>) {
        while let Some(news) = news.recv().await {
            match news {
                News::Committed(change) => self.tell_change(change.into_inner()),
                News::Recovered => {
                    self.tell_recovered();
                    self.0.shutdown.spawn(self.clone().end_who_has_ended());
                }
            }
        }
    }

    fn tell_change(&self, change: Change) {
        match change {
            Change::Log { dialog, event, readers } => self.tell_event(&dialog, event, &readers),
            Change::Receipt { receipt, readers } => self.tell_receipt(receipt, &readers),
            Change::Personal { user, update } => self.tell_person(&user, update),
            Change::Ended { user, session } => {
                self.0.registry.end_session(&user, session);
            }
        }
    }

    fn tell_recovered(&self) {
        let tags = [MESSAGES, DIALOGS].map(str::to_owned).to_vec();
        let frame = Encoded::new(&ServerFrame::from(Invalidate { tags }));
        self.0.listeners.tell(&Topic::System, &frame, Audience::Everyone);
    }

    /// A commit that failed, or was said to, may have ended sessions; nobody was told of it. Asks for
    /// as long as there is no answer: who has signed out must not hear on (DESIGN §7, G8).
    async fn end_who_has_ended(self) {
        let open = self.0.registry.doubt_sessions();
        if open.is_empty() {
            return;
        }
        let ended = loop {
            match self.0.store.ended_among(open.keys().copied()).await {
                Ok(ended) => break ended,
                Err(error) => warn!(%error, "nobody knows which sessions are left"),
            }
            tokio::select! {
                biased;
                () = self.0.shutdown.begun() => return,
                () = self.0.clock.sleep(ASKED_AGAIN) => {}
            }
        };
        for key in ended {
            self.0.registry.end_session(&open[&key], Some(key));
        }
    }

    fn tell_event(&self, dialog: &DialogId, event: DialogEvent, readers: &Readers) {
        if let DialogChange::MemberRemoved(user) = &event.change {
            #[cfg(feature = "plants")]
            let is_looked_at = !is_planted(Plant::MembershipNotRechecked);
            #[cfg(not(feature = "plants"))]
            let is_looked_at = true;
            // Before the others hear of it: what comes next is none of theirs (DESIGN §7, G8).
            if is_looked_at {
                self.0.listeners.expel(user, dialog);
            }
        }
        let ev = event.ev;
        let mut frames = Vec::with_capacity(2);
        if let DialogChange::MessageNew(message) = &event.change
            && *dialog == DialogId::lobby()
        {
            frames.push((Topic::Chat, Encoded::new(&chat(message))));
        }
        let frame = Encoded::new(&frame(dialog.clone(), event));
        frames.push((Topic::Dialog(dialog.clone()), frame));
        self.0.listeners.tell_change(dialog, ev, &frames, readers);
    }

    fn tell_receipt(&self, receipt: Receipt, readers: &Readers) {
        let topic = Topic::Dialog(receipt.dialog_id.clone());
        let frame = Encoded::new(&ServerFrame::from(receipt));
        self.0.listeners.tell_readers(&topic, &frame, readers);
    }

    fn tell_person(&self, user: &UserId, mut update: DialogUpdate) {
        if let Some(dialog) = &mut update.dialog {
            self.notice_presence(dialog);
        }
        let frame = Encoded::new(&ServerFrame::from(update));
        self.0.listeners.tell_person(user, &Topic::Dialogs, &frame);
    }
}

/// What the lobby's message is on the topic `chat` (document 000).
fn chat(message: &Message) -> ServerFrame {
    let from = Person { id: message.sender_id.clone(), username: message.sender_name.clone() };
    let (message, time) = (message.content.clone(), message.created_at);
    ChatMessage { message, from, time }.into()
}

fn frame(dialog_id: DialogId, event: DialogEvent) -> ServerFrame {
    let ev = event.ev;
    match event.change {
        DialogChange::MessageNew(message) => MessageNew { dialog_id, ev, message }.into(),
        DialogChange::MessageUpdate(message) => MessageUpdate { dialog_id, ev, message }.into(),
        change => DialogChanged { dialog_id, event: DialogEvent { ev, change } }.into(),
    }
}
