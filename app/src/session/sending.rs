//! How what we say and do gets into the log: it is shown at once, told to the engine, and kept until
//! the server has it.

use confab_protocol::{
    ClientId, DialogId, MessageDelete, MessageEdit, MessageId, MessageKind, MessageSend,
    MessageText, Meta, Refusal, Timestamp, json,
};
use confab_sync::{Delivery, DeliveryState, Input, Post};
use leptos::prelude::*;

use super::{OUTBOX, Outgoing, OutgoingState, Session};
use crate::Page;

impl Session {
    /// Sends a message: the bubble is there at once, the engine does the rest.
    ///
    /// # Errors
    ///
    /// The same [`Refusal`] the server would answer; nothing is sent.
    pub fn send(
        &self,
        dialog_id: DialogId,
        text: &str,
        reply_to: Option<MessageId>,
    ) -> Result<(), Refusal> {
        let content = self.parse(text)?;
        let Some((client_id, at)) = self.new_client_id() else { return Ok(()) };
        let (kind, meta) = (MessageKind::Text, Meta::default());
        let send = MessageSend { dialog_id, client_id, content, kind, meta, reply_to };
        self.post(Post::Send(send.clone()), at, Input::Send(send));
        Ok(())
    }

    /// Says something else instead: it is shown at once, and said to be on its way.
    ///
    /// # Errors
    ///
    /// The same [`Refusal`] the server would answer; nothing is sent.
    pub fn edit(
        &self,
        dialog_id: DialogId,
        message_id: MessageId,
        text: &str,
    ) -> Result<(), Refusal> {
        let content = self.parse(text)?;
        let Some((client_id, at)) = self.new_client_id() else { return Ok(()) };
        let edit = MessageEdit { dialog_id, message_id, client_id, content };
        self.post(Post::Edit(edit.clone()), at, Input::Edit(edit));
        Ok(())
    }

    /// Takes a message of ours back.
    pub fn delete(&self, dialog_id: DialogId, message_id: MessageId) {
        let Some((client_id, at)) = self.new_client_id() else { return };
        let delete = MessageDelete { dialog_id, message_id, client_id };
        self.post(Post::Delete(delete.clone()), at, Input::Delete(delete));
    }

    fn parse(&self, text: &str) -> Result<String, Refusal> {
        let text = MessageText::parse(text, self.limits.message_characters as usize)?;
        Ok(text.into_string())
    }

    fn post(&self, post: Post, at: Timestamp, input: Input) {
        let outgoing = Outgoing { post, at, state: OutgoingState::Queued };
        self.change_outbox(&mut |outbox| outbox.push(outgoing.clone()));
        self.command(input);
    }

    /// Whether we have said something that would be lost with this tab.
    pub fn has_unsent(&self) -> bool {
        self.outbox.with(|outbox| outbox.iter().any(|out| out.state != OutgoingState::Stored))
    }

    /// Tries a refused message once more: at once if it is to be tried again anyhow, else under a
    /// new name and at the end of the line.
    pub fn retry(&self, client_id: &ClientId) {
        let waits = |out: &Outgoing| {
            out.client_id() == client_id && matches!(out.state, OutgoingState::Waiting(_))
        };
        if self.outbox.with_untracked(|outbox| outbox.iter().any(waits)) {
            return self.command(Input::Hurry);
        }
        let Some((new_client_id, at)) = self.new_client_id() else { return };
        self.change_outbox(&mut |outbox| {
            let place = outbox.iter().position(|outgoing| outgoing.client_id() == client_id);
            if let Some(place) = place {
                let Outgoing { post, .. } = outbox.remove(place);
                let post = post.renamed(new_client_id.clone());
                outbox.push(Outgoing { post, at, state: OutgoingState::Queued });
            }
        });
        self.command(Input::Retry { client_id: client_id.clone(), new_client_id });
    }

    /// Forgets a refused message.
    pub fn discard(&self, client_id: &ClientId) {
        self.forget(client_id);
        self.command(Input::Discard { client_id: client_id.clone() });
    }

    pub(super) fn delivered(&self, Delivery { client_id, state }: Delivery) {
        let state = match state {
            DeliveryState::Queued => OutgoingState::Queued,
            DeliveryState::InFlight => OutgoingState::InFlight,
            // The lab shows what was said when it hears it, and keeps no bubbles.
            DeliveryState::Stored(_) if self.page == Page::Lab => return self.forget(&client_id),
            DeliveryState::Stored(_) => {
                self.say(self.words.delivery_stored());
                // What a change made of its message is in the list already: its `ack` came first.
                if self.is_change(&client_id) {
                    return self.forget(&client_id);
                }
                OutgoingState::Stored
            }
            DeliveryState::Waiting { code } => OutgoingState::Waiting(code),
            DeliveryState::Failed { code, .. } => {
                self.say(self.words.delivery_failed());
                OutgoingState::Failed(code)
            }
        };
        self.change_outbox(&mut |outbox| {
            let outgoing = outbox.iter_mut().find(|outgoing| *outgoing.client_id() == client_id);
            if let Some(outgoing) = outgoing {
                outgoing.state = state;
            }
        });
    }

    fn is_change(&self, client_id: &ClientId) -> bool {
        let changes =
            |out: &Outgoing| out.client_id() == client_id && out.post.message_id().is_some();
        self.outbox.with_untracked(|outbox| outbox.iter().any(changes))
    }

    pub(super) fn forget(&self, client_id: &ClientId) {
        self.change_outbox(&mut |outbox| outbox.retain(|out| out.client_id() != client_id));
    }

    fn new_client_id(&self) -> Option<(ClientId, Timestamp)> {
        self.browser(|browser| {
            let at = browser.wall();
            (ClientId::v7(at.unix_ms(), browser.random()), at)
        })
    }

    /// The one way the outbox changes: shown and stored. Without types, to be downloaded once.
    pub(super) fn change_outbox(&self, change: &mut dyn FnMut(&mut Vec<Outgoing>)) {
        self.outbox.update(change);
        let waiting: Vec<Post> = self.outbox.with_untracked(|outbox| {
            let unsent = outbox.iter().filter(|out| out.state != OutgoingState::Stored);
            unsent.map(|outgoing| outgoing.post.clone()).collect()
        });
        let text = json::write(&waiting);
        self.remember(OUTBOX, &text);
    }
}
