//! How what we say and do gets into the log: it is shown at once, told to the engine, and kept until
//! the server has it.

use confab_protocol::{
    ClientId, DialogId, ErrorCode, Ev, MessageDelete, MessageEdit, MessageId, MessageKind,
    MessageSend, MessageText, Meta, Refusal, Timestamp,
};
use confab_sync::{Delivery, DeliveryState, Input, Post};
use leptos::prelude::*;

use super::{
    Outgoing, OutgoingState, Session,
    record::{Record, Word},
};
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
        self.post(Post::Send(send), at);
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
        self.post(Post::Edit(edit), at);
        Ok(())
    }

    /// Takes a message of ours back.
    pub fn delete(&self, dialog_id: DialogId, message_id: MessageId) {
        let Some((client_id, at)) = self.new_client_id() else { return };
        let delete = MessageDelete { dialog_id, message_id, client_id };
        self.post(Post::Delete(delete), at);
    }

    fn parse(&self, text: &str) -> Result<String, Refusal> {
        let text = MessageText::parse(text, self.limits.message_characters as usize)?;
        Ok(text.into_string())
    }

    fn post(&self, post: Post, at: Timestamp) {
        let client_id = post.client_id().clone();
        self.put_last(post.clone(), at);
        self.share(&client_id);
        self.command_sender(post.into());
        self.listens_for_sender();
    }

    /// At the end of the line, also if the clock was set back.
    fn put_last(&self, post: Post, at: Timestamp) {
        self.change_outbox(&mut |outbox| {
            let last = outbox.iter().map(|out| out.order).max().unwrap_or(0);
            let (order, post) = (at.unix_ms().max(last + 1), post.clone());
            outbox.push(Outgoing {
                post,
                at,
                order,
                state: OutgoingState::Queued,
                ev: None,
                is_kept: false,
            });
        });
    }

    /// Whether we have said something that would be lost with this tab.
    pub fn has_unsent(&self) -> bool {
        self.outbox.with(|outbox| outbox.iter().any(Outgoing::is_unsent))
    }

    /// Tries a refused message once more: at once if it is to be tried again anyhow, else at the end
    /// of the line. It keeps its name, unless the server knows another message by it.
    pub fn retry(&self, client_id: &ClientId) {
        let Some(mut outgoing) = self.outgoing(client_id) else { return };
        let OutgoingState::Failed(code) = outgoing.state else {
            outgoing.state = OutgoingState::Queued;
            self.share_record(&Record::of(&outgoing));
            return self.command_sender(Input::Hurry);
        };
        let Some((other_name, at)) = self.new_client_id() else { return };
        let post = outgoing.post;
        if code == ErrorCode::ClientIdConflict {
            self.discard(client_id);
            return self.post(post.renamed(other_name), at);
        }
        self.forget(client_id);
        self.post(post, at);
    }

    /// Forgets a refused message.
    pub fn discard(&self, client_id: &ClientId) {
        if let Some(outgoing) = self.outgoing(client_id) {
            self.share_record(&Record { word: Word::Discarded, ..Record::of(&outgoing) });
        }
        self.forget(client_id);
        self.command_sender(Input::Discard { client_id: client_id.clone() });
    }

    /// Whether a message of ours was refused for good, and stands there like that.
    pub fn is_refused(&self, client_id: &ClientId) -> bool {
        self.outbox.track();
        let outgoing = self.outgoing(client_id);
        outgoing.is_some_and(|out| matches!(out.state, OutgoingState::Failed(_)))
    }

    /// What a message of ours answers that is not stored yet.
    pub fn answered_by(&self, client_id: &ClientId) -> Option<MessageId> {
        match self.outgoing(client_id)?.post {
            Post::Send(send) => send.reply_to,
            Post::Edit(_) | Post::Delete(_) => None,
        }
    }

    /// The outbox as it is now. Out of line: each look of its own would be downloaded, too.
    #[inline(never)]
    pub(super) fn posts(&self) -> Vec<Outgoing> {
        self.outbox.get_untracked()
    }

    pub(super) fn outgoing(&self, client_id: &ClientId) -> Option<Outgoing> {
        self.posts().into_iter().find(|out| out.client_id() == client_id)
    }

    /// The engine says how far a post is: the other tabs hear it, too.
    pub(super) fn delivered(&self, Delivery { client_id, state }: Delivery) {
        let ev = match &state {
            DeliveryState::Stored(message) => Some(message.ev),
            _ => None,
        };
        let state = match state {
            DeliveryState::Queued => OutgoingState::Queued,
            DeliveryState::InFlight => OutgoingState::InFlight,
            DeliveryState::Unconfirmed => OutgoingState::Unconfirmed,
            DeliveryState::Stored(_) => OutgoingState::Stored,
            DeliveryState::Waiting { code } => OutgoingState::Waiting(code),
            DeliveryState::Failed { code, .. } => OutgoingState::Failed(code),
        };
        let Some(outgoing) = self.outgoing(&client_id).filter(|out| out.state != state) else {
            return;
        };
        self.share_record(&Record::of(&Outgoing { state, ev, ..outgoing }));
        self.comes_to(&client_id, state, ev);
    }

    /// Shows how far a post is, and says it where it is news.
    pub(super) fn comes_to(&self, client_id: &ClientId, state: OutgoingState, ev: Option<Ev>) {
        match state {
            // The lab shows what was said when it hears it, and keeps no bubbles.
            OutgoingState::Stored if self.page == Page::Lab => return self.forget(client_id),
            OutgoingState::Stored => {
                self.say(self.words.delivery_stored());
                if !self.is_awaited(client_id) {
                    return self.forget(client_id);
                }
            }
            OutgoingState::Unconfirmed => self.say(self.words.delivery_unconfirmed()),
            OutgoingState::Failed(_) => self.say(self.words.delivery_failed()),
            _ => {}
        }
        self.change_outbox(&mut |outbox| {
            let outgoing = outbox.iter_mut().find(|outgoing| outgoing.client_id() == client_id);
            if let Some(outgoing) = outgoing {
                (outgoing.state, outgoing.ev) = (state, ev);
            }
        });
    }

    /// Whether a page of this tab is to show it and may not do so yet. What a change made of its message
    /// is in the list of who sends already: its `ack` came first.
    fn is_awaited(&self, client_id: &ClientId) -> bool {
        self.outgoing(client_id).is_some_and(|out| {
            let is_change = out.post.message_id().is_some();
            let is_there = is_change && self.sends.get_untracked();
            self.windows.is_open(out.post.dialog_id()) && !is_there
        })
    }

    pub(super) fn forget(&self, client_id: &ClientId) {
        self.change_outbox(&mut |outbox| outbox.retain(|out| out.client_id() != client_id));
    }

    /// What is shown of a dialog has come so far in its log.
    pub(crate) fn shows_until(&self, dialog: &DialogId, at: Ev) {
        self.forget_stored(&|out, ev| ev <= at && out.post.dialog_id() == dialog);
    }

    /// The log holds these, and they wait for no page any more.
    pub(super) fn forget_stored(&self, is_over: &dyn Fn(&Outgoing, Ev) -> bool) {
        let is_it = |out: &Outgoing| out.ev.is_some_and(|ev| is_over(out, ev));
        if self.posts().iter().any(is_it) {
            self.change_outbox(&mut |outbox| outbox.retain(|out| !is_it(out)));
        }
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
        self.remember_unkept();
    }
}
