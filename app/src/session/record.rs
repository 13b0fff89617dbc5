//! An entry of the outbox as a text: kept over lives of the page, and told from tab to tab.

use confab_protocol::{ErrorCode, Ev, Timestamp, json, json_object, json_words};
use confab_sync::Post;

use super::{Outgoing, OutgoingState};

/// What a tab keeps or says of a post.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record {
    pub post: Post,
    pub at: Timestamp,
    pub order: u64,
    pub word: Word,
    /// Why it was refused, if it was.
    pub code: Option<ErrorCode>,
    /// As of which change the log holds it, if it is stored.
    pub ev: Option<Ev>,
}

json_object!(Record {
    "post" => post,
    "at" => at,
    "order" => order,
    "state" => word,
    "code" => code = default,
    "ev" => ev = default,
});

/// How far it is, in one word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Word {
    Queued,
    Sending,
    Unconfirmed,
    Waiting,
    Failed,
    Stored,
    /// Its author took it out of the outbox.
    Discarded,
}

json_words!(Word {
    "queued" => Queued,
    "sending" => Sending,
    "unconfirmed" => Unconfirmed,
    "waiting" => Waiting,
    "failed" => Failed,
    "stored" => Stored,
    "discarded" => Discarded,
});

impl Record {
    /// As it is.
    pub fn of(outgoing: &Outgoing) -> Self {
        let Outgoing { post, at, order, state, ev, .. } = outgoing;
        let word = match state {
            OutgoingState::Queued => Word::Queued,
            OutgoingState::InFlight => Word::Sending,
            OutgoingState::Unconfirmed => Word::Unconfirmed,
            OutgoingState::Stored => Word::Stored,
            OutgoingState::Waiting(_) => Word::Waiting,
            OutgoingState::Failed(_) => Word::Failed,
        };
        Self { post: post.clone(), at: *at, order: *order, word, code: state.refusal(), ev: *ev }
    }

    /// What is shown of it; what was discarded is told apart before.
    pub fn outgoing(self) -> Outgoing {
        let code = self.code.unwrap_or(ErrorCode::Unknown);
        let state = match self.word {
            Word::Queued | Word::Discarded => OutgoingState::Queued,
            Word::Sending => OutgoingState::InFlight,
            Word::Unconfirmed => OutgoingState::Unconfirmed,
            Word::Stored => OutgoingState::Stored,
            Word::Waiting => OutgoingState::Waiting(code),
            Word::Failed => OutgoingState::Failed(code),
        };
        Outgoing {
            post: self.post,
            at: self.at,
            order: self.order,
            state,
            ev: self.ev,
            is_kept: true,
        }
    }

    /// What is shown of one that an earlier life of the page, or another's, had kept. Whoever sent
    /// it is gone.
    pub fn recalled(self) -> Outgoing {
        let mut outgoing = self.outgoing();
        if outgoing.state == OutgoingState::InFlight {
            outgoing.state = OutgoingState::Unconfirmed;
        }
        outgoing
    }

    pub fn text(&self) -> String {
        json::write(self)
    }
}
