//! What was committed is told to those who listen: encoded once, in commit order.

use confab_protocol::{ChatMessage, DialogId, MessageNew, Person, ServerFrame, Topic};
use tokio::sync::mpsc;

use super::{Encoded, Hub};
use crate::store::{Change, Committed};

impl Hub {
    /// Tells every change until the store has ended.
    pub(super) async fn fan_out(self, mut changes: mpsc::Receiver<Committed<Change>>) {
        while let Some(change) = changes.recv().await {
            self.tell_change(change.into_inner());
        }
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
