//! What was committed is told to those who listen: encoded once, in commit order. When the database
//! works again, pages are told to fetch what they may have failed to read (document 004).

use confab_protocol::{ChatMessage, DialogId, Invalidate, MessageNew, Person, ServerFrame, Topic};
use tokio::sync::mpsc;

use super::{Audience, Encoded, Hub};
use crate::store::{Change, News};

/// The tag of every dialog's messages, as the live cache of the pages knows it.
const MESSAGES: &str = "messages";

impl Hub {
    /// Tells all news until the store has ended.
    pub(super) async fn fan_out(self, mut news: mpsc::Receiver<News>) {
        while let Some(news) = news.recv().await {
            match news {
                News::Committed(change) => self.tell_change(change.into_inner()),
                News::Recovered => self.tell_recovery(),
            }
        }
    }

    fn tell_recovery(&self) {
        let invalidate = Invalidate { tags: vec![MESSAGES.to_owned()] };
        let frame = Encoded::new(&ServerFrame::from(invalidate));
        self.0.listeners.tell(&Topic::System, &frame, Audience::Everyone);
    }

    fn tell_change(&self, Change { dialog, ev, message }: Change) {
        let mut frames = Vec::with_capacity(2);
        if dialog == DialogId::lobby() {
            let from =
                Person { id: message.sender_id.clone(), username: message.sender_name.clone() };
            let (message, time) = (message.content.clone(), message.created_at);
            frames.push((Topic::Chat, ServerFrame::from(ChatMessage { message, from, time })));
        }
        let new = MessageNew { dialog_id: dialog.clone(), ev, message };
        frames.push((Topic::Dialog(dialog.clone()), new.into()));
        let frames: Vec<_> =
            frames.into_iter().map(|(topic, frame)| (topic, Encoded::new(&frame))).collect();
        self.0.listeners.tell_change(&dialog, ev, &frames);
    }
}
